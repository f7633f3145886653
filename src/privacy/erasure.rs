//! The end of an erasure: jobs, their results, the user's room. And the second erasure a day
//! later, for what was under way during the first one, or what the first one failed at.

use serde_json::json;

use super::ERASE_ACCOUNT;
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::Result;
use crate::jobs::{
    Finished, JobError, Lease, NewJob, State, deadline, first_sweep, results_folder, wake,
};

/// Accounts that one clean-up asks to erase again.
const ACCOUNTS_AT_ONCE: i64 = 100;

/// By then every request and every consumer that knew the account has ended.
const SETTLED_AFTER_MS: i64 = 20 * 3600 * 1000;

row! {
    struct JobToErase {
        id: String,
        state: State,
        attempts: i64,
        result_key: Option<String>,
    }
}

row! {
    struct UserId {
        id: String,
    }
}

/// What is left to erase when every area has erased what it owns.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn finish_erasure(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    erase_jobs(context, lease).await?;
    context.rooms()?.erase(&lease.job.user_id).await?;
    let close = mark_purged(lease, context.now_ms() - SETTLED_AFTER_MS, context.now_ms());
    context.db()?.batch(vec![close]).await?;
    Ok(Finished::now(context, lease, None))
}

/// Deletes all jobs of the user but this one, with their results. Those that a consumer still
/// holds wait for the second erasure, since it may be about to store a result.
async fn erase_jobs(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let (db, files) = (context.db()?, context.files()?);
    loop {
        let jobs: Vec<JobToErase> = db.all(list_jobs(lease, context.now_ms())).await?;
        if jobs.is_empty() {
            return Ok(());
        }
        let mut keys = Vec::new();
        for job in &jobs {
            match (job.attempts, job.state) {
                (0, _) => {}
                (1, State::Completed) => keys.extend(job.result_key.clone()),
                // An attempt that died may have left a result that no row knows.
                _ => files.delete_all(&results_folder(&job.id)).await?,
            }
        }
        files.delete(keys).await?;
        let ids: Vec<_> = jobs.iter().map(|job| job.id.as_str()).collect();
        db.batch(vec![delete_jobs(lease, &ids)]).await?;
        lease.progress(context, 0.9, "erasing").await?;
    }
}

fn list_jobs(lease: &Lease, now: i64) -> Statement {
    Statement::new(
        "select id, state, attempts, result_key
         from jobs
         where user_id = ?1 and id <> ?2 and (lease_until is null or lease_until <= ?3)
         limit 100",
    )
    .bind(&lease.job.user_id)
    .bind(&lease.job.id)
    .bind(now)
}

fn delete_jobs(lease: &Lease, ids: &[&str]) -> Statement {
    Statement::new(
        "delete from jobs where id in (select value from json_each(?1)) and user_id = ?2",
    )
    .bind(json!(ids).to_string())
    .bind(&lease.job.user_id)
}

/// Closes the matter, if nothing can have come after.
fn mark_purged(lease: &Lease, erased_before: i64, now: i64) -> Statement {
    Statement::new(
        "update users
         set purged_at = ?4
         where id = ?1
           and erased_at <= ?3
           and not exists (select 1 from jobs where user_id = ?1 and id <> ?2)",
    )
    .bind(&lease.job.user_id)
    .bind(&lease.job.id)
    .bind(erased_before)
    .bind(now)
}

/// Has every account erased again that is not known to be empty; the daily clean-up calls it.
///
/// # Errors
/// When the database does not answer.
pub async fn repeat_erasures(context: &Context) -> Result<()> {
    let now = context.now_ms();
    let db = context.db()?;
    let users: Vec<UserId> = db.all(list_unsettled(now - SETTLED_AFTER_MS)).await?;
    let jobs: Vec<_> = users
        .into_iter()
        .map(|user| (NewJob::new_id(), user.id))
        .collect();
    if jobs.is_empty() {
        return Ok(());
    }
    let creations = jobs.iter().map(|(job, user)| create(job, user, now));
    db.batch(creations.collect()).await?;
    for (job, _) in &jobs {
        wake(context, job).await;
    }
    Ok(())
}

fn list_unsettled(erased_before: i64) -> Statement {
    Statement::new(
        "select id
         from users
         where erased_at <= ?1 and purged_at is null
         order by erased_at
         limit ?2",
    )
    .bind(erased_before)
    .bind(ACCOUNTS_AT_ONCE)
}

fn create(job_id: &str, user_id: &str, now: i64) -> Statement {
    Statement::new(
        "insert into jobs
           (id, kind, user_id, subject_id, stage, due_at, deadline_at, estimated_completion,
            created_at)
         select ?1, ?2, id, id, 'queued', ?4, ?5, ?6, ?6
         from users
         where id = ?3
           and erased_at is not null
           and not exists (
             select 1
             from jobs
             where user_id = ?3 and kind = ?2 and state in ('queued', 'processing')
           )",
    )
    .bind(job_id)
    .bind(ERASE_ACCOUNT)
    .bind(user_id)
    .bind(first_sweep(now))
    .bind(deadline(now))
    .bind(now)
}
