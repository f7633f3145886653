//! What this area adds to an export: the account, its picture, sessions and keys.

use serde::Serialize;
use serde_json::{Map, Value};

use super::account::parse_preferences;
use super::db::{
    self, AccountToExportRow, KeyToExportRow, SessionToExportRow, find_account_to_export,
};
use super::picture::Picture;
use crate::auth::Scopes;
use crate::context::Context;
use crate::jobs::JobError;
use crate::privacy::{Archive, page_name};
use crate::time::rfc3339;

#[derive(Serialize)]
struct ExportedProfile {
    id: i64,
    uuid: String,
    email: Option<String>,
    email_verified_at: Option<String>,
    username: Option<String>,
    name: Option<String>,
    bio: Option<String>,
    avatar_url: Option<String>,
    preferences: Map<String, Value>,
    role: String,
    subscription_tier: String,
    quota_limit: i64,
    quota_used: i64,
    quota_reset_date: String,
    password_changed_at: Option<String>,
    created_at: String,
    updated_at: String,
}

impl From<AccountToExportRow> for ExportedProfile {
    fn from(row: AccountToExportRow) -> Self {
        Self {
            id: row.num_id,
            uuid: row.id,
            email: row.email,
            email_verified_at: row.email_verified_at.map(rfc3339),
            username: row.username,
            name: row.name,
            bio: row.bio,
            avatar_url: row.avatar_url,
            preferences: parse_preferences(&row.preferences),
            role: row.role,
            subscription_tier: row.tier,
            quota_limit: row.quota_limit,
            quota_used: row.quota_used,
            quota_reset_date: rfc3339(row.quota_resets_at),
            password_changed_at: row.password_changed_at.map(rfc3339),
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
        }
    }
}

#[derive(Serialize)]
struct ExportedSession {
    id: String,
    kind: String,
    device_id: String,
    device_name: Option<String>,
    place: Option<String>,
    scopes: Vec<&'static str>,
    client_id: Option<String>,
    created_at: String,
    last_used_at: String,
    expires_at: String,
    revoked_at: Option<String>,
    revoked_reason: Option<String>,
}

impl From<&SessionToExportRow> for ExportedSession {
    fn from(row: &SessionToExportRow) -> Self {
        Self {
            id: row.id.clone(),
            kind: row.kind.clone(),
            device_id: row.device_id.clone(),
            device_name: row.device_name.clone(),
            place: row.place.clone(),
            scopes: Scopes::parse(&row.scopes).names(),
            client_id: row.client_id.clone(),
            created_at: rfc3339(row.created_at),
            last_used_at: rfc3339(row.refreshed_at),
            expires_at: rfc3339(row.expires_at),
            revoked_at: row.revoked_at.map(rfc3339),
            revoked_reason: row.revoked_reason.clone(),
        }
    }
}

#[derive(Serialize)]
struct ExportedKey {
    id: String,
    name: String,
    prefix: String,
    environment: String,
    scopes: Vec<&'static str>,
    requires_signature: bool,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

impl From<&KeyToExportRow> for ExportedKey {
    fn from(row: &KeyToExportRow) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            prefix: row.prefix.clone(),
            environment: row.environment.clone(),
            scopes: Scopes::parse(&row.scopes).names(),
            requires_signature: row.requires_signature == 1,
            created_at: rfc3339(row.created_at),
            last_used_at: row.last_used_at.map(rfc3339),
            revoked_at: row.revoked_at.map(rfc3339),
        }
    }
}

/// Adds the account to an archive.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let account: Option<AccountToExportRow> =
        context.db()?.first(find_account_to_export(user_id)).await?;
    let account = account.ok_or_else(|| JobError::Permanent("The account was deleted".into()))?;
    if let Some(key) = &account.avatar_key {
        add_picture(context, key, archive).await?;
    }
    let profile = ExportedProfile::from(account);
    archive.add_json("profile.json", &profile).await?;
    add_sessions(context, user_id, archive).await?;
    add_keys(context, user_id, archive).await
}

async fn add_picture(
    context: &Context,
    key: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let file = context.files()?.get(key).await?;
    if let (Some(file), Some(picture)) = (file, Picture::of_key(key)) {
        let name = format!("avatar.{}", picture.extension());
        archive.add_file(&name, file).await?;
    }
    Ok(())
}

async fn add_sessions(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let database = context.db()?;
    let mut last: Option<SessionToExportRow> = None;
    for page in 1.. {
        let list = db::list_sessions_to_export(user_id, last.as_ref());
        let mut rows: Vec<SessionToExportRow> = database.all(list).await?;
        let sessions: Vec<_> = rows.iter().map(ExportedSession::from).collect();
        last = rows.pop();
        if last.is_none() && page > 1 {
            break;
        }
        let name = page_name("sessions", page);
        archive.add_json(&name, &sessions).await?;
        if last.is_none() {
            break;
        }
    }
    Ok(())
}

async fn add_keys(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let database = context.db()?;
    let mut last: Option<KeyToExportRow> = None;
    for page in 1.. {
        let list = db::list_keys_to_export(user_id, last.as_ref());
        let mut rows: Vec<KeyToExportRow> = database.all(list).await?;
        let keys: Vec<_> = rows.iter().map(ExportedKey::from).collect();
        last = rows.pop();
        if last.is_none() && page > 1 {
            break;
        }
        let name = page_name("api_keys", page);
        archive.add_json(&name, &keys).await?;
        if last.is_none() {
            break;
        }
    }
    Ok(())
}
