//! What every sign-in answers.

use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use dialect::with_camel_twins;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::{ACCESS_SECONDS_BY_API_KEY, Subject, issue};
use crate::context::Context;
use crate::error::Result;
use crate::http::Json;

/// How long a repeated refresh gives the very same access token.
const SAME_PAIR_MS: i64 = 60_000;

/// A session with its user, as read after a login or refresh.
#[derive(Debug, Deserialize)]
pub struct SessionRow {
    pub session_id: String,
    pub user_id: String,
    pub device_id: String,
    pub refresh_jti: String,
    pub previous_jti: Option<String>,
    pub refreshed_at: i64,
    pub refreshed_by: String,
    pub tier: String,
    pub quota_limit: i64,
    pub quota_used: i64,
}

/// The six fields that the app requires of a login and of a refresh alike; each stands twice, in
/// snake_case and in camelCase.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// For every call.
    access_token: String,
    /// For the next pair; used once.
    refresh_token: String,
    /// Seconds that the access token is good for.
    expires_in: i64,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Whose session it is.
    user_id: String,
    /// Units left this month.
    quota_remaining: i64,
    /// `free`, `basic`, `professional` or `enterprise`.
    subscription_tier: String,
}

/// Signs the pair of this session and makes the answer, which no cache may keep (RFC 6749,
/// section 5.1).
pub async fn sign_in(context: &Context, row: SessionRow) -> Result<Response> {
    let quota_remaining = (row.quota_limit - row.quota_used).max(0);
    // A pair that is repeated after a lost reply is the same to the letter. Much later its access
    // token would be old or dead; then only the refresh token is the same.
    let now = context.now_ms();
    let is_fresh = now - row.refreshed_at < SAME_PAIR_MS;
    let access_issued_ms = if is_fresh { row.refreshed_at } else { now };
    let subject = Subject {
        user_id: row.user_id,
        session_id: row.session_id,
        device_id: row.device_id,
        tier: row.tier,
        refresh_jti: row.refresh_jti,
        request_id: row.refreshed_by,
        refresh_issued_ms: row.refreshed_at,
        access_issued_ms,
    };
    let pair = issue(context, &subject).await?;
    let answer = SignedIn {
        access_token: pair.access,
        refresh_token: pair.refresh,
        expires_in: ACCESS_SECONDS_BY_API_KEY - (now - access_issued_ms) / 1000,
        token_type: "Bearer",
        user_id: subject.user_id,
        quota_remaining,
        subscription_tier: subject.tier,
    };
    let no_store = [(CACHE_CONTROL, "no-store")];
    Ok((no_store, Json(with_camel_twins(json!(answer)))).into_response())
}
