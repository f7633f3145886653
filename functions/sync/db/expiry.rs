//! What is kept for a time only, and what goes with its user.

use sync_core::{KEY_LIFE_MS, Millis};

use crate::db::Statement;

/// How long tombstones are kept.
const TOMBSTONE_LIFE_MS: Millis = KEY_LIFE_MS;

/// How long losers are kept.
pub const CONFLICT_LIFE_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// Expired rows that one clean-up deletes of a table, so that it ends in time.
const CLEANED_AT_ONCE: i64 = 20_000;

/// Deletes what else is there of the user.
pub fn erase_the_rest(user_id: &str) -> Vec<Statement> {
    vec![
        Statement::new("delete from sync_devices where user_id = ?1").bind(user_id),
        Statement::new("delete from sync_keys where user_id = ?1").bind(user_id),
        Statement::new("delete from conflicts where user_id = ?1").bind(user_id),
    ]
}

/// Deletes what is kept for a time only.
pub fn forget_what_expired(now: Millis) -> Vec<Statement> {
    let keys = Statement::new(
        "delete from sync_keys
         where (user_id, day, version) in (
           select user_id, day, version from sync_keys where expires_at < ?1 limit ?2
         )",
    );
    let conflicts = Statement::new(
        "delete from conflicts
         where (user_id, id) in (
           select user_id, id from conflicts where kept_at < ?1 limit ?2
         )",
    );
    let tombstones = Statement::new(
        "delete from records
         where (collection, id) in (
           select collection, id from records where deleted_at < ?1 limit ?2
         )",
    );
    vec![
        keys.bind(now).bind(CLEANED_AT_ONCE),
        conflicts.bind(now - CONFLICT_LIFE_MS).bind(CLEANED_AT_ONCE),
        tombstones
            .bind(now - TOMBSTONE_LIFE_MS)
            .bind(CLEANED_AT_ONCE),
    ]
}
