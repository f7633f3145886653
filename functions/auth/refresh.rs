//! Refresh (CONTRACT R3, 3.4): every refresh token buys one new pair.
//!
//! Replies get lost, and two tabs refresh at once. So the token before the newest one may come
//! again and gets the very pair that it was answered with; anything older means that two parties
//! hold the session, and ends it.

use access_token::TokenKind;
use axum::response::Response;
use deserr::Deserr;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{Presented, find_session, revoke_on_reuse, rotate};
use super::login::MAX_CHARACTERS;
use super::session::{SessionRow, SignedIn, sign_in};
use crate::auth::verify;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, JsonBody, Text};
use crate::openapi::ErrorAnswers;

/// A refresh token with the device that it was given to.
#[derive(Debug, Deserr, ToSchema)]
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
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = Refresh,
    responses((status = 200, body = SignedIn), ErrorAnswers))]
pub async fn refresh_tokens(
    context: Context,
    JsonBody(refresh): JsonBody<Refresh>,
) -> Result<Response> {
    let claims = match verify(&context, &refresh.refresh_token.0, TokenKind::Refresh).await {
        // Clients answer `AUTH_TOKEN_EXPIRED` by refreshing, for ever.
        Err(Error::TokenExpired) => return Err(revoked()),
        other => other?,
    };
    let device_id = refresh.device_id.as_ref().map(|id| id.0.as_str());
    let now = context.now_ms();
    let next_jti = Uuid::new_v4().to_string();
    let presented = Presented {
        session_id: &claims.sid,
        jti: &claims.jti,
        device_id,
    };

    let mut batch = context
        .db()?
        .batch(vec![
            rotate(&presented, &next_jti, context.request_id(), now),
            revoke_on_reuse(&presented, now),
            find_session(&claims.sid, now),
        ])
        .await?;

    let row: SessionRow = batch.first(2)?.ok_or_else(revoked)?;
    let is_same_device = device_id.is_none_or(|id| id == row.device_id);
    if row.previous_jti.as_ref() != Some(&claims.jti) || !is_same_device {
        return Err(revoked());
    }
    context.set_user_id(&row.user_id);
    sign_in(&context, row).await
}

fn revoked() -> Error {
    Error::TokenInvalid("Token has been revoked".into())
}
