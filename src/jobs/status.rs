//! What the world sees of a job (CONTRACT R5), and how it is told.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::context::Context;
use crate::db::{Column, Statement, row};
use crate::error::Result;
use crate::realtime::{Channel, Event};
use crate::telemetry::Level;
use crate::time::rfc3339;

/// Where a job stands. It only moves from the top to the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for a consumer.
    Queued,
    /// A consumer works on it.
    Processing,
    /// The result can be read.
    Completed,
    /// There will be no result.
    Failed,
}

impl Column for State {
    fn read(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

impl State {
    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

row! {
    /// The columns of `jobs` that make a status.
    #[derive(Debug, Clone)]
    pub struct JobRow {
        /// The job.
        pub id: String,
        /// Where it stands.
        pub state: State,
        /// 0 to 1.
        pub progress: f64,
        /// What is being done.
        pub stage: Option<String>,
        /// Who computed the result.
        pub provider: Option<String>,
        /// US dollars.
        pub cost_actual: Option<f64>,
        /// Milliseconds since 1970.
        pub estimated_completion: i64,
        /// Why it failed.
        pub error: Option<String>,
        /// When its owner deleted what it was about.
        pub purged_at: Option<i64>,
    }
}

/// The status of a job. Every key is always present.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobStatus {
    /// The job.
    pub processing_id: String,
    /// Where it stands.
    pub status: State,
    /// 0 to 1, never falls.
    #[schema(minimum = 0, maximum = 1)]
    pub progress: f64,
    /// What is being done, in one word.
    pub stage: Option<String>,
    /// Who computes the result; null until chosen.
    pub provider_used: Option<String>,
    /// US dollars; null until known.
    pub cost_actual: Option<f64>,
    /// In the future until the job is done; then null.
    pub estimated_completion: Option<String>,
    /// Set exactly when the job failed.
    pub error_message: Option<String>,
}

impl JobStatus {
    /// The row as clients see it. A job whose subject was deleted reads as failed: the app polls
    /// for ever on a 404.
    pub fn of(row: JobRow, now_ms: i64) -> Self {
        let is_purged = row.purged_at.is_some();
        let status = if is_purged { State::Failed } else { row.state };
        let estimate = row.estimated_completion.max(now_ms + 5_000);
        Self {
            processing_id: row.id,
            status,
            progress: row.progress,
            stage: row.stage,
            provider_used: row.provider,
            cost_actual: row.cost_actual,
            estimated_completion: (!status.is_final()).then(|| rfc3339(estimate)),
            error_message: if is_purged {
                Some("The scan was deleted".into())
            } else {
                row.error
            },
        }
    }
}

/// The room topic of a job.
pub fn topic(job_id: &str) -> String {
    format!("job:{job_id}")
}

/// Tells the user's room. Should that fail, the sweep announces the end of a job again; the room
/// knows an event that it has had.
pub async fn announce(context: &Context, user_id: &str, kind: &str, status: &JobStatus) {
    let job_id = &status.processing_id;
    let mut data = json!(status);
    data["kind"] = kind.into();
    let state = data["status"].as_str().unwrap_or_default();
    let event = Event {
        id: format!("{job_id}:{state}:{}", status.progress),
        topic: topic(job_id),
        name: "job.updated".into(),
        data,
        is_last: status.status.is_final(),
        channel: Channel::Events,
    };
    let published = match context.rooms() {
        Ok(rooms) => rooms.publish(user_id, &[event]).await.map(|_| ()),
        Err(error) => Err(error),
    };
    let settled = match published {
        Ok(()) if status.status.is_final() => settle_announcement(context, job_id).await,
        other => other,
    };
    if let Err(error) = settled {
        let message = format!("Job {job_id} could not be announced");
        context
            .record(Level::Warn, message)
            .with("error", error.log_detail())
            .write();
    }
}

async fn settle_announcement(context: &Context, job_id: &str) -> Result<()> {
    let settle = Statement::new("update jobs set announce_at = null where id = ?1").bind(job_id);
    context.db()?.batch(vec![settle]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: State) -> JobRow {
        JobRow {
            id: "job".into(),
            state,
            progress: 0.5,
            stage: None,
            provider: None,
            cost_actual: None,
            estimated_completion: 1_000,
            error: None,
            purged_at: None,
        }
    }

    #[test]
    fn the_estimate_stays_in_the_future_until_the_end() {
        let status = JobStatus::of(row(State::Processing), 60_000);
        assert_eq!(
            status.estimated_completion.as_deref(),
            Some("1970-01-01T00:01:05Z")
        );
        assert_eq!(
            JobStatus::of(row(State::Completed), 60_000).estimated_completion,
            None
        );
    }

    #[test]
    fn a_deleted_scan_ends_polling() {
        let mut deleted = row(State::Completed);
        deleted.purged_at = Some(1);
        let status = JobStatus::of(deleted, 0);
        assert_eq!(status.status, State::Failed);
        assert!(status.error_message.is_some());
    }

    #[test]
    fn every_key_of_the_contract_is_present() {
        let status = json!(JobStatus::of(row(State::Queued), 0));
        for key in [
            "processing_id",
            "status",
            "progress",
            "provider_used",
            "cost_actual",
            "estimated_completion",
            "error_message",
        ] {
            assert!(status.get(key).is_some(), "{key}");
        }
        assert_eq!(status["status"], "queued");
    }
}
