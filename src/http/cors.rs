//! CORS (CONTRACT 0.5): any origin may call, since callers authenticate by header, not cookie.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap,
    HeaderValue, ORIGIN, VARY,
};

const ALLOWED_HEADERS: &str = "Authorization, Content-Type, Content-Encoding, X-Device-ID, \
    X-API-Key, Idempotency-Key, If-None-Match, If-Match, Last-Event-ID, Range, X-Request-ID, \
    traceparent, tracestate, X-Signature, X-Timestamp, X-Nonce";
const EXPOSED_HEADERS: &str = "X-Request-ID, Retry-After, ETag, X-Total-Count, RateLimit, \
    RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Server-Timing, traceparent, Content-Disposition, \
    Idempotency-Replayed";
const ALLOWED_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Adds what every answer carries.
pub fn allow_any_origin(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED_HEADERS),
    );
}

/// Lets the page that asks use its cookie, where a cookie counts (Socket.IO).
pub fn allow_origin_of(request: &HeaderMap, headers: &mut HeaderMap) {
    let Some(origin) = request.get(ORIGIN) else {
        return allow_any_origin(headers);
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(VARY, HeaderValue::from_static("Origin"));
}

/// Adds what a preflight asks for.
pub fn answer_preflight(headers: &mut HeaderMap) {
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(ALLOWED_METHODS),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(ALLOWED_HEADERS),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
}
