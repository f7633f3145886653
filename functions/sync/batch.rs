//! Batches of queued operations, and of outbox events (CONTRACT 6.2, 6.5).

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use sync_core::{Effect, Outcome, Rejection, Verdict};

use super::call::{explain, is_lost, is_replayed};
use super::cursor::Cursor;
use super::item::{Item, read_event, read_operation};
use super::run::{Done, carry_out};
use super::schema::{BatchAnswer, BatchBody, OutboxAnswer, OutboxBody};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{Answering, InnerAnswer, JsonValue, answering, present};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// Operations of a batch.
const MAX_OPERATIONS: usize = 100;

/// Bytes of a batch, unpacked.
const MAX_BATCH_BYTES: u64 = 5 << 20;

/// Longest id of a device.
const MAX_DEVICE_ID: usize = 128;

/// Carry out operations that were queued offline: each once, however often it is sent.
///
/// Operations on moods, journals and goals, and any other write of this API that is no upload. The
/// answer is 200 also when operations fail: each has its own result.
#[utoipa::path(post, path = "/api/v1/sync/batch", tag = "sync", request_body = BatchBody,
    responses((status = 200, body = BatchAnswer), ErrorAnswers))]
pub fn sync_batch(request: Request) -> Answering {
    answering(carry_out_all(request, Form::Queue))
}

/// Carry out events of an outbox: each once, however often it is sent.
#[utoipa::path(post, path = "/api/v1/outbox/batch", tag = "sync", request_body = OutboxBody,
    responses((status = 200, body = OutboxAnswer), ErrorAnswers))]
pub fn outbox_batch(request: Request) -> Answering {
    answering(carry_out_all(request, Form::Outbox))
}

/// How a client writes down what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Operations of a queue (CONTRACT 6.1).
    Queue,
    /// Events of an outbox (CONTRACT 6.5).
    Outbox,
}

impl Form {
    /// Under which names the list may stand.
    fn list_names(self) -> &'static [&'static str] {
        match self {
            Self::Queue => &["operations", "items", "requests"],
            Self::Outbox => &["events", "items"],
        }
    }

    /// What the id of an item is called.
    fn id_name(self) -> &'static str {
        match self {
            Self::Queue => "id",
            Self::Outbox => "event_id",
        }
    }
}

/// Carries out the items of a body and tells what became of them.
async fn carry_out_all(request: Request, form: Form) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let context = Context::from_request_parts(&mut parts, &()).await?;
    let caller = <Caller as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await?;
    let request = Request::from_parts(parts, body);
    let JsonValue(body) = JsonValue::read(request, MAX_BATCH_BYTES).await?;
    let values = list_of(&body, form.list_names())?;
    let device_id = device_of(&context, &body)?;
    let now = context.now_ms();
    let read = |value| match form {
        Form::Queue => read_operation(&caller.user_id, device_id, now, value),
        Form::Outbox => read_event(&caller.user_id, now, value),
    };
    let items: Vec<_> = values.iter().map(read).collect();
    // As outside of a batch, records are for apps that are known.
    let has_records = items.iter().any(|item| item.collection.is_some());
    let caller = match form == Form::Outbox || has_records {
        true => caller.expect_app_key(),
        false => caller,
    };
    let done = carry_out(&context, &caller, device_id, &items).await?;
    Ok(present(
        &context,
        StatusCode::OK,
        answer(&context, &caller, form, &body, &items, &done),
    ))
}

/// The operations of a body: a bare list, or under one of these names.
///
/// # Errors
/// Without a list, or with too long a one.
fn list_of<'a>(body: &'a Value, names: &[&str]) -> Result<&'a [Value]> {
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

/// What became of the items.
fn answer(
    context: &Context,
    caller: &Caller,
    form: Form,
    body: &Value,
    items: &[Item],
    done: &Done,
) -> Value {
    let now = context.now_ms();
    let verdicts = &done.synced.transition.verdicts;
    let mut counts = [0; 4];
    let mut results = Vec::with_capacity(items.len());
    for ((item, verdict), answer) in items.iter().zip(verdicts).zip(&done.answers) {
        let (count, mut result) = result(item, verdict, answer.as_ref());
        counts[count] += 1;
        result.insert(form.id_name().into(), item.id.clone());
        if let Some(collection) = item.collection
            && !result.contains_key("error")
            && let Some(record) = done.synced.record(&item.operation.key)
        {
            let id = &item.operation.key.id;
            let data = super::records::answer(collection, id, &caller.user_id, record);
            result.insert("server_updated_at".into(), data["updated_at"].clone());
            result.insert("data".into(), data);
        }
        results.push(result);
    }
    json!({
        "results": results,
        "applied": counts[0],
        "duplicates": counts[1],
        "conflicts": counts[2],
        "failed": counts[3],
        "server_time": rfc3339(now),
        "cursor": cursor_after(done, body, now),
    })
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
