//! Faults on request, so that tests can prove what happens when the platform fails.
//!
//! Only with `ENVIRONMENT=development` and `FAULTS=on` does a request's `X-Fault` header (a comma
//! separated list) count; everywhere else it is ignored.

use std::time::Duration;

use crate::context::Context;

/// A failure that a test may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The handler panics.
    Panic,
    /// Every D1 call of the request fails.
    Database,
    /// The queue loses the job's message.
    LoseMessage,
    /// The queue delivers the job's message twice.
    DoubleMessage,
    /// The queue refuses the job's message.
    RefuseMessage,
    /// The request rests once its `Idempotency-Key` is reserved.
    HoldReserved,
    /// The request rests once its handler is through, before the answer is kept.
    HoldCommitted,
    /// The request rests once its answer is kept, before it is given.
    HoldStored,
}

/// The faults of one request.
#[derive(Debug, Clone, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Reads the `X-Fault` header; empty unless allowed.
    pub fn parse(header: Option<&str>, allowed: bool) -> Self {
        let Some(header) = header.filter(|_| allowed) else {
            return Self::default();
        };
        let named = header.split(',').filter_map(|name| match name.trim() {
            "panic" => Some(Fault::Panic),
            "database" => Some(Fault::Database),
            "lose-message" => Some(Fault::LoseMessage),
            "double-message" => Some(Fault::DoubleMessage),
            "refuse-message" => Some(Fault::RefuseMessage),
            "hold-reserved" => Some(Fault::HoldReserved),
            "hold-committed" => Some(Fault::HoldCommitted),
            "hold-stored" => Some(Fault::HoldStored),
            _ => None,
        });
        Self(named.collect())
    }

    /// Whether this fault was asked for.
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }
}

/// How long a request rests where it was asked to: longer than a key is held.
const REST: Duration = Duration::from_secs(15);

/// Rests here if it was asked for, so that a test can end the server at this point.
#[worker::send]
pub async fn hold(context: &Context, fault: Fault) {
    if context.faults().has(fault) {
        worker::Delay::from(REST).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_count_only_where_allowed() {
        assert!(Faults::parse(Some("panic, lose-message"), true).has(Fault::LoseMessage));
        assert!(!Faults::parse(Some("panic"), false).has(Fault::Panic));
        assert!(!Faults::parse(Some("unknown"), true).has(Fault::Panic));
    }
}
