//! Following a job and reading its result (CONTRACT R5, R6).

use axum::http::HeaderMap;
use serde_json::json;

use super::db::{ProcessingRow, find_processing};
use super::result::RoomResult;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Download, EventStream, Json, Path};
use crate::jobs::{JobStatus, State, topic};
use crate::openapi::ErrorAnswers;
use crate::realtime::Listen;
use crate::storage::StoredFile;

/// Show how far a job is.
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/status", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, body = JobStatus), ErrorAnswers))]
pub async fn find_status(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JobStatus>> {
    let row = find_job(&context, &caller, &id).await?;
    Ok(Json(JobStatus::of(row.job, context.now_ms())))
}

/// Follow a job until it ends, as server-sent events.
///
/// Each event is a status; its id can be sent back as `Last-Event-ID` to go on after it.
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/events", tag = "rooms",
    params(
        ("processing_id" = String, Path, description = "As the upload answered"),
        ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String), ErrorAnswers))]
pub async fn follow_status(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<EventStream> {
    let row = find_job(&context, &caller, &id).await?;
    let status = JobStatus::of(row.job, context.now_ms());
    if status.status.is_final() {
        return Ok(EventStream::of_one("status", &json!(status)));
    }
    let last_seen = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last_seen.and_then(|id| id.trim().parse().ok()).unwrap_or(0);
    let listen = Listen {
        after: Some(after),
        topic: Some((&topic(&id), "status")),
        types: None,
    };
    let stream = context.rooms()?.stream(&caller, listen).await?;
    Ok(EventStream::live(stream))
}

/// Read the result of a finished job.
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/result", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, body = RoomResult), ErrorAnswers))]
pub async fn find_result(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Download> {
    let file = open_result(&context, &caller, &id).await?;
    Download::file(file, "application/json")
}

/// The caller's job; another's reads as nothing there.
pub async fn find_job(context: &Context, caller: &Caller, id: &str) -> Result<ProcessingRow> {
    let statements = vec![find_processing(caller, id)];
    let (_, mut batch) = context
        .db()?
        .batch_as(caller, context.now_ms(), statements)
        .await?;
    batch
        .first(0)?
        .ok_or_else(|| Error::NotFound("Processing job not found".into()))
}

/// The stored result of the caller's job.
pub async fn open_result(context: &Context, caller: &Caller, id: &str) -> Result<StoredFile> {
    let row = find_job(context, caller, id).await?;
    let status = JobStatus::of(row.job, context.now_ms());
    match (status.status, row.result_key) {
        (State::Completed, Some(key)) => context.files()?.fetch(&key).await,
        (State::Failed, _) => {
            let reason = status.error_message.unwrap_or_else(|| "unknown".into());
            Err(Error::ProcessingNotComplete(format!(
                "Processing failed: {reason}"
            )))
        }
        _ => Err(Error::ProcessingNotComplete(
            "Processing has not finished yet".into(),
        )),
    }
}
