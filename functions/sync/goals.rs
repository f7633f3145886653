//! Goals and their progress (CONTRACT M8).

use axum::response::Response;
use serde_json::{Number, Value};
use sync_core::{Action, Digest, Identity, Operation};

use super::collection::Collection::Goals;
use super::collection::PROGRESS;
use super::list::{Times, list};
use super::records::{self, RecordId};
use super::schema::{Goal, GoalBody, GoalList, ProgressBody};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{JsonValue, Paging, Path, Query};
use crate::openapi::ErrorAnswers;

/// List the caller's goals, what changed last first.
#[utoipa::path(get, path = "/api/v1/goals", tag = "sync", params(Times, Paging),
    responses((status = 200, body = GoalList), ErrorAnswers))]
pub async fn list_goals(
    context: Context,
    caller: Caller,
    Query(times): Query<Times>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    list(&context, caller, Goals, &times, &paging).await
}

/// Create a goal, or write one anew.
///
/// The same again answers 200 with what is there, and so does what is older.
#[utoipa::path(post, path = "/api/v1/goals", tag = "sync", request_body = GoalBody,
    responses((status = 201, body = Goal), (status = 200, body = Goal), ErrorAnswers))]
pub async fn create_goal(
    context: Context,
    caller: Caller,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::put(&context, caller, Goals, None, value).await
}

/// Read a goal.
#[utoipa::path(get, path = "/api/v1/goals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), ErrorAnswers))]
pub async fn find_goal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::find(&context, caller, Goals, &id.0).await
}

/// Write a whole goal; creates it if it is not there.
#[utoipa::path(put, path = "/api/v1/goals/{id}", tag = "sync", request_body = GoalBody,
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), (status = 201, body = Goal), ErrorAnswers))]
pub async fn put_goal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::put(&context, caller, Goals, Some(id.0), value).await
}

/// Change some fields of a goal.
#[utoipa::path(patch, path = "/api/v1/goals/{id}", tag = "sync", request_body = GoalBody,
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), ErrorAnswers))]
pub async fn update_goal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::patch(&context, caller, Goals, &id.0, value).await
}

/// Delete a goal. One that is not there is deleted too: if it comes late, it stays so.
#[utoipa::path(delete, path = "/api/v1/goals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The goal")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_goal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::delete(&context, caller, Goals, &id.0).await
}

/// Add to a goal's current value.
///
/// Additions of all devices count, in whatever order they come; with an `id`, a resend counts once.
#[utoipa::path(post, path = "/api/v1/goals/{id}/progress", tag = "sync",
    request_body = ProgressBody,
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), ErrorAnswers))]
pub async fn add_progress(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    let identity = match value.get("id") {
        Some(Value::String(name)) => Identity::Named(Digest::of(&["progress", &id.0, name])),
        _ => Identity::None,
    };
    let action = progress(&value)?;
    let content = Digest::default().value(&value);
    let operation = Operation {
        identity,
        ..records::operation(records::key(Goals, &id.0), action, content)
    };
    records::carry_out(&context, &caller, Goals, operation, false).await
}

/// What is to be added.
///
/// # Errors
/// Without an amount.
pub fn progress(value: &Value) -> Result<Action> {
    let amount: Option<&Number> = value.get("amount").and_then(Value::as_number);
    let amount = amount.ok_or_else(|| {
        Error::field(match value.get("amount") {
            None | Some(Value::Null) => FieldError::missing("amount"),
            Some(_) => FieldError::invalid("amount", "Must be a number"),
        })
    })?;
    Ok(Action::Add {
        field: PROGRESS.to_owned(),
        amount: amount.clone(),
    })
}
