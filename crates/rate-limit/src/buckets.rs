//! A bounded number of buckets in memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::mem;

use crate::gcra::is_full;
use crate::{Decision, Rate, admit};

/// Buckets by key, never more than a given number, whatever keys come.
///
/// A tree, for attackers choose the keys, and the standard hash map has no random seed in Wasm.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// The state of each bucket, see [`admit`].
    states: BTreeMap<u64, i64>,
    capacity: usize,
}

impl Buckets {
    /// No buckets yet, and at most `capacity` later; 0 counts as 1.
    pub const fn new(capacity: usize) -> Self {
        Self {
            states: BTreeMap::new(),
            capacity: if capacity == 0 { 1 } else { capacity },
        }
    }

    /// Takes one request from the bucket of a key.
    pub fn take(&mut self, key: u64, rate: &Rate, now_ms: i64) -> Decision {
        let state = self.states.get(&key).copied();
        let decision = admit(state.unwrap_or(0), rate, now_ms, 1);
        if decision.admitted {
            if state.is_none() && self.states.len() >= self.capacity {
                self.sweep(now_ms);
            }
            self.states.insert(key, decision.state);
        }
        decision
    }

    /// The number of buckets kept.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether no bucket is kept.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Drops the full buckets, then those that are full soonest, until half of the capacity is
    /// free: a flood of new keys pays for a sweep only once in so many requests, and those who
    /// spent most are remembered longest.
    fn sweep(&mut self, now_ms: i64) {
        let mut left: Vec<(u64, i64)> = mem::take(&mut self.states)
            .into_iter()
            .filter(|&(_, state)| !is_full(state, now_ms))
            .collect();
        let half = self.capacity / 2;
        if left.len() > half {
            // Selection is quadratic over equal values in the small standard library of the Worker.
            left.sort_unstable_by_key(|&(_, state)| Reverse(state));
            left.truncate(half);
        }
        self.states = left.into_iter().collect();
    }
}
