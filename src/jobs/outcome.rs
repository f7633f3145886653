//! How work on a job ends.

use crate::error::Error;

/// Work that is done.
#[derive(Debug)]
pub struct Finished {
    /// Where its result lies in R2 and can be read; none for work that has another effect.
    pub result_key: Option<String>,
    /// Who computed it.
    pub provider: String,
    /// US dollars.
    pub cost_actual: f64,
    /// Time of the work.
    pub processing_time_ms: i64,
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
        Self::Transient(
            error
                .log_detail()
                .map_or_else(|| format!("{error:?}"), str::to_owned),
        )
    }
}
