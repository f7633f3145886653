//! Batches of queued operations (CONTRACT 6.2).

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use sync_core::{Effect, Outcome, Rejection, Verdict};

use super::call::{explain, is_lost, is_replayed};
use super::cursor::Cursor;
use super::item::{Item, read_operation};
use super::run::{Done, carry_out};
use super::schema::{BatchAnswer, BatchBody};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{InnerAnswer, JsonValue, present};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// Operations of a batch.
pub const MAX_OPERATIONS: usize = 100;

/// Bytes of a batch, unpacked.
pub const MAX_BATCH_BYTES: u64 = 5 << 20;

/// Longest id of a device.
const MAX_DEVICE_ID: usize = 128;

/// Carry out operations that were queued offline: each once, however often it is sent.
///
/// Operations on moods, journals and goals, and any other write of this API that is no upload. The
/// answer is 200 also when operations fail: each has its own result.
#[utoipa::path(post, path = "/api/v1/sync/batch", tag = "sync", request_body = BatchBody,
    responses((status = 200, body = BatchAnswer), ErrorAnswers))]
pub async fn sync_batch(context: Context, caller: Caller, request: Request) -> Result<Response> {
    let JsonValue(body) = JsonValue::read(request, MAX_BATCH_BYTES).await?;
    let values = list_of(&body, &["operations", "items", "requests"])?;
    let device_id = device_of(&context, &body)?;
    let now = context.now_ms();
    let items: Vec<_> = values
        .iter()
        .map(|value| read_operation(&caller.user_id, device_id, now, value))
        .collect();
    // As outside of a batch, records are for apps that are known.
    let caller = match items.iter().any(|item| item.collection.is_some()) {
        true => caller.expect_app_key(),
        false => caller,
    };
    answer(&context, caller, device_id, &body, items, "id").await
}

/// The operations of a body: a bare list, or under one of these names.
///
/// # Errors
/// Without a list, or with too long a one.
pub fn list_of<'a>(body: &'a Value, names: &[&str]) -> Result<&'a [Value]> {
    let list = match body {
        Value::Array(list) => Some(list),
        body => names
            .iter()
            .find_map(|name| body.get(name).and_then(Value::as_array)),
    };
    let list = list.ok_or_else(|| Error::field(FieldError::missing(names[0])))?;
    if list.len() > MAX_OPERATIONS {
        let message = format!("At most {MAX_OPERATIONS} at once");
        return Err(Error::field(FieldError::invalid(names[0], message)));
    }
    Ok(list)
}

/// Whose queue it is.
fn device_of<'a>(context: &'a Context, body: &'a Value) -> Result<&'a str> {
    let said = body.get("device_id").or_else(|| body.get("deviceId"));
    let device_id = match said {
        Some(Value::String(device_id)) => device_id.as_str(),
        _ => context.device_id().unwrap_or_default(),
    };
    if device_id.len() > MAX_DEVICE_ID {
        let message = format!("Must have at most {MAX_DEVICE_ID} characters");
        return Err(Error::field(FieldError::invalid("device_id", message)));
    }
    Ok(device_id)
}

/// Carries out the items and tells what became of them.
///
/// # Errors
/// When the session ended, or too many other devices were faster.
pub async fn answer(
    context: &Context,
    caller: Caller,
    device_id: &str,
    body: &Value,
    items: Vec<Item>,
    id_name: &str,
) -> Result<Response> {
    let done = carry_out(context, &caller, device_id, &items).await?;
    let Done {
        synced, answers, ..
    } = &done;
    let now = context.now_ms();
    let mut counts = [0; 4];
    let mut results = Vec::with_capacity(items.len());
    for ((item, verdict), answer) in items.iter().zip(&synced.transition.verdicts).zip(answers) {
        let (count, mut result) = result(item, verdict, answer.as_ref());
        counts[count] += 1;
        result.insert(id_name.into(), item.id.clone());
        if let Some(collection) = item.collection
            && !result.contains_key("error")
            && let Some(record) = synced.record(&item.operation.key)
        {
            let id = &item.operation.key.id;
            let data = super::records::answer(collection, id, &caller.user_id, record);
            result.insert("server_updated_at".into(), data["updated_at"].clone());
            result.insert("data".into(), data);
        }
        results.push(result);
    }
    let answer = json!({
        "results": results,
        "applied": counts[0],
        "duplicates": counts[1],
        "conflicts": counts[2],
        "failed": counts[3],
        "server_time": rfc3339(now),
        "cursor": cursor_after(&done, body, now),
    });
    Ok(present(context, StatusCode::OK, answer))
}

