//! A backup in one piece.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::db::{self, BackupRow, NewUpload, UploadRow};
use super::digest::Digest;
use super::store::{Backup, MAX_PART_BYTES, append, receive};
use super::tus::{expected_sha256, too_large};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::hash::sha256_hex;
use crate::http::present;
use crate::openapi::{Binary, ErrorAnswers};

/// Back up in one piece, at most 5 MiB; for more see `/api/v1/backups/uploads`.
///
/// The same content as the newest version of the device is no new version. The device is that of
/// the `X-Device-ID` header, else the session's.
#[utoipa::path(put, path = "/api/v1/backups", tag = "backups",
    params(("Repr-Digest" = Option<String>, Header,
        description = "`sha-256=:<base64>:` (RFC 9530); a content with another digest is refused")),
    request_body(content((Binary = "application/octet-stream"))),
    responses(
        (status = 201, description = "A new version", body = Backup),
        (status = 200, description = "The version that has this content", body = Backup),
        ErrorAnswers))]
pub async fn put_backup(context: Context, caller: Caller, request: Request) -> Result<Response> {
    let expected = expected_sha256(request.headers())?;
    let bytes = receive(&context, request, MAX_PART_BYTES).await?;
    if bytes.is_empty() {
        return Err(Error::field(FieldError::invalid(
            "body",
            "Must not be empty",
        )));
    }
    let sha256 = sha256_hex(&bytes);
    if expected.is_some_and(|expected| expected != sha256) {
        let message = "The content has another SHA-256 than the header says";
        return Err(Error::field(FieldError::invalid("sha256", message)));
    }

    let now = context.now_ms();
    let id = Uuid::new_v4().to_string();
    let new = NewUpload {
        id: &id,
        device_id: context.device_id(),
        size_bytes: bytes.len() as u64,
        expected_sha256: None,
        sha256_state: &Digest::new().to_text(),
        unless_sha256: &sha256,
        is_resumable: false,
        now,
    };
    let statements = vec![
        db::begin_upload(&caller, &new),
        db::find_upload(&caller, &id, now),
        db::find_newest(&caller, context.device_id()),
    ];
    let (session, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let upload: Option<UploadRow> = batch.first(1)?;
    let newest: Option<BackupRow> = batch.first(2)?;
    let Some(upload) = upload else {
        let same = newest.filter(|row| row.sha256 == sha256);
        let same = same.ok_or_else(|| too_large(&session.tier))?;
        return Ok(present(
            &context,
            StatusCode::OK,
            Backup::of(&context, same),
        ));
    };
    let done = append(&context, &caller, &session.tier, upload, bytes).await?;
    let (status, id) = match done.same_as {
        Some(same) => (StatusCode::OK, same),
        None => (StatusCode::CREATED, done.id),
    };
    let row = BackupRow {
        id,
        device_id: done.device_id,
        size_bytes: done.size_bytes,
        parts: String::new(),
        sha256,
        completed_at: done.completed_at.unwrap_or(now),
    };
    Ok(present(&context, status, Backup::of(&context, row)))
}
