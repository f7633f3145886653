//! A backup in parts (tus 1.0.0).

use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{self, GoneRow, NewUpload, UploadRow};
use super::digest::Digest;
use super::store::{
    MAX_PART_BYTES, MIN_PART_BYTES, append, conflict, delete_files_later, no_upload, receive,
};
use super::tus::{
    VERSION, describe, expect_part, expect_version, expected_sha256, number, too_large, version_of,
};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{About, NoContent, present};
use crate::openapi::{Binary, ErrorAnswers};
use crate::time::rfc3339;

/// How far an upload is.
#[derive(Serialize, ToSchema)]
pub struct BackupUpload {
    id: String,
    /// The byte that comes next.
    offset: u64,
    size_bytes: u64,
    /// The most that one part may have.
    max_part_bytes: u64,
    /// The least, but for the last.
    min_part_bytes: u64,
    /// When it is given up unless a part comes; null once it is complete.
    expires_at: Option<String>,
    /// The version that it became, or whose content it repeated; null until it is complete.
    backup_id: Option<String>,
}

impl From<&UploadRow> for BackupUpload {
    fn from(row: &UploadRow) -> Self {
        let is_complete = row.completed_at.is_some();
        let expires_at = row.purge_at.filter(|_| !is_complete);
        Self {
            id: row.id.clone(),
            offset: row.received_bytes,
            size_bytes: row.size_bytes,
            max_part_bytes: MAX_PART_BYTES,
            min_part_bytes: MIN_PART_BYTES,
            expires_at: expires_at.map(rfc3339),
            backup_id: is_complete.then(|| version_of(row).to_owned()),
        }
    }
}

/// Tell what resumable uploads can do here (tus 1.0.0).
#[utoipa::path(options, path = "/api/v1/backups/uploads", tag = "backups",
    responses((status = 204), ErrorAnswers))]
pub async fn describe_uploads() -> Response {
    let headers = [
        ("tus-resumable", VERSION),
        ("tus-version", VERSION),
        ("tus-extension", "creation,expiration,termination"),
    ];
    (headers, NoContent).into_response()
}

/// Begin a resumable upload (tus 1.0.0).
///
/// Parts then go to the address in `Location` by PATCH, each at most 5 MiB. The device is that of
/// the `X-Device-ID` header, else the session's.
#[utoipa::path(post, path = "/api/v1/backups/uploads", tag = "backups",
    params(
        ("Upload-Length" = u64, Header, description = "Bytes of the whole"),
        ("Upload-Metadata" = Option<String>, Header,
            description = "`sha256`: the digest of the whole in hex, which then is checked"),
        ("Repr-Digest" = Option<String>, Header,
            description = "The same as `sha-256=:<base64>:` (RFC 9530)")),
    responses((status = 201, body = BackupUpload), ErrorAnswers))]
