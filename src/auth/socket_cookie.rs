//! The cookie that lets a signed-in browser open a Socket.IO connection without handing over a
//! token (CONTRACT 2.2, K26): its client connects with nothing but a user id.
//!
//! It holds a token of its own kind, good for nothing else, and goes to `/socket.io` only. A page of
//! another site cannot use it: `SameSite=Lax` keeps it off that page's requests and sockets.

use access_token::TokenKind;
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

use super::sessions::{SessionRow, claims_of};
use super::tokens::{REFRESH_SECONDS, sign};
use crate::context::Context;
use crate::error::{Error, Result};

const NAME: &str = "outpost_socket";

/// The `Set-Cookie` of a session that was opened or refreshed; it lives as long as the session.
///
/// # Errors
/// When the signing keys are missing.
pub async fn socket_cookie(context: &Context, row: &SessionRow) -> Result<HeaderValue> {
    let claims = claims_of(row, TokenKind::Socket);
    let token = sign(context, &claims, row.refreshed_at, REFRESH_SECONDS).await?;
    cookie(context, &token, REFRESH_SECONDS)
}

/// The `Set-Cookie` that takes the cookie away.
///
/// # Errors
/// Never; for symmetry with [`socket_cookie`].
pub fn no_socket_cookie(context: &Context) -> Result<HeaderValue> {
    cookie(context, "", 0)
}

fn cookie(context: &Context, value: &str, seconds: i64) -> Result<HeaderValue> {
    let is_secure = context.public_url().starts_with("https:");
    let secure = if is_secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!(
        "{NAME}={value}; Path=/socket.io; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    ))
    .map_err(Error::internal)
}

/// The token in the cookie of a request.
pub fn token_of_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == NAME && !value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token_of_cookie(&headers), None);
        headers.append(
            COOKIE,
            HeaderValue::from_static("a=1; outpost_socket=x.y.z; outpost_socketed=2"),
        );
        assert_eq!(token_of_cookie(&headers), Some("x.y.z"));
        headers.insert(COOKIE, HeaderValue::from_static("outpost_socket="));
        assert_eq!(token_of_cookie(&headers), None);
    }
}
