//! Notifications about to be sent. Their statements join the batch of what they tell of; whoever has
//! no registered device costs a look into an index.

use uuid::Uuid;

use super::SEND_PUSH;
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::jobs::{JOB_NOTIFICATIONS, deadline, first_sweep};

row! {
    /// The id of a notification that was written, and of its job.
    #[derive(Debug)]
    pub struct PushId {
        /// The id.
        pub id: String,
    }
}

/// What a person tells the own devices to try them.
pub struct TestNotification<'a> {
    /// Its own id, and that of its job.
    pub id: &'a str,
    /// Shown first.
    pub title: &'a str,
    /// Shown below.
    pub body: &'a str,
    /// For the app alone: nothing is shown.
    pub is_silent: bool,
}

/// Notifies the caller's own devices, if there are any and the session lives. The last statement
/// returns the [`PushId`] to wake, if there is one.
pub fn notify_self(caller: &Caller, test: &TestNotification<'_>, now: i64) -> [Statement; 2] {
    let insert = Statement::new(
        "insert into push_messages (id, user_id, title, body, data, is_silent, created_at)
         select ?1, user_id, ?4, ?5, '{\"type\":\"test\"}', ?6, ?7
         from live_sessions
         where session_id = ?3
           and user_id = ?2
           and exists (select 1 from push_devices where user_id = ?2)",
    )
    .bind(test.id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(test.title)
    .bind(test.body)
    .bind(test.is_silent)
    .bind(now);
    [insert, insert_job(test.id, now)]
}

/// Tells the user that a job ended at `now`, if it is of a kind that people wait for. Belongs into
/// the batch that ends it; the last statement returns a [`PushId`] to wake, if there is one.
pub fn job_ended(job_id: &str, now: i64) -> [Statement; 2] {
    // A job ends once, and so does its notification come once.
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, job_id.as_bytes()).to_string();
    let insert = Statement::new(
        "insert into push_messages (id, user_id, title, body, data, collapse_key, created_at)
         select ?2, j.user_id,
           json_extract(?3, '$.\"' || j.kind || '\".' || j.state || '[0]'),
           json_extract(?3, '$.\"' || j.kind || '\".' || j.state || '[1]'),
           json_object('type', 'job', 'kind', j.kind, 'processing_id', j.id, 'status', j.state),
           j.id, ?4
         from jobs j
         where j.id = ?1
           and j.finished_at = ?4
           and j.state in ('completed', 'failed')
           and json_extract(?3, '$.\"' || j.kind || '\".' || j.state) is not null
           and exists (select 1 from push_devices where user_id = j.user_id)
         on conflict (id) do nothing",
    )
    .bind(job_id)
    .bind(&id)
    .bind(JOB_NOTIFICATIONS)
    .bind(now);
    [insert, insert_job(&id, now)]
}

fn insert_job(id: &str, now: i64) -> Statement {
    Statement::new(
        "insert into jobs
           (id, kind, user_id, subject_id, stage, cost_estimate, due_at, deadline_at,
            estimated_completion, created_at)
         select id, ?2, user_id, id, 'queued', 0, ?3, ?4, ?5, ?5
         from push_messages
         where id = ?1
         on conflict (id) do nothing
         returning id",
    )
    .bind(id)
    .bind(SEND_PUSH)
    .bind(first_sweep(now))
    .bind(deadline(now))
    .bind(now)
}
