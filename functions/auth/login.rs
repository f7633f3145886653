//! Login with an API key and a device (CONTRACT R2).

use axum::response::Response;
use deserr::Deserr;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{NewSession, end_surplus_sessions, find_session, open_session, touch_key};
use super::session::{SessionRow, SignedIn, sign_in};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::{FieldErrors, Input, JsonBody, Text};
use crate::openapi::ErrorAnswers;

/// Longest key and device id that are looked at.
pub const MAX_CHARACTERS: usize = 256;

/// What the app knows of itself.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct Login {
    /// The key as it was shown when it was created.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    api_key: Text<1, MAX_CHARACTERS>,
    /// The installation's own UUID.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    device_id: Text<1, MAX_CHARACTERS>,
}

impl Input for Login {}

/// Sign in with an API key; opens a session of this device.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = Login,
    responses((status = 200, body = SignedIn), ErrorAnswers))]
pub async fn login(context: Context, JsonBody(login): JsonBody<Login>) -> Result<Response> {
    let key_hash = sha256_hex(login.api_key.0.as_bytes());
    let now = context.now_ms();
    let session_id = Uuid::new_v4().to_string();
    let session = NewSession {
        id: &session_id,
        device_id: &login.device_id.0,
        refresh_jti: &Uuid::new_v4().to_string(),
        request_id: context.request_id(),
        now,
    };

    let mut batch = context
        .db()?
        .batch(vec![
            open_session(&key_hash, &session),
            touch_key(&key_hash, now),
            end_surplus_sessions(&session_id, now),
            find_session(&session_id, now),
        ])
        .await?;

    let row: SessionRow = batch.first(3)?.ok_or(Error::ApiKeyInvalid)?;
    context.set_user_id(&row.user_id);
    sign_in(&context, row).await
}
