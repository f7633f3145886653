//! Notifications about to be sent. Their statements join the batch of what they tell of; whoever has
//! no registered device costs a look into an index.

use serde_json::Value;
use uuid::Uuid;

use super::SEND_PUSH;
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::Result;
use crate::jobs::{deadline, first_sweep, job_notifications, wake};

/// What a person or an app is told.
pub struct Notification<'a> {
    /// Shown first.
    pub title: Option<&'a str>,
    /// Shown below.
    pub body: Option<&'a str>,
    /// A JSON object for the app.
    pub data: Value,
    /// A later notification with the same key takes the place of this one; at most 64 bytes.
    pub collapse_key: Option<&'a str>,
    /// For the app alone: nothing is shown.
    pub is_silent: bool,
}

row! {
    /// The id of a notification that was written, and of its job.
    #[derive(Debug)]
    pub struct PushId {
        /// The id.
        pub id: String,
    }
}

/// Notifies a user's devices, if there are any and, where a session asks for it, if that lives.
/// Returns the notification's id.
///
/// # Errors
/// When the database does not answer.
pub async fn notify(
    context: &Context,
    user_id: &str,
    session_id: Option<&str>,
    notification: &Notification<'_>,
) -> Result<Option<String>> {
    let id = Uuid::new_v4().to_string();
    let now = context.now_ms();
    let insert = Statement::new(
        "insert into push_messages
           (id, user_id, title, body, data, collapse_key, is_silent, created_at)
         select ?1, id, ?3, ?4, ?5, ?6, ?7, ?8
         from users
         where id = ?2
           and is_active = 1
           and exists (select 1 from push_devices where user_id = ?2)
           and (?9 is null or exists (select 1 from live_sessions where session_id = ?9))",
    )
    .bind(&id)
    .bind(user_id)
    .bind(notification.title)
    .bind(notification.body)
    .bind(notification.data.to_string())
    .bind(notification.collapse_key)
    .bind(notification.is_silent)
    .bind(now)
    .bind(session_id);
    let statements = vec![insert, insert_job(&id, now)];
    let written: Option<PushId> = context.db()?.batch(statements).await?.first(1)?;
    if written.is_none() {
        return Ok(None);
    }
    wake(context, &id).await;
    Ok(Some(id))
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
    .bind(job_notifications())
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
