//! The right of one consumer to work on a job, and every write that it allows.

use serde_json::json;
use uuid::Uuid;

use super::dispatch::{SILENT_KINDS, is_announced};
use super::outcome::{Finished, JobError};
use super::rules::{MAX_ATTEMPTS, announce_at, retry_delay};
use super::status::{JobRow, JobStatus, State, announce};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::Result;

row! {
    /// What a consumer needs to know of its job.
    #[derive(Debug)]
    pub struct Job {
        /// The job.
        pub id: String,
        /// Which handler does it.
        pub kind: String,
        /// Whose it is.
        pub user_id: String,
        /// What it is about; the kind says of which table.
        pub subject_id: String,
        /// Consumers so far, this one included.
        pub attempts: i64,
        /// What it holds of the user's quota.
        pub quota_consumed: i64,
        /// When the first consumer began, milliseconds since 1970.
        pub started_at: i64,
    }
}

/// A lease on a job.
pub struct Lease {
    /// The job.
    pub job: Job,
    id: String,
}

/// The columns of [`JobRow`].
macro_rules! select_status {
    ($rest:literal) => {
        concat!(
            "select id, state, progress, stage, provider, cost_actual, estimated_completion, ",
            "error, purged_at from jobs ",
            $rest
        )
    };
}
pub(super) use select_status;

impl Lease {
    /// Takes the job if it waits, or if its last holder went silent. `None` when there is nothing
    /// to do: the job is done, in other hands, or out of attempts (the sweep ends those).
    pub async fn acquire(context: &Context, job_id: &str) -> Result<Option<Self>> {
        let id = Uuid::new_v4().to_string();
        let now = context.now_ms();
        let take = Statement::new(
            "update jobs
             set state = 'processing',
               stage = 'started',
               attempts = attempts + 1,
               progress = max(progress, 0.1),
               lease_id = ?2,
               lease_until = ?3,
               due_at = ?3,
               started_at = coalesce(started_at, ?4)
             where id = ?1
               and state in ('queued', 'processing')
               and (lease_until is null or lease_until <= ?4)
               and attempts < ?5
               and deadline_at > ?4",
        )
        .bind(job_id)
        .bind(&id)
        .bind(now + context.config().job_lease_ms)
        .bind(now)
        .bind(MAX_ATTEMPTS);
        let read = Statement::new(
            "select id, kind, user_id, subject_id, attempts, quota_consumed, started_at
             from jobs
             where id = ?1 and lease_id = ?2",
        )
        .bind(job_id)
        .bind(&id);
        let status = Statement::new(select_status!("where id = ?1 and lease_id = ?2"))
            .bind(job_id)
            .bind(&id);
        let mut batch = context.db()?.batch(vec![take, read, status]).await?;
        let Some(job) = batch.first::<Job>(1)? else {
            return Ok(None);
        };
        let lease = Self { job, id };
        lease.announce_row(context, batch.first(2)?).await;
        Ok(Some(lease))
    }

    /// A place for the result that no other attempt writes to.
    pub fn result_key(&self) -> String {
        format!("{}{}", self.results_folder(), self.id)
    }

    /// Where all attempts at the job put their results.
    pub fn results_folder(&self) -> String {
        results_folder(&self.job.id)
    }

    /// Reports progress (0 to 1) and renews the lease.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`] when somebody else has the job.
    pub async fn progress(
        &self,
        context: &Context,
        progress: f64,
        stage: &str,
    ) -> Result<(), JobError> {
        let update = Statement::new(
            "update jobs
             set progress = max(progress, ?3), stage = ?4, lease_until = ?5, due_at = ?5
             where id = ?1 and lease_id = ?2 and state = 'processing'",
        )
        .bind(&self.job.id)
        .bind(&self.id)
        .bind(progress)
        .bind(stage)
        .bind(context.now_ms() + context.config().job_lease_ms);
        let row = self.write(context, vec![update]).await?;
        self.announce_if(State::Processing, context, row).await
    }

