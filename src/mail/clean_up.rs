//! What is deleted of old mails. Addresses of people are not kept for longer than they help.

use crate::db::Statement;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// How long it can be looked up whether a mail was sent.
const MAIL_KEPT_MS: i64 = 30 * DAY_MS;

/// How long an expired token is told apart from an unknown one, by operators.
const TOKEN_KEPT_MS: i64 = DAY_MS;

/// Deletes old mails with their jobs, and old tokens.
pub fn forget_old_mails(now: i64) -> Vec<Statement> {
    let jobs =
        Statement::new("delete from jobs where id in (select id from mails where created_at < ?1)");
    vec![
        jobs.bind(now - MAIL_KEPT_MS),
        Statement::new("delete from mails where created_at < ?1").bind(now - MAIL_KEPT_MS),
        Statement::new("delete from one_time_tokens where expires_at < ?1")
            .bind(now - TOKEN_KEPT_MS),
    ]
}
