//! Rate limits by the generic cell rate algorithm (ITU-T I.371, annex A): a token bucket whose
//! whole state is one time, that at which it is full again.

mod buckets;
mod gcra;

pub use buckets::Buckets;
pub use gcra::{Decision, Rate, admit, refund};
