//! Moods (CONTRACT M1, M2, M4).

use axum::extract::Request;

use super::collection::Collection::Moods;
use super::list::Times;
use super::records::{Act, act};
use super::schema::{Mood, MoodBody, MoodList};
use crate::http::{Answering, Paging};
use crate::openapi::ErrorAnswers;

/// List the caller's moods, what changed last first.
#[utoipa::path(get, path = "/api/v1/moods", tag = "sync", params(Times, Paging),
    responses((status = 200, body = MoodList), ErrorAnswers))]
pub fn list_moods(request: Request) -> Answering {
    act(Moods, Act::List, request)
}

/// Create a mood, or write one anew.
///
/// The same again answers 200 with what is there, and so does what is older.
#[utoipa::path(post, path = "/api/v1/moods", tag = "sync", request_body = MoodBody,
    responses((status = 201, body = Mood), (status = 200, body = Mood), ErrorAnswers))]
pub fn create_mood(request: Request) -> Answering {
    act(Moods, Act::Create, request)
}

/// Read a mood.
#[utoipa::path(get, path = "/api/v1/moods/{id}", tag = "sync",
    params(("id" = String, Path, description = "The mood")),
    responses((status = 200, body = Mood), ErrorAnswers))]
pub fn find_mood(request: Request) -> Answering {
    act(Moods, Act::Find, request)
}

/// Write a whole mood; creates it if it is not there.
#[utoipa::path(put, path = "/api/v1/moods/{id}", tag = "sync", request_body = MoodBody,
    params(("id" = String, Path, description = "The mood")),
    responses((status = 200, body = Mood), (status = 201, body = Mood), ErrorAnswers))]
pub fn put_mood(request: Request) -> Answering {
    act(Moods, Act::Put, request)
}

/// Change some fields of a mood.
#[utoipa::path(patch, path = "/api/v1/moods/{id}", tag = "sync", request_body = MoodBody,
    params(("id" = String, Path, description = "The mood")),
    responses((status = 200, body = Mood), ErrorAnswers))]
pub fn update_mood(request: Request) -> Answering {
    act(Moods, Act::Patch, request)
}

/// Delete a mood. One that is not there is deleted too: if it comes late, it stays so.
#[utoipa::path(delete, path = "/api/v1/moods/{id}", tag = "sync",
    params(("id" = String, Path, description = "The mood")),
    responses((status = 204), ErrorAnswers))]
pub fn delete_mood(request: Request) -> Answering {
    act(Moods, Act::Delete, request)
}
