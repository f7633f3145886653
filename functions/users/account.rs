//! A user as the app of seed 001 knows it (CONTRACT A14, 9.1).

use axum::response::{IntoResponse, Response};
use dialect::{Dialect, camel_case_keys};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::accounts::{SelfRow, UserRow, find_self, find_user as find};
use super::picture::version_of;
use super::user_id::{UserId, not_found};
use crate::auth::{Caller, SessionRow};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Json, Path};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// A user. The last five fields are for the user alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserProfile {
    id: i64,
    /// The same user, as tokens and other apps name it.
    uuid: String,
    /// Unique, where the user has chosen one.
    username: String,
    /// What the person is called.
    name: Option<String>,
    /// The uploaded picture, or an address elsewhere.
    pub avatar_url: Option<String>,
    bio: Option<String>,
    created_at: String,
    /// Grows with every change; send it back to notice the changes of other devices.
    updated_at: String,
    /// Always `synced`: the app keeps its own state in this column.
    sync_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    /// An object that belongs to the apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    preferences: Option<Map<String, Value>>,
    /// `user` or `admin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// `free`, `basic`, `professional` or `enterprise`.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_tier: Option<String>,
}

impl UserProfile {
    /// As the row allows to be seen.
    pub fn of(context: &Context, row: UserRow) -> Self {
        let is_self = row.role.is_some();
        Self {
            username: shown_username(row.username.as_deref(), row.num_id),
            avatar_url: shown_avatar(context, &row),
            id: row.num_id,
            uuid: row.id,
            name: row.name,
            bio: row.bio,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            sync_status: "synced",
            email: row.email,
            email_verified: is_self.then_some(row.email_verified_at.is_some()),
            preferences: row.preferences.as_deref().map(parse_preferences),
            role: row.role,
            subscription_tier: row.tier,
        }
    }

    /// Somebody who has just come.
    pub fn of_new(row: &SessionRow, avatar_url: Option<String>, bio: Option<String>) -> Self {
        Self {
            id: row.num_id,
            uuid: row.user_id.clone(),
            username: shown_username(row.username.as_deref(), row.num_id),
            name: row.name.clone(),
            avatar_url,
            bio,
            created_at: rfc3339(row.user_created_at),
            updated_at: rfc3339(row.user_created_at),
            sync_status: "synced",
            email: row.email.clone(),
            email_verified: Some(false),
            preferences: Some(Map::new()),
            role: Some(row.role.clone()),
            subscription_tier: Some(row.tier.clone()),
        }
    }

    /// The answer in the spelling of the dialect.
    pub fn respond(self, context: &Context) -> Response {
        Json(present(json!(self), context.dialect())).into_response()
    }
}

/// In the spelling of the dialect; the keys in `preferences` belong to the apps.
pub fn present(mut user: Value, dialect: Dialect) -> Value {
    if dialect != Dialect::Scans {
        return user;
    }
    let preferences = user
        .as_object_mut()
        .and_then(|fields| fields.remove("preferences"));
    let mut user = camel_case_keys(user);
    if let (Some(fields), Some(preferences)) = (user.as_object_mut(), preferences) {
        fields.insert("preferences".into(), preferences);
    }
    user
}

/// The app of seed 001 takes no null here.
pub fn shown_username(username: Option<&str>, num_id: i64) -> String {
    username.map_or_else(|| format!("user-{num_id}"), str::to_owned)
}

/// An uploaded picture has a new address with every version, so that it can be kept for long.
pub fn shown_avatar(context: &Context, row: &UserRow) -> Option<String> {
    let Some(key) = &row.avatar_key else {
        return row.avatar_url.clone();
    };
    let path = avatar_path(row.num_id, version_of(key));
    Some(format!("{}{path}", context.public_url()))
}

/// The address of a picture on this service.
pub fn avatar_path(num_id: i64, version: &str) -> String {
    format!("/api/v1/users/{num_id}/avatar?v={version}")
}

/// Ours to write, so always an object.
pub fn parse_preferences(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The caller's own account, if the path names it.
///
/// # Errors
/// `otherwise`, if it names somebody else or nobody.
pub async fn expect_self(
    context: &Context,
    caller: &Caller,
    id: &str,
    otherwise: fn() -> Error,
) -> Result<SelfRow> {
    let statements = vec![find_self(caller)];
    let (_, mut batch) = context
        .db()?
        .batch_as(caller, context.now_ms(), statements)
        .await?;
    let row: SelfRow = batch.first(0)?.ok_or_else(not_found)?;
    let is_self = UserId::parse(id).is_ok_and(|id| id.is(&row));
    if is_self { Ok(row) } else { Err(otherwise()) }
}

/// Somebody else's account is not the caller's to change, whether it exists or not.
pub fn not_yours() -> Error {
    Error::PermissionDenied("This is not your account".into())
}

/// Show a user; more of it to the user.
///
/// `id` is an integer, a UUID, or `me`.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    responses((status = 200, body = UserProfile), ErrorAnswers))]
pub async fn find_user(
    context: Context,
    caller: Option<Caller>,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = UserId::parse(&id)?;
    let uuid = id.uuid(caller.as_ref())?;
    let find = find(uuid.as_deref(), id.number(), caller.as_ref());
    let db = context.db()?;
    let row: Option<UserRow> = match &caller {
        Some(caller) => {
            let now = context.now_ms();
            let (_, mut batch) = db.batch_as(caller, now, vec![find]).await?;
            batch.first(0)?
        }
        None => db.first(find).await?,
    };
    let row = row.ok_or_else(not_found)?;
    Ok(UserProfile::of(&context, row).respond(&context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_keep_their_spelling() {
        let user = json!({"created_at": "x", "preferences": {"dark_mode": {"is_on": true}}});
        assert_eq!(present(user.clone(), Dialect::Api), user);
        assert_eq!(
            present(user, Dialect::Scans),
            json!({"createdAt": "x", "preferences": {"dark_mode": {"is_on": true}}})
        );
    }
}
