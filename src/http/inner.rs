//! Requests that a request makes of us: the operations of a batch. They take the same way as those
//! from outside (router, guard, handler, dialect, error envelope), without the network.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use dialect::{canonical_path, normalize_path};
use futures::FutureExt;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, Uri};
use serde_json::Value;
use tower_service::Service;

use super::answer::RuntimeBody;
use super::idempotency::OnlyReplay;
use crate::auth::Caller;
use crate::context::{Context, Outer};
use crate::db::{Group, run_grouped};
use crate::error::{Error, Failure, Result};
use crate::faults::{Fault, Faults};
use crate::router::router;
use crate::telemetry::Level;

/// A request from inside.
#[derive(Debug, Clone)]
pub struct InnerRequest {
    /// GET, POST, ...
    pub method: Method,
    /// Path and query, under any of the prefixes that clients use; it decides the dialect.
    pub path: String,
    /// `Idempotency-Key`, `If-Match` and the like. Who asks is decided by the outer request.
    pub headers: HeaderMap,
    /// JSON; none for requests without a body.
    pub body: Option<Value>,
    /// It was carried out before: only what was answered then is wanted.
    pub is_replay: bool,
}

/// What it was answered.
#[derive(Debug, Clone)]
pub struct InnerAnswer {
    /// As outside.
    pub status: StatusCode,
    /// Those of the handler.
    pub headers: HeaderMap,
    /// JSON, such as the error envelope; `None` when the answer is empty.
    pub body: Option<Value>,
}

/// The way for the inner requests of one request. What they ask the database is asked together.
pub struct InnerCalls {
    context: Context,
    outer: Outer,
    group: Group,
}

impl InnerCalls {
    /// Calls for the caller of the outer request.
    ///
    /// # Errors
    /// Inside an inner request: batches do not nest.
    pub fn new(context: &Context, caller: Option<&Caller>) -> Result<Self> {
        if context.outer().is_some() {
            return Err(Error::InvalidFormat("A batch cannot hold a batch".into()));
        }
        let group = Group::default();
        Ok(Self {
            context: context.clone(),
            outer: Outer {
                caller: caller.cloned(),
                group: Some(group.clone()),
            },
            group,
        })
    }

    /// Runs the lanes side by side: each is a future that makes any number of calls, one after the
    /// other. The database is asked as often as the longest lane needs.
    ///
    /// # Errors
    /// When the deployment lacks the database.
    #[worker::send]
    pub async fn side_by_side<F: Future>(&self, lanes: Vec<F>) -> Result<Vec<F::Output>> {
        run_grouped(&self.context, &self.group, lanes).await
    }

    /// Carries out one request. Never fails: what goes wrong is in the answer.
    pub async fn call(&self, request: InnerRequest) -> InnerAnswer {
        call_route(&self.context, &self.outer, request).await
    }
}

async fn call_route(context: &Context, outer: &Outer, request: InnerRequest) -> InnerAnswer {
    let (path, query) = match request.path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (request.path.as_str(), None),
    };
    let path = normalize_path(path).into_owned();
    let uri = match query {
        Some(query) => format!("{}?{query}", canonical_path(&path)),
        None => canonical_path(&path).into_owned(),
    };
    let fault = request.headers.get("x-fault");
    let fault = fault.and_then(|value| value.to_str().ok());
    let faults = Faults::parse(fault, context.config().allows_faults);
    let method = request.method.as_str();
    let inner = context.inner(method, path, request.path.clone(), faults, outer.clone());
    let routed = route(&inner, uri, request);
    let response = match AssertUnwindSafe(routed).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => error.into_response(),
        Err(_) => Error::internal("an operation of a batch panicked").into_response(),
    };
    read(&inner, response).await
}

async fn route(context: &Context, uri: String, request: InnerRequest) -> Result<Response> {
    let body = request.body.map(|body| body.to_string());
    let mut inner = Request::new(body.map_or_else(Body::empty, Body::from));
    *inner.uri_mut() = PathAndQuery::try_from(uri)
        .map(Uri::from)
        .map_err(|_| Error::InvalidFormat("The address cannot be read".into()))?;
    *inner.method_mut() = request.method;
    *inner.headers_mut() = request.headers;
    inner.headers_mut().remove(AUTHORIZATION);
    inner.extensions_mut().insert(context.clone());
    if request.is_replay {
        inner.extensions_mut().insert(OnlyReplay);
    }
    if context.faults().has(Fault::Panic) {
        #[expect(clippy::panic, reason = "a test asked for it")]
        {
            panic!("asked to panic by a test");
        }
    }
    // The router's own error type is uninhabited.
    let Ok(response) = router().call(inner).await;
    Ok(response)
}

async fn read(context: &Context, response: Response) -> InnerAnswer {
    if response.extensions().get::<RuntimeBody>().is_some() {
        let error = Error::InvalidFormat("What this answers cannot travel in a batch".into());
        return envelope(context, &error, HeaderMap::new());
    }
    if let Some(failure) = response.extensions().get::<Failure>() {
        return envelope(context, failure.error(), response.headers().clone());
    }
    let (parts, body) = response.into_parts();
    // What axum holds is in memory.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let text = || Value::from(String::from_utf8_lossy(&bytes));
    let body =
        (!bytes.is_empty()).then(|| serde_json::from_slice(&bytes).unwrap_or_else(|_| text()));
    InnerAnswer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

fn envelope(context: &Context, error: &Error, mut headers: HeaderMap) -> InnerAnswer {
    if let Some(detail) = error.log_detail() {
        context
            .record(Level::Error, "An operation of a batch failed")
            .with("path", context.path())
            .with("error", detail)
            .write();
    }
    if let Some(seconds) = error.retry_after(context.now_ms()) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    let (status, body) = error.envelope(context);
    InnerAnswer {
        status,
        headers,
        body: Some(body),
    }
}
