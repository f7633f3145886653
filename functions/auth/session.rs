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
    let subject = Subject {
        user_id: row.user_id,
        session_id: row.session_id,
        device_id: row.device_id,
        tier: row.tier,
        refresh_jti: row.refresh_jti,
        request_id: row.refreshed_by,
        issued_ms: row.refreshed_at,
    };
    let pair = issue(context, &subject).await?;
    let answer = SignedIn {
        access_token: pair.access,
        refresh_token: pair.refresh,
        // A pair that is repeated after a lost reply is as old as its first reply.
        expires_in: ACCESS_SECONDS_BY_API_KEY - (context.now_ms() - subject.issued_ms) / 1000,
        token_type: "Bearer",
        user_id: subject.user_id,
        quota_remaining,
        subscription_tier: subject.tier,
    };
    let no_store = [(CACHE_CONTROL, "no-store")];
    Ok((no_store, Json(with_camel_twins(json!(answer)))).into_response())
}
