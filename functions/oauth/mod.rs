//! OAuth 2.1 for apps of others: the authorization code grant with PKCE, for public clients.
//!
//! A browser shows our page, the person signs in there and allows or denies, the app gets a code
//! and exchanges it for a session of kind `oauth`. No cookie is set or read: the password is asked
//! each time, so a forged request has nothing to ride on. Followed are draft-ietf-oauth-v2-1 with
//! RFC 6749, 7636 (PKCE), 8252 (native apps), 7009 (revocation), 8414 (metadata), 9207 (issuer)
//! and 9700 (security).

mod authorize;
mod client;
mod code;
mod form;
mod metadata;
mod page;
mod pkce;
mod redirect_uri;
mod refusal;
mod request;
mod revoke;
mod token;

pub use code::forget_codes;

use crate::http::{Routes, public, route};
use crate::limits::{GENERAL, SIGN_IN, UNLIMITED};

/// The routes of this area.
pub fn routes() -> Routes {
    Routes::new()
        .add(public(&SIGN_IN), route!(authorize::show_consent))
        .add(public(&SIGN_IN), route!(authorize::decide))
        .add(public(&SIGN_IN), route!(token::issue_tokens))
        .add(public(&GENERAL), route!(revoke::revoke_token))
        .add(public(&UNLIMITED), route!(metadata::show_metadata))
}