    /// Ends the job well. The result must be readable already.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`] when somebody else has ended it.
    pub async fn complete(&self, context: &Context, done: &Finished) -> Result<(), JobError> {
        let now = context.now_ms();
        let update = Statement::new(
            "update jobs
             set state = 'completed', progress = 1, stage = 'completed', provider = ?3,
               cost_actual = ?4, result_key = ?5, processing_time_ms = ?6, finished_at = ?7,
               lease_until = null, announce_at = ?8
             where id = ?1 and lease_id = ?2 and state = 'processing'",
        )
        .bind(&self.job.id)
        .bind(&self.id)
        .bind(&done.provider)
        .bind(done.cost_actual)
        .bind(done.result_key.as_deref())
        .bind(done.processing_time_ms)
        .bind(now)
        .bind(is_announced(&self.job.kind).then(|| announce_at(now)));
        let row = self.write(context, vec![update]).await?;
        self.announce_if(State::Completed, context, row).await
    }

    /// Ends the job with a reason for the user, and gives its quota back.
    pub async fn fail(&self, context: &Context, reason: &str) -> Result<()> {
        let now = context.now_ms();
        let row = self
            .write(context, fail(&self.job.id, Some(&self.id), reason, now))
            .await?;
        self.announce_row(context, row).await;
        Ok(())
    }

    /// Lets another attempt have the job after a pause; returns the pause in milliseconds, or
    /// `None` when this was the last attempt.
    pub async fn release(&self, context: &Context) -> Result<Option<i64>> {
        if self.job.attempts >= MAX_ATTEMPTS {
            return Ok(None);
        }
        let delay = retry_delay(self.job.attempts);
        let update = Statement::new(
            "update jobs
             set lease_until = null, stage = 'waiting', due_at = ?3
             where id = ?1 and lease_id = ?2 and state = 'processing'",
        )
        .bind(&self.job.id)
        .bind(&self.id)
        .bind(context.now_ms() + delay);
        self.write(context, vec![update]).await?;
        Ok(Some(delay))
    }

    /// Runs the writes, then reads the row back if it is still in our name.
    async fn write(&self, context: &Context, mut writes: Vec<Statement>) -> Result<Option<JobRow>> {
        let last = writes.len();
        writes.push(
            Statement::new(select_status!("where id = ?1 and lease_id = ?2"))
                .bind(&self.job.id)
                .bind(&self.id),
        );
        context.db()?.batch(writes).await?.first(last)
    }

    /// A job that was ended from outside, by its owner or the sweep, still names its last lease: only
    /// the state tells whether the write took effect.
    async fn announce_if(
        &self,
        expected: State,
        context: &Context,
        row: Option<JobRow>,
    ) -> Result<(), JobError> {
        if row.as_ref().is_none_or(|row| row.state != expected) {
            return Err(JobError::LeaseLost);
        }
        self.announce_row(context, row).await;
        Ok(())
    }

    async fn announce_row(&self, context: &Context, row: Option<JobRow>) {
        if let Some(row) = row.filter(|_| is_announced(&self.job.kind)) {
            announce(
                context,
                &self.job.user_id,
                &self.job.kind,
                &JobStatus::of(row, context.now_ms()),
            )
            .await;
        }
    }
}

/// Where all attempts at a job put their results.
pub fn results_folder(job_id: &str) -> String {
    format!("results/{job_id}/")
}

/// Fails a job and refunds its quota, both or neither: for the holder of `lease_id`, or, without
/// one, when nobody holds the job. A month that has ended since the reservation gets nothing back.
pub(super) fn fail(job_id: &str, lease_id: Option<&str>, reason: &str, now: i64) -> Vec<Statement> {
    let refund = Statement::new(
        "update users
         set quota_used = max(0, quota_used - (select quota_consumed from jobs where id = ?1))
         where (id, quota_resets_at) = (
           select user_id, quota_period
           from jobs
           where id = ?1
             and state in ('queued', 'processing')
             and quota_consumed > 0
             and (lease_id = ?2 or (?2 is null and (lease_until is null or lease_until <= ?3)))
         )",
    );
    let end = Statement::new(
        "update jobs
         set state = 'failed', stage = 'failed', error = ?4, quota_consumed = 0, finished_at = ?3,
           lease_until = null,
           announce_at = case when kind in (select value from json_each(?6)) then null else ?5 end
         where id = ?1
           and state in ('queued', 'processing')
           and (lease_id = ?2 or (?2 is null and (lease_until is null or lease_until <= ?3)))",
    );
    vec![
        refund.bind(job_id).bind(lease_id).bind(now),
        end.bind(job_id)
            .bind(lease_id)
            .bind(now)
            .bind(reason)
            .bind(announce_at(now))
            .bind(json!(SILENT_KINDS).to_string()),
    ]
}
