//! The outermost layer: from the runtime's request to the router and back. Everything that holds
//! for every answer stands here: ids, CORS, conditional GET, the error envelope, panics, the log.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::response::Response;
use dialect::{canonical_path, normalize_path, split_url};
use futures::FutureExt;
use http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName,
    HeaderValue, RETRY_AFTER,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use tower_service::Service;
use worker::{EncodeBody, Env, ResponseBuilder};

use super::answer::{RuntimeBody, RuntimeSocket};
use super::body::{IncomingBody, MAX_DRAIN_TIME};
use super::idempotency::{ContentDigest, IDEMPOTENCY_KEY};
use super::{cors, etag};
use crate::auth::BodyDigest;
use crate::config::{Config, Environment};
use crate::context::{Context, Origin};
use crate::error::{Error, Failure, Result};
use crate::faults::{Fault, Faults};
use crate::jobs::arm_sweeper_at_start;
use crate::limits::{SERVICE, spend, write_headers};
use crate::realtime::{enter, is_entrance};
use crate::router::router;
use crate::telemetry::Level;

/// Answers a request. Never fails: what goes wrong becomes the error envelope.
///
/// # Errors
/// Only when the runtime refuses to make a response at all.
pub async fn serve(
    request: worker::Request,
    env: Env,
    runtime: worker::Context,
) -> worker::Result<worker::Response> {
    let headers = read_headers(&request);
    let url = request.inner().url();
    let (path, query) = split_url(&url);
    let path = normalize_path(path).into_owned();
    let method = Method::from_bytes(request.inner().method().as_bytes()).unwrap_or_default();
    let origin = Origin {
        method: method.to_string(),
        path: path.clone(),
        target: url[origin_of(&url).len()..].to_owned(),
        base_url: origin_of(&url).to_owned(),
        place: request.cf().and_then(place),
        ..origin(&headers, &env)
    };
    let content = headers
        .contains_key(IDEMPOTENCY_KEY)
        .then(|| ContentDigest::of(&headers));
    let context = Context::new(env.clone(), Some(runtime), origin);

    arm_sweeper_at_start(&context);

    if is_entrance(context.path()) && method != Method::OPTIONS {
        return match enter(&context, request, &headers).await {
            Ok(response) => {
                log_end(&context, response.status_code());
                Ok(response)
            }
            Err(error) => {
                let response = axum::response::IntoResponse::into_response(error);
                finish(&context, &method, &headers, response).await
            }
        };
    }

    let incoming = IncomingBody::of(&request, context.body_digest().cloned(), content);
    let path = canonical_path(&path);
    let uri = match query {
        Some(query) => format!("{path}?{query}"),
        None => path.into_owned(),
    };
    let routed = route(&context, incoming.clone(), uri, &method, headers.clone());
    let response = match AssertUnwindSafe(routed).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => axum::response::IntoResponse::into_response(error),
        Err(panic) => {
            let error = Error::Internal(format!("panic: {}", panic_text(&*panic)));
            axum::response::IntoResponse::into_response(error)
        }
    };
    if let Some(incoming) = incoming {
        incoming.drain(MAX_DRAIN_TIME).await;
    }
    finish(&context, &method, &headers, response).await
}

async fn route(
    context: &Context,
    incoming: Option<IncomingBody>,
    uri: String,
    method: &Method,
    headers: HeaderMap,
) -> Result<Response> {
    if context.has_address() && !context.path().starts_with("/health") {
        spend(context, &SERVICE, context.address())?;
    }
    let body = incoming
        .as_ref()
        .map_or_else(Body::empty, IncomingBody::to_body);
    let mut inner = Request::new(body);
    if let Some(incoming) = incoming {
        inner.extensions_mut().insert(incoming);
    }
    *inner.uri_mut() = PathAndQuery::try_from(uri)
        .map(Uri::from)
        .map_err(|_| Error::InvalidFormat("The address cannot be read".into()))?;
    // As GET, so that every header is that of the GET; `finish` leaves the body out.
    *inner.method_mut() = if *method == Method::HEAD {
        Method::GET
    } else {
        method.clone()
    };
    let is_preflight = headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    *inner.headers_mut() = headers;
    inner.extensions_mut().insert(context.clone());
    if context.faults().has(Fault::Panic) {
        #[expect(clippy::panic, reason = "a test asked for it")]
        {
            panic!("asked to panic by a test");
        }
    }
    // The router's own error type is uninhabited.
    let Ok(response) = router().call(inner).await;
    if *method == Method::OPTIONS && (is_preflight || !is_not_found(&response)) {
        return Ok(options(&response));
    }
    Ok(response)
}

/// A browser lets a script read the 404 of a wrong address only if its preflight went well.
fn is_not_found(response: &Response) -> bool {
    let failure = response.extensions().get::<Failure>();
    failure.is_some_and(|failure| matches!(failure.error(), Error::NotFound(_)))
}

/// Axum knows which methods a path has, and tells in `Allow` while it refuses OPTIONS.
fn options(refusal: &Response) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Some(allow) = refusal.headers().get(ALLOW) {
        response.headers_mut().insert(ALLOW, allow.clone());
    }
    cors::answer_preflight(response.headers_mut());
    response
}

/// The headers that can be read as text.
pub fn read_headers(request: &worker::Request) -> HeaderMap {
    let readable = request.headers().entries().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        // Not only ASCII: a header that cannot be read must not look as if it were not there.
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        Some((name, value))
    });
    readable.collect()
}

