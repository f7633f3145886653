//! When to ping a client, and when it counts as gone.

use serde::{Deserialize, Serialize};

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// From one ping to the next.
    pub ping_every_ms: i64,
    /// From a ping to its pong.
    pub pong_within_ms: i64,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            ping_every_ms: 30_000,
            pong_within_ms: 10_000,
        }
    }
}

/// Pings in a row without an answer after which a client is gone.
const MAX_MISSED: u8 = 2;

/// What to do about a client now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Wait.
    Nothing,
    /// Send a ping.
    Ping,
    /// Close: it is gone.
    Dead,
}

/// What is known of a client's life. Serialized into what outlives an eviction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Liveness {
    pinged_at: i64,
    is_waiting: bool,
    missed: u8,
}

impl Liveness {
    /// A client that came just now.
    pub const fn new(now_ms: i64) -> Self {
        Self {
            pinged_at: now_ms,
            is_waiting: false,
            missed: 0,
        }
    }

    /// The client sent something, whatever it was: the dead send nothing. True if this changed
    /// anything that must be kept.
    pub fn heard(&mut self) -> bool {
        let before = *self;
        self.is_waiting = false;
        self.missed = 0;
        *self != before
    }

    /// What is due. A late call makes up for nothing: the next ping counts from it.
    pub fn check(&mut self, now_ms: i64, timers: &Timers) -> Due {
        let silence = now_ms.saturating_sub(self.pinged_at);
        if self.is_waiting && silence >= timers.pong_within_ms {
            self.is_waiting = false;
            self.missed += 1;
            if self.missed >= MAX_MISSED {
                return Due::Dead;
            }
        }
        if silence < timers.ping_every_ms {
            return Due::Nothing;
        }
        self.pinged_at = now_ms;
        self.is_waiting = true;
        Due::Ping
    }

    /// When to ask again.
    pub const fn next_check(&self, timers: &Timers) -> i64 {
        let wait = if self.is_waiting && timers.pong_within_ms < timers.ping_every_ms {
            timers.pong_within_ms
        } else {
            timers.ping_every_ms
        };
        self.pinged_at.saturating_add(wait)
    }
}
