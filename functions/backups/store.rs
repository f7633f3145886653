//! Parts on their way into a backup, and where they lie.

use axum::extract::Request;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;

use super::db::{self, BackupRow, GoneRow, NewPart, UploadRow};
use super::digest::Digest;
use crate::auth::{Caller, PendingSignature, settle_signature};
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::hash::{hex, random};
use crate::http::{BodyReader, read_bytes};
use crate::telemetry::Level;
use crate::time::rfc3339;

/// What one request may append: a cut loses no more.
pub const MAX_PART_BYTES: u64 = 5 << 20;

/// The least that it may, unless it is the last: a backup has at most two thousand parts.
pub const MIN_PART_BYTES: u64 = 256 << 10;

/// What a part's file is.
const MEDIA_TYPE: &str = "application/octet-stream";

/// A version as clients see it.
#[derive(Serialize, ToSchema)]
pub struct Backup {
    id: String,
    /// The installation that it came from.
    device_id: String,
    size_bytes: u64,
    /// Lower-case hex.
    sha256: String,
    /// When the last of it arrived.
    created_at: String,
    /// Where it can be downloaded, with the caller's token.
    url: String,
}

impl Backup {
    /// The version of this row.
    pub fn of(context: &Context, row: BackupRow) -> Self {
        let base = context.public_url();
        Self {
            url: format!("{base}/api/v1/backups/{}/content", row.id),
            id: row.id,
            device_id: row.device_id,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            created_at: rfc3339(row.completed_at),
        }
    }
}

/// Where all backups of a user lie.
pub fn folder_of_user(user_id: &str) -> String {
    format!("backups/{user_id}/")
}

/// Where the parts of a backup lie.
pub fn folder_of(user_id: &str, id: &str) -> String {
    format!("{}{id}/", folder_of_user(user_id))
}

/// The keys and sizes of a backup's parts.
///
/// # Errors
/// When the row is damaged.
pub fn parts_of(user_id: &str, id: &str, parts: &str) -> Result<Vec<(String, u64)>> {
    let parts: Vec<(String, u64)> = serde_json::from_str(parts).map_err(Error::internal)?;
    let folder = folder_of(user_id, id);
    let keys = parts
        .into_iter()
        .map(|(name, bytes)| (format!("{folder}{name}"), bytes));
    Ok(keys.collect())
}

/// The bytes that a request carries, if it is signed then rightly.
///
/// # Errors
/// 413 over `limit` bytes or those of a part; 401 for a wrong signature.
pub fn receive<'a>(
    context: &'a Context,
    request: Request,
    limit: u64,
) -> BoxFuture<'a, Result<Vec<u8>>> {
    // Boxed, as below: two handlers would otherwise have a copy each.
    async move {
        let signature = request.extensions().get::<PendingSignature>().cloned();
        let bytes = read_bytes(BodyReader::new(request), limit.min(MAX_PART_BYTES)).await?;
        settle_signature(context, signature.as_ref())?;
        Ok(bytes)
    }
    .boxed()
}

/// Stores the next bytes of an upload, and says so in its row; completes it with the last of them.
/// Returns the upload as it then is.
///
/// # Errors
/// 409 when another part was quicker, 400 when the whole is not what was promised.
pub fn append<'a>(
    context: &'a Context,
    caller: &'a Caller,
    tier: &'a str,
    upload: UploadRow,
    bytes: Vec<u8>,
) -> BoxFuture<'a, Result<UploadRow>> {
    store(context, caller, tier, upload, bytes).boxed()
}

