//! The caller's own account: profile, quota, API keys.

mod api_keys;
mod db;
mod profile;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this area.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(profile::find_profile))
        .routes(routes!(api_keys::create_api_key))
        .routes(routes!(api_keys::revoke_api_key))
}
