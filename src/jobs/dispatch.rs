//! Which function does which kind of work.

use super::{Finished, JobError, Lease};
use crate::auth::forget_nonces;
use crate::context::Context;
use crate::error;
use crate::functions::{oauth, organizations, rooms, sync, users};
use crate::http::forget_idempotency_keys;
use crate::mail::{self, SEND_MAIL};
use crate::privacy::{
    Archive, ERASE_ACCOUNT, EXPORT_ACCOUNT, delete_expired_exports, finish_erasure, finish_export,
    repeat_erasures,
};
use crate::telemetry::Level;

/// Does the work of a job.
pub async fn run(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    match lease.job.kind.as_str() {
        rooms::ANALYZE_ROOM_SCAN => rooms::analyze_room_scan(context, lease).await,
        SEND_MAIL => mail::send_mail(context, lease).await,
        ERASE_ACCOUNT => erase(context, lease).await,
        EXPORT_ACCOUNT => export(context, lease).await,
        unknown => Err(JobError::Permanent(format!(
            "Jobs of kind {unknown} are not known"
        ))),
    }
}

/// Kinds that no person waits for, so that the user's room hears nothing of them. Nor of an erasure:
/// the room is being emptied.
pub const SILENT_KINDS: [&str; 2] = [SEND_MAIL, ERASE_ACCOUNT];

/// Whether the user's room hears of jobs of this kind.
pub fn is_announced(kind: &str) -> bool {
    !SILENT_KINDS.contains(&kind)
}

/// Has every area delete what it holds of the job's user; `users` last, since rows of the others
/// may point to its own.
async fn erase(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    rooms::erase_user(context, lease).await?;
    organizations::erase_user(context, lease).await?;
    sync::erase_user(context, lease).await?;
    mail::erase_user(context, lease).await?;
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
    context.db()?.batch(statements).await?;
    delete_expired_exports(context).await?;
    repeat_erasures(context).await?;
    let orphans = rooms::purge_orphans(context).await?;
    context
        .record(
            Level::Info,
            format!("Clean-up deleted {orphans} orphaned files"),
        )
        .write();
    Ok(())
}
