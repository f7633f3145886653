//! The caller's scans: listed, downloaded, deleted (CONTRACT R8, R9, R12).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use serde::Serialize;
use utoipa::ToSchema;

use super::db::{self, Count, ListedScanRow, ScanFilesRow, ScanRemainsRow};
use super::document::RoomScanDocument;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Download, Json, NoContent, Pagination, Paging, Path, Query};
use crate::openapi::{Binary, ErrorAnswers};
use crate::time::rfc3339;

#[derive(Serialize, ToSchema)]
/// A page of scans.
pub struct ScanList {
    scans: Vec<ListedScan>,
    pagination: Pagination,
}

#[derive(Serialize, ToSchema)]
/// A scan in a list.
pub struct ListedScan {
    /// The app's own id.
    id: String,
    name: String,
    uploaded_at: String,
    /// `queued`, `processing`, `completed` or `failed`.
    processing_status: String,
    /// US dollars; null until known.
    cost: Option<f64>,
    /// The job of the newest content.
    processing_id: String,
}

impl From<ListedScanRow> for ListedScan {
    fn from(row: ListedScanRow) -> Self {
        Self {
            name: row.name.unwrap_or_else(|| "Unnamed scan".into()),
            id: row.scan_id,
            uploaded_at: rfc3339(row.uploaded_at),
            processing_status: row.state,
            cost: row.cost_actual,
            processing_id: row.job_id,
        }
    }
}

/// List the caller's scans, newest first.
#[utoipa::path(get, path = "/api/v1/user/scans", tag = "rooms",
    params(Paging),
    responses((status = 200, body = ScanList), ErrorAnswers))]
pub async fn list_room_scans(
    context: Context,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<ScanList>> {
    let statements = vec![db::list_scans(&caller, &paging), db::count_scans(&caller)];
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, context.now_ms(), statements)
        .await?;
    let rows: Vec<ListedScanRow> = batch.all(0)?;
    let total = batch.first::<Count>(1)?.map_or(0, |count| count.total);
    Ok(Json(ScanList {
        scans: rows.into_iter().map(ListedScan::from).collect(),
        pagination: paging.pagination(total),
    }))
}

/// Download a scan as it was uploaded; gzip if the client accepts it.
#[utoipa::path(get, path = "/api/v1/rooms/{scan_id}", tag = "rooms",
    params(("scan_id" = String, Path, description = "The app's own id")),
    responses((status = 200, body = RoomScanDocument), ErrorAnswers))]
pub async fn find_room_scan(
    context: Context,
    caller: Caller,
    Path(scan_id): Path<String>,
    headers: HeaderMap,
) -> Result<Download> {
    let row = find_files(&context, &caller, &scan_id).await?;
    let file = context.files()?.fetch(&row.object_key).await?;
    let accepts_gzip = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.to_ascii_lowercase().contains("gzip"));
    let suffix = if accepts_gzip { "-gzip" } else { "" };
    let etag = format!("\"{}{suffix}\"", &row.content_hash[..32]);
    Download::file(file, "application/json")?
        .etag(etag)
        .negotiate_gzip(row.is_gzip == 1, accepts_gzip)
}

/// Download the point cloud of a scan that was uploaded as a file.
#[utoipa::path(get, path = "/api/v1/rooms/{scan_id}/cloud.ply", tag = "rooms",
    params(("scan_id" = String, Path, description = "The app's own id")),
    responses((status = 200, content_type = "application/ply", body = Binary), ErrorAnswers))]
pub async fn find_point_cloud(
    context: Context,
    caller: Caller,
    Path(scan_id): Path<String>,
) -> Result<Download> {
    let row = find_files(&context, &caller, &scan_id).await?;
    let key = row
        .cloud_key
        .ok_or_else(|| Error::NotFound("The scan has no point cloud file".into()))?;
    let file = context.files()?.fetch(&key).await?;
    Ok(Download::file(file, "application/ply")?.file_name("cloud.ply"))
}

/// Delete a scan with its results. Deleting again is fine.
#[utoipa::path(delete, path = "/api/v1/rooms/{scan_id}", tag = "rooms",
    params(("scan_id" = String, Path, description = "The app's own id")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_room_scan(
    context: Context,
    caller: Caller,
    Path(scan_id): Path<String>,
) -> Result<NoContent> {
    let now = context.now_ms();
    let mut statements = vec![db::list_remains(&caller, &scan_id)];
    statements.extend(db::delete_scan(&caller, &scan_id, now));
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let remains: Vec<ScanRemainsRow> = batch.all(0)?;
    let keys = remains.into_iter().flat_map(|row| {
        std::iter::once(row.object_key)
            .chain(row.cloud_key)
            .chain(row.result_key)
    });
    context.files()?.delete(keys.collect()).await?;
    Ok(NoContent)
}

async fn find_files(context: &Context, caller: &Caller, scan_id: &str) -> Result<ScanFilesRow> {
    let statements = vec![db::find_scan_files(caller, scan_id)];
    let (_, mut batch) = context
        .db()?
        .batch_as(caller, context.now_ms(), statements)
        .await?;
    batch
        .first(0)?
        .ok_or_else(|| Error::NotFound("Room scan not found".into()))
}