/// Scheme and host of an absolute URL.
fn origin_of(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let host_end = url[after_scheme..].find(['/', '?', '#']);
    host_end.map_or(url, |at| &url[..after_scheme + at])
}

/// What the network knows of where the client is.
fn place(cf: &worker::Cf) -> Option<String> {
    let parts: Vec<_> = [cf.city(), cf.country()].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The address of a subscriber: one IPv4 address, or the /64 of an IPv6 one. None on a laptop,
/// where all clients share the loopback.
fn subscriber(address: &str) -> Option<String> {
    let address: IpAddr = address.trim().parse().ok()?;
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

/// What the headers tell.
fn origin(headers: &HeaderMap, env: &Env) -> Origin {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Origin {
        request_id: text("x-request-id")
            .filter(|id| may_be_kept(id))
            .map(str::to_owned),
        traceparent: text("traceparent").map(str::to_owned),
        user_agent: text("user-agent").map(str::to_owned),
        // Set by the network; what a client writes there does not get through.
        address: text("cf-connecting-ip").and_then(subscriber),
        body_digest: headers
            .contains_key("x-signature")
            .then(BodyDigest::default),
        device_id: text("x-device-id")
            .filter(|id| may_be_kept(id))
            .map(str::to_owned),
        faults: Faults::parse(text("x-fault"), Config::of(env).allows_faults),
        ..Origin::default()
    }
}

/// Ids from outside go to logs and answers only if they are short and plain.
fn may_be_kept(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of unknown kind")
}

async fn finish(
    context: &Context,
    method: &Method,
    request_headers: &HeaderMap,
    response: Response,
) -> worker::Result<worker::Response> {
    let (parts, body) = response.into_parts();
    let (mut status, mut headers) = (parts.status, parts.headers);
    // A failing body cannot happen: what axum holds is in memory.
    let mut bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default()
        .to_vec();
    let mut stream = parts
        .extensions
        .get::<RuntimeBody>()
        .and_then(RuntimeBody::take);
    let is_encoded = parts
        .extensions
        .get::<RuntimeBody>()
        .is_some_and(|body| body.is_encoded);

    if let Some(failure) = parts.extensions.get::<Failure>() {
        (status, bytes) = write_envelope(context, failure.error(), &mut headers);
    } else if status == StatusCode::OK && (*method == Method::GET || *method == Method::HEAD) {
        if stream.is_none() {
            etag::tag(&mut headers, &bytes);
        }
        if etag::is_known(request_headers, &headers) {
            status = StatusCode::NOT_MODIFIED;
            bytes.clear();
            stream = None;
            headers.remove(CONTENT_TYPE);
        }
    }
    let is_empty = matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::SWITCHING_PROTOCOLS
    );
    // Axum counted the body that it knew of, which is not always the one that is sent.
    headers.remove(CONTENT_LENGTH);
    if stream.is_none() && !is_empty {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    if let Some(spent) = context.spent() {
        write_headers(&mut headers, status, spent);
    }
    add_common_headers(context, request_headers, &mut headers);
    log(context, status, &parts.extensions);

    let is_bodiless = is_empty || *method == Method::HEAD;
    let builder = ResponseBuilder::new()
        .with_status(status.as_u16())
        .with_headers(runtime_headers(&headers)?);
    if let Some(RuntimeSocket(socket)) = parts.extensions.get() {
        return Ok(builder.with_websocket(socket.0.clone()).empty());
    }
    Ok(match stream {
        _ if is_bodiless => builder.empty(),
        Some(stream) if is_encoded => builder.with_encode_body(EncodeBody::Manual).stream(stream),
        Some(stream) => builder.stream(stream),
        None => builder.fixed(bytes),
    })
}

fn write_envelope(
    context: &Context,
    error: &Error,
    headers: &mut HeaderMap,
) -> (StatusCode, Vec<u8>) {
    let (status, body) = error.envelope(context);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = error.retry_after(context.now_ms()) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    (status, body.to_string().into_bytes())
}

fn add_common_headers(context: &Context, request: &HeaderMap, headers: &mut HeaderMap) {
    if is_entrance(context.path()) {
        cors::allow_origin_of(request, headers);
    } else {
        cors::allow_any_origin(headers);
    }
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers
                .entry(HeaderName::from_static(name))
                .or_insert(value);
        }
    };
    set("x-request-id", context.request_id());
    set("traceparent", &context.trace().traceparent());
    set("x-content-type-options", "nosniff");
    set("cache-control", "private, no-cache");
    if context.config().environment == Environment::Production {
        set(
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        );
    } else {
        let usage = context.meter().usage();
        set("server-timing", &usage.server_timing(context.elapsed_ms()));
    }
}

fn runtime_headers(headers: &HeaderMap) -> worker::Result<worker::Headers> {
    let result = worker::Headers::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            result.append(name.as_str(), value)?;
        }
    }
    Ok(result)
}

fn log(context: &Context, status: StatusCode, extensions: &http::Extensions) {
    let detail = extensions
        .get::<Failure>()
        .and_then(|failure| failure.error().log_detail());
    if let Some(detail) = detail {
        let message = format!("Request {} failed", context.request_id());
        context
            .record(Level::Error, message)
            .with("error", detail)
            .write();
    }
    log_end(context, status.as_u16());
}

fn log_end(context: &Context, status: u16) {
    let message = format!("Request {} ended with {status}", context.request_id());
    context.record_end(message).with("status", status).write();
}
