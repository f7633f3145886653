//! Which function does which kind of work.

use super::{Finished, JobError, Lease};
use crate::auth::forget_nonces;
use crate::context::Context;
use crate::error;
use crate::functions::{backups, oauth, organizations, rooms, sync, users};
use crate::http::forget_idempotency_keys;
use crate::mail::{self, SEND_MAIL};
use crate::privacy::{
    Archive, ERASE_ACCOUNT, EXPORT_ACCOUNT, delete_expired_exports, finish_erasure, finish_export,
    repeat_erasures,
};
use crate::push::{self, SEND_PUSH};
use crate::telemetry::Level;

/// Does the work of a job.
pub async fn run(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    match lease.job.kind.as_str() {
        rooms::ANALYZE_ROOM_SCAN => rooms::analyze_room_scan(context, lease).await,
        SEND_MAIL => mail::send_mail(context, lease).await,
        SEND_PUSH => push::send_push(context, lease).await,
        ERASE_ACCOUNT => erase(context, lease).await,
        EXPORT_ACCOUNT => export(context, lease).await,
        unknown => Err(JobError::Permanent(format!(
            "Jobs of kind {unknown} are not known"
        ))),
    }
}

/// Kinds that no person waits for, so that the user's room hears nothing of them. Nor of an erasure:
/// the room is being emptied.
pub const SILENT_KINDS: [&str; 3] = [SEND_MAIL, SEND_PUSH, ERASE_ACCOUNT];

/// Whether the user's room hears of jobs of this kind.
pub fn is_announced(kind: &str) -> bool {
    !SILENT_KINDS.contains(&kind)
}

/// What people are told on their devices when a job ends: title and text, by kind and state, as
/// JSON. Kinds that are not named here end quietly.
pub const JOB_NOTIFICATIONS: &str = r#"{
  "room_scan.analyze": {
    "completed": ["Your scan is ready", "The room was measured. Have a look"],
    "failed": ["Your scan could not be used", "Open the app to see why"]
  },
  "account.export": {
    "completed": ["Your data is ready", "The export can be downloaded now"],
    "failed": ["Your export failed", "Please start it again"]
  }
}"#;

/// Has every area delete what it holds of the job's user; `users` last, since rows of the others
/// may point to its own.
async fn erase(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    rooms::erase_user(context, lease).await?;
    backups::erase_user(context, lease).await?;
    organizations::erase_user(context, lease).await?;
    sync::erase_user(context, lease).await?;
    mail::erase_user(context, lease).await?;
    push::erase_user(context, lease).await?;
    users::erase_user(context, lease).await?;
    finish_erasure(context, lease).await
}

/// Has every area add what it holds of the job's user to one archive.
async fn export(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    let mut archive = Archive::create(context, lease)?;
    let filled = async {
        users::export_user(context, &lease.job.user_id, &mut archive).await?;
        organizations::export_user(context, &lease.job.user_id, &mut archive).await?;
        sync::export_user(context, &lease.job.user_id, &mut archive).await?;
        mail::export_user(context, &lease.job.user_id, &mut archive).await?;
        push::export_user(context, &lease.job.user_id, &mut archive).await?;
        backups::export_user(context, &lease.job.user_id, &mut archive).await?;
        rooms::export_user(context, &lease.job.user_id, &mut archive).await
    };
    match filled.await {
        Ok(()) => finish_export(context, lease, archive).await,
        Err(error) => {
            archive.abort().await;
            Err(error)
        }
    }
}

/// The daily clean-up of every area.
pub async fn clean_up(context: &Context) -> error::Result<()> {
    let now = context.now_ms();
    let mut statements = vec![
        forget_nonces(now),
        forget_idempotency_keys(now),
        oauth::forget_codes(now),
    ];
    statements.extend(mail::forget_old_mails(now));
    statements.extend(sync::forget_what_expired(now));
    statements.extend(push::forget_old_messages(now));
    context.db()?.batch(statements).await?;
    delete_expired_exports(context).await?;
    repeat_erasures(context).await?;
    backups::purge_backups(context).await?;
    let orphans = rooms::purge_orphans(context).await?;
    context
        .record(
            Level::Info,
            format!("Clean-up deleted {orphans} orphaned files"),
        )
        .write();
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn notifications_are_of_kinds_that_there_are() {
        let texts: Value = serde_json::from_str(JOB_NOTIFICATIONS).unwrap();
        let kinds: Vec<_> = texts.as_object().unwrap().keys().collect();
        assert_eq!(kinds, [EXPORT_ACCOUNT, rooms::ANALYZE_ROOM_SCAN]);
        for kind in kinds {
            assert!(is_announced(kind));
            for state in ["completed", "failed"] {
                assert_eq!(texts[kind][state].as_array().map(Vec::len), Some(2));
            }
        }
    }
}
