//! Batches of outbox events (CONTRACT 6.5, M9).

use axum::extract::Request;
use axum::response::Response;

use super::batch::{MAX_BATCH_BYTES, answer, list_of};
use super::item::read_event;
use super::schema::{OutboxAnswer, OutboxBody};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::http::JsonValue;
use crate::openapi::ErrorAnswers;

/// Carry out events of an outbox: each once, however often it is sent.
#[utoipa::path(post, path = "/api/v1/outbox/batch", tag = "sync", request_body = OutboxBody,
    responses((status = 200, body = OutboxAnswer), ErrorAnswers))]
pub async fn outbox_batch(context: Context, caller: Caller, request: Request) -> Result<Response> {
    let caller = caller.expect_app_key();
    let JsonValue(body) = JsonValue::read(request, MAX_BATCH_BYTES).await?;
    let now = context.now_ms();
    let items: Vec<_> = list_of(&body, &["events", "operations", "items"])?
        .iter()
        .map(|value| read_event(&caller.user_id, now, value))
        .collect();
    let device_id = context.device_id().unwrap_or_default();
    answer(&context, caller, device_id, &body, items, "event_id").await
}
