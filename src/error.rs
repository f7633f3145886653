//! Every way a request can fail, and the one envelope in which clients read it (CONTRACT 4).

use std::fmt::Display;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::context::Context;
use crate::time::rfc3339_ms;

/// What a fallible part of the platform or a handler returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One field that does not validate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Bare or dotted name, as documented: `room_scan.id`.
    pub field: String,
    /// Fit for users.
    pub message: String,
    /// `missing_field`, `invalid_format`, `invalid_value`, `too_long`, `too_small`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

impl FieldError {
    /// A field that has to be there and is not.
    pub fn missing(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: "Field is required".into(),
            kind: "missing_field",
        }
    }

    /// A field with a value that cannot be used.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            kind: "invalid_value",
        }
    }
}

/// Why a request failed, by meaning. Text that is not for clients goes to the log only.
#[derive(Debug)]
pub enum Error {
    /// Fields of the body, query or path do not validate; never empty.
    Validation(Vec<FieldError>),
    /// A body that cannot be read at all: not JSON, broken gzip, broken multipart.
    InvalidFormat(String),
    /// A larger body than the route takes; the limit in bytes.
    TooLarge(u64),
    /// A body of a type that the route does not take.
    UnsupportedMediaType(String),
    /// The access token was good and has expired.
    TokenExpired,
    /// No token, or one that does not count.
    TokenInvalid(String),
    /// The token's user is gone or disabled.
    UserNotFound,
    /// An unknown or revoked API key.
    ApiKeyInvalid,
    /// Wrong email or password; never says which.
    InvalidCredentials,
    /// A signature that does not count.
    SignatureInvalid(String),
    /// The caller is known, and may not.
    PermissionDenied(String),
    /// Nothing there, or nothing of the caller's.
    NotFound(String),
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The address is that of a socket.
    UpgradeRequired,
    /// The job has no result yet, or never will.
    ProcessingNotComplete(String),
    /// No quota left; when it resets, in milliseconds since 1970.
    QuotaExceeded {
        /// When the quota resets, milliseconds since 1970.
        resets_at: i64,
    },
    /// Another write got there first.
    Conflict(String),
    /// The `Idempotency-Key` was used for another request.
    IdempotencyConflict,
    /// The request with this `Idempotency-Key` is still being carried out.
    IdempotencyInProgress,
    /// The request with this `Idempotency-Key` was carried out, and nobody knows its answer.
    IdempotencyAnswerLost,
    /// Fields whose value somebody else has; never empty.
    Taken(Vec<FieldError>),
    /// Too often.
    RateLimited {
        /// When to come again.
        retry_after_ms: i64,
    },
    /// Try again later; the text is for the log.
    Unavailable(String),
    /// The database failed; the text is for the log.
    Database(String),
    /// A bug or a broken promise of the platform; the text is for the log.
    Internal(String),
}

/// How an [`Error`] looks from outside.
struct Face {
    status: StatusCode,
    code: &'static str,
    kind: &'static str,
    message: String,
}

impl Error {
    /// For failures of the runtime that no caller can act on.
    pub fn internal(error: impl Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// A single field that does not validate.
    pub fn field(error: FieldError) -> Self {
        Self::Validation(vec![error])
    }

    /// What only the log may know.
    pub fn log_detail(&self) -> Option<&str> {
        match self {
            Self::Unavailable(text) | Self::Database(text) | Self::Internal(text) => Some(text),
            _ => None,
        }
    }

    /// For the log: what only it may know, or else what the client is told.
    pub fn log_text(&self) -> String {
        self.log_detail().map_or_else(
            || format!("{}: {}", self.code(), self.message()),
            str::to_owned,
        )
    }

    /// The code of the envelope.
    pub fn code(&self) -> &'static str {
        self.face(StatusCode::BAD_REQUEST).code
    }

    /// What a person may read of it.
    pub fn message(&self) -> String {
        self.face(StatusCode::BAD_REQUEST).message
    }

    /// `Retry-After` in seconds, where waiting helps.
    pub fn retry_after(&self, now_ms: i64) -> Option<i64> {
        match self {
            Self::QuotaExceeded { resets_at } => Some(((resets_at - now_ms) / 1000).max(1)),
            Self::RateLimited { retry_after_ms } => Some(((retry_after_ms + 999) / 1000).max(1)),
            Self::Unavailable(_) | Self::Database(_) | Self::IdempotencyInProgress => Some(2),
            _ => None,
        }
    }

