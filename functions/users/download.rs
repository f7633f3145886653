//! A copy of everything that somebody has here (CONTRACT A37, 10.9).

use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::account::expect_self;
use super::accounts::{SelfRow, find_self};
use super::user_id::{UserId, not_found};
use crate::auth::Caller;
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::http::{Download, Json, Path};
use crate::jobs::{NewJob, State, create_job, wake_later};
use crate::openapi::{Binary, ErrorAnswers};
use crate::privacy::{EXPORT_ACCOUNT, EXPORT_KEPT_MS};
use crate::time::rfc3339;

/// An export that was asked for.
#[derive(Serialize, ToSchema)]
pub struct StartedExport {
    job_id: String,
    status: State,
}

/// An export and where to fetch it.
#[derive(Serialize, ToSchema)]
pub struct Export {
    job_id: String,
    status: State,
    created_at: String,
    /// Bytes of the archive.
    size_bytes: Option<u64>,
    /// Needs the access token, as every call; null until completed, and when its time is over.
    download_url: Option<String>,
    /// When the archive is deleted.
    expires_at: Option<String>,
}

row! {
    struct ExportRow {
        id: String,
        state: State,
        created_at: i64,
        finished_at: Option<i64>,
        result_key: Option<String>,
    }
}

impl ExportRow {
    fn expires_at(&self) -> Option<i64> {
        let is_completed = self.state == State::Completed;
        let finished_at = self.finished_at.filter(|_| is_completed);
        finished_at.map(|at| at + EXPORT_KEPT_MS)
    }

    /// Where the archive is, while it may be fetched.
    fn archive(&self, now: i64) -> Option<&str> {
        let is_good = self.expires_at().is_some_and(|at| now < at);
        self.result_key.as_deref().filter(|_| is_good)
    }
}

/// The caller's newest export.
fn find_newest(caller: &Caller) -> Statement {
    Statement::new(
        "select id, state, created_at, finished_at, result_key
         from jobs
         where user_id = ?1 and kind = ?2
         order by created_at desc
         limit 1",
    )
    .bind(&caller.user_id)
    .bind(EXPORT_ACCOUNT)
}

/// The caller's archive: the newest export may not have its own yet.
fn find_archive(caller: &Caller) -> Statement {
    Statement::new(
        "select id, state, created_at, finished_at, result_key
         from jobs
         where user_id = ?1 and kind = ?2 and state = 'completed' and result_key is not null
         order by created_at desc
         limit 1",
    )
    .bind(&caller.user_id)
    .bind(EXPORT_ACCOUNT)
}

/// Start an export of everything that the caller has here. While one runs, it is the answer.
#[utoipa::path(post, path = "/api/v1/users/{id}/export", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    responses((status = 202, body = StartedExport), ErrorAnswers))]
pub async fn start_export(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response> {
    expect_self(&context, &caller, &id, not_found).await?;
    let now = context.now_ms();
    let job = NewJob {
        id: &NewJob::new_id(),
        kind: EXPORT_ACCOUNT,
        subject_id: &caller.user_id,
        is_single: true,
        now,
    };
    let statements = vec![create_job(&caller, &job), find_newest(&caller)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let newest: ExportRow = batch
        .first(1)?
        .ok_or_else(|| Error::internal("an export was neither created nor there"))?;
    if newest.id == job.id {
        wake_later(&context, job.id.to_owned());
    }
    let answer = StartedExport {
        job_id: newest.id,
        status: newest.state,
    };
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Show the caller's newest export.
#[utoipa::path(get, path = "/api/v1/users/{id}/export", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    responses((status = 200, body = Export), ErrorAnswers))]
pub async fn find_export(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Export>> {
    let (user, row) = find(&context, &caller, &id, find_newest(&caller)).await?;
    let size_bytes = match row.archive(context.now_ms()) {
        Some(key) => context.files()?.size(key).await?,
        None => None,
    };
    let path = format!("/api/v1/users/{}/export/archive", user.user.num_id);
    let url = size_bytes.map(|_| format!("{}{path}", context.public_url()));
    Ok(Json(Export {
        status: row.state,
        created_at: rfc3339(row.created_at),
        size_bytes,
        download_url: url,
        expires_at: row.expires_at().map(rfc3339),
        job_id: row.id,
    }))
}

/// Download the caller's newest archive, a tar file.
#[utoipa::path(get, path = "/api/v1/users/{id}/export/archive", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    responses((status = 200, content_type = "application/x-tar", body = Binary), ErrorAnswers))]
pub async fn download_export(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Download> {
    let (_, row) = find(&context, &caller, &id, find_archive(&caller)).await?;
    let key = row.archive(context.now_ms()).ok_or_else(no_export)?;
    let file = context.files()?.get(key).await?.ok_or_else(no_export)?;
    Ok(Download::file(file, "application/x-tar")?
        .file_name("outpost-export.tar")
        .header(CACHE_CONTROL, "no-store"))
}

fn no_export() -> Error {
    Error::NotFound("There is no export; start one first".into())
}

/// The caller, if the path names the caller, and one of the caller's exports.
async fn find(
    context: &Context,
    caller: &Caller,
    id: &str,
    statement: Statement,
) -> Result<(SelfRow, ExportRow)> {
    let statements = vec![find_self(caller), statement];
    let (_, mut batch) = context
        .db()?
        .batch_as(caller, context.now_ms(), statements)
        .await?;
    let user: SelfRow = batch.first(0)?.ok_or_else(not_found)?;
    if !UserId::parse(id)?.is(&user) {
        return Err(not_found());
    }
    let row = batch.first(1)?.ok_or_else(no_export)?;
    Ok((user, row))
}
