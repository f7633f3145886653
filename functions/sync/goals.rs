//! Goals and their progress (CONTRACT M8).

use axum::extract::Request;

use super::collection::Collection::Goals;
use super::list::Times;
use super::records::{Act, act};
use super::schema::{Goal, GoalBody, GoalList, ProgressBody};
use crate::http::{Answering, Paging};
use crate::openapi::ErrorAnswers;

/// List the caller's goals, what changed last first.
#[utoipa::path(get, path = "/api/v1/goals", tag = "sync", params(Times, Paging),
    responses((status = 200, body = GoalList), ErrorAnswers))]
pub fn list_goals(request: Request) -> Answering {
    act(Goals, Act::List, request)
}

/// Create a goal, or write one anew.
///
/// The same again answers 200 with what is there, and so does what is older.
#[utoipa::path(post, path = "/api/v1/goals", tag = "sync", request_body = GoalBody,
    responses((status = 201, body = Goal), (status = 200, body = Goal), ErrorAnswers))]
pub fn create_goal(request: Request) -> Answering {
    act(Goals, Act::Create, request)
}

/// Read a goal.
#[utoipa::path(get, path = "/api/v1/goals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), ErrorAnswers))]
pub fn find_goal(request: Request) -> Answering {
    act(Goals, Act::Find, request)
}

/// Write a whole goal; creates it if it is not there.
#[utoipa::path(put, path = "/api/v1/goals/{id}", tag = "sync", request_body = GoalBody,
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), (status = 201, body = Goal), ErrorAnswers))]
pub fn put_goal(request: Request) -> Answering {
    act(Goals, Act::Put, request)
}

/// Change some fields of a goal.
#[utoipa::path(patch, path = "/api/v1/goals/{id}", tag = "sync", request_body = GoalBody,
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), ErrorAnswers))]
pub fn update_goal(request: Request) -> Answering {
    act(Goals, Act::Patch, request)
}

/// Delete a goal. One that is not there is deleted too: if it comes late, it stays so.
#[utoipa::path(delete, path = "/api/v1/goals/{id}", tag = "sync",
    params(("id" = String, Path, description = "The goal")),
    responses((status = 204), ErrorAnswers))]
pub fn delete_goal(request: Request) -> Answering {
    act(Goals, Act::Delete, request)
}

/// Add to a goal's current value.
///
/// Additions of all devices count, in whatever order they come; with an `id`, a resend counts once.
#[utoipa::path(post, path = "/api/v1/goals/{id}/progress", tag = "sync",
    request_body = ProgressBody,
    params(("id" = String, Path, description = "The goal")),
    responses((status = 200, body = Goal), ErrorAnswers))]
pub fn add_progress(request: Request) -> Answering {
    act(Goals, Act::Progress, request)
}
