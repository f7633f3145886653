//! SQL of `api_keys` for their owner.

use serde::Deserialize;

use crate::auth::Caller;
use crate::db::Statement;

/// An API key as its owner may see it.
#[derive(Debug, Deserialize)]
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
