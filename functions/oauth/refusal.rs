//! How an app is told that it gets nothing. Libraries for OAuth look for `error` as a word at the
//! top of the body (RFC 6749, section 5.2), so our own envelope would not be understood.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::context::Context;
use crate::error::{Error, meta};
use crate::http::Json;
use crate::telemetry::Level;

/// The words for what is wrong (RFC 6749, sections 4.1.2.1 and 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OAuthErrorCode {
    /// A parameter is missing, stands there twice, or has a value that it cannot have.
    InvalidRequest,
    /// There is no such app, or no longer.
    InvalidClient,
    /// The code or refresh token is not good, or no longer, or not for this app.
    InvalidGrant,
    /// The app cannot be granted this.
    InvalidScope,
    /// Only codes and refresh tokens can be exchanged.
    UnsupportedGrantType,
    /// Only codes are given.
    UnsupportedResponseType,
    /// The person said no.
    AccessDenied,
    /// The service failed.
    ServerError,
    /// Trying again later helps.
    TemporarilyUnavailable,
}

impl OAuthErrorCode {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// An error as apps of others read it.
#[derive(Serialize, ToSchema)]
pub struct OAuthError {
    error: OAuthErrorCode,
    /// For the app's developer.
    error_description: String,
    /// Which request it was: `request_id`, `timestamp`, `path`.
    meta: Value,
}

/// Why an app gets nothing.
#[derive(Debug)]
pub enum Refusal {
    /// What it asks for cannot be given.
    Protocol(OAuthErrorCode, &'static str),
    /// Anything that can go wrong with any request.
    Platform(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Platform(error)
    }
}

impl Refusal {
    /// The answer.
    pub fn answer(self, context: &Context) -> Response {
        let (status, error, description) = match &self {
            Self::Protocol(OAuthErrorCode::InvalidClient, why) => (
                StatusCode::UNAUTHORIZED,
                OAuthErrorCode::InvalidClient,
                (*why).to_owned(),
            ),
            Self::Protocol(code, why) => (StatusCode::BAD_REQUEST, *code, (*why).to_owned()),
            Self::Platform(error) => {
                record(context, error);
                let status = status_of(error);
                (status, code_of(status), error.message())
            }
        };
        let body = OAuthError {
            error,
            error_description: description,
            meta: meta(context),
        };
        let no_store = [(CACHE_CONTROL, "no-store")];
        let mut response = (status, no_store, Json(body)).into_response();
        if let Self::Platform(error) = &self {
            add_retry_after(context, error, &mut response);
        }
        response
    }
}

/// The status of an error of the platform, for browsers and libraries that know no other than the
/// usual ones.
pub fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) | Error::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn code_of(status: StatusCode) -> OAuthErrorCode {
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            OAuthErrorCode::TemporarilyUnavailable
        }
        status if status.is_server_error() => OAuthErrorCode::ServerError,
        _ => OAuthErrorCode::InvalidRequest,
    }
}

/// Tells when to come again, where waiting helps.
pub fn add_retry_after(context: &Context, error: &Error, response: &mut Response) {
    if let Some(seconds) = error.retry_after(context.now_ms()) {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Writes down what only the log may know: the gateway does so only for answers that it makes.
pub fn record(context: &Context, error: &Error) {
    if let Some(detail) = error.log_detail() {
        context
            .record(Level::Error, "An OAuth request failed")
            .with("error", detail)
            .write();
    }
}
