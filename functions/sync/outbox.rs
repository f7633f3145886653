//! Batches of outbox events (CONTRACT 6.5, M9).

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::batch::{MAX_BATCH_BYTES, carry_out, cursor_after, list_of, result};
use super::item::read_event;
use super::schema::{OutboxAnswer, OutboxBody};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::http::{JsonValue, present};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// Carry out events of an outbox: each once, however often it is sent.
#[utoipa::path(post, path = "/api/v1/outbox/batch", tag = "sync", request_body = OutboxBody,
    responses((status = 200, body = OutboxAnswer), ErrorAnswers))]
pub async fn outbox_batch(context: Context, caller: Caller, request: Request) -> Result<Response> {
    let caller = caller.expect_app_key();
    let JsonValue(body) = JsonValue::read(request, MAX_BATCH_BYTES).await?;
    let now = context.now_ms();
    let items: Vec<_> = list_of(&body, &["events"])?
        .iter()
        .map(|value| read_event(&caller.user_id, now, value))
        .collect();
    let device_id = context.device_id().unwrap_or_default().to_owned();
    let synced = carry_out(&context, &caller, &device_id, &items).await?;
    let results: Vec<_> = items
        .iter()
        .zip(&synced.transition.verdicts)
        .map(|(item, verdict)| result(&synced, &caller, "event_id", item, verdict))
        .collect();
    let answer = json!({
        "results": results,
        "server_time": rfc3339(now),
        "cursor": cursor_after(&synced, &body, now),
    });
    Ok(present(&context, StatusCode::OK, answer))
}
