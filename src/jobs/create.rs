//! The row of a new job; the message follows it.

use uuid::Uuid;

use super::rules::{deadline, first_sweep};
use crate::auth::Caller;
use crate::db::Statement;

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

/// Writes the job, if the caller's session lives. Follow it by [`super::wake`] once the batch is through.
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
