//! Whether a token counts, once its signature was found good.

use std::fmt;

use jwt_compact::Claims as JwtClaims;

use crate::{Claims, TokenKind};

/// Why a token does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was good once: a client may refresh.
    Expired,
    /// It never was good, or is no longer.
    Invalid(String),
}

impl Refusal {
    pub(crate) fn malformed(reason: &str) -> Self {
        Self::Invalid(format!("Invalid token: {reason}"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("Token has expired"),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

/// A clock may be this far ahead of ours, in seconds.
const LEEWAY_SECONDS: i64 = 60;

/// Checks type, issuer, audience and times, and hands out the claims.
///
/// # Errors
/// In the order of CONTRACT 3.3: claims, type, then time; expiry alone gives
/// [`Refusal::Expired`], so that a wrong token never looks refreshable.
pub fn check(
    claims: JwtClaims<Claims>,
    expected: TokenKind,
    issuer: &str,
    audience: &str,
    now_ms: i64,
) -> Result<Claims, Refusal> {
    match check_ignoring_expiry(claims, expected, issuer, audience, now_ms)? {
        (claims, IsExpired(false)) => Ok(claims),
        (_, IsExpired(true)) => Err(Refusal::Expired),
    }
}

/// Whether a token is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsExpired(pub bool);

/// As [`check`], for a caller to whom an old token still means something.
///
/// # Errors
/// As [`check`], but for expiry.
pub fn check_ignoring_expiry(
    claims: JwtClaims<Claims>,
    expected: TokenKind,
    issuer: &str,
    audience: &str,
    now_ms: i64,
) -> Result<(Claims, IsExpired), Refusal> {
    let (Some(expires), Some(issued)) = (claims.expiration, claims.issued_at) else {
        return Err(Refusal::malformed("required claims are missing"));
    };
    let now = now_ms / 1000;
    let not_yet = |at: i64| at > now + LEEWAY_SECONDS;
    let custom = claims.custom;
    if custom.iss != issuer || custom.aud != audience {
        return Err(Refusal::malformed("issuer or audience"));
    }
    if custom.kind != expected {
        return Err(Refusal::Invalid(format!(
            "Invalid token type. Expected {}, got {}",
            expected.as_str(),
            custom.kind.as_str()
        )));
    }
    if not_yet(issued.timestamp()) || claims.not_before.is_some_and(|at| not_yet(at.timestamp())) {
        return Err(Refusal::malformed("not valid yet"));
    }
    Ok((custom, IsExpired(expires.timestamp() <= now)))
}
