//! When something was written: a hybrid logical clock.
//!
//! Devices say when they wrote, and their clocks are wrong. So a time counts as what it is, but a
//! write that is known to come after another gets a later time than that, whatever the clock said.

use serde_json::Value;

use crate::{Millis, Stored};

/// How far ahead of ours a client's clock may be; a time beyond counts as now (CONTRACT 6.6).
pub const MAX_AHEAD_MS: Millis = 5 * 60 * 1000;

/// The identity of a write, in the order in which writes win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// When, on the writer's clock or later.
    pub at: Millis,
    /// The number of the operation, if the device numbers them, else 0.
    pub count: u64,
    /// Who wrote: a hash of the device, and of the numbering it was in.
    pub node: u32,
}

impl Stored for Stamp {
    fn write(&self, text: &mut String) {
        (self.at, self.count, self.node).write(text);
    }

    fn read(value: &Value) -> Option<Self> {
        let (at, count, node) = Stored::read(value)?;
        Some(Self { at, count, node })
    }
}

/// Tells times that are later than all it knows of. The devices of a user keep one too, so that
/// an edit made after a pull counts as later than what was pulled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    last: Millis,
}

impl Clock {
    /// Takes note of a time from elsewhere.
    pub fn observe(&mut self, at: Millis) {
        self.last = self.last.max(at);
    }

    /// The time of something that happens now.
    pub fn tick(&mut self, now: Millis) -> Millis {
        self.last = now.max(self.last.saturating_add(1));
        self.last
    }
}

/// A client's time, as it counts here.
pub(crate) fn clamp(at: Millis, now: Millis) -> Millis {
    if at > now.saturating_add(MAX_AHEAD_MS) {
        now
    } else {
        at.max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_never_tells_the_same_time_twice() {
        let mut clock = Clock::default();
        assert_eq!(clock.tick(100), 100);
        assert_eq!(clock.tick(100), 101);
        clock.observe(500);
        assert_eq!(clock.tick(90), 501);
        clock.observe(Millis::MAX);
        assert_eq!(clock.tick(1), Millis::MAX);
    }

    #[test]
    fn five_minutes_ahead_are_believed_and_no_more() {
        assert_eq!(clamp(1_300_000, 1_000_000), 1_300_000);
        assert_eq!(clamp(1_300_001, 1_000_000), 1_000_000);
        assert_eq!(clamp(Millis::MIN, 1_000_000), 0);
        assert_eq!(clamp(Millis::MAX, Millis::MAX), Millis::MAX);
    }

    #[test]
    fn stamps_are_stored_as_three_numbers() {
        let stamp = Stamp {
            at: 1_700_000_000_123,
            count: 7,
            node: 42,
        };
        assert_eq!(stamp.to_text(), "[1700000000123,7,42]");
        assert_eq!(Stamp::of_text("[1700000000123,7,42]"), Some(stamp));
        assert_eq!(Stamp::of_text("[1700000000123,7]"), None);
    }
}
