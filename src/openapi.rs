//! The API document: collected from the routes themselves, so it cannot drift.

use http::StatusCode;
use serde::Serialize;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, RefOr};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::config::VERSION;
use crate::error::FieldError;

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

/// The areas, in the order in which a newcomer needs them.
const TAGS: [(&str, &str); 4] = [
    ("auth", "Signing in with an API key, and staying signed in"),
    (
        "rooms",
        "Room scans: upload one, follow its analysis, read what the room is",
    ),
    ("users", "The caller's own account: quota and API keys"),
    ("health", "Whether the service works"),
];

/// The document without its paths.
pub fn skeleton() -> OpenApi {
    let bearer = |description: &str| {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(description));
        SecurityScheme::Http(scheme.build())
    };
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Outpost")
                .version(VERSION)
                .description(Some(
                    "The backend of an offline-first mobile app, at the edge. Every error has the \
                     same envelope; request bodies may spell their keys in snake_case or camelCase.",
                ))
                .build(),
        )
        .tags(Some(TAGS.map(|(name, description)| {
            TagBuilder::new().name(name).description(Some(description)).build()
        })))
        .build();
    let mut components = document.components.take().unwrap_or_default();
    // Only the bodies that routes name themselves are collected.
    let mut schemas = vec![(ErrorEnvelope::name().into_owned(), ErrorEnvelope::schema())];
    ErrorEnvelope::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.add_security_scheme("token", bearer("An access token from a login or refresh"));
    components.add_security_scheme("api_key", bearer("An API key"));
    document.components = Some(components);
    document
}

/// Adds what OpenAPI 3.1 requires and the routes leave out: every answer has a description.
pub fn complete(document: &mut OpenApi) {
    let items = document.paths.paths.values_mut();
    let operations = items
        .flat_map(|item| {
            [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.patch,
                &mut item.delete,
            ]
        })
        .flatten();
    for (status, response) in operations.flat_map(|operation| &mut operation.responses.responses) {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let reason = StatusCode::from_bytes(status.as_bytes())
                .ok()
                .and_then(|status| status.canonical_reason());
            response.description = reason.unwrap_or("The answer").into();
        }
    }
}
