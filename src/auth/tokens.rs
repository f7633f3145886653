//! Issuing and verifying tokens (CONTRACT 3.3).

use std::cell::RefCell;
use std::collections::HashMap;

use access_token::{
    Claims, IsExpired, Refusal, TokenKind, UnverifiedToken, attach_signature, check,
    check_ignoring_expiry, unsigned,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use jwt_compact::Claims as JwtClaims;

use super::keys::Keys;
use super::revocation::{is_blacklisted, remember_dead};
use crate::context::Context;
use crate::error::{Error, Result};

/// Issuer and audience of our tokens: one service, its own clients.
pub const ISSUER: &str = "outpost";

/// Life of an access token of a session that an API key opened.
pub const ACCESS_SECONDS_BY_API_KEY: i64 = 3600;

/// Life of an access token of a session that a person opened.
pub const ACCESS_SECONDS: i64 = 900;

/// The longer of the two.
pub const LONGEST_ACCESS_SECONDS: i64 = ACCESS_SECONDS_BY_API_KEY;

/// Life of a refresh token, and of a session that is not used.
pub const REFRESH_SECONDS: i64 = 30 * 24 * 3600;

/// Verified tokens that an isolate remembers.
const REMEMBERED: usize = 1_000;

thread_local! {
    // A signature that was good stays good, so a phone's next request skips the cryptography.
    static VERIFIED: RefCell<HashMap<String, JwtClaims<Claims>>> = RefCell::default();
}

/// Signs a token that is good from `issued_ms` (milliseconds since 1970) for `seconds`. The same
/// input gives the same token, so a lost reply can be repeated.
///
/// # Errors
/// When the signing keys are missing.
#[worker::send]
pub async fn sign(
    context: &Context,
    claims: &Claims,
    issued_ms: i64,
    seconds: i64,
) -> Result<String> {
    let keys = Keys::get(context).await?;
    let expires_ms = issued_ms + seconds * 1000;
    let token =
        unsigned(claims, keys.signing_key_id(), issued_ms, expires_ms).map_err(Error::internal)?;
    let signature = keys.sign(token.as_bytes()).await?;
    Ok(attach_signature(
        &token,
        &Base64UrlUnpadded::encode_string(&signature),
    ))
}

/// The claims of a good token.
///
/// # Errors
/// [`Error::TokenExpired`] when nothing but its age is wrong, else [`Error::TokenInvalid`].
pub async fn verify(context: &Context, token: &str, kind: TokenKind) -> Result<Claims> {
    let claims = verify_signature(context, token).await?;
    check(claims, kind, ISSUER, ISSUER, context.now_ms()).map_err(refused)
}

/// As [`verify`], where a token that is too old still means something.
///
/// # Errors
/// [`Error::TokenInvalid`].
pub async fn verify_ignoring_expiry(
    context: &Context,
    token: &str,
    kind: TokenKind,
) -> Result<(Claims, IsExpired)> {
    let claims = verify_signature(context, token).await?;
    check_ignoring_expiry(claims, kind, ISSUER, ISSUER, context.now_ms()).map_err(refused)
}

/// Many requests of a client run into a dead session before D1 says so; the blacklist tells this
/// isolate in time for the second, without making the first wait.
fn look_up_blacklist(context: &Context, claims: &Claims) {
    if claims.sid.is_empty() {
        return;
    }
    let (context, session_id) = (context.clone(), claims.sid.clone());
    context.clone().after_response(async move {
        if let Ok(true) = is_blacklisted(&context, &session_id).await {
            remember_dead(&session_id);
        }
    });
}

#[worker::send]
async fn verify_signature(context: &Context, token: &str) -> Result<JwtClaims<Claims>> {
    if let Some(claims) = VERIFIED.with_borrow(|verified| verified.get(token).cloned()) {
        return Ok(claims);
    }
    let parsed = UnverifiedToken::parse(token).map_err(refused)?;
    let keys = Keys::get(context).await?;
    let is_signed = keys
        .verify(parsed.key_id(), parsed.signed_bytes(), parsed.signature())
        .await?;
    if !is_signed {
        return Err(Error::TokenInvalid("Invalid token: signature".into()));
    }
    let claims = parsed.claims().map_err(refused)?;
    look_up_blacklist(context, &claims.custom);
    VERIFIED.with_borrow_mut(|verified| {
        if verified.len() >= REMEMBERED {
            verified.clear();
        }
        verified.insert(token.to_owned(), claims.clone());
    });
    Ok(claims)
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Expired => Error::TokenExpired,
        Refusal::Invalid(reason) => Error::TokenInvalid(reason),
    }
}