/// Where the device goes on pulling: behind what it sent, if it had everything before.
fn cursor_after(done: &Done, body: &Value, now: i64) -> String {
    let said = body.get("cursor").and_then(Value::as_str);
    let cursor = said.and_then(Cursor::parse).unwrap_or(Cursor::START);
    let had_everything = done.version_before == Some(cursor.complete);
    match had_everything && cursor.complete == cursor.version {
        true => Cursor::latest(done.synced.transition.version, now),
        false => cursor,
    }
    .to_text()
}

/// What became of an operation, for its client; and as what it counts: applied, duplicate,
/// conflict, failed.
fn result(
    item: &Item,
    verdict: &Verdict,
    answer: Option<&InnerAnswer>,
) -> (usize, Map<String, Value>) {
    let mut result = Map::new();
    let answered = answer.filter(|answer| !is_lost(answer));
    let (count, status, http_status) = match verdict {
        Verdict::Rejected(rejection) | Verdict::Duplicate(Outcome::Rejected(rejection)) => {
            let error = match (&item.error, answered) {
                (_, Some(answer)) => explain(answer),
                (Some(error), _) => {
                    json!({ "code": rejection.code, "message": explain_error(error) })
                }
                _ => json!({ "code": rejection.code, "message": reason(rejection) }),
            };
            result.insert("error".into(), error);
            // Rejected before is rejected once more.
            let is_duplicate = matches!(verdict, Verdict::Duplicate(_));
            (
                3 - 2 * usize::from(is_duplicate),
                "rejected",
                rejection.status,
            )
        }
        Verdict::Retry => {
            if let Some(answer) = answered {
                result.insert("error".into(), explain(answer));
                let seconds = answer.headers.get("retry-after");
                let seconds = seconds.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
                result.insert("retry_after".into(), seconds.into());
            }
            let status = answered.map_or(503, |answer| answer.status.as_u16());
            (3, "retry", status)
        }
        verdict => {
            let (count, status) = match verdict {
                Verdict::Conflict => (2, "conflict"),
                Verdict::Duplicate(_) => (1, "duplicate"),
                _ if answer.is_some_and(is_replayed) => (1, "duplicate"),
                _ => (0, "applied"),
            };
            let is_created = *verdict == Verdict::Applied(Effect::Created);
            let of_record = if is_created { 201 } else { 200 };
            if let Some(answer) = answered {
                result.insert("data".into(), answer.body.clone().into());
            }
            let http_status = answered.map_or(of_record, |answer| answer.status.as_u16());
            (count, status, http_status)
        }
    };
    result.insert("status".into(), status.into());
    result.insert("http_status".into(), http_status.into());
    (count, result)
}

/// The message of an error with the fields that it is about.
fn explain_error(error: &Error) -> String {
    match error {
        Error::Validation(fields) => {
            let fields = fields
                .iter()
                .map(|field| format!("{}: {}", field.field, field.message));
            fields.collect::<Vec<_>>().join("; ")
        }
        error => error.message(),
    }
}

fn reason(rejection: &Rejection) -> &'static str {
    match rejection.code.as_ref() {
        "NOT_FOUND" => "Nothing was found here",
        "CONFLICT" => "This id is taken",
        "DEPENDENCY_FAILED" => "An operation that this one needs was rejected",
        "DEPENDENCY_CIRCLE" => "This operation needs itself",
        "OPERATION_TOO_OLD" => {
            "So old that it may have come before; send it again under a new id if it did not"
        }
        _ => "Request validation failed",
    }
}
