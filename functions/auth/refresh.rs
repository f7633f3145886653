//! Refresh (CONTRACT R3, 3.4): every refresh token buys one new pair.
//!
//! Replies get lost, and two tabs refresh at once. So the token before the newest one may come
//! again and gets the very pair that it was answered with; anything older means that two parties
//! hold the session, and ends it.

use access_token::TokenKind;
use deserr::Deserr;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{Presented, find_session, revoke_on_reuse, rotate};
use super::login::text_error;
use super::session::{SessionRow, SignedIn, sign_in};
use crate::auth::verify;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{FieldErrors, Input, Json, JsonBody};
use crate::openapi::ErrorAnswers;

/// A refresh token with the device that it was given to.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct Refresh {
    /// The newest refresh token.
    #[schema(min_length = 1)]
    refresh_token: String,
    /// If present, it must be the session's device.
    #[deserr(default)]
    device_id: Option<String>,
}

impl Input for Refresh {
    fn validate(&self) -> Vec<FieldError> {
        let empty = self.refresh_token.is_empty();
        let token = empty.then(|| FieldError::invalid("refresh_token", "Must not be empty"));
        let device = self.device_id.as_deref().and_then(|id| text_error("device_id", id));
        token.into_iter().chain(device).collect()
    }
}

/// Exchange a refresh token for a new pair.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = Refresh,
    responses((status = 200, body = SignedIn), ErrorAnswers))]
pub async fn refresh_tokens(
    context: Context,
    JsonBody(refresh): JsonBody<Refresh>,
) -> Result<Json<Value>> {
    let claims = match verify(&context, &refresh.refresh_token, TokenKind::Refresh).await {
        // Clients answer `AUTH_TOKEN_EXPIRED` by refreshing, for ever.
        Err(Error::TokenExpired) => return Err(revoked()),
        other => other?,
    };
    let now = context.now_ms();
    let next_jti = Uuid::new_v4().to_string();
    let presented = Presented {
        session_id: &claims.sid,
        jti: &claims.jti,
        device_id: refresh.device_id.as_deref(),
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
    let is_same_device = refresh.device_id.as_ref().is_none_or(|id| *id == row.device_id);
    if row.previous_jti.as_ref() != Some(&claims.jti) || !is_same_device {
        return Err(revoked());
    }
    context.set_user_id(&row.user_id);
    sign_in(&context, row).await.map(Json)
}

fn revoked() -> Error {
    Error::TokenInvalid("Token has been revoked".into())
}
