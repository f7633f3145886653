//! Background work of every kind: one table, one state machine.
//!
//! A job is a row first and a queue message second. The message only wakes a consumer, which
//! takes a lease on the row; what the queue loses, the sweep sends again; what it doubles, the
//! lease turns away. State only moves forward and progress only rises, because every write is
//! guarded by the state and the lease it expects.

mod consumer;
mod create;
mod dispatch;
mod lease;
mod outcome;
mod queue;
mod rules;
mod status;
mod sweep;
mod sweeper;
mod wake;

pub use consumer::consume;
pub use create::{NewJob, create_job};
pub use dispatch::{JOB_NOTIFICATIONS, clean_up};
pub use lease::{Lease, results_folder};
pub use outcome::{Finished, JobError};
pub use queue::JobQueue;
pub use rules::{deadline, first_sweep};
pub use status::{JobRow, JobStatus, State, topic};
pub use sweep::sweep;
pub use sweeper::arm_sweeper_at_start;
pub use wake::{wake, wake_later};
