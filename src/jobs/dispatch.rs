//! Which function does which kind of work.

use super::{Finished, JobError, Lease};
use crate::auth::forget_nonces;
use crate::context::Context;
use crate::error;
use crate::functions::{oauth, rooms};
use crate::mail::{self, SEND_MAIL};
use crate::telemetry::Level;

/// Does the work of a job.
pub async fn run(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    match lease.job.kind.as_str() {
        rooms::ANALYZE_ROOM_SCAN => rooms::analyze_room_scan(context, lease).await,
        SEND_MAIL => mail::send_mail(context, lease).await,
        unknown => Err(JobError::Permanent(format!(
            "Jobs of kind {unknown} are not known"
        ))),
    }
}

/// Whether the user's room hears of jobs of this kind: of work that a person waits for.
pub fn is_announced(kind: &str) -> bool {
    kind != SEND_MAIL
}

/// The daily clean-up of every area.
pub async fn clean_up(context: &Context) -> error::Result<()> {
    let now = context.now_ms();
    let mut statements = vec![forget_nonces(now), oauth::forget_codes(now)];
    statements.extend(mail::forget_old_mails(now));
    context.db()?.batch(statements).await?;
    let orphans = rooms::purge_orphans(context).await?;
    context
        .record(
            Level::Info,
            format!("Clean-up deleted {orphans} orphaned files"),
        )
        .write();
    Ok(())
}
