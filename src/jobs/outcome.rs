//! How work on a job ends.

use super::lease::Lease;
use crate::context::Context;
use crate::error::Error;

/// Who did the work when no one else was asked.
const BUILTIN: &str = "builtin";

/// Work that is done; its result, if it has one, can be read.
#[derive(Debug)]
pub struct Finished {
    /// Where the result lies in R2.
    pub result_key: Option<String>,
    /// Who computed it.
    pub provider: String,
    /// US dollars.
    pub cost_actual: f64,
    /// Time of the work.
    pub processing_time_ms: i64,
}

impl Finished {
    /// Our own work on a job since its first consumer began.
    pub fn now(context: &Context, lease: &Lease, result_key: Option<String>) -> Self {
        Self {
            result_key,
            provider: BUILTIN.into(),
            cost_actual: context.meter().usage().cost_nano_dollars() as f64 / 1e9,
            processing_time_ms: context.now_ms() - lease.job.started_at,
        }
    }
}

/// Why there is no result.
#[derive(Debug)]
pub enum JobError {
    /// It would be the same every time; the text is for the user.
    Permanent(String),
    /// Another attempt may do better; the text is for the log.
    Transient(String),
    /// Somebody else has the job now, or it has ended.
    LeaseLost,
}

/// What the platform fails at may work next time.
impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Transient(error.log_text())
    }
}
