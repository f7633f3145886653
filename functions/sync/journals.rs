//! Journals (CONTRACT M7).

use axum::response::Response;

use super::collection::Collection::Journals;
use super::list::{Times, list};
use super::records::{self, RecordId};
use super::schema::{Journal, JournalBody, JournalList};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::http::{JsonValue, Paging, Path, Query};
use crate::openapi::ErrorAnswers;

/// List the caller's journals, what changed last first.
#[utoipa::path(get, path = "/api/v1/journals", tag = "sync", params(Times, Paging),
    responses((status = 200, body = JournalList), ErrorAnswers))]
pub async fn list_journals(
    context: Context,
    caller: Caller,
    Query(times): Query<Times>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    list(&context, caller, Journals, &times, &paging).await
}

/// Create a journal, or write one anew.
///
/// The same again answers 200 with what is there, and so does what is older.
#[utoipa::path(post, path = "/api/v1/journals", tag = "sync", request_body = JournalBody,
    responses((status = 201, body = Journal), (status = 200, body = Journal), ErrorAnswers))]
pub async fn create_journal(
    context: Context,
    caller: Caller,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::put(&context, caller, Journals, None, value).await
}

/// Read a journal.
#[utoipa::path(get, path = "/api/v1/journals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The journal")),
    responses((status = 200, body = Journal), ErrorAnswers))]
pub async fn find_journal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::find(&context, caller, Journals, &id.0).await
}

/// Write a whole journal; creates it if it is not there.
#[utoipa::path(put, path = "/api/v1/journals/{id}", tag = "sync", request_body = JournalBody,
    params(("id" = String, Path, description = "The journal")),
    responses((status = 200, body = Journal), (status = 201, body = Journal), ErrorAnswers))]
pub async fn put_journal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::put(&context, caller, Journals, Some(id.0), value).await
}

/// Change some fields of a journal.
#[utoipa::path(patch, path = "/api/v1/journals/{id}", tag = "sync", request_body = JournalBody,
    params(("id" = String, Path, description = "The journal")),
    responses((status = 200, body = Journal), ErrorAnswers))]
pub async fn update_journal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
    JsonValue(value): JsonValue,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::patch(&context, caller, Journals, &id.0, value).await
}

/// Delete a journal. One that is not there is deleted too: if it comes late, it stays so.
#[utoipa::path(delete, path = "/api/v1/journals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The journal")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_journal(
    context: Context,
    caller: Caller,
    Path(id): Path<RecordId>,
) -> Result<Response> {
    let caller = caller.expect_app_key();
    records::delete(&context, caller, Journals, &id.0).await
}