    fn face(&self, validation: StatusCode) -> Face {
        let face = |status, code, kind, message: &str| Face {
            status,
            code,
            kind,
            message: message.to_owned(),
        };
        let api = "api_error";
        let server = "server_error";
        match self {
            Self::Validation(_) => face(
                validation,
                "VALIDATION_ERROR",
                "validation_error",
                "Request validation failed",
            ),
            Self::InvalidFormat(why) => face(
                validation,
                "VALIDATION_INVALID_FORMAT",
                "validation_error",
                why,
            ),
            Self::TooLarge(limit) => face(
                StatusCode::PAYLOAD_TOO_LARGE,
                "VALIDATION_TOO_LARGE",
                "validation_error",
                &format!("The body is too large. At most {limit} bytes are accepted"),
            ),
            Self::UnsupportedMediaType(why) => face(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                api,
                why,
            ),
            Self::TokenExpired => face(
                StatusCode::UNAUTHORIZED,
                "AUTH_TOKEN_EXPIRED",
                api,
                "Token has expired",
            ),
            Self::TokenInvalid(why) => {
                face(StatusCode::UNAUTHORIZED, "AUTH_TOKEN_INVALID", api, why)
            }
            Self::UserNotFound => face(
                StatusCode::UNAUTHORIZED,
                "AUTH_USER_NOT_FOUND",
                api,
                "User not found or inactive",
            ),
            Self::ApiKeyInvalid => face(
                StatusCode::UNAUTHORIZED,
                "AUTH_API_KEY_INVALID",
                api,
                "The API key is not valid",
            ),
            Self::InvalidCredentials => face(
                StatusCode::UNAUTHORIZED,
                "AUTH_INVALID_CREDENTIALS",
                api,
                "Email or password is not right",
            ),
            Self::SignatureInvalid(why) => {
                face(StatusCode::UNAUTHORIZED, "AUTH_SIGNATURE_INVALID", api, why)
            }
            Self::PermissionDenied(why) => {
                face(StatusCode::FORBIDDEN, "AUTH_PERMISSION_DENIED", api, why)
            }
            Self::NotFound(what) => face(StatusCode::NOT_FOUND, "NOT_FOUND", "http_error", what),
            Self::MethodNotAllowed => face(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "http_error",
                "This method is not allowed here",
            ),
            Self::UpgradeRequired => face(
                StatusCode::UPGRADE_REQUIRED,
                "UPGRADE_REQUIRED",
                "http_error",
                "Connect with a WebSocket",
            ),
            Self::ProcessingNotComplete(why) => {
                face(StatusCode::CONFLICT, "PROCESSING_NOT_COMPLETE", api, why)
            }
            Self::QuotaExceeded { .. } => face(
                StatusCode::TOO_MANY_REQUESTS,
                "QUOTA_EXCEEDED",
                api,
                "The quota of this month is used up",
            ),
            Self::Conflict(why) => face(StatusCode::CONFLICT, "CONFLICT", api, why),
            Self::IdempotencyConflict => face(
                StatusCode::CONFLICT,
                "IDEMPOTENCY_CONFLICT",
                api,
                "This Idempotency-Key was used for another request",
            ),
            Self::IdempotencyInProgress => face(
                StatusCode::CONFLICT,
                "IDEMPOTENCY_IN_PROGRESS",
                api,
                "The request with this Idempotency-Key is still being carried out",
            ),
            Self::IdempotencyAnswerLost => face(
                StatusCode::CONFLICT,
                "IDEMPOTENCY_ANSWER_LOST",
                api,
                "The request with this Idempotency-Key was carried out, but its answer is lost. \
                 Look at what it changed instead of sending it again",
            ),
            Self::Taken(fields) => {
                let message = fields
                    .first()
                    .map_or("Already taken", |field| &field.message);
                face(StatusCode::CONFLICT, "CONFLICT", api, message)
            }
            Self::RateLimited { .. } => face(
                StatusCode::TOO_MANY_REQUESTS,
                "SYSTEM_RATE_LIMITED",
                api,
                "Too many requests. Wait a little and try again",
            ),
            Self::Unavailable(_) => face(
                StatusCode::SERVICE_UNAVAILABLE,
                "SYSTEM_UNAVAILABLE",
                server,
                "The service is temporarily unavailable",
            ),
            Self::Database(_) => face(
                StatusCode::SERVICE_UNAVAILABLE,
                "SYSTEM_DATABASE_ERROR",
                server,
                "The service is temporarily unavailable",
            ),
            Self::Internal(_) => face(
                StatusCode::INTERNAL_SERVER_ERROR,
                "SYSTEM_INTERNAL_ERROR",
                server,
                "An internal error occurred",
            ),
        }
    }

    /// Status and body of the envelope for this request.
    pub fn envelope(&self, context: &Context) -> (StatusCode, Value) {
        let dialect = context.dialect();
        let validation =
            StatusCode::from_u16(dialect.validation_status()).unwrap_or(StatusCode::BAD_REQUEST);
        let face = self.face(validation);
        let mut error = Map::new();
        error.insert("code".into(), face.code.into());
        error.insert("message".into(), face.message.clone().into());
        error.insert("type".into(), face.kind.into());
        // Never null: the Android client calls `.jsonArray` on it.
        if let Self::Validation(fields) | Self::Taken(fields) = self {
            error.insert("details".into(), json!(fields));
        }
        let mut body = Map::new();
        body.insert("error".into(), error.into());
        body.insert("meta".into(), meta(context));
        if dialect.has_flat_errors() {
            body.insert("statusCode".into(), face.status.as_u16().into());
            body.insert("message".into(), face.message.into());
        }
        (face.status, body.into())
    }
}

/// Which request it was: `meta` of every error.
pub fn meta(context: &Context) -> Value {
    json!({
        "request_id": context.request_id(),
        "timestamp": rfc3339_ms(context.now_ms()),
        "path": context.path(),
    })
}

/// The envelope needs the request, so the error only travels in the response's extensions; the
/// gateway writes it out.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Failure::new(self));
        response
    }
}

/// An error on its way from a handler to the gateway.
#[derive(Clone)]
pub struct Failure(std::sync::Arc<Error>);

impl Failure {
    fn new(error: Error) -> Self {
        Self(std::sync::Arc::new(error))
    }

    /// The error.
    pub fn error(&self) -> &Error {
        &self.0
    }
}
