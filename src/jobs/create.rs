//! Creating a job: the row, then the message.

use uuid::Uuid;

use super::rules::{deadline, first_sweep};
use super::sweeper::arm_sweeper;
use crate::auth::Caller;
use crate::context::Context;
use crate::db::Statement;
use crate::telemetry::Level;

/// Work for the background that costs the caller nothing.
pub struct NewJob<'a> {
    /// Its id.
    pub id: &'a str,
    /// Which handler does it.
    pub kind: &'static str,
    /// What it is about; the kind says of which table.
    pub subject_id: &'a str,
    /// Whether the caller may have only one unfinished job of this kind.
    pub is_single: bool,
    /// Milliseconds since 1970.
    pub now: i64,
}

impl NewJob<'_> {
    /// A fresh id.
    pub fn new_id() -> String {
        Uuid::new_v4().to_string()
    }
}

/// Writes the job, if the caller's session lives. Follow it by [`wake`] once the batch is through.
pub fn create_job(caller: &Caller, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "insert into jobs
           (id, kind, user_id, subject_id, stage, due_at, deadline_at, estimated_completion,
            created_at)
         select ?3, ?4, l.user_id, ?5, 'queued', ?6, ?7, ?8, ?8
         from live_sessions l
         where l.session_id = ?1
           and l.user_id = ?2
           and (?9 = 0 or not exists (
             select 1
             from jobs
             where user_id = ?2 and kind = ?4 and state in ('queued', 'processing')
           ))",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(job.id)
    .bind(job.kind)
    .bind(job.subject_id)
    .bind(first_sweep(job.now))
    .bind(deadline(job.now))
    .bind(job.now)
    .bind(job.is_single)
}

/// Asks for a consumer. The row is written, so the job is accepted whatever the queue says: the
/// sweep sends the message again.
pub async fn wake(context: &Context, job_id: &str) {
    let woken = match context.job_queue() {
        Ok(queue) => queue.wake(job_id).await,
        Err(error) => Err(error),
    };
    if let Err(error) = woken {
        let message = format!("Job {job_id} waits for the sweep");
        context
            .record(Level::Warn, message)
            .with("error", error.log_detail())
            .write();
    }
    arm_sweeper(context).await;
}
