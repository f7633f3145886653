//! What lost: listed, brought back, or left (CONTRACT 6.6, F10).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use sync_core::{Action, Digest, Lost, Record, Snapshot, Stored, Transition, Verdict, apply};

use super::collection::Collection;
use super::db::{self, CONFLICT_LIFE_MS, ConflictRow, Count, RecordRow, VersionRow, unreadable};
use super::fields::{Draft, show_some};
use super::records::{answer, key, operation};
use super::schema::{ConflictList, Resolution, ResolutionBody};
use super::store::{MAX_TRIES, commit, too_many_races, wait};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{JsonValue, Paging, Path, Query, present, present_page};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// List what lost to later writes in the last 30 days, the latest first.
#[utoipa::path(get, path = "/api/v1/sync/conflicts", tag = "sync", params(Paging),
    responses((status = 200, body = ConflictList), ErrorAnswers))]
pub async fn list_conflicts(
    context: Context,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let statements = vec![
        db::list_conflicts(&caller.user_id, &paging),
        db::count_conflicts(&caller.user_id, paging.count_limit()),
    ];
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, context.now_ms(), statements)
        .await?;
    let mut conflicts = Vec::new();
    for row in batch.all::<ConflictRow>(0)? {
        conflicts.push(present_conflict(&row)?);
    }
    let total = batch.first::<Count>(1)?.map_or(0, |count| count.total);
    Ok(present_page(
        &context,
        "conflicts",
        conflicts,
        paging.pagination(total),
    ))
}

/// What lost, as its owner reads it.
pub fn present_conflict(row: &ConflictRow) -> Result<Value> {
    let (operation, data) = match lost_of(row)? {
        Lost::Fields(fields) => {
            let mut data = Map::new();
            if let Some(collection) = Collection::find(&row.collection) {
                show_some(collection, &fields, &mut data);
            }
            ("update", data.into())
        }
        Lost::Deletion => ("delete", json!({})),
        Lost::Addition(field, amount) => ("add", json!({ field: amount })),
    };
    Ok(json!({
        "id": row.id,
        "collection": row.collection,
        "record_id": row.record_id,
        "operation": operation,
        "data": data,
        "written_at": rfc3339(row.written_at),
        "created_at": rfc3339(row.kept_at),
        "expires_at": rfc3339(row.kept_at + CONFLICT_LIFE_MS),
    }))
}

fn lost_of(row: &ConflictRow) -> Result<Lost> {
    Lost::of_text(&row.lost).ok_or_else(unreadable)
}

/// Decide on something that lost: bring it back, or leave it. Once decided, it stays so.
#[utoipa::path(post, path = "/api/v1/sync/conflicts/{id}/resolve", tag = "sync",
    request_body = ResolutionBody,
    params(("id" = String, Path, description = "The conflict")),
    responses((status = 200, body = Resolution), ErrorAnswers))]
pub async fn resolve_conflict(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let resolution = body.get("resolution").and_then(Value::as_str);
    let resolution = match resolution {
        Some("restore") => "restore",
        Some("keep") => "keep",
        _ => {
            let message = "Must be restore or keep";
            return Err(Error::field(FieldError::invalid("resolution", message)));
        }
    };
    for attempt in 0..MAX_TRIES {
        let now = context.now_ms();
        let (row, snapshot) = read(&context, &caller, &id).await?;
        let collection = Collection::find(&row.collection).ok_or_else(not_found)?;
        let key = key(collection, &row.record_id);
        let mut transition = Transition {
            version: snapshot.version,
            ..Transition::default()
        };
        if row.resolved_at.is_none() && resolution == "restore" {
            let action = restore(collection, &row, snapshot.records.get(&key))?;
            let operation = operation(key.clone(), action, Digest::default());
            transition = apply(&snapshot, &[operation], now);
            if let [Verdict::Rejected(_)] = transition.verdicts.as_slice() {
                return Err(gone());
            }
        }
        let record = transition
            .changed
            .get(&key)
            .or_else(|| snapshot.records.get(&key));
        let record = record.map(|record| answer(collection, &key.id, &caller.user_id, record));
        let settle = vec![db::settle_conflict(&caller, &id, now)];
        if row.resolved_at.is_some()
            || commit(&context, &caller, "", &snapshot, &transition, settle).await?
        {
            let answer = json!({ "id": id, "resolution": resolution, "record": record });
            return Ok(present(&context, StatusCode::OK, answer));
        }
        wait(&context, attempt).await;
    }
    Err(too_many_races())
}

/// The loser, and the record that it lost to.
async fn read(context: &Context, caller: &Caller, id: &str) -> Result<(ConflictRow, Snapshot)> {
    let statements = vec![
        db::find_conflict(&caller.user_id, id),
        db::find_version(&caller.user_id),
        db::find_record_of_conflict(&caller.user_id, id),
    ];
    let (_, mut batch) = context
        .db()?
        .batch_as(caller, context.now_ms(), statements)
        .await?;
    let row: ConflictRow = batch.first(0)?.ok_or_else(not_found)?;
    let mut snapshot = Snapshot {
        version: batch
            .first::<VersionRow>(1)?
            .map_or(0, |row| row.sync_version),
        ..Snapshot::default()
    };
    if let Some(record) = batch.first::<RecordRow>(2)? {
        snapshot.records.insert(record.key(), record.record()?);
    }
    Ok((row, snapshot))
}

/// What brings the loser back.
fn restore(collection: Collection, row: &ConflictRow, record: Option<&Record>) -> Result<Action> {
    let is_there = record.is_some_and(|record| !record.is_deleted());
    let action = lost_of(row)?.restore(is_there);
    let Action::Put(fields) = action else {
        return Ok(action);
    };
    let draft = Draft::of(fields, row.written_at);
    let whole = draft
        .whole(collection, row.written_at)
        .map_err(|_| gone())?;
    Ok(Action::Put(whole.fields))
}

fn not_found() -> Error {
    Error::NotFound("Nothing was found here".into())
}

/// A part of a record cannot be brought back without the rest.
fn gone() -> Error {
    Error::Conflict("The record is deleted, and only a part of it was kept".into())
}
