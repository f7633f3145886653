//! What happens between the router and a handler: the rules of the route are applied.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::routes::Rules;
use crate::auth::{Access, Caller, Scope, check_app_key, check_signature};
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
    let caller = authenticate(&context, request.headers(), rules.access).await?;
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

async fn authenticate(
    context: &Context,
    headers: &HeaderMap,
    access: Access,
) -> Result<Option<Caller>> {
    match access {
        Access::Public => Ok(None),
        Access::Optional => Caller::of_headers(context, headers).await,
        Access::User(scope) => {
            let caller = Caller::expect(context, headers).await?;
            caller.expect_scope(scope)?;
            Ok(Some(caller))
        }
        Access::Administrator => {
            let caller = Caller::expect(context, headers).await?;
            caller.expect_scope(Scope::Admin)?;
            Ok(Some(caller.expect_administrator()))
        }
    }
}
