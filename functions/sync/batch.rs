//! Batches of queued operations (CONTRACT 6.2).

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use sync_core::{Operation, Outcome, Rejection, Verdict};

use super::cursor::Cursor;
use super::item::{Item, read_operation};
use super::records::answer;
use super::schema::{BatchAnswer, BatchBody};
use super::store::{Synced, sync};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{JsonValue, present};
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
/// The answer is 200 also when operations fail: each has its own result.
#[utoipa::path(post, path = "/api/v1/sync/batch", tag = "sync", request_body = BatchBody,
    responses((status = 200, body = BatchAnswer), ErrorAnswers))]
pub async fn sync_batch(context: Context, caller: Caller, request: Request) -> Result<Response> {
    let JsonValue(body) = JsonValue::read(request, MAX_BATCH_BYTES).await?;
    let values = list_of(&body, &["operations", "items", "requests"])?;
    let device_id = device_of(&context, &body)?;
    let now = context.now_ms();
    let items: Vec<_> = values
        .iter()
        .map(|value| read_operation(&caller.user_id, &device_id, now, value))
        .collect();
    let synced = carry_out(&context, &caller, &device_id, &items).await?;
    let mut counts = [0; 4];
    let results: Vec<_> = items
        .iter()
        .zip(&synced.transition.verdicts)
        .map(|(item, verdict)| {
            counts[match verdict {
                Verdict::Applied(_) => 0,
                Verdict::Duplicate(_) => 1,
                Verdict::Conflict => 2,
                Verdict::Rejected(_) | Verdict::Retry => 3,
            }] += 1;
            result(&synced, &caller, "id", item, verdict)
        })
        .collect();
    let answer = json!({
        "results": results,
        "applied": counts[0],
        "duplicates": counts[1],
        "conflicts": counts[2],
        "failed": counts[3],
        "server_time": rfc3339(now),
        "cursor": cursor_after(&synced, &body, now),
    });
    Ok(present(&context, StatusCode::OK, answer))
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
fn device_of(context: &Context, body: &Value) -> Result<String> {
    let said = body.get("device_id").or_else(|| body.get("deviceId"));
    let device_id = match said {
        Some(Value::String(device_id)) => device_id.as_str(),
        _ => context.device_id().unwrap_or_default(),
    };
    if device_id.len() > MAX_DEVICE_ID {
        let message = format!("Must have at most {MAX_DEVICE_ID} characters");
        return Err(Error::field(FieldError::invalid("device_id", message)));
    }
    Ok(device_id.to_owned())
}

/// Has the core decide on all of them together.
pub async fn carry_out(
    context: &Context,
    caller: &Caller,
    device_id: &str,
    items: &[Item],
) -> Result<Synced> {
    let operations: Vec<Operation> = items.iter().map(|item| item.operation.clone()).collect();
    sync(context, caller, device_id, &operations).await
}

/// Where the device goes on pulling: behind what it sent, if it had everything before.
pub fn cursor_after(synced: &Synced, body: &Value, now: i64) -> String {
    let said = body.get("cursor").and_then(Value::as_str);
    let cursor = said.and_then(Cursor::parse).unwrap_or(Cursor::START);
    let had_everything = cursor.complete == synced.version_before();
    match had_everything && cursor.complete == cursor.version {
        true => Cursor::latest(synced.transition.version, now),
        false => cursor,
    }
    .to_text()
}

/// What became of an operation, for its client.
pub fn result(
    synced: &Synced,
    caller: &Caller,
    id_name: &str,
    item: &Item,
    verdict: &Verdict,
) -> Value {
    let (status, rejection) = match verdict {
        Verdict::Applied(_) => ("applied", None),
        Verdict::Duplicate(Outcome::Rejected(rejection)) => ("rejected", Some(rejection)),
        Verdict::Duplicate(_) => ("duplicate", None),
        Verdict::Conflict => ("conflict", None),
        Verdict::Rejected(rejection) => ("rejected", Some(rejection)),
        Verdict::Retry => ("retry", None),
    };
    let created = Verdict::Applied(sync_core::Effect::Created);
    let http_status = match (verdict, rejection) {
        (_, Some(rejection)) => rejection.status,
        (Verdict::Retry, _) => 503,
        (verdict, _) if *verdict == created => 201,
        _ => 200,
    };
    let mut result = Map::new();
    result.insert(id_name.into(), item.id.clone());
    result.insert("status".into(), status.into());
    result.insert("http_status".into(), http_status.into());
    if let Some(rejection) = rejection {
        let message = match &item.error {
            Some(error) => explain(error),
            None => reason(rejection).to_owned(),
        };
        let error = json!({ "code": rejection.code, "message": message });
        result.insert("error".into(), error);
    }
    let record = synced.record(&item.operation.key);
    if let (Some(collection), Some(record)) = (item.collection, record)
        && rejection.is_none()
    {
        let key = &item.operation.key;
        let data = answer(collection, &key.id, &caller.user_id, record);
        result.insert("data".into(), data);
        let updated_at = rfc3339(record.updated_at);
        result.insert("server_updated_at".into(), updated_at.into());
    }
    result.into()
}

/// The message of an error with the fields that it is about.
fn explain(error: &Error) -> String {
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
