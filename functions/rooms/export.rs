//! All scans of a person, for the export of an account.

use std::collections::HashSet;

use serde::Serialize;

use super::db::{self, ScanToExportRow};
use crate::context::Context;
use crate::error::Result;
use crate::jobs::JobError;
use crate::privacy::{Archive, folder_name, page_name};
use crate::time::rfc3339;

/// Characters of the content hash that tell two contents of a scan apart.
const HASH_CHARACTERS: usize = 8;

/// Scans that one list names.
const SCANS_A_LIST: usize = 1000;

/// A scan as its owner gets it.
#[derive(Serialize)]
struct ExportedScan {
    id: String,
    name: Option<String>,
    content_sha256: String,
    timestamp: Option<String>,
    platform: Option<String>,
    model: Option<String>,
    os_version: Option<String>,
    length: Option<f64>,
    width: Option<f64>,
    height: Option<f64>,
    area: Option<f64>,
    volume: Option<f64>,
    point_count: i64,
    size_bytes: i64,
    processing_id: String,
    uploaded_at: String,
    /// When a newer content of the same scan was uploaded.
    superseded_at: Option<String>,
    deleted_at: Option<String>,
    /// Where its files are in the archive.
    files: Vec<String>,
}

/// Adds every scan of the user: a list of them, and each one's files as they are stored.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let database = context.db()?;
    let mut folders = HashSet::new();
    let mut scans = Vec::new();
    let mut list = 1;
    let mut last: Option<ScanToExportRow> = None;
    loop {
        let page = db::list_scans_to_export(user_id, last.as_ref());
        let mut rows: Vec<ScanToExportRow> = database.all(page).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let folder = folder_of(row, &mut folders);
            let files = add_files(context, row, &folder, archive).await?;
            scans.push(ExportedScan::of(row, files));
        }
        if scans.len() >= SCANS_A_LIST {
            let name = page_name("rooms/scans", list);
            archive.add_json(&name, &scans).await?;
            scans.clear();
            list += 1;
        }
        last = rows.pop();
    }
    if list == 1 || !scans.is_empty() {
        let name = page_name("rooms/scans", list);
        archive.add_json(&name, &scans).await?;
    }
    Ok(())
}

/// A folder of its own for each content, named as the scan is if possible.
fn folder_of(row: &ScanToExportRow, taken: &mut HashSet<String>) -> String {
    let name = folder_name(&row.scan_id);
    let is_current = row.superseded_at.is_none() && row.deleted_at.is_none();
    // Some systems do not tell `A` from `a`.
    if is_current && taken.insert(name.to_lowercase()) {
        return format!("rooms/{name}");
    }
    let hash: String = row.content_hash.chars().take(HASH_CHARACTERS).collect();
    let name = (1..)
        .map(|number| match number {
            1 => format!("{name}-{hash}"),
            _ => format!("{name}-{hash}-{number}"),
        })
        .find(|name| taken.insert(name.to_lowercase()));
    format!("rooms/{}", name.unwrap_or_default())
}

/// Copies what is there; a scan that was deleted has no files any more.
async fn add_files(
    context: &Context,
    row: &ScanToExportRow,
    folder: &str,
    archive: &mut Archive<'_>,
) -> Result<Vec<String>, JobError> {
    let document = match row.is_gzip {
        1 => "document.json.gz",
        _ => "document.json",
    };
    let files = [
        (document, Some(&row.object_key)),
        ("cloud.ply", row.cloud_key.as_ref()),
        ("result.json", row.result_key.as_ref()),
    ];
    let mut added = Vec::new();
    for (name, key) in files {
        let Some(key) = key else { continue };
        if let Some(file) = context.files()?.get(key).await? {
            let path = format!("{folder}/{name}");
            archive.add_file(&path, file).await?;
            added.push(path);
        }
    }
    Ok(added)
}

impl ExportedScan {
    fn of(row: &ScanToExportRow, files: Vec<String>) -> Self {
        Self {
            id: row.scan_id.clone(),
            name: row.name.clone(),
            content_sha256: row.content_hash.clone(),
            timestamp: row.taken_at.clone(),
            platform: row.platform.clone(),
            model: row.model.clone(),
            os_version: row.os_version.clone(),
            length: row.length,
            width: row.width,
            height: row.height,
            area: row.area,
            volume: row.volume,
            point_count: row.point_count,
            size_bytes: row.size_bytes,
            processing_id: row.job_id.clone(),
            uploaded_at: rfc3339(row.uploaded_at),
            superseded_at: row.superseded_at.map(rfc3339),
            deleted_at: row.deleted_at.map(rfc3339),
            files,
        }
    }
}
