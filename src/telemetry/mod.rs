//! What a request did and cost: counted while it runs, told in `Server-Timing` and one log line.

mod log;
mod meter;
mod trace;

pub use log::{Level, Record};
pub use meter::{Meter, Operation};
pub use trace::Trace;
