//! Signing a user out everywhere.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{self, Action, UserRow};
use super::users::not_found;
use crate::auth::{Caller, SessionId, announce_end};
use crate::context::Context;
use crate::error::Result;
use crate::http::{Path, present};
use crate::openapi::ErrorAnswers;

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
pub struct EndedSessionsOfUser {
    ended: usize,
}

/// End all sessions of a user.
#[utoipa::path(delete, path = "/api/v1/admin/users/{id}/sessions", tag = "admin",
    params(("id" = String, Path, description = "The user, by UUID or integer id")),
    responses((status = 200, body = EndedSessionsOfUser), ErrorAnswers))]
pub async fn end_sessions_of_user(
    context: Context,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<Response> {
    let now = context.now_ms();
    let id = Uuid::new_v4().to_string();
    let action = Action {
        id: &id,
        caller: &caller,
        user: &user,
        now,
    };
    let statements = vec![
        action.permit_end_of_sessions(),
        action.end_sessions(),
        db::find_account(&user, now),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let row: UserRow = batch.first(2)?.ok_or_else(not_found)?;
    let sessions: Vec<SessionId> = batch.all(1)?;
    let ended = sessions.len();
    let ids = sessions.into_iter().map(|session| session.id).collect();
    announce_end(&context, &row.id, ids);
    Ok(present(
        &context,
        StatusCode::OK,
        EndedSessionsOfUser { ended },
    ))
}
