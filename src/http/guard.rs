//! What happens between the router and a handler: the rules of the route are applied.

use axum::extract::{MatchedPath, OptionalFromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::UPGRADE;
use http::request::Parts;

use super::idempotency::{self, Begun};
use super::routes::Rules;
use crate::auth::{Access, Caller, Scope, bearer, check_app_key, check_signature};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::limits::{Budget, GENERAL, OPERATIONS, POLLING, Subject, spend};
use crate::router::rules;

/// Runs the handler if the rules of its route allow it.
pub async fn guard(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    // A wrong method has no rules; the router refuses it.
    let rules = path.and_then(|path| rules().find(path.as_str(), request.method()));
    let Some(rules) = rules else {
        return next.run(request).await;
    };
    match admit(request, rules).await {
        Ok(Begun::Unkeyed(request)) => next.run(request).await,
        Ok(Begun::Held(request, held)) => held.finish(next.run(request).await).await,
        Ok(Begun::Answered(response)) => response,
        Err(error) => error.into_response(),
    }
}

async fn admit(request: Request, rules: Rules) -> Result<Begun> {
    let context = request
        .extensions()
        .get::<Context>()
        .cloned()
        .ok_or_else(|| Error::internal("the request has no context"))?;
    let is_inner = context.outer().is_some();
    if is_inner && rules.is_streamed {
        return Err(Error::UnsupportedMediaType(
            "Uploads cannot travel in a batch; send this one by itself".into(),
        ));
    }
    let token = bearer(request.headers()).map(str::to_owned);
    let token = token.or_else(|| rules.takes_query_token.then(|| query_token(&request))?);
    let caller = authenticate(&context, token.as_deref(), rules.access).await?;
    if rules.budget.per == Subject::Caller
        && let Some(subject) = subject(&context, caller.as_ref())
    {
        spend(&context, budget(&context, rules), subject)?;
    }
    let mut request = request;
    let mut admitted = caller;
    if !is_inner {
        // What came with the outer request was checked there.
        admitted = check_app_key(&context, admitted, request.headers()).await?;
        request = check_signature(&context, admitted.as_ref(), request, rules.is_streamed).await?;
    }
    if let Some(caller) = &admitted {
        request.extensions_mut().insert(caller.clone());
    }
    idempotency::begin(&context, admitted.as_ref(), request, rules).await
}

/// Operations of a batch count for themselves, but together: only what is scarcer than requests in
/// general keeps its own budget.
fn budget(context: &Context, rules: Rules) -> &'static Budget {
    let is_ordinary = [GENERAL.name, POLLING.name].contains(&rules.budget.name);
    if context.outer().is_some() && is_ordinary {
        &OPERATIONS
    } else {
        rules.budget
    }
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
    if access == Access::Public {
        return Ok(None);
    }
    let caller = match context.outer() {
        Some(outer) => outer.caller.clone(),
        None => Caller::of_optional_token(context, token).await?,
    };
    let expected = || Error::TokenInvalid("An access token is required".into());
    match access {
        Access::Public | Access::Optional => Ok(caller),
        Access::User(scope) => {
            let caller = caller.ok_or_else(expected)?;
            caller.expect_scope(scope)?;
            Ok(Some(caller))
        }
        Access::Administrator => {
            let caller = caller.ok_or_else(expected)?;
            caller.expect_scope(Scope::Admin)?;
            Ok(Some(caller.expect_administrator()))
        }
    }
}
