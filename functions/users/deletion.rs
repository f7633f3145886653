//! Deleting one's own account (CONTRACT A37, 10.9): it is gone at once; a job erases what it left.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use super::account::{expect_self, not_yours};
use super::proof::expect_owner;
use crate::auth::{Caller, SessionId, announce_end};
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, Json, LenientBody, Path, Text};
use crate::jobs::{NewJob, create_job, wake_later};
use crate::openapi::ErrorAnswers;
use crate::privacy::ERASE_ACCOUNT;

const MAX_PASSWORD: usize = 256;

/// That it is really the owner.
#[derive(Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct DeleteUser {
    /// Left out only by an account without a password; then the session must be new.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    password: Option<Text<1, MAX_PASSWORD>>,
}

impl Input for DeleteUser {}

/// The account is gone, and what it left is being erased.
#[derive(Serialize, ToSchema)]
pub struct Erasure {
    /// Always `erasing`.
    status: &'static str,
    job_id: String,
}

/// Delete the caller's account, for good.
///
/// Everybody is signed out at once, all keys end, and the email address is free again. Scans,
/// results, pictures and archives are erased in the background.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    request_body = DeleteUser,
    responses((status = 202, body = Erasure), ErrorAnswers))]
pub async fn delete_user(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
    LenientBody(input): LenientBody<DeleteUser>,
) -> Result<Response> {
    let row = expect_self(&context, &caller, &id, not_yours).await?;
    let password = input.password.as_ref().map(|text| text.0.as_str());
    expect_owner(&context, &caller, &row, "password", password).await?;

    let now = context.now_ms();
    let job = NewJob {
        id: &NewJob::new_id(),
        kind: ERASE_ACCOUNT,
        subject_id: &caller.user_id,
        is_single: true,
        now,
    };
    // First the job, while the session lives; the others act only if it was created.
    let statements = vec![
        create_job(&caller, &job),
        end_jobs(&caller, &job),
        end_sessions(&caller, &job),
        revoke_keys(&caller, &job),
        erase_person(&caller, &job),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    if batch.first::<SessionId>(4)?.is_none() {
        return Err(Error::Conflict("The account is being deleted".into()));
    }
    let ended: Vec<SessionId> = batch.all(2)?;
    let ended = ended.into_iter().map(|session| session.id).collect();
    announce_end(&context, &caller.user_id, ended);
    wake_later(&context, job.id.to_owned());
    let answer = Erasure {
        status: "erasing",
        job_id: job.id.to_owned(),
    };
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Ends the user's other jobs. A lease stays, so that the erasure knows who may still be writing.
fn end_jobs(caller: &Caller, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "update jobs
         set state = 'failed', stage = 'failed', error = 'The account was deleted',
           quota_consumed = 0, finished_at = ?3, purged_at = ?3
         where user_id = ?1
           and id <> ?2
           and state in ('queued', 'processing')
           and exists (select 1 from jobs where id = ?2)",
    )
    .bind(&caller.user_id)
    .bind(job.id)
    .bind(job.now)
}

fn end_sessions(caller: &Caller, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'account was deleted'
         where user_id = ?1
           and revoked_at is null
           and exists (select 1 from jobs where id = ?2)
         returning id",
    )
    .bind(&caller.user_id)
    .bind(job.id)
    .bind(job.now)
}

fn revoke_keys(caller: &Caller, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "update api_keys
         set revoked_at = ?3
         where user_id = ?1
           and revoked_at is null
           and exists (select 1 from jobs where id = ?2)",
    )
    .bind(&caller.user_id)
    .bind(job.id)
    .bind(job.now)
}

/// Leaves a pseudonym: ids, dates and counters, for the ledgers that refer to it.
fn erase_person(caller: &Caller, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "update users
         set is_active = 0, erased_at = ?3, updated_at = ?3, role = 'user', email = null,
           email_verified_at = null, username = null, name = null, bio = null, avatar_url = null,
           avatar_key = null, preferences = '{}', password_hash = null, password_changed_at = null
         where id = ?1 and exists (select 1 from jobs where id = ?2)
         returning id",
    )
    .bind(&caller.user_id)
    .bind(job.id)
    .bind(job.now)
}
