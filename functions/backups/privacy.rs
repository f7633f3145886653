//! Backups of a person: erased and exported with the account.

use serde::Serialize;

use super::db::{self, BackupRow};
use super::store::{folder_of_user, parts_of};
use crate::context::Context;
use crate::jobs::{JobError, Lease};
use crate::privacy::Archive;
use crate::time::rfc3339;

/// A version as its owner gets it.
#[derive(Serialize)]
struct ExportedBackup {
    id: String,
    device_id: String,
    size_bytes: u64,
    sha256: String,
    created_at: String,
    /// Where it is in the archive.
    file: String,
}

/// Adds every version: a list, and the bytes of each.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let rows: Vec<BackupRow> = context.db()?.all(db::list_to_export(user_id)).await?;
    let mut backups = Vec::new();
    for row in rows {
        let file = format!("backups/{}", row.id);
        let parts = parts_of(user_id, &row.id, &row.parts)?;
        archive.add_parts(&file, &parts).await?;
        backups.push(ExportedBackup {
            id: row.id,
            device_id: row.device_id,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            created_at: rfc3339(row.completed_at),
            file,
        });
    }
    archive.add_json("backups.json", &backups).await
}

/// Erases rows and files. A part that is just being stored is found by the second erasure.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let user_id = &lease.job.user_id;
    // Rows first: no part is named any more, and what has no row is in the folder all the same.
    context.db()?.batch(vec![db::erase(user_id)]).await?;
    let folder = folder_of_user(user_id);
    context.files()?.delete_all(&folder).await?;
    lease.progress(context, 0.2, "erasing").await
}
