//! How it stands with a device (CONTRACT 6.3).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, json};

use super::collection::Collection;
use super::cursor::Cursor;
use super::db::{self, CollectionRow, Count, DeviceRow, JobsRow, VersionRow};
use super::schema::SyncStatus;
use crate::auth::Caller;
use crate::context::Context;
use crate::db::Statement;
use crate::error::Result;
use crate::http::present;
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// Up to here things are counted.
const COUNTED: i64 = 10_000;

/// Read how it stands with the caller's records, jobs and conflicts.
#[utoipa::path(get, path = "/api/v1/sync/status", tag = "sync",
    responses((status = 200, body = SyncStatus), ErrorAnswers))]
pub async fn sync_status(context: Context, caller: Caller) -> Result<Response> {
    let now = context.now_ms();
    let user_id = &caller.user_id;
    let device_id = context.device_id();
    let mut statements: Vec<Statement> = vec![
        db::find_version(user_id),
        db::find_device(user_id, device_id.unwrap_or_default()),
        db::count_jobs(user_id, COUNTED),
        db::count_conflicts(user_id, COUNTED),
    ];
    statements.extend(Collection::ALL.map(|one| db::sum_up(user_id, one.name(), COUNTED)));
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let version = batch
        .first::<VersionRow>(0)?
        .map_or(0, |row| row.sync_version);
    let synced_at = batch.first::<DeviceRow>(1)?.and_then(|row| row.synced_at);
    let jobs: Option<JobsRow> = batch.first(2)?;
    let (pending, failed) = jobs.map_or((0, 0), |jobs| (jobs.pending, jobs.failed));
    let conflicts = batch.first::<Count>(3)?.map_or(0, |count| count.total);
    let mut collections = Map::new();
    for (index, collection) in Collection::ALL.into_iter().enumerate() {
        let row: Option<CollectionRow> = batch.first(4 + index)?;
        let (count, changed_at) = row.map_or((0, None), |row| (row.total, row.changed_at));
        let summary = json!({ "count": count, "last_modified": changed_at.map(rfc3339) });
        collections.insert(collection.name().to_owned(), summary);
    }
    let answer = json!({
        "user_id": user_id,
        "device_id": device_id,
        "last_sync_at": synced_at.map(rfc3339),
        "server_time": rfc3339(now),
        "cursor": Cursor::latest(version, now).to_text(),
        "pending": pending,
        "failed": failed,
        "conflicts": conflicts,
        "by_priority": { "1": 0, "2": 0, "3": 0, "4": 0 },
        "collections": collections,
    });
    Ok(present(&context, StatusCode::OK, answer))
}
