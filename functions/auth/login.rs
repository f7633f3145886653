//! Login with an API key and a device (CONTRACT R2).

use deserr::Deserr;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{NewSession, end_surplus_sessions, find_session, open_session, touch_key};
use super::session::{SessionRow, SignedIn, sign_in};
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::hash::sha256_hex;
use crate::http::{FieldErrors, Input, Json, JsonBody};
use crate::openapi::ErrorAnswers;

/// Longest key and device id that are looked at.
const MAX_CHARACTERS: usize = 256;

/// What the app knows of itself.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct Login {
    /// The key as it was shown when it was created.
    #[schema(min_length = 1, max_length = 256)]
    api_key: String,
    /// The installation's own UUID.
    #[schema(min_length = 1, max_length = 256)]
    device_id: String,
}

impl Input for Login {
    fn validate(&self) -> Vec<FieldError> {
        [("api_key", &self.api_key), ("device_id", &self.device_id)]
            .into_iter()
            .filter_map(|(field, text)| text_error(field, text))
            .collect()
    }
}

/// Empty or far too long.
pub fn text_error(field: &str, text: &str) -> Option<FieldError> {
    let message = match text.chars().count() {
        0 => "Must not be empty".to_owned(),
        n if n > MAX_CHARACTERS => format!("Must have at most {MAX_CHARACTERS} characters"),
        _ => return None,
    };
    Some(FieldError::invalid(field, message))
}

/// Sign in with an API key; opens a session of this device.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = Login,
    responses((status = 200, body = SignedIn), ErrorAnswers))]
pub async fn login(context: Context, JsonBody(login): JsonBody<Login>) -> Result<Json<Value>> {
    let key_hash = sha256_hex(login.api_key.as_bytes());
    let now = context.now_ms();
    let session_id = Uuid::new_v4().to_string();
    let session = NewSession {
        id: &session_id,
        device_id: &login.device_id,
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
    sign_in(&context, row).await.map(Json)
}
