//! Issuing and verifying tokens (CONTRACT 3.3).

use access_token::{
    Claims, Refusal, TokenKind, UnverifiedToken, attach_signature, check, unsigned,
};
use base64ct::{Base64UrlUnpadded, Encoding};

use super::keys::Keys;
use crate::context::Context;
use crate::error::{Error, Result};

/// Issuer and audience of our tokens: one service, its own clients.
const ISSUER: &str = "outpost";

/// Life of an access token of a session that an API key opened.
pub const ACCESS_SECONDS_BY_API_KEY: i64 = 3600;

/// Life of a refresh token, and of a session that is not used.
pub const REFRESH_SECONDS: i64 = 30 * 24 * 3600;

/// Whom a pair of tokens is for.
pub struct Subject {
    /// The user.
    pub user_id: String,
    /// The session.
    pub session_id: String,
    /// The device the session was opened on.
    pub device_id: String,
    /// The user's tier now.
    pub tier: String,
    /// The refresh token's id.
    pub refresh_jti: String,
    /// The request that issues the pair.
    pub request_id: String,
    /// When the refresh token is issued, milliseconds since 1970.
    pub refresh_issued_ms: i64,
    /// When the access token is.
    pub access_issued_ms: i64,
}

/// What a login or refresh hands out.
pub struct TokenPair {
    /// For every call.
    pub access: String,
    /// For the next pair.
    pub refresh: String,
}

/// Signs a pair. The same subject gives the same pair, so a lost reply can be repeated.
///
/// # Errors
/// When the signing keys are missing.
#[worker::send]
pub async fn issue(context: &Context, subject: &Subject) -> Result<TokenPair> {
    let keys = Keys::get(context).await?;
    let access = sign(&keys, subject, TokenKind::Access, ACCESS_SECONDS_BY_API_KEY).await?;
    let refresh = sign(&keys, subject, TokenKind::Refresh, REFRESH_SECONDS).await?;
    Ok(TokenPair { access, refresh })
}

async fn sign(keys: &Keys, subject: &Subject, kind: TokenKind, seconds: i64) -> Result<String> {
    let (jti, issued) = match kind {
        TokenKind::Access => (
            format!("{}.a", subject.refresh_jti),
            subject.access_issued_ms,
        ),
        TokenKind::Refresh => (subject.refresh_jti.clone(), subject.refresh_issued_ms),
    };
    let claims = Claims {
        sub: subject.user_id.clone(),
        kind,
        iss: ISSUER.into(),
        aud: ISSUER.into(),
        jti,
        rid: subject.request_id.clone(),
        sid: subject.session_id.clone(),
        did: subject.device_id.clone(),
        tier: subject.tier.clone(),
        roles: vec!["user".into()],
    };
    let token = unsigned(
        &claims,
        keys.signing_key_id(),
        issued,
        issued + seconds * 1000,
    )
    .map_err(Error::internal)?;
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
#[worker::send]
pub async fn verify(context: &Context, token: &str, kind: TokenKind) -> Result<Claims> {
    let token = UnverifiedToken::parse(token).map_err(refused)?;
    let keys = Keys::get(context).await?;
    let is_signed = keys
        .verify(token.key_id(), token.signed_bytes(), token.signature())
        .await?;
    if !is_signed {
        return Err(Error::TokenInvalid("Invalid token: signature".into()));
    }
    let claims = token.claims().map_err(refused)?;
    check(claims, kind, ISSUER, ISSUER, context.now_ms()).map_err(refused)
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Expired => Error::TokenExpired,
        Refusal::Invalid(reason) => Error::TokenInvalid(reason),
    }
}