pub async fn create_upload(
    context: Context,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response> {
    expect_version(&headers)?;
    let size_bytes = number(&headers, "upload-length")?;
    if size_bytes == 0 {
        let error = FieldError::invalid("upload_length", "Must be at least 1");
        return Err(Error::field(error));
    }
    let expected = expected_sha256(&headers)?;
    let now = context.now_ms();
    let id = Uuid::new_v4().to_string();
    let new = NewUpload {
        id: &id,
        device_id: context.device_id(),
        size_bytes,
        expected_sha256: expected.as_deref(),
        sha256_state: &Digest::new().to_text(),
        unless_sha256: "",
        is_resumable: true,
        now,
    };
    let statements = vec![
        db::begin_upload(&caller, &new),
        db::end_surplus_uploads(&caller, now),
        db::find_upload(&caller, &id, now),
    ];
    let (session, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    delete_files_later(&context, batch.all(1)?);
    let upload: UploadRow = batch.first(2)?.ok_or_else(|| too_large(&session.tier))?;
    let mut answer = show(&context, StatusCode::CREATED, &upload);
    let location = format!("{}/api/v1/backups/uploads/{id}", context.public_url());
    if let Ok(location) = HeaderValue::from_str(&location) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

/// Ask how much of an upload has arrived, by HEAD or GET (tus 1.0.0).
#[utoipa::path(get, path = "/api/v1/backups/uploads/{id}", tag = "backups",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 200, body = BackupUpload), ErrorAnswers))]
pub async fn find_upload(
    About {
        context,
        caller,
        id,
    }: About,
) -> Result<Response> {
    let (_, upload) = find(&context, &caller, &id).await?;
    Ok(show(&context, StatusCode::OK, &upload))
}

/// Append the next part of an upload (tus 1.0.0).
///
/// A part counts whole or not at all. The last one makes the upload a version, which
/// `Content-Location` names.
#[utoipa::path(patch, path = "/api/v1/backups/uploads/{id}", tag = "backups",
    params(
        ("id" = String, Path, description = "The upload"),
        ("Upload-Offset" = u64, Header, description = "Bytes that have arrived so far")),
    request_body(content((Binary = "application/offset+octet-stream"))),
    responses((status = 204), ErrorAnswers))]
pub async fn append_to_upload(
    About {
        context,
        caller,
        id,
    }: About,
    request: Request,
) -> Result<Response> {
    let (tier, upload) = find(&context, &caller, &id).await?;
    let headers = request.headers();
    expect_version(headers)?;
    expect_part(headers)?;
    if number(headers, "upload-offset")? != upload.received_bytes {
        return Err(conflict());
    }
    let missing = upload.size_bytes - upload.received_bytes;
    let bytes = receive(&context, request, missing).await?;
    let upload = match bytes.is_empty() {
        true => upload,
        false => append(&context, &caller, &tier, upload, bytes).await?,
    };
    Ok((describe(&upload), NoContent).into_response())
}

/// Give an upload up (tus 1.0.0).
#[utoipa::path(delete, path = "/api/v1/backups/uploads/{id}", tag = "backups",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 204), ErrorAnswers))]
pub async fn abandon_upload(
    About {
        context,
        caller,
        id,
    }: About,
    headers: HeaderMap,
) -> Result<Response> {
    expect_version(&headers)?;
    delete(&context, &caller, &id, false).await?;
    Ok(([("tus-resumable", VERSION)], NoContent).into_response())
}

/// Deletes what is the caller's: a version or an upload under way.
///
/// # Errors
/// 404 when there is none.
pub fn delete<'a>(
    context: &'a Context,
    caller: &'a Caller,
    id: &'a str,
    is_complete: bool,
) -> BoxFuture<'a, Result<()>> {
    // Boxed: two handlers would otherwise have a copy each. So is the next one.
    async move {
        let now = context.now_ms();
        let delete = db::delete(caller, id, is_complete, now);
        let (_, mut batch) = context.db()?.batch_as(caller, now, vec![delete]).await?;
        let gone: Vec<GoneRow> = batch.all(0)?;
        if gone.is_empty() {
            return Err(Error::NotFound("There is no such backup".into()));
        }
        delete_files_later(context, gone);
        Ok(())
    }
    .boxed()
}

/// The caller's tier and upload.
fn find<'a>(
    context: &'a Context,
    caller: &'a Caller,
    id: &'a str,
) -> BoxFuture<'a, Result<(String, UploadRow)>> {
    async move {
        let now = context.now_ms();
        let find = db::find_upload(caller, id, now);
        let (session, mut batch) = context.db()?.batch_as(caller, now, vec![find]).await?;
        let upload = batch.first(0)?.ok_or_else(no_upload)?;
        Ok((session.tier, upload))
    }
    .boxed()
}

fn show(context: &Context, status: StatusCode, upload: &UploadRow) -> Response {
    let mut answer = present(context, status, BackupUpload::from(upload));
    answer.headers_mut().extend(describe(upload));
    answer
}
