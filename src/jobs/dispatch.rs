//! Which function does which kind of work.

use super::{Finished, JobError, Lease};
use crate::auth::forget_nonces;
use crate::context::Context;
use crate::error;
use crate::functions::{oauth, rooms};
use crate::telemetry::Level;

/// Does the work of a job.
pub async fn run(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    match lease.job.kind.as_str() {
        rooms::ANALYZE_ROOM_SCAN => rooms::analyze_room_scan(context, lease).await,
        unknown => Err(JobError::Permanent(format!(
            "Jobs of kind {unknown} are not known"
        ))),
    }
}

/// The daily clean-up of every area.
pub async fn clean_up(context: &Context) -> error::Result<()> {
    let nonces = forget_nonces(context.now_ms());
    let codes = oauth::forget_codes(context.now_ms());
    context.db()?.batch(vec![nonces, codes]).await?;
    let orphans = rooms::purge_orphans(context).await?;
    context
        .record(
            Level::Info,
            format!("Clean-up deleted {orphans} orphaned files"),
        )
        .write();
    Ok(())
}
