//! Signing in with a key or a password, and staying signed in.
//!
//! The rules of sessions stand in `src/auth`, since other areas open sessions too. A login by key
//! and a refresh need one trip to the database, a login by password two.

mod answer;
mod forgotten;
mod login;
mod logout;
mod me;
mod password;
mod refresh;
mod register;
mod sessions;
mod verification;

use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;

use crate::auth::{Scope, public_keys};
use crate::context::Context;
use crate::error::Result;
use crate::http::{Json, Routes, needs, public, route};
use crate::limits::{GENERAL, MAIL, REFRESH, REGISTER, SIGN_IN, UNLIMITED};

/// The routes of this area.
pub fn routes() -> Routes {
    Routes::new()
        .add(public(&REGISTER), route!(register::register))
        .add(public(&SIGN_IN), route!(login::login))
        .add(public(&REFRESH), route!(refresh::refresh_tokens))
        .add(public(&GENERAL), route!(logout::logout))
        .add(needs(Scope::Read, &GENERAL), route!(me::show_me))
        .add(
            needs(Scope::Admin, &GENERAL),
            route!(password::change_password),
        )
        .add(public(&MAIL), route!(forgotten::forgot_password))
        .add(public(&GENERAL), route!(forgotten::reset_password))
        .add(public(&GENERAL), route!(verification::verify_email))
        .add(
            needs(Scope::Admin, &MAIL),
            route!(verification::send_verification),
        )
        .add(
            needs(Scope::Read, &GENERAL),
            route!(sessions::list_sessions),
        )
        .add(needs(Scope::Admin, &GENERAL), route!(sessions::end_session))
        .add(
            needs(Scope::Admin, &GENERAL),
            route!(sessions::end_other_sessions),
        )
        .add(public(&UNLIMITED), route!(list_signing_keys))
}

/// Publish the keys that verify our tokens (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth",
    responses((status = 200, description = "A JSON Web Key Set", body = serde_json::Value)))]
async fn list_signing_keys(context: Context) -> Result<impl IntoResponse> {
    let keys = public_keys(&context)?;
    Ok(([(CACHE_CONTROL, "public, max-age=300")], Json(keys)))
}
