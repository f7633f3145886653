//! Deleting all scans of a person, for the erasure of an account.

use serde_json::json;

use super::db::{self, ScanToEraseRow};
use crate::context::Context;
use crate::jobs::{JobError, Lease};

/// Deletes the scans of the job's user, a hundred at a time: first files, then rows, so that a
/// consumer that dies between them leaves rows from which the next one goes on.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let (db, files) = (context.db()?, context.files()?);
    let user_id = &lease.job.user_id;
    loop {
        let scans: Vec<ScanToEraseRow> = db.all(db::list_scans_to_erase(user_id)).await?;
        if scans.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = scans.iter().map(|scan| scan.id.as_str()).collect();
        let erase = db::erase_scans(user_id, json!(ids).to_string());
        let keys = scans.iter().flat_map(|scan| {
            std::iter::once(scan.object_key.clone()).chain(scan.cloud_key.clone())
        });
        files.delete(keys.collect()).await?;
        db.batch(vec![erase]).await?;
        lease.progress(context, 0.3, "erasing").await?;
    }
}
