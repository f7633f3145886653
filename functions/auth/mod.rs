//! Signing in: sessions are opened here (`sessions`, `api_keys`), used everywhere.
//!
//! A login needs one trip to the database, a refresh one.

mod db;
mod login;
mod refresh;
mod session;

use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::public_keys;
use crate::context::Context;
use crate::error::Result;
use crate::http::Json;

/// The routes of this area.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh_tokens))
        .routes(routes!(list_signing_keys))
        .route("/v1/auth/login", axum::routing::post(login::login))
        .route("/api/auth/login", axum::routing::post(login::login))
        .route(
            "/v1/auth/refresh",
            axum::routing::post(refresh::refresh_tokens),
        )
        .route(
            "/api/auth/refresh",
            axum::routing::post(refresh::refresh_tokens),
        )
}

/// Publish the keys that verify our tokens (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth",
    responses((status = 200, description = "A JSON Web Key Set", body = serde_json::Value)))]
async fn list_signing_keys(context: Context) -> Result<impl IntoResponse> {
    let keys = public_keys(&context)?;
    Ok(([(CACHE_CONTROL, "public, max-age=300")], Json(keys)))
}
