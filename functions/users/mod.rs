//! The caller's own account: profile, quota, API keys.

mod api_keys;
mod db;
mod profile;

use crate::auth::Scope;
use crate::http::{Routes, needs, route};
use crate::limits::GENERAL;

/// The routes of this area.
pub fn routes() -> Routes {
    Routes::new()
        .add(needs(Scope::Read, &GENERAL), route!(profile::find_profile))
        .add(
            needs(Scope::Admin, &GENERAL),
            route!(api_keys::create_api_key),
        )
        .add(
            needs(Scope::Admin, &GENERAL),
            route!(api_keys::revoke_api_key),
        )
}
