//! What happens between the router and a handler: the rules of the route are applied.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::idempotency::{self, Begun};
use super::routes::Rules;
use crate::auth::{Access, Caller, Scope, check_app_key, check_signature};
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
    let caller = authenticate(&context, request.headers(), rules.access).await?;
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
    idempotency::begin(&context, admitted.as_ref(), request, rules.is_streamed).await
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

async fn authenticate(
    context: &Context,
    headers: &HeaderMap,
    access: Access,
) -> Result<Option<Caller>> {
    if access == Access::Public {
        return Ok(None);
    }
    let caller = match context.outer() {
        Some(outer) => outer.caller.clone(),
        None => Caller::of_headers(context, headers).await?,
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
