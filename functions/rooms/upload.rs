//! Uploading a scan (CONTRACT R4, 5.2, 6.7).
//!
//! The body streams into R2 while it is checked; then one batch records the scan, reserves the
//! quota and creates the job; then a message wakes a consumer. A resend of the same content finds
//! the same job, however often and in whatever wrapping it comes.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use deserr::Deserr;
use room_engine::{Inspected, ScanSummary};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::db::{self, FilesRow, NewJob, NewScan, UploadedJobRow};
use super::document::{RoomScan, RoomScanDocument, document_of};
use super::orphans::upload_folder;
use super::receive::{Received, receive};
use crate::auth::{Caller, LiveSession, PendingSignature, settle_signature};
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::hash::hex;
use crate::http::{BodyReader, FieldErrors, Input, Json, Query};
use crate::jobs::{State, wake};
use crate::limits::quota;
use crate::openapi::{Binary, ErrorAnswers};
use crate::time::rfc3339;

/// Units of the quota that an upload costs.
const QUOTA_PER_SCAN: i64 = 1;

/// What the clients are told to expect; most scans take a second.
const USUAL_TIME_MS: i64 = 10_000;

const MAX_NAME: usize = 1000;
const MAX_ID: usize = 256;

/// For a scan that comes as a bare PLY file, or as a captured room, and so cannot name itself.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The scan's id; by default one made from the content.
    #[deserr(default)]
    id: Option<String>,
    /// The scan's name.
    #[deserr(default)]
    name: Option<String>,
}

impl Input for UploadQuery {
    fn validate(&self) -> Vec<FieldError> {
        [("id", &self.id, MAX_ID), ("name", &self.name, MAX_NAME)]
            .into_iter()
            .filter(|(_, text, max)| {
                text.as_ref()
                    .is_some_and(|text| text.is_empty() || text.chars().count() > *max)
            })
            .map(|(field, _, max)| {
                FieldError::invalid(field, format!("Must have 1 to {max} characters"))
            })
            .collect()
    }
}

/// The job that analyzes the scan.
#[derive(Serialize, ToSchema)]
pub struct UploadAccepted {
    processing_id: String,
    /// Always `queued`; ask for the status.
    status: State,
    estimated_completion: String,
    /// US dollars.
    cost_estimate: f64,
    /// Units that this scan took from the quota.
    quota_consumed: i64,
    /// The app's own id of the scan.
    scan_id: String,
}

/// Upload a room scan and have it analyzed.
///
/// The body is `{"room_scan": {...}}` as JSON, plain or gzip, or a PLY point cloud (ASCII or
/// binary), or both as `multipart/form-data`. At most 100 MiB unpacked. A room that the phone
/// measured itself (Apple RoomPlan's `CapturedRoom` as JSON, at most 8 MiB) may be the body, or stand
/// in `room_scan.captured_room`.
#[utoipa::path(post, path = "/api/v1/rooms/upload", tag = "rooms",
    params(UploadQuery),
    request_body(content(
        (RoomScanDocument = "application/json"),
        (Binary = "application/gzip"),
        (Binary = "application/ply"),
        (Binary = "multipart/form-data"),
    )),
    responses(
        (status = 202, description = "A new job", body = UploadAccepted),
        (status = 200, description = "The job that this content already has", body = UploadAccepted),
        ErrorAnswers))]
pub async fn upload_room_scan(
    context: Context,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response> {
    let now = context.now_ms();
    // Nobody without a session gets to send 100 MB.
    let (session, _) = context.db()?.batch_as(&caller, now, vec![]).await?;
    let base_key = format!("{}{}", upload_folder(now), Uuid::new_v4());

    let signature = request.extensions().get::<PendingSignature>().cloned();
    let received = receive(&context, BodyReader::new(request), &base_key).await?;

    let stored_keys = received.keys();
    let recorded = async {
        settle_signature(&context, signature.as_ref())?;
        let upload = complete(&context, query, received, &base_key).await?;
        record(&context, &caller, &session, upload).await
    };
    let recorded = recorded.await;
    or_take_back(&context, stored_keys, recorded).await
}

/// What came of recording a scan; if nothing, its files are taken back.
///
/// # Errors
/// That of the recording.
pub async fn or_take_back(
    context: &Context,
    stored_keys: Vec<String>,
    recorded: Result<Response>,
) -> Result<Response> {
    match recorded {
        // After a database error nobody knows whether the row was written: its files stay, and the
        // daily clean-up finds them if it was not.
        Ok(_) | Err(Error::Database(_)) => {}
        Err(_) => context.files()?.delete(stored_keys).await?,
    }
    recorded
}

/// Records a scan whose files are stored, with its job; or finds the job that this content has.
///
/// # Errors
/// When the session has ended, no quota is left, or the database fails.
pub async fn record(
    context: &Context,
    caller: &Caller,
    session: &LiveSession,
    upload: Upload,
) -> Result<Response> {
    let now = context.now_ms();
    let id = Uuid::new_v4().to_string();
    let scan = upload.as_new_scan(&id);
    let job_id = Uuid::new_v4().to_string();
    let is_charged = session.environment != "test";
    let job = NewJob {
        id: &job_id,
        cost_estimate: estimate_cost(upload.bytes_to_read),
        estimated_completion: now + USUAL_TIME_MS,
        quota: if is_charged { QUOTA_PER_SCAN } else { 0 },
        now,
    };

    let statements = vec![
        db::find_files_of_content(caller, &scan),
        db::insert_job(caller, &scan, &job),
        quota::reserve(caller, job.id, job.quota, job.now),
        db::supersede(caller, &scan, &job),
        db::upsert_scan(caller, &scan, &job),
        db::find_job_of_content(caller, &scan),
    ];
    let (session, mut batch) = context.db()?.batch_as(caller, now, statements).await?;

    let replaced: Option<FilesRow> = batch.first(0)?;
    let row: UploadedJobRow = batch.first(5)?.ok_or(Error::QuotaExceeded {
        resets_at: session.quota_resets_at,
    })?;
    let is_new = row.id == job_id;
    if is_new {
        wake(context, &job_id).await;
        forget(
            context,
            replaced.into_iter().flat_map(FilesRow::into_keys).collect(),
        )
        .await;
    } else {
        forget(context, upload.keys()).await;
    }
    let status = if is_new {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(upload.accepted(row, now))).into_response())
}

