//! The API document: collected from the routes themselves when the Worker is built, so it cannot
//! drift, and served as a file.

#[cfg(not(target_arch = "wasm32"))]
mod document;

use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::error::FieldError;

#[cfg(not(target_arch = "wasm32"))]
pub use document::{Description, document};

/// A file, described as bytes and not as a list of numbers.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its description is used")]
pub struct Binary(Vec<u8>);

/// What goes wrong everywhere (CONTRACT 4.1).
#[derive(Serialize, ToSchema)]
pub struct ErrorEnvelope {
    error: ErrorBody,
    meta: ErrorMeta,
}

/// The error.
#[derive(Serialize, ToSchema)]
struct ErrorBody {
    /// Stable, for programs: `VALIDATION_ERROR`, `AUTH_TOKEN_EXPIRED`, ...
    code: String,
    /// For people.
    message: String,
    /// `validation_error`, `http_error`, `api_error` or `server_error`.
    #[serde(rename = "type")]
    kind: String,
    /// Every field that is wrong; absent when none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<FieldError>>,
}

/// Which request it was.
#[derive(Serialize, ToSchema)]
struct ErrorMeta {
    request_id: String,
    timestamp: String,
    path: String,
}

/// The error answers that every route may give.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is used")]
pub enum ErrorAnswers {
    /// The request is wrong; see the code and the details.
    #[response(status = "4XX")]
    Client(ErrorEnvelope),
    /// The service failed; trying again may help.
    #[response(status = "5XX")]
    Server(ErrorEnvelope),
}
