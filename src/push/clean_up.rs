//! What is deleted of old notifications.

use crate::db::Statement;

/// How long it can be looked up what became of a notification.
const KEPT_MS: i64 = 30 * 24 * 3600 * 1000;

/// Deletes old notifications with their jobs.
pub fn forget_old_messages(now: i64) -> [Statement; 2] {
    let jobs = Statement::new(
        "delete from jobs where id in (select id from push_messages where created_at < ?1)",
    );
    [
        jobs.bind(now - KEPT_MS),
        Statement::new("delete from push_messages where created_at < ?1").bind(now - KEPT_MS),
    ]
}
