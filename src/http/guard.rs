//! What happens between the router and a handler: the rules of the route are applied.

use axum::extract::{MatchedPath, OptionalFromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::UPGRADE;
use http::request::Parts;

use super::routes::Rules;
use crate::auth::{Access, Caller, Scope, bearer, check_app_key, check_signature};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::limits::{Subject, spend};
use crate::router::rules;

/// Runs the handler if the rules of its route allow it.
pub async fn guard(mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    // A wrong method has no rules; the router refuses it.
    let rules = path.and_then(|path| rules().find(path.as_str(), request.method()));
    if let Some(rules) = rules {
        match admit(request, rules).await {
            Ok(admitted) => request = admitted,
            Err(error) => return error.into_response(),
        }
    }
    next.run(request).await
}

async fn admit(request: Request, rules: Rules) -> Result<Request> {
    let context = request
        .extensions()
        .get::<Context>()
        .cloned()
        .ok_or_else(|| Error::internal("the request has no context"))?;
    let token = bearer(request.headers()).map(str::to_owned);
    let token = token.or_else(|| rules.takes_query_token.then(|| query_token(&request))?);
    let caller = authenticate(&context, token.as_deref(), rules.access).await?;
    if rules.budget.per == Subject::Caller
        && let Some(subject) = subject(&context, caller.as_ref())
    {
        spend(&context, rules.budget, subject)?;
    }
    let caller = check_app_key(&context, caller, request.headers()).await?;
    let mut request =
        check_signature(&context, caller.as_ref(), request, rules.is_streamed).await?;
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    Ok(request)
}

/// Whom a request counts for: the caller, else the network address, if it tells clients apart.
fn subject<'a>(context: &'a Context, caller: Option<&'a Caller>) -> Option<&'a str> {
    let address = context.has_address().then(|| context.address());
    caller.map(|caller| caller.user_id.as_str()).or(address)
}

/// The token in the query. It is never logged: the log has paths only.
fn query_token(request: &Request) -> Option<String> {
    let query = request.uri().query()?.as_bytes();
    form_urlencoded::parse(query)
        .find(|(name, _)| name == "token" || name == "access_token")
        .map(|(_, token)| token.into_owned())
}

/// A request that wants to become a socket.
pub struct Upgrade;

impl<S: Send + Sync> OptionalFromRequestParts<S> for Upgrade {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        let wanted = parts.headers.get(UPGRADE).map(|value| value.as_bytes());
        let is_wanted = wanted.is_some_and(|value| value.eq_ignore_ascii_case(b"websocket"));
        Ok(is_wanted.then_some(Self))
    }
}

async fn authenticate(
    context: &Context,
    token: Option<&str>,
    access: Access,
) -> Result<Option<Caller>> {
    match access {
        Access::Public => Ok(None),
        Access::Optional if token.is_none() => Ok(None),
        Access::Optional => Caller::expect(context, token).await.map(Some),
        Access::User(scope) => {
            let caller = Caller::expect(context, token).await?;
            caller.expect_scope(scope)?;
            Ok(Some(caller))
        }
        Access::Administrator => {
            let caller = Caller::expect(context, token).await?;
            caller.expect_scope(Scope::Admin)?;
            Ok(Some(caller.expect_administrator()))
        }
    }
}
