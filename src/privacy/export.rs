//! The end of an export: the user's jobs, and archives whose time is over.

use serde::Serialize;
use serde_json::json;

use super::{Archive, EXPORT_KEPT_MS, page_name};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::Result;
use crate::jobs::{Finished, JobError, Lease};
use crate::time::rfc3339;

const JOBS_A_PAGE: i64 = 500;
const ARCHIVES_A_PAGE: i64 = 500;

row! {
    struct JobRow {
        id: String,
        kind: String,
        state: String,
        provider: Option<String>,
        cost_estimate: Option<f64>,
        cost_actual: Option<f64>,
        quota_consumed: i64,
        error: Option<String>,
        created_at: i64,
        started_at: Option<i64>,
        finished_at: Option<i64>,
    }
}

/// A job as its owner gets it.
#[derive(Serialize)]
struct ExportedJob {
    id: String,
    kind: String,
    state: String,
    provider: Option<String>,
    cost_estimate: Option<f64>,
    cost_actual: Option<f64>,
    quota_consumed: i64,
    error: Option<String>,
    created_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
}

impl From<&JobRow> for ExportedJob {
    fn from(row: &JobRow) -> Self {
        Self {
            id: row.id.clone(),
            kind: row.kind.clone(),
            state: row.state.clone(),
            provider: row.provider.clone(),
            cost_estimate: row.cost_estimate,
            cost_actual: row.cost_actual,
            quota_consumed: row.quota_consumed,
            error: row.error.clone(),
            created_at: rfc3339(row.created_at),
            started_at: row.started_at.map(rfc3339),
            finished_at: row.finished_at.map(rfc3339),
        }
    }
}

/// Adds the jobs to an archive that holds everything else, and makes it the user's only one.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn finish_export(
    context: &Context,
    lease: &Lease,
    mut archive: Archive<'_>,
) -> Result<Finished, JobError> {
    if let Err(error) = add_jobs(context, lease, &mut archive).await {
        archive.abort().await;
        return Err(error);
    }
    let key = archive.finish().await?;
    let older: Vec<ArchiveRow> = context.db()?.all(list_older(lease)).await?;
    delete(context, older).await?;
    Ok(Finished::now(context, lease, Some(key)))
}

async fn add_jobs(
    context: &Context,
    lease: &Lease,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let db = context.db()?;
    let mut last: Option<JobRow> = None;
    for page in 1.. {
        let statement = list_jobs(&lease.job.user_id, last.as_ref());
        let mut rows: Vec<JobRow> = db.all(statement).await?;
        let jobs: Vec<_> = rows.iter().map(ExportedJob::from).collect();
        if page == 1 || !jobs.is_empty() {
            archive.add_json(&page_name("jobs", page), &jobs).await?;
        }
        let is_last = (rows.len() as i64) < JOBS_A_PAGE;
        last = rows.pop();
        if is_last {
            break;
        }
    }
    Ok(())
}

fn list_jobs(user_id: &str, after: Option<&JobRow>) -> Statement {
    Statement::new(
        "select id, kind, state, provider, cost_estimate, cost_actual, quota_consumed, error,
           created_at, started_at, finished_at
         from jobs
         where user_id = ?1 and (kind, created_at, id) > (?2, ?3, ?4)
         order by kind, created_at, id
         limit ?5",
    )
    .bind(user_id)
    .bind(after.map_or("", |row| &row.kind))
    .bind(after.map_or(0, |row| row.created_at))
    .bind(after.map_or("", |row| &row.id))
    .bind(JOBS_A_PAGE)
}

row! {
    struct ArchiveRow {
        id: String,
        result_key: String,
    }
}

/// Archives that a newer one replaces.
fn list_older(lease: &Lease) -> Statement {
    Statement::new(
        "select id, result_key
         from jobs
         where user_id = ?1
           and kind = 'account.export'
           and id <> ?2
           and result_key is not null
         limit ?3",
    )
    .bind(&lease.job.user_id)
    .bind(&lease.job.id)
    .bind(ARCHIVES_A_PAGE)
}

/// Deletes archives that nobody fetched in time; the daily clean-up calls it.
///
/// # Errors
/// When a binding fails; the next clean-up goes on.
pub async fn delete_expired_exports(context: &Context) -> Result<()> {
    loop {
        let list = list_expired(context.now_ms() - EXPORT_KEPT_MS);
        let rows: Vec<ArchiveRow> = context.db()?.all(list).await?;
        if rows.is_empty() {
            return Ok(());
        }
        delete(context, rows).await?;
    }
}

fn list_expired(finished_before: i64) -> Statement {
    Statement::new(
        "select id, result_key
         from jobs
         where kind = 'account.export' and result_key is not null and finished_at <= ?1
         limit ?2",
    )
    .bind(finished_before)
    .bind(ARCHIVES_A_PAGE)
}

/// The files first: a row that still names one is found again.
async fn delete(context: &Context, rows: Vec<ArchiveRow>) -> Result<()> {
    let (ids, keys): (Vec<_>, Vec<_>) =
        rows.into_iter().map(|row| (row.id, row.result_key)).unzip();
    context.files()?.delete(keys).await?;
    let forget = Statement::new(
        "update jobs set result_key = null where id in (select value from json_each(?1))",
    );
    let forget = forget.bind(json!(ids).to_string());
    context.db()?.batch(vec![forget]).await?;
    Ok(())
}
