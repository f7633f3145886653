//! What the queue lost is sent again; what is out of time or attempts fails and is refunded.

use serde_json::json;

use super::consumer::GAVE_UP;
use super::dispatch::is_announced;
use super::lease::fail;
use super::rules::{MAX_ATTEMPTS, next_sweep};
use super::status::{JobRow, JobStatus, announce};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::Result;
use crate::telemetry::Level;

/// Jobs that one sweep looks at; the next one goes on.
const AT_ONCE: i64 = 50;

row! {
    struct DueJob {
        user_id: String,
        kind: String,
        attempts: i64,
        deadline_at: i64,
        row: JobRow,
    }
}

row! {
    struct UnannouncedJob {
        user_id: String,
        kind: String,
        row: JobRow,
    }
}

impl DueJob {
    fn is_beyond_help(&self, now: i64) -> bool {
        self.deadline_at <= now || self.attempts >= MAX_ATTEMPTS
    }
}

row! {
    struct Unfinished {
        unfinished: i64,
    }
}

/// Looks after the unfinished jobs whose time has come. Returns whether any job is unfinished.
pub async fn sweep(context: &Context) -> Result<bool> {
    let now = context.now_ms();
    let db = context.db()?;
    let mut batch = db
        .batch(vec![due_jobs(now), any_unfinished(), unannounced_jobs(now)])
        .await?;
    let due: Vec<DueJob> = batch.all(0)?;
    for job in batch.all::<UnannouncedJob>(2)? {
        announce(
            context,
            &job.user_id,
            &job.kind,
            &JobStatus::of(job.row, now),
        )
        .await;
    }
    let has_unfinished = batch
        .first::<Unfinished>(1)?
        .is_some_and(|row| row.unfinished == 1);
    if due.is_empty() {
        return Ok(has_unfinished);
    }

    let (lost, stuck): (Vec<_>, Vec<_>) = due.into_iter().partition(|job| job.is_beyond_help(now));
    let mut writes: Vec<_> = lost
        .iter()
        .flat_map(|job| fail(&job.row.id, None, GAVE_UP, now))
        .collect();
    let stuck_ids: Vec<_> = stuck.iter().map(|job| job.row.id.as_str()).collect();
    writes.push(postpone(&stuck_ids, next_sweep(now)));
    db.batch(writes).await?;

    let queue = context.job_queue()?;
    for id in &stuck_ids {
        queue.wake(id).await?;
    }
    for job in lost.into_iter().filter(|job| is_announced(&job.kind)) {
        let row = JobRow {
            state: super::State::Failed,
            error: Some(GAVE_UP.into()),
            ..job.row
        };
        announce(context, &job.user_id, &job.kind, &JobStatus::of(row, now)).await;
    }
    context
        .record(
            Level::Info,
            format!("Sweep re-sent {} jobs", stuck_ids.len()),
        )
        .with("job_ids", json!(stuck_ids))
        .write();
    Ok(true)
}

fn due_jobs(now: i64) -> Statement {
    Statement::new(
        "select id, user_id, kind, attempts, deadline_at, state, progress, stage, provider, cost_actual,
           estimated_completion, error, purged_at
         from jobs
         where state in ('queued', 'processing') and due_at <= ?1
         order by due_at
         limit ?2",
    )
    .bind(now)
    .bind(AT_ONCE)
}

/// Jobs whose consumer ended them and died before it could say so.
fn unannounced_jobs(now: i64) -> Statement {
    Statement::new(
        "select id, user_id, kind, state, progress, stage, provider, cost_actual, estimated_completion,
           error, purged_at
         from jobs
         where announce_at <= ?1
         order by announce_at
         limit ?2",
    )
    .bind(now)
    .bind(AT_ONCE)
}

fn any_unfinished() -> Statement {
    Statement::new(
        "select exists (
           select 1 from jobs where state in ('queued', 'processing') and due_at > 0
         ) or exists (
           select 1 from jobs where announce_at > 0
         ) as unfinished",
    )
}

fn postpone(ids: &[&str], due_at: i64) -> Statement {
    Statement::new(
        "update jobs
         set due_at = ?2
         where id in (select value from json_each(?1)) and state in ('queued', 'processing')",
    )
    .bind(json!(ids).to_string())
    .bind(due_at)
}
