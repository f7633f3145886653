//! Moods (CONTRACT M1, M2, M4).

use axum::response::Response;

use super::collection::Collection::Moods;
use super::list::{Times, list};
use super::records::{self, RecordId};
use super::schema::{Mood, MoodBody, MoodList};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::http::{JsonValue, Paging, Path, Query};
use crate::openapi::ErrorAnswers;

/// List the caller's moods, what changed last first.
#[utoipa::path(get, path = "/api/v1/moods", tag = "sync", params(Times, Paging),
    responses((status = 200, body = MoodList), ErrorAnswers))]
pub async fn list_moods(
    context: Context,
    caller: Caller,
    Query(times): Query<Times>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    list(&context, caller, Moods, &times, &paging).await
}

/// Create a mood, or write one anew.
///
/// The same again answers 200 with what is there, and so does what is older.
#[utoipa::path(post, path = "/api/v1/moods", tag = "sync", request_body = MoodBody,
    responses((status = 201, body = Mood), (status = 200, body = Mood), ErrorAnswers))]
pub async fn create_mood(
    context: Context,
    caller: Caller,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::put(&context, caller, Moods, None, value).await
}

/// Read a mood.
#[utoipa::path(get, path = "/api/v1/moods/{id}", tag = "sync",
    params(("id" = String, Path, description = "The mood")),
    responses((status = 200, body = Mood), ErrorAnswers))]
pub async fn find_mood(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::find(&context, caller, Moods, &id.0).await
}

/// Write a whole mood; creates it if it is not there.
#[utoipa::path(put, path = "/api/v1/moods/{id}", tag = "sync", request_body = MoodBody,
    params(("id" = String, Path, description = "The mood")),
    responses((status = 200, body = Mood), (status = 201, body = Mood), ErrorAnswers))]
pub async fn put_mood(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::put(&context, caller, Moods, Some(id.0), value).await
}

/// Change some fields of a mood.
#[utoipa::path(patch, path = "/api/v1/moods/{id}", tag = "sync", request_body = MoodBody,
    params(("id" = String, Path, description = "The mood")),
    responses((status = 200, body = Mood), ErrorAnswers))]
pub async fn update_mood(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::patch(&context, caller, Moods, &id.0, value).await
}

/// Delete a mood. One that is not there is deleted too: if it comes late, it stays so.
#[utoipa::path(delete, path = "/api/v1/moods/{id}", tag = "sync",
    params(("id" = String, Path, description = "The mood")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_mood(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::delete(&context, caller, Moods, &id.0).await
}
