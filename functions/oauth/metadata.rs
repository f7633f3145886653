//! What a library for OAuth needs to know of us (RFC 8414).

use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::pkce;
use crate::auth::Scopes;
use crate::context::Context;
use crate::http::Json;

/// The addresses, and what can be asked for there.
#[derive(Serialize, ToSchema)]
pub struct AuthorizationServer {
    /// Our name: the `iss` of every answer to an app (RFC 9207).
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    scopes_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    service_documentation: String,
}

/// Describe this authorization server.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "oauth",
    responses((status = 200, body = AuthorizationServer)))]
pub async fn show_metadata(context: Context) -> impl IntoResponse {
    let issuer = context.public_url();
    let at = |path: &str| format!("{issuer}{path}");
    let metadata = AuthorizationServer {
        authorization_endpoint: at("/api/v1/oauth/authorize"),
        token_endpoint: at("/api/v1/oauth/token"),
        revocation_endpoint: at("/api/v1/oauth/revoke"),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: [pkce::METHOD],
        scopes_supported: Scopes::ALL.names(),
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        authorization_response_iss_parameter_supported: true,
        service_documentation: at("/docs"),
        issuer,
    };
    ([(CACHE_CONTROL, "public, max-age=300")], Json(metadata))
}
