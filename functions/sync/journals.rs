//! Journals (CONTRACT M7).

use axum::extract::Request;

use super::collection::Collection::Journals;
use super::list::Times;
use super::records::{Act, act};
use super::schema::{Journal, JournalBody, JournalList};
use crate::http::{Answering, Paging};
use crate::openapi::ErrorAnswers;

/// List the caller's journals, what changed last first.
#[utoipa::path(get, path = "/api/v1/journals", tag = "sync", params(Times, Paging),
    responses((status = 200, body = JournalList), ErrorAnswers))]
pub fn list_journals(request: Request) -> Answering {
    act(Journals, Act::List, request)
}

/// Create a journal, or write one anew.
///
/// The same again answers 200 with what is there, and so does what is older.
#[utoipa::path(post, path = "/api/v1/journals", tag = "sync", request_body = JournalBody,
    responses((status = 201, body = Journal), (status = 200, body = Journal), ErrorAnswers))]
pub fn create_journal(request: Request) -> Answering {
    act(Journals, Act::Create, request)
}

/// Read a journal.
#[utoipa::path(get, path = "/api/v1/journals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The journal")),
    responses((status = 200, body = Journal), ErrorAnswers))]
pub fn find_journal(request: Request) -> Answering {
    act(Journals, Act::Find, request)
}

/// Write a whole journal; creates it if it is not there.
#[utoipa::path(put, path = "/api/v1/journals/{id}", tag = "sync", request_body = JournalBody,
    params(("id" = String, Path, description = "The journal")),
    responses((status = 200, body = Journal), (status = 201, body = Journal), ErrorAnswers))]
pub fn put_journal(request: Request) -> Answering {
    act(Journals, Act::Put, request)
}

/// Change some fields of a journal.
#[utoipa::path(patch, path = "/api/v1/journals/{id}", tag = "sync", request_body = JournalBody,
    params(("id" = String, Path, description = "The journal")),
    responses((status = 200, body = Journal), ErrorAnswers))]
pub fn update_journal(request: Request) -> Answering {
    act(Journals, Act::Patch, request)
}

/// Delete a journal. One that is not there is deleted too: if it comes late, it stays so.
#[utoipa::path(delete, path = "/api/v1/journals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The journal")),
    responses((status = 204), ErrorAnswers))]
pub fn delete_journal(request: Request) -> Answering {
    act(Journals, Act::Delete, request)
}
