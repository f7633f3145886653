//! The receiving side of the queue. Every message is settled here, one by one: an error that left
//! the handler would repeat the whole batch.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

use super::dispatch::{is_announced, run};
use super::lease::{Lease, fail, select_status};
use super::outcome::JobError;
use super::queue::WakeUp;
use super::status::{JobRow, JobStatus, announce};
use crate::context::{Context, Origin};
use crate::db::{Statement, row};
use crate::error::Result;
use crate::telemetry::{Level, Operation};

/// The queue whose messages were retried too often.
const DEAD_LETTER_SUFFIX: &str = "-dead";

/// What to do with a message.
enum Verdict {
    Done,
    RetryAfter(i64),
}

/// Handles a batch of either queue.
pub async fn consume(batch: MessageBatch<String>, env: Env) {
    let is_dead = batch.queue().ends_with(DEAD_LETTER_SUFFIX);
    for message in batch.iter() {
        let Ok(message) = message else {
            // Not a text, so not from this program; the iterator has nothing to settle.
            continue;
        };
        let verdict = match WakeUp::parse(message.body()) {
            Some(wake_up) => {
                let origin = Origin {
                    method: "QUEUE".into(),
                    path: batch.queue(),
                    ..Origin::default()
                };
                let context = Context::new(env.clone(), None, origin);
                context.meter().add(Operation::Queue, 2);
                settle(&context, &wake_up.job_id, is_dead).await
            }
            None => Verdict::Done,
        };
        match verdict {
            Verdict::Done => message.ack(),
            Verdict::RetryAfter(ms) => {
                let seconds = u32::try_from((ms + 999) / 1000).unwrap_or(1);
                message.retry_with_options(
                    &QueueRetryOptionsBuilder::new()
                        .with_delay_seconds(seconds)
                        .build(),
                );
            }
        }
    }
}

async fn settle(context: &Context, job_id: &str, is_dead: bool) -> Verdict {
    let worked = async {
        if is_dead {
            bury(context, job_id).await.map(|()| Verdict::Done)
        } else {
            work(context, job_id).await
        }
    };
    let (verdict, detail) = match AssertUnwindSafe(worked).catch_unwind().await {
        Ok(Ok(verdict)) => (verdict, None),
        Ok(Err(error)) => (Verdict::RetryAfter(2_000), Some(error.log_text())),
        // The lease runs out by itself, and the attempt is counted.
        Err(_) => (
            Verdict::RetryAfter(context.config().job_lease_ms),
            Some("panic".into()),
        ),
    };
    if let Some(detail) = detail {
        let message = format!("Job {job_id} could not be worked on");
        context
            .record(Level::Error, message)
            .with("job_id", job_id)
            .with("error", detail)
            .write();
    }
    context
        .record_end(format!("Message for job {job_id} handled"))
        .with("job_id", job_id)
        .write();
    verdict
}

async fn work(context: &Context, job_id: &str) -> Result<Verdict> {
    let Some(lease) = Lease::acquire(context, job_id).await? else {
        return Ok(Verdict::Done);
    };
    context.set_user_id(&lease.job.user_id);
    let ended = match run(context, &lease).await {
        Ok(finished) => lease.complete(context, &finished).await.map(|()| finished),
        Err(error) => Err(error),
    };
    match ended {
        Ok(finished) => {
            if lease.job.attempts > 1 {
                delete_results_but(context, &lease, finished.result_key.as_deref()).await?;
            }
            Ok(Verdict::Done)
        }
        Err(JobError::LeaseLost) => {
            context.files()?.delete(vec![lease.result_key()]).await?;
            Ok(Verdict::Done)
        }
        Err(JobError::Permanent(reason)) => {
            lease.fail(context, &reason).await?;
            Ok(Verdict::Done)
        }
        Err(JobError::Transient(detail)) => {
            let message = format!("Job {job_id} failed in attempt {}", lease.job.attempts);
            context
                .record(Level::Warn, message)
                .with("job_id", job_id)
                .with("error", detail)
                .write();
            match lease.release(context).await? {
                Some(delay) => Ok(Verdict::RetryAfter(delay)),
                None => {
                    lease.fail(context, GAVE_UP).await?;
                    Ok(Verdict::Done)
                }
            }
        }
    }
}

/// Deletes what attempts that died after storing their result have left.
async fn delete_results_but(context: &Context, lease: &Lease, kept: Option<&str>) -> Result<()> {
    let files = context.files()?;
    let page = files.list(&lease.results_folder(), None).await?;
    let left = page
        .keys
        .into_iter()
        .filter(|key| Some(key.as_str()) != kept);
    files.delete(left.collect()).await
}

/// What a user reads when every attempt failed for reasons of our own.
pub(super) const GAVE_UP: &str = "Something went wrong on our side. Please try again";

/// Ends a job whose messages died, unless somebody holds it.
async fn bury(context: &Context, job_id: &str) -> Result<()> {
    let now = context.now_ms();
    let mut statements = fail(job_id, None, GAVE_UP, now);
    let last = statements.len();
    statements.push(Statement::new("select user_id, kind from jobs where id = ?1").bind(job_id));
    statements.push(
        Statement::new(select_status!("where id = ?1 and finished_at = ?2"))
            .bind(job_id)
            .bind(now),
    );
    let mut batch = context.db()?.batch(statements).await?;
    let owner: Option<Owner> = batch.first(last)?;
    let row: Option<JobRow> = batch.first(last + 1)?;
    if let (Some(owner), Some(row)) = (owner, row)
        && is_announced(&owner.kind)
    {
        announce(
            context,
            &owner.user_id,
            &owner.kind,
            &JobStatus::of(row, now),
        )
        .await;
    }
    Ok(())
}

row! {
    struct Owner {
        user_id: String,
        kind: String,
    }
}
