//! Logout (CONTRACT Q4): ends one session; other devices stay signed in.

use access_token::TokenKind;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{SessionId, announce_end, bearer, no_socket_cookie, verify_ignoring_expiry};
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, Json, LenientBody, Text};
use crate::openapi::ErrorAnswers;

/// The session to end, by one of its refresh tokens.
#[derive(Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct Logout {
    /// Any refresh token of the session, also an old one. Without it the session of the access
    /// token in the `Authorization` header ends.
    #[deserr(default)]
    #[schema(value_type = Option<String>)]
    refresh_token: Option<Text<0, { usize::MAX }>>,
}

impl Input for Logout {}

/// The answer, whatever happened: a client that logs out is done.
#[derive(Serialize, ToSchema)]
pub struct LoggedOut {
    /// Always true.
    success: bool,
}

/// Sign out: the session ends, with its tokens and its open streams.
///
/// Answers the same for tokens that are unknown, expired or dead already.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", request_body = Logout,
    responses((status = 200, body = LoggedOut), ErrorAnswers))]
pub async fn logout(
    context: Context,
    headers: HeaderMap,
    LenientBody(logout): LenientBody<Logout>,
) -> Result<Response> {
    let done = Json(LoggedOut { success: true });
    let done = ([(SET_COOKIE, no_socket_cookie(&context)?)], done).into_response();
    let Some((user_id, session_id)) = session_of(&context, &headers, logout).await? else {
        return Ok(done);
    };
    context.set_user_id(&user_id);
    let end = Statement::new(
        "update sessions
         set revoked_at = ?2, revoked_reason = 'logged out'
         where id = ?1 and revoked_at is null
         returning id",
    )
    .bind(&session_id)
    .bind(context.now_ms());
    let ended: Option<SessionId> = context.db()?.first(end).await?;
    if ended.is_some() {
        announce_end(&context, &user_id, vec![session_id]);
    }
    Ok(done)
}

/// User and session of whichever token is good; an old one too, since only we can have made it.
async fn session_of(
    context: &Context,
    headers: &HeaderMap,
    logout: Logout,
) -> Result<Option<(String, String)>> {
    let refresh_token = logout.refresh_token.map(|token| token.0);
    let candidates = [
        (refresh_token.as_deref(), TokenKind::Refresh),
        (bearer(headers), TokenKind::Access),
    ];
    for (token, kind) in candidates {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            continue;
        };
        match verify_ignoring_expiry(context, token, kind).await {
            Ok((claims, _)) => return Ok(Some((claims.sub, claims.sid))),
            Err(Error::TokenInvalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