/// Drops files that no row refers to; what fails here, the daily clean-up finds.
async fn forget(context: &Context, keys: Vec<String>) {
    if let Ok(files) = context.files() {
        let _ = files.delete(keys).await;
    }
}

/// A scan that has an id and a JSON document, both stored.
pub struct Upload {
    pub scan_id: String,
    pub content_hash: String,
    pub summary: ScanSummary,
    pub point_count: i64,
    pub size_bytes: i64,
    /// What the job has to read.
    pub bytes_to_read: i64,
    pub object_key: String,
    pub cloud_key: Option<String>,
    pub is_gzip: bool,
    /// The rows that a fusion combines, as a JSON list.
    pub fused_from: Option<String>,
}

/// Puts together what came in one or two files.
async fn complete(
    context: &Context,
    query: UploadQuery,
    received: Received,
    base_key: &str,
) -> Result<Upload> {
    let id = received.id.or(query.id);
    let name = received.name.or(query.name);
    match (received.document, received.cloud) {
        (Some(document), cloud) => {
            let is_gzip = document.inspected.is_gzip;
            let mut scan = match &cloud {
                Some(cloud) => document.inspected.with_cloud(&cloud.inspected),
                None => document.inspected,
            };
            let scan_id = id_of(&scan, id)?;
            // The phone that sent it should hear at once which part is wrong. With points beside it
            // it is not used.
            if let Some(fault) = scan.captured_fault.take().filter(|_| scan.points == 0) {
                return Err(Error::InvalidFormat(fault));
            }
            scan.summary.name = scan.summary.name.or(name);
            let cloud_key = cloud.map(|cloud| cloud.key);
            let stored = (document.key, cloud_key, is_gzip);
            Ok(Upload::of(scan_id, scan, stored))
        }
        (None, Some(cloud)) => {
            let mut scan = cloud.inspected;
            let scan_id = id.unwrap_or_else(|| id_from_content(&scan.sha256));
            scan.summary = ScanSummary {
                name: name.clone(),
                ..ScanSummary::default()
            };
            let object_key = format!("{base_key}/document");
            let document = document_of(RoomScan {
                id: scan_id.clone(),
                name,
                ..RoomScan::default()
            })?;
            context
                .files()?
                .put(&object_key, document, "application/json")
                .await?;
            let stored = (object_key, Some(cloud.key), false);
            Ok(Upload::of(scan_id, scan, stored))
        }
        (None, None) => Err(Error::field(FieldError::missing("room_scan"))),
    }
}

/// A captured room need not name itself in our words.
fn id_of(scan: &Inspected, from_form: Option<String>) -> Result<String> {
    if !scan.has_room_scan && !scan.is_captured_room {
        return Err(Error::field(FieldError::missing("room_scan")));
    }
    match scan.summary.id.clone().or(from_form) {
        Some(id) => Ok(id),
        None if scan.has_room_scan => Err(Error::field(FieldError::missing("room_scan.id"))),
        None => Ok(id_from_content(&scan.sha256)),
    }
}

/// The same file gets the same id, so that a resend is one (RFC 9562, version 8).
fn id_from_content(sha256: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sha256[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}

impl Upload {
    /// A scan whose document, cloud and compression are those.
    fn of(scan_id: String, scan: Inspected, stored: (String, Option<String>, bool)) -> Self {
        let (object_key, cloud_key, is_gzip) = stored;
        let size_bytes = scan.received_bytes as i64;
        Self {
            scan_id,
            content_hash: hex(&scan.sha256),
            summary: scan.summary,
            point_count: scan.points as i64,
            size_bytes,
            bytes_to_read: size_bytes,
            object_key,
            cloud_key,
            is_gzip,
            fused_from: None,
        }
    }

    fn as_new_scan<'a>(&'a self, id: &'a str) -> NewScan<'a> {
        NewScan {
            id,
            scan_id: &self.scan_id,
            content_hash: &self.content_hash,
            summary: &self.summary,
            point_count: self.point_count,
            size_bytes: self.size_bytes,
            object_key: &self.object_key,
            cloud_key: self.cloud_key.as_deref(),
            is_gzip: self.is_gzip,
            fused_from: self.fused_from.as_deref(),
        }
    }

    fn keys(&self) -> Vec<String> {
        std::iter::once(self.object_key.clone())
            .chain(self.cloud_key.clone())
            .collect()
    }

    fn accepted(self, row: UploadedJobRow, now: i64) -> UploadAccepted {
        UploadAccepted {
            processing_id: row.id,
            status: State::Queued,
            estimated_completion: rfc3339(row.estimated_completion.max(now)),
            cost_estimate: row.cost_estimate,
            quota_consumed: row.quota_consumed,
            scan_id: self.scan_id,
        }
    }
}

/// US dollars: the operations of a job by the price table, and computing time by size.
fn estimate_cost(size_bytes: i64) -> f64 {
    const OPERATIONS: f64 = 0.000_02;
    const PER_MEGABYTE: f64 = 0.000_002;
    let cost = OPERATIONS + PER_MEGABYTE * size_bytes as f64 / 1e6;
    (cost * 1e6).round() / 1e6
}
