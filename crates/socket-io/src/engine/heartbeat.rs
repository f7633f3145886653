//! Pings and their deadlines.

use serde::{Deserialize, Serialize};

use super::Configuration;

/// Where a session's heartbeat stands. All times are absolute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Heartbeat {
    /// The next ping is due at this time.
    Rest(u64),
    /// It was due, but no poll is there to carry it; nobody listening counts as no answer.
    Owed(u64),
    /// It was sent; the answer is due at this time.
    Asked(u64),
}

impl Heartbeat {
    /// Somewhat early, so that the pings of many sessions share a moment: whoever sends them is
    /// woken less often.
    pub(super) fn starting(configuration: &Configuration, now: u64) -> Self {
        let at = now.saturating_add(configuration.ping_interval);
        Self::Rest(at - at % (configuration.ping_interval / 16).max(1))
    }

    /// Whether a ping is to be sent as soon as something can carry it.
    pub(super) fn is_due(self, now: u64) -> bool {
        match self {
            Self::Rest(at) => now >= at,
            Self::Owed(_) => true,
            Self::Asked(_) => false,
        }
    }

    /// A regular ping was sent.
    pub(super) fn asked(&mut self, configuration: &Configuration, now: u64) {
        let wait = configuration.ping_timeout + patience(configuration);
        *self = Self::Asked(now.saturating_add(wait));
    }

    /// A ping was sent before its time, because the window fills. Whoever reads slowly has as
    /// long as whoever is silent.
    pub(super) fn asked_early(&mut self, configuration: &Configuration, now: u64) {
        let wait = configuration.ping_interval + configuration.ping_timeout;
        *self = Self::Asked(now.saturating_add(wait));
    }

    /// The ping was due and nothing could carry it.
    pub(super) fn missed(&mut self, configuration: &Configuration) {
        if let Self::Rest(at) = *self {
            *self = Self::Owed(at.saturating_add(configuration.ping_timeout));
        }
    }

    pub(super) fn is_dead(self, now: u64) -> bool {
        match self {
            Self::Rest(_) => false,
            Self::Owed(deadline) | Self::Asked(deadline) => now >= deadline,
        }
    }

    /// When to look again.
    pub(super) fn next_due(self) -> u64 {
        match self {
            Self::Rest(at) | Self::Owed(at) | Self::Asked(at) => at,
        }
    }
}

/// What an answer that came in time may wait for its turn on a busy machine.
fn patience(configuration: &Configuration) -> u64 {
    const MAX_MS: u64 = 2_000;
    configuration.ping_timeout.min(MAX_MS)
}
