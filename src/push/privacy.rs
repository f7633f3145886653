//! What notifications tell of a person: erased and exported with the account.

use serde_json::Value;

use crate::context::Context;
use crate::db::Statement;
use crate::jobs::{JobError, Lease};
use crate::privacy::Archive;

/// Adds registered devices, without the tokens, which are no use to a person, and the
/// notifications of the last 30 days.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let devices = Statement::new(
        "select device_id, platform, provider, app_id, environment,
           strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch') as created_at
         from push_devices
         where user_id = ?1",
    );
    let messages = Statement::new(
        "select title, body, data,
           strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch') as created_at
         from push_messages
         where user_id = ?1",
    );
    let statements = vec![devices.bind(user_id), messages.bind(user_id)];
    let mut batch = context.db()?.batch(statements).await?;
    archive
        .add_json("push_devices.json", &batch.all::<Value>(0)?)
        .await?;
    archive
        .add_json("notifications.json", &batch.all::<Value>(1)?)
        .await
}

/// Erases registrations and notifications.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let user_id = &lease.job.user_id;
    let statements = vec![
        Statement::new("delete from push_devices where user_id = ?1").bind(user_id),
        Statement::new("delete from push_messages where user_id = ?1").bind(user_id),
    ];
    context.db()?.batch(statements).await?;
    lease.progress(context, 0.2, "erasing").await
}
