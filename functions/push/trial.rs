//! A notification to oneself, and what became of any.

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{self, MessageRow};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{About, FieldErrors, Input, JsonBody, Text, present};
use crate::jobs::{State, wake_later};
use crate::openapi::ErrorAnswers;
use crate::push::{Delivery, PushId, TestNotification, notify_self};
use crate::time::rfc3339;

/// What to show.
#[derive(Debug, Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct TestPush {
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    title: Option<Text<1, 100>>,
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    body: Option<Text<1, 500>>,
    /// Whether only the app gets it and nothing is shown.
    #[deserr(default)]
    #[schema(required = false)]
    is_silent: bool,
}

impl Input for TestPush {}

/// A notification on its way.
#[derive(Serialize, ToSchema)]
pub struct SentPush {
    id: String,
    /// Where to read what becomes of it.
    url: String,
}

/// Send a test notification to all devices of the caller.
#[utoipa::path(post, path = "/api/v1/push/test", tag = "push",
    request_body = TestPush,
    responses((status = 202, body = SentPush), ErrorAnswers))]
pub async fn send_test_push(
    context: Context,
    caller: Caller,
    JsonBody(input): JsonBody<TestPush>,
) -> Result<Response> {
    let now = context.now_ms();
    let test = TestNotification {
        id: &Uuid::new_v4().to_string(),
        title: input.title.as_ref().map_or("Outpost", |text| &text.0),
        body: input.body.as_ref().map_or("It works.", |text| &text.0),
        is_silent: input.is_silent,
    };
    let statements = notify_self(&caller, &test, now).into();
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let written: Option<PushId> = batch.first(1)?;
    let PushId { id } = written.ok_or_else(|| Error::Conflict("No device is registered".into()))?;
    wake_later(&context, id.clone());
    let url = format!("{}/api/v1/push/messages/{id}", context.public_url());
    Ok(present(
        &context,
        StatusCode::ACCEPTED,
        SentPush { id, url },
    ))
}

/// A notification, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct PushMessage {
    id: String,
    title: Option<String>,
    body: Option<String>,
    status: State,
    /// Set exactly when it failed.
    error_message: Option<String>,
    /// The devices at which it is settled.
    #[schema(value_type = Vec<Delivery>)]
    deliveries: Vec<Value>,
    created_at: String,
}

/// Show what became of a notification, for 30 days.
#[utoipa::path(get, path = "/api/v1/push/messages/{id}", tag = "push",
    params(("id" = String, Path, description = "The notification")),
    responses((status = 200, body = PushMessage), ErrorAnswers))]
pub async fn find_push_message(
    About {
        context,
        caller,
        id,
    }: About,
) -> Result<Response> {
    let now = context.now_ms();
    let statements = vec![db::find_message(&caller, &id)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let row: Option<MessageRow> = batch.first(0)?;
    let row = row.ok_or_else(|| Error::NotFound("There is no such notification".into()))?;
    let outcomes: Map<String, Value> =
        serde_json::from_str(&row.outcomes).map_err(Error::internal)?;
    let message = PushMessage {
        id: row.id,
        title: row.title,
        body: row.body,
        status: row.state,
        error_message: row.error,
        deliveries: outcomes.into_iter().map(|(_, value)| value).collect(),
        created_at: rfc3339(row.created_at),
    };
    Ok(present(&context, StatusCode::OK, message))
}
