//! How often and how much: one list of budgets, counted in three places.
//!
//! - Abuse control counts in the isolate's memory ([`spend`]): no trip, so no cost; each isolate
//!   counts for itself, so a client that reaches several gets a multiple.
//! - Guessing passwords is counted exactly, by an object per identity ([`guesses`]).
//! - What costs money is counted exactly, in the transaction that spends it ([`quota`]).

mod budget;
pub mod guesses;
mod headers;
mod local;
pub mod quota;

pub use budget::*;
pub use headers::write_headers;
pub use local::{Spent, spend};
