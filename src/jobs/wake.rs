//! Waking a consumer for a job whose row is written.

use super::sweeper::arm_sweeper;
use crate::context::Context;
use crate::telemetry::Level;

/// Sends the job's message. The row is written, so the work has been accepted whatever the queue
/// says: the sweep sends the message again.
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

/// As [`wake`], beside the answer, whose time then tells nothing of the job.
pub fn wake_later(context: &Context, job_id: String) {
    let waking = context.clone();
    context.after_response(async move { wake(&waking, &job_id).await });
}
