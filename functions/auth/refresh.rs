//! Refresh (CONTRACT R3, Q3, 3.4): every refresh token buys one new pair; the rules stand in
//! `src/auth/sessions.rs`.

use access_token::{IsExpired, TokenKind};
use axum::response::Response;
use deserr::Deserr;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{SignedIn, refreshed};
use super::login::MAX_CHARACTERS;
use crate::auth::{
    Presented, SessionId, SessionRow, Successor, announce_end, refused_refresh,
    verify_ignoring_expiry,
};
use crate::context::Context;
use crate::error::Result;
use crate::http::{FieldErrors, Input, JsonBody, Text};
use crate::limits::{REFRESH, spend};
use crate::openapi::ErrorAnswers;

/// A refresh token with the device that it was given to.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct Refresh {
    /// The newest refresh token.
    #[schema(value_type = String, min_length = 1)]
    refresh_token: Text<1, { usize::MAX }>,
    /// If present, it must be the session's device.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    device_id: Option<Text<1, MAX_CHARACTERS>>,
}

impl Input for Refresh {}

/// Exchange a refresh token for a new pair.
///
/// A token whose successor was never used may be exchanged again, and gives the same successor:
/// replies get lost. Any other token that was exchanged before ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = Refresh,
    responses((status = 200, body = SignedIn), ErrorAnswers))]
pub async fn refresh_tokens(
    context: Context,
    JsonBody(refresh): JsonBody<Refresh>,
) -> Result<Response> {
    let token = &refresh.refresh_token.0;
    let (claims, IsExpired(is_expired)) =
        verify_ignoring_expiry(&context, token, TokenKind::Refresh).await?;
    spend(&context, &REFRESH, &claims.sid)?;
    let presented = Presented {
        session_id: &claims.sid,
        jti: &claims.jti,
        is_expired,
        device_id: refresh.device_id.as_ref().map(|id| id.0.as_str()),
        client_id: None,
    };

    let statements = presented.exchange(&Successor {
        jti: &Uuid::new_v4().to_string(),
        request_id: context.request_id(),
        place: context.place(),
        now: context.now_ms(),
    });
    let mut batch = context.db()?.batch(statements).await?;

    if let Some(SessionId { id }) = batch.first(1)? {
        announce_end(&context, &claims.sub, vec![id]);
    }
    let row: SessionRow = batch.first(2)?.ok_or_else(refused_refresh)?;
    if !presented.is_answered_by(&row) {
        return Err(refused_refresh());
    }
    refreshed(&context, &row).await
}
