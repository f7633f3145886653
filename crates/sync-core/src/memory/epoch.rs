//! One numbering of a device's queue: an app that is installed anew starts another.

use serde_json::Value;

use super::Outcome;
use super::numbers::Numbers;
use crate::stored::{Members, Stored, member, member_or_default};
use crate::{Millis, Table};

/// How many operations are known by their content.
const MAX_RECENT: usize = 256;
/// How many outcomes other than [`Outcome::Applied`] are remembered.
const MAX_OUTCOMES: usize = 512;
/// How many spans of numbers are known by when they were queued.
const MAX_SPANS: usize = 64;

/// What is remembered of one numbering. Stored as JSON with keys of one letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Epoch {
    /// Which numbering of the device; never used twice.
    pub serial: u32,
    /// Those that came.
    numbers: Numbers,
    /// When the latest was queued.
    pub last_created: Millis,
    /// How many numbers make a span, as a power of two.
    span_bits: u32,
    /// When the first and the last of each span were queued. A resend says the same time as
    /// before, so it is within.
    spans: Table<u64, (Millis, Millis)>,
    /// Number and content of those that came last.
    recent: Vec<(u64, u32)>,
    /// What became of those that did not take effect.
    outcomes: Table<u64, Outcome>,
}

impl Stored for Epoch {
    fn write(&self, text: &mut String) {
        Members::new(text)
            .add("i", &self.serial)
            .add("n", &self.numbers)
            .add("l", &self.last_created)
            .add("b", &self.span_bits)
            .add("s", &self.spans)
            .add("h", &self.recent)
            .add_if(!self.outcomes.is_empty(), "o", &self.outcomes)
            .end();
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            serial: member(value, "i")?,
            numbers: member(value, "n")?,
            last_created: member(value, "l")?,
            span_bits: member_or_default::<u32>(value, "b")?.min(63),
            spans: member_or_default(value, "s")?,
            recent: member_or_default(value, "h")?,
            outcomes: member_or_default(value, "o")?,
        })
    }
}

/// Whether an operation came in a numbering.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    Came(Outcome),
    MayHaveCome,
    /// It may be the first with this number.
    Fits,
    /// It did not come, and is of another numbering.
    Foreign,
}

impl Epoch {
    pub fn new(serial: u32) -> Self {
        Self {
            serial,
            last_created: Millis::MIN,
            ..Self::default()
        }
    }

    pub fn find(&self, number: u64, created_at: Option<Millis>, content: u32) -> Finding {
        if let Some(&(_, known)) = self.recent.iter().find(|&&(recent, _)| recent == number) {
            return match known == content {
                true => Finding::Came(self.outcome(number)),
                false => Finding::Foreign,
            };
        }
        if !self.numbers.contains(number) {
            // Numbers grow with time: a low one that was queued late counts in another numbering.
            let is_late = created_at.is_some_and(|at| at > self.last_created);
            return match number < self.numbers.last() && is_late {
                true => Finding::Foreign,
                false => Finding::Fits,
            };
        }
        if !self.numbers.is_certain(number) {
            return Finding::MayHaveCome;
        }
        let Some(created_at) = created_at else {
            return Finding::MayHaveCome;
        };
        match self.spans.get(&(number >> self.span_bits)) {
            Some((first, last)) if (first..=last).contains(&&created_at) => {
                Finding::Came(self.outcome(number))
            }
            _ => Finding::Foreign,
        }
    }

    /// What became of a number, if it came.
    pub fn outcome_of(&self, number: u64) -> Option<Outcome> {
        self.numbers.contains(number).then(|| self.outcome(number))
    }

    fn outcome(&self, number: u64) -> Outcome {
        let outcome = self.outcomes.get(&number);
        outcome.cloned().unwrap_or(Outcome::Applied)
    }

    pub fn note(
        &mut self,
        number: u64,
        created_at: Option<Millis>,
        content: u32,
        outcome: Outcome,
    ) {
        self.numbers.insert(number);
        self.recent.retain(|&(recent, _)| recent != number);
        self.recent.push((number, content));
        if self.recent.len() > MAX_RECENT {
            self.recent.remove(0);
        }
        if let Some(at) = created_at {
            self.last_created = self.last_created.max(at);
            widen(&mut self.spans, number >> self.span_bits, (at, at));
            self.bound_spans();
        }
        if outcome != Outcome::Applied {
            self.outcomes.insert(number, outcome);
            self.bound_outcomes();
        }
    }

    /// Makes the spans larger until they are few.
    fn bound_spans(&mut self) {
        while self.spans.len() > MAX_SPANS {
            self.span_bits += 1;
            for (span, times) in std::mem::take(&mut self.spans) {
                widen(&mut self.spans, span >> 1, times);
            }
        }
    }

    /// Forgets the oldest outcome. What was rejected may then be tried again: it took no effect.
    fn bound_outcomes(&mut self) {
        if self.outcomes.len() <= MAX_OUTCOMES {
            return;
        }
        let Some(oldest) = self.outcomes.iter().map(|(number, _)| *number).min() else {
            return;
        };
        if let Some(Outcome::Rejected(_)) = self.outcomes.remove(&oldest) {
            self.numbers.remove(oldest);
            self.recent.retain(|&(recent, _)| recent != oldest);
        }
    }
}

fn widen(spans: &mut Table<u64, (Millis, Millis)>, span: u64, times: (Millis, Millis)) {
    let known = spans.get_or_insert_with(span, || times);
    *known = (known.0.min(times.0), known.1.max(times.1));
}
