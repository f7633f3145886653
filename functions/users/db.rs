//! SQL of `api_keys` for their owner.

use crate::auth::Caller;
use crate::db::{Statement, row};

row! {
    /// An API key as its owner may see it.
    #[derive(Debug)]
    pub struct ApiKeyRow {
        pub id: String,
        pub name: String,
        pub prefix: String,
        pub environment: String,
        pub scopes: String,
        pub requires_signature: i64,
        pub created_at: i64,
        pub last_used_at: Option<i64>,
    }
}

/// Keys that a user may have at a time.
pub const MAX_KEYS: i64 = 50;

/// The caller's keys that are not revoked.
pub fn list_api_keys(caller: &Caller) -> Statement {
    Statement::new(
        "select id, name, prefix, environment, scopes, requires_signature, created_at, last_used_at
         from api_keys
         where user_id = ?1 and revoked_at is null
         order by created_at
         limit 100",
    )
    .bind(&caller.user_id)
}

/// A key about to be written.
pub struct NewApiKey<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub prefix: &'a str,
    pub key_hash: &'a str,
    pub environment: &'a str,
    pub scopes: &'a str,
    pub requires_signature: bool,
    pub now: i64,
}

/// Writes a key unless the caller has too many or no session.
pub fn insert_api_key(caller: &Caller, key: &NewApiKey<'_>) -> Statement {
    Statement::new(
        "insert into api_keys
           (id, user_id, name, prefix, key_hash, environment, created_at, scopes,
            requires_signature)
         select ?3, l.user_id, ?4, ?5, ?6, ?7, ?8, ?10, ?11
         from live_sessions l
         where l.session_id = ?1
           and l.user_id = ?2
           and (select count(*) from api_keys where user_id = ?2 and revoked_at is null) < ?9",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(key.id)
    .bind(key.name)
    .bind(key.prefix)
    .bind(key.key_hash)
    .bind(key.environment)
    .bind(key.now)
    .bind(MAX_KEYS)
    .bind(key.scopes)
    .bind(key.requires_signature)
}

/// The caller's key of this id, revoked or not.
pub fn find_api_key(caller: &Caller, id: &str) -> Statement {
    Statement::new("select id from api_keys where id = ?1 and user_id = ?2")
        .bind(id)
        .bind(&caller.user_id)
}

/// Revokes the caller's key.
pub fn revoke_api_key(caller: &Caller, id: &str, now: i64) -> Statement {
    Statement::new(
        "update api_keys
         set revoked_at = ?4
         where id = ?1
           and user_id = ?2
           and revoked_at is null
           and exists (select 1 from live_sessions where session_id = ?3)",
    )
    .bind(id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(now)
}

/// Ends the sessions that a revoked key of the caller opened. They are refused already; this
/// writes down why.
pub fn end_sessions_of_key(caller: &Caller, id: &str, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'API key was revoked'
         where api_key_id in (
             select id from api_keys where id = ?1 and user_id = ?2 and revoked_at is not null
           )
           and revoked_at is null
         returning id",
    )
    .bind(id)
    .bind(&caller.user_id)
    .bind(now)
}

/// Deletes some sessions of a user whose account is erased.
pub fn erase_sessions(user_id: &str) -> Statement {
    Statement::new(
        "delete from sessions
         where id in (select id from sessions where user_id = ?1 limit 100)
         returning id",
    )
    .bind(user_id)
}

/// Deletes some API keys of a user whose account is erased.
pub fn erase_api_keys(user_id: &str) -> Statement {
    Statement::new(
        "delete from api_keys
         where id in (select id from api_keys where user_id = ?1 limit 100)
         returning id",
    )
    .bind(user_id)
}

row! {
    /// What an export tells of an account.
    #[derive(Debug)]
    pub struct AccountToExportRow {
        pub id: String,
        pub num_id: i64,
        pub email: Option<String>,
        pub email_verified_at: Option<i64>,
        pub username: Option<String>,
        pub name: Option<String>,
        pub bio: Option<String>,
        pub avatar_url: Option<String>,
        pub avatar_key: Option<String>,
        pub preferences: String,
        pub role: String,
        pub tier: String,
        pub quota_limit: i64,
        pub quota_used: i64,
        pub quota_resets_at: i64,
        pub password_changed_at: Option<i64>,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

/// A user's account.
pub fn find_account_to_export(user_id: &str) -> Statement {
    Statement::new(
        "select id, num_id, email, email_verified_at, username, name, bio, avatar_url, avatar_key,
           preferences, role, tier, quota_limit, quota_used, quota_resets_at, password_changed_at,
           created_at, updated_at
         from users
         where id = ?1 and is_active = 1",
    )
    .bind(user_id)
}

row! {
    /// What an export tells of a session: nothing that opens one.
    #[derive(Debug)]
    pub struct SessionToExportRow {
        pub id: String,
        pub kind: String,
        pub device_id: String,
        pub device_name: Option<String>,
        pub place: Option<String>,
        pub scopes: String,
        pub client_id: Option<String>,
        pub created_at: i64,
        pub refreshed_at: i64,
        pub expires_at: i64,
        pub revoked_at: Option<i64>,
        pub revoked_reason: Option<String>,
    }
}

/// The user's sessions in the order of the index, from after this one on.
pub fn list_sessions_to_export(user_id: &str, after: Option<&SessionToExportRow>) -> Statement {
    Statement::new(
        "select id, kind, device_id, device_name, place, scopes, client_id, created_at,
           refreshed_at, expires_at, revoked_at, revoked_reason
         from sessions
         where user_id = ?1 and (device_id, id) > (?2, ?3)
         order by device_id, id
         limit 500",
    )
    .bind(user_id)
    .bind(after.map_or("", |row| &row.device_id))
    .bind(after.map_or("", |row| &row.id))
}

row! {
    /// What an export tells of an API key: nothing that opens a session.
    #[derive(Debug)]
    pub struct KeyToExportRow {
        pub id: String,
        pub name: String,
        pub prefix: String,
        pub environment: String,
        pub scopes: String,
        pub requires_signature: i64,
        pub created_at: i64,
        pub last_used_at: Option<i64>,
        pub revoked_at: Option<i64>,
    }
}

/// The user's keys in the order of the index, from after this one on.
pub fn list_keys_to_export(user_id: &str, after: Option<&KeyToExportRow>) -> Statement {
    Statement::new(
        "select id, name, prefix, environment, scopes, requires_signature, created_at,
           last_used_at, revoked_at
         from api_keys
         where user_id = ?1 and (created_at, id) > (?2, ?3)
         order by created_at, id
         limit 500",
    )
    .bind(user_id)
    .bind(after.map_or(-1, |row| row.created_at))
    .bind(after.map_or("", |row| &row.id))
}
