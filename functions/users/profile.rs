//! Profile and quota (CONTRACT R7).

use serde::Serialize;
use utoipa::ToSchema;

use super::db::{ApiKeyRow, list_api_keys};
use crate::auth::{Caller, Scopes};
use crate::context::Context;
use crate::error::Result;
use crate::http::Json;
use crate::openapi::ErrorAnswers;
use crate::time::{next_month, rfc3339};

#[derive(Serialize, ToSchema)]
/// The caller's account.
pub struct Profile {
    user_id: String,
    /// `free`, `basic`, `professional` or `enterprise`.
    subscription_tier: String,
    /// Units a month.
    quota_limit: i64,
    /// Units used this month.
    quota_used: i64,
    /// When `quota_used` falls to zero; always in the future.
    quota_reset_date: String,
    api_keys: Vec<ApiKey>,
}

/// A key by which apps sign in; the key itself is shown only when it is created.
#[derive(Serialize, ToSchema)]
pub struct ApiKey {
    id: String,
    name: String,
    /// The key's first 14 characters.
    prefix: String,
    /// `live` or `test`.
    environment: String,
    /// What its sessions may do: `read`, `upload`, `admin`.
    scopes: Vec<&'static str>,
    /// Whether their requests must be signed.
    requires_signature: bool,
    created_at: String,
    last_used: Option<String>,
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            environment: row.environment,
            scopes: Scopes::parse(&row.scopes).names(),
            requires_signature: row.requires_signature == 1,
            created_at: rfc3339(row.created_at),
            last_used: row.last_used_at.map(rfc3339),
        }
    }
}

/// Show the caller's tier, quota and API keys.
#[utoipa::path(get, path = "/api/v1/user/profile", tag = "users",
    responses((status = 200, body = Profile), ErrorAnswers))]
pub async fn find_profile(context: Context, caller: Caller) -> Result<Json<Profile>> {
    let now = context.now_ms();
    let db = context.db()?;
    let (session, mut batch) = db
        .batch_as(&caller, now, vec![list_api_keys(&caller)])
        .await?;
    let keys: Vec<ApiKeyRow> = batch.all(0)?;
    // A quota that was not touched since its reset keeps the old date in its row.
    let resets_at = if session.quota_resets_at > now {
        session.quota_resets_at
    } else {
        next_month(now)
    };
    Ok(Json(Profile {
        user_id: caller.user_id,
        subscription_tier: session.tier,
        quota_limit: session.quota_limit,
        quota_used: session.quota_used,
        quota_reset_date: rfc3339(resets_at),
        api_keys: keys.into_iter().map(ApiKey::from).collect(),
    }))
}
