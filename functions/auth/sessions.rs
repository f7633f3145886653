//! The user's sessions: where one is signed in, and how to sign out there (CONTRACT 1.3).

use axum::response::{IntoResponse, Response};
use dialect::{Dialect, camel_case_keys};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::{Caller, Scopes, SessionId, announce_end};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::http::{Json, NoContent, Path};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// The user's live sessions, newest use first. Under `/v1` the bare list.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    sessions: Vec<Session>,
}

/// One device that is signed in.
#[derive(Serialize, ToSchema)]
pub struct Session {
    id: String,
    /// `key`, `password` or `oauth`: how it was opened.
    kind: String,
    device_id: String,
    /// What the device or the app calls itself.
    device_name: Option<String>,
    /// City and country of the last sign-in or refresh, as the network saw it.
    place: Option<String>,
    /// What it may do: `read`, `upload`, `admin`.
    scopes: Vec<&'static str>,
    created_at: String,
    /// To within the life of an access token.
    last_used_at: String,
    /// When it ends unless it is used.
    expires_at: String,
    /// Whether it is the session of this request.
    is_current: bool,
}

row! {
    struct Row {
        id: String,
        kind: String,
        device_id: String,
        device_name: Option<String>,
        place: Option<String>,
        scopes: String,
        created_at: i64,
        refreshed_at: i64,
        expires_at: i64,
    }
}

/// Sessions that are shown; a device has at most five.
const MAX_SHOWN: i64 = 200;

/// List the devices that are signed in.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "auth",
    responses((status = 200, body = SessionList), ErrorAnswers))]
pub async fn list_sessions(context: Context, caller: Caller) -> Result<Response> {
    let now = context.now_ms();
    let list = Statement::new(
        "select id, kind, device_id, device_name, place, scopes, created_at, refreshed_at,
           expires_at
         from sessions
         where user_id = ?1 and revoked_at is null and expires_at > ?2",
    )
    .bind(&caller.user_id)
    .bind(now);
    let (_, mut batch) = context.db()?.batch_as(&caller, now, vec![list]).await?;
    let mut rows: Vec<Row> = batch.all(0)?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.refreshed_at));
    let shown = rows.into_iter().take(MAX_SHOWN as usize);
    let sessions: Vec<_> = shown
        .map(|row| Session {
            is_current: row.id == caller.session_id,
            id: row.id,
            kind: row.kind,
            device_id: row.device_id,
            device_name: row.device_name,
            place: row.place,
            scopes: Scopes::parse(&row.scopes).names(),
            created_at: rfc3339(row.created_at),
            last_used_at: rfc3339(row.refreshed_at),
            expires_at: rfc3339(row.expires_at),
        })
        .collect();
    let body = match context.dialect() {
        Dialect::Api => json!(SessionList { sessions }),
        Dialect::V1 => json!(sessions),
        Dialect::Scans => camel_case_keys(json!(SessionList { sessions })),
    };
    Ok(Json(body).into_response())
}

/// Sign a device out.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "auth",
    params(("id" = String, Path, description = "The session")),
    responses((status = 204), ErrorAnswers))]
pub async fn end_session(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<NoContent> {
    let now = context.now_ms();
    let find = Statement::new("select id from sessions where id = ?1 and user_id = ?2")
        .bind(&id)
        .bind(&caller.user_id);
    let end = Statement::new(
        "update sessions
         set revoked_at = ?4, revoked_reason = 'ended by its user'
         where id = ?1
           and user_id = ?2
           and revoked_at is null
           and exists (select 1 from live_sessions where session_id = ?3)
         returning id",
    )
    .bind(&id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(now);
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, now, vec![find, end])
        .await?;
    if batch.first::<SessionId>(0)?.is_none() {
        return Err(Error::NotFound("Session not found".into()));
    }
    announce(&context, &caller, batch.all(1)?);
    Ok(NoContent)
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
pub struct EndedSessions {
    ended: usize,
}

/// Sign out all other devices.
#[utoipa::path(delete, path = "/api/v1/auth/sessions", tag = "auth",
    responses((status = 200, body = EndedSessions), ErrorAnswers))]
pub async fn end_other_sessions(context: Context, caller: Caller) -> Result<Json<EndedSessions>> {
    let now = context.now_ms();
    let statements = vec![end_others(&caller, now)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let ended: Vec<SessionId> = batch.all(0)?;
    let count = ended.len();
    announce(&context, &caller, ended);
    Ok(Json(EndedSessions { ended: count }))
}

/// Ends all sessions of the caller but the caller's own.
pub fn end_others(caller: &Caller, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'ended by its user'
         where user_id = ?1
           and id <> ?2
           and revoked_at is null
           and exists (select 1 from live_sessions where session_id = ?2)
         returning id",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(now)
}

/// Tells everybody that these sessions of the caller ended.
pub fn announce(context: &Context, caller: &Caller, ended: Vec<SessionId>) {
    let ids = ended.into_iter().map(|session| session.id).collect();
    announce_end(context, &caller.user_id, ids);
}
