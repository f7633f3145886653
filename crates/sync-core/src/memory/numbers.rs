//! Sets of numbers that are nearly all there: runs instead of members.

use serde_json::Value;

use crate::stored::{Members, Stored, member, member_or_default};

/// How many runs are kept; the lowest gap is closed to keep it so.
const MAX_RUNS: usize = 1024;

/// A set of numbers. Stored as `{"r":[[first,last],...],"c":closed}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// First and last of each run, ascending, with gaps between them.
    runs: Vec<(u64, u64)>,
    /// The end of the highest gap that was closed. Below it, nobody knows.
    closed: u64,
}

impl Stored for Numbers {
    fn write(&self, text: &mut String) {
        Members::new(text)
            .add("r", &self.runs)
            .add_if(self.closed > 0, "c", &self.closed)
            .end();
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            runs: member(value, "r")?,
            closed: member_or_default(value, "c")?,
        })
    }
}

impl Numbers {
    /// Whether it is in the set, or may be.
    pub fn contains(&self, number: u64) -> bool {
        number < self.closed || self.run_of(number).is_some()
    }

    /// Whether the answer of [`Self::contains`] is certain.
    pub fn is_certain(&self, number: u64) -> bool {
        number >= self.closed
    }

    /// The largest.
    pub fn last(&self) -> u64 {
        self.runs.last().map_or(self.closed, |&(_, last)| last)
    }

    pub fn insert(&mut self, number: u64) {
        if self.contains(number) {
            return;
        }
        let at = self.runs.partition_point(|&(_, last)| last < number);
        let joins_left = at > 0 && self.runs[at - 1].1.checked_add(1) == Some(number);
        let joins_right = at < self.runs.len() && number.checked_add(1) == Some(self.runs[at].0);
        match (joins_left, joins_right) {
            (true, true) => {
                self.runs[at - 1].1 = self.runs[at].1;
                self.runs.remove(at);
            }
            (true, false) => self.runs[at - 1].1 = number,
            (false, true) => self.runs[at].0 = number,
            (false, false) => self.runs.insert(at, (number, number)),
        }
        self.bound();
    }

    pub fn remove(&mut self, number: u64) {
        let Some(at) = self.run_of(number) else {
            return;
        };
        let (first, last) = self.runs[at];
        let rest = [
            (first, number.wrapping_sub(1)),
            (number.wrapping_add(1), last),
        ];
        let kept = [number > first, number < last];
        let rest = rest.into_iter().zip(kept);
        self.runs
            .splice(at..=at, rest.filter(|&(_, keep)| keep).map(|(run, _)| run));
        self.bound();
    }

    /// The run that the number is in.
    fn run_of(&self, number: u64) -> Option<usize> {
        let at = self.runs.partition_point(|&(_, last)| last < number);
        (at < self.runs.len() && self.runs[at].0 <= number).then_some(at)
    }

    fn bound(&mut self) {
        if self.runs.len() > MAX_RUNS {
            self.closed = self.closed.max(self.runs[1].0);
            self.runs[0].1 = self.runs[1].1;
            self.runs.remove(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_queue_without_gaps_is_one_run() {
        let mut numbers = Numbers::default();
        for number in (1..=50_000).rev() {
            numbers.insert(number);
        }
        assert_eq!(numbers.to_text(), r#"{"r":[[1,50000]]}"#);
        numbers.remove(7);
        let text = r#"{"r":[[1,6],[8,50000]]}"#;
        assert_eq!(numbers.to_text(), text);
        assert_eq!(Numbers::of_text(text), Some(numbers));
    }

    #[test]
    fn whatever_comes_the_set_stays_small_and_says_what_it_forgot() {
        let mut numbers = Numbers::default();
        for number in 0..5000u64 {
            numbers.insert(number * 10);
        }
        numbers.insert(u64::MAX);
        numbers.insert(u64::MAX - 1);
        assert!(numbers.runs.len() <= MAX_RUNS);
        assert!(numbers.contains(49_990) && numbers.is_certain(49_990));
        assert!(!numbers.contains(49_991) && numbers.is_certain(49_991));
        assert!(numbers.contains(15) && !numbers.is_certain(15));
        assert_eq!(numbers.last(), u64::MAX);
    }

    proptest! {
        #[test]
        fn is_a_set(steps in prop::collection::vec((any::<bool>(), 0u64..40), 0..200)) {
            let mut numbers = Numbers::default();
            let mut model = BTreeSet::new();
            for (is_insert, number) in steps {
                if is_insert {
                    numbers.insert(number);
                    model.insert(number);
                } else {
                    numbers.remove(number);
                    model.remove(&number);
                }
                for number in 0..41 {
                    prop_assert_eq!(numbers.contains(number), model.contains(&number));
                }
                prop_assert_eq!(numbers.last(), model.last().copied().unwrap_or(0));
                prop_assert!(numbers.runs.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
            }
        }
    }
}
