//! What mails tell of a person: erased and exported with the account.

use serde::Serialize;

use crate::context::Context;
use crate::db::{Statement, row};
use crate::jobs::{JobError, Lease};
use crate::privacy::Archive;
use crate::time::rfc3339;

row! {
    struct MailRow {
        template: String,
        to_address: String,
        created_at: i64,
        sent_at: Option<i64>,
    }
}

/// A mail as the person gets it; links are stored nowhere.
#[derive(Serialize)]
struct ExportedMail {
    about: String,
    to: String,
    created_at: String,
    sent_at: Option<String>,
}

/// Adds the list of mails to an archive: those of the last 30 days, older ones are forgotten.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let list = Statement::new(
        "select template, to_address, created_at, sent_at from mails where user_id = ?1",
    );
    let rows: Vec<MailRow> = context.db()?.all(list.bind(user_id)).await?;
    let mails: Vec<_> = rows
        .into_iter()
        .map(|row| ExportedMail {
            about: row.template,
            to: row.to_address,
            created_at: rfc3339(row.created_at),
            sent_at: row.sent_at.map(rfc3339),
        })
        .collect();
    archive.add_json("mails.json", &mails).await
}

/// Erases mails and the tokens of their links.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let user_id = &lease.job.user_id;
    let statements = vec![
        Statement::new("delete from mailbox where id in (select id from mails where user_id = ?1)")
            .bind(user_id),
        Statement::new("delete from mails where user_id = ?1").bind(user_id),
        Statement::new("delete from one_time_tokens where user_id = ?1").bind(user_id),
    ];
    context.db()?.batch(statements).await?;
    lease.progress(context, 0.4, "erasing").await
}