async fn store(
    context: &Context,
    caller: &Caller,
    tier: &str,
    upload: UploadRow,
    bytes: Vec<u8>,
) -> Result<UploadRow> {
    let now = context.now_ms();
    let length = bytes.len() as u64;
    let is_last = upload.received_bytes + length == upload.size_bytes;
    if !is_last && length < MIN_PART_BYTES {
        let message = format!("All parts but the last have at least {MIN_PART_BYTES} bytes");
        return Err(Error::field(FieldError::invalid("body", message)));
    }
    let mut digest = Digest::of_text(&upload.sha256_state, upload.received_bytes)
        .ok_or_else(|| Error::internal("the digest of an upload is damaged"))?;
    digest.update(&bytes);
    let state = digest.to_text();
    let sha256 = is_last.then(|| digest.finish());
    if let (Some(sha256), Some(expected)) = (&sha256, &upload.expected_sha256)
        && sha256 != expected
    {
        return Err(spoil(context, caller, &upload.id).await);
    }

    let name = format!("{}-{}", upload.received_bytes, hex(&random::<8>()));
    let folder = folder_of(&caller.user_id, &upload.id);
    let key = format!("{folder}{name}");
    let files = context.files()?;
    files.put(&key, bytes, MEDIA_TYPE).await?;

    let part = NewPart {
        upload: &upload,
        name: &name,
        bytes: length,
        sha256_state: &state,
        now,
    };
    let mut statements = vec![
        db::append(caller, &part),
        db::find_upload(caller, &upload.id, now),
    ];
    if let Some(sha256) = &sha256 {
        statements.insert(1, db::complete(caller, &part, sha256));
        statements.push(db::prune(caller, tier, now));
    }
    let found = statements.len() - if is_last { 2 } else { 1 };
    // After a database error nobody knows whether the row names the part.
    let (_, mut batch) = context.db()?.batch_as(caller, now, statements).await?;
    if batch.first::<GoneRow>(0)?.is_none() {
        files.delete(vec![key]).await?;
        return Err(conflict());
    }
    let after: UploadRow = batch.first(found)?.ok_or_else(no_upload)?;
    if is_last {
        let mut gone: Vec<GoneRow> = batch.all(found + 1)?;
        if after.same_as.is_some() {
            gone.push(GoneRow {
                id: after.id.clone(),
                user_id: caller.user_id.clone(),
            });
        }
        let known = parts_of(&caller.user_id, &after.id, &after.parts)?;
        let known = known.into_iter().map(|(key, _)| key).collect();
        clean_later(context, gone, Some((folder, known)));
    }
    Ok(after)
}

/// Ends an upload that can only become what nobody wants.
async fn spoil(context: &Context, caller: &Caller, id: &str) -> Error {
    let now = context.now_ms();
    let delete = db::delete(caller, id, false, now);
    let deleted = match context.db() {
        Ok(db) => db.batch_as(caller, now, vec![delete]).await,
        Err(error) => Err(error),
    };
    match deleted.and_then(|(_, mut batch)| batch.all(0)) {
        Ok(gone) => delete_files_later(context, gone),
        Err(error) => return error,
    }
    let message = "The content has another SHA-256 than was promised. Upload it anew";
    Error::field(FieldError::invalid("sha256", message))
}

/// Deletes the files of backups that are gone, beside the answer. What fails here, the clean-up
/// does.
pub fn delete_files_later(context: &Context, gone: Vec<GoneRow>) {
    if !gone.is_empty() {
        clean_later(context, gone, None);
    }
}

/// As [`delete_files_later`]; of a `folder` that a version is in, only what is not known: parts
/// whose requests died, or came second.
fn clean_later(context: &Context, gone: Vec<GoneRow>, version: Option<(String, Vec<String>)>) {
    let cleaning = context.clone();
    context.after_response(async move {
        let cleaned = async {
            let files = cleaning.files()?;
            for row in gone {
                files.delete_all(&folder_of(&row.user_id, &row.id)).await?;
            }
            let Some((folder, known)) = version else {
                return Ok(());
            };
            let mut after: Option<String> = None;
            loop {
                let page = files.list(&folder, after.as_deref()).await?;
                after = page.keys.last().cloned();
                let orphans = page.keys.into_iter().filter(|key| !known.contains(key));
                files.delete(orphans.collect()).await?;
                if page.is_last {
                    return Ok(());
                }
            }
        };
        let cleaned: Result<()> = cleaned.await;
        if let Err(error) = cleaned {
            cleaning
                .record(Level::Warn, "Files of a backup could not be deleted yet")
                .with("error", error.log_detail())
                .write();
        }
    });
}

/// For a part that is not the next one.
pub fn conflict() -> Error {
    Error::Conflict("This is not the next part. Ask for the offset and go on from there".into())
}

/// Nothing there, or nothing of the caller's.
pub fn no_upload() -> Error {
    Error::NotFound("Upload not found".into())
}
