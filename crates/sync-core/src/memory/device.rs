//! Operations that a device numbers.

use serde_json::Value;

use super::epoch::{Epoch, Finding};
use super::{Outcome, Recall};
use crate::Millis;
use crate::stored::{Members, Stored, member_or_default};

/// How many numberings of a device are remembered.
const MAX_EPOCHS: usize = 4;

/// The numbered operations that came from a device. At most some 60 kB of JSON, and 10 kB for a
/// client that counts without gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceMemory {
    /// Its numberings, the one used last first.
    epochs: Vec<Epoch>,
    /// How many there were.
    serials: u32,
    /// When the latest of a numbering was queued that is remembered no more.
    forgotten: Option<Millis>,
}

impl Stored for DeviceMemory {
    fn write(&self, text: &mut String) {
        let mut members = Members::new(text);
        members.add("e", &self.epochs).add("i", &self.serials);
        if let Some(forgotten) = &self.forgotten {
            members.add("f", forgotten);
        }
        members.end();
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            epochs: member_or_default(value, "e")?,
            serials: member_or_default(value, "i")?,
            forgotten: value.get("f").and_then(Value::as_i64),
        })
    }
}

impl DeviceMemory {
    /// Whether an operation came before: by its number, by when it was queued, and as long as it
    /// is known by its content.
    pub fn recall(&self, number: u64, created_at: Option<Millis>, content: u32) -> Recall {
        let mut home = None;
        let mut is_unsure = false;
        for epoch in &self.epochs {
            match epoch.find(number, created_at, content) {
                Finding::Came(outcome) => return Recall::Known(outcome),
                Finding::MayHaveCome => is_unsure = true,
                Finding::Fits => home = home.or(Some(epoch.serial)),
                Finding::Foreign => {}
            }
        }
        let serial = home.unwrap_or(self.serials);
        let was_forgotten = self
            .forgotten
            .is_some_and(|last| created_at.is_none_or(|at| at <= last));
        if is_unsure || was_forgotten {
            Recall::Unsure(serial)
        } else {
            Recall::Fresh(serial)
        }
    }

    /// What became of the operation with a number, in the numbering used last that had it.
    pub fn outcome_of(&self, number: u64) -> Option<Outcome> {
        self.epochs
            .iter()
            .find_map(|epoch| epoch.outcome_of(number))
    }

    /// Remembers what became of an operation, in the numbering that [`Self::recall`] told.
    pub fn note(
        &mut self,
        serial: u32,
        number: u64,
        created_at: Option<Millis>,
        content: u32,
        outcome: Outcome,
    ) {
        let mut epoch = match self.epochs.iter().position(|epoch| epoch.serial == serial) {
            Some(at) => self.epochs.remove(at),
            None => {
                self.serials = self.serials.max(serial.saturating_add(1));
                Epoch::new(serial)
            }
        };
        epoch.note(number, created_at, content, outcome);
        self.epochs.insert(0, epoch);
        if self.epochs.len() > MAX_EPOCHS
            && let Some(oldest) = self.epochs.pop()
        {
            self.forgotten = self.forgotten.max(Some(oldest.last_created));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Rejection;
    use proptest::prelude::*;

    const T: Millis = 1_700_000_000_000;

    fn sent(memory: &mut DeviceMemory, number: u64, created_at: Millis, content: u32) -> Recall {
        let recall = memory.recall(number, Some(created_at), content);
        if let Recall::Fresh(serial) | Recall::Unsure(serial) = recall {
            memory.note(serial, number, Some(created_at), content, Outcome::Applied);
        }
        recall
    }

    #[test]
    fn a_resend_is_known_after_years_and_ten_thousand_others() {
        let mut memory = DeviceMemory::default();
        for number in 1..=10_000u64 {
            let created_at = T + number.cast_signed() * 60_000;
            let recall = sent(&mut memory, number, created_at, number as u32);
            assert_eq!(recall, Recall::Fresh(0));
        }
        for number in (1..=10_000u64).step_by(37) {
            let created_at = T + number.cast_signed() * 60_000;
            let recall = memory.recall(number, Some(created_at), number as u32);
            assert_eq!(recall, Recall::Known(Outcome::Applied));
        }
        let text = memory.to_text();
        assert!(text.len() < 10_000, "{}", text.len());
    }

    #[test]
    fn an_app_installed_anew_is_not_taken_for_its_past() {
        let mut memory = DeviceMemory::default();
        for number in 1..=1000u64 {
            sent(&mut memory, number, T + number.cast_signed(), 1);
        }
        // Later by the clock; and with a clock that went back, so long as the content is known.
        assert_eq!(sent(&mut memory, 1, T + 5000, 2), Recall::Fresh(1));
        assert_eq!(sent(&mut memory, 990, T + 990, 2), Recall::Fresh(1));
        // Both numberings are known from then on.
        let known = Recall::Known(Outcome::Applied);
        assert_eq!(sent(&mut memory, 1, T + 1, 1), known);
        assert_eq!(sent(&mut memory, 1, T + 5000, 2), known);
        // A low number that was missing and is queued late belongs to the new numbering.
        let mut memory = DeviceMemory::default();
        sent(&mut memory, 5, T, 1);
        assert_eq!(sent(&mut memory, 1, T + 1, 1), Recall::Fresh(1));
        assert_eq!(sent(&mut memory, 2, T - 1, 1), Recall::Fresh(1));
    }

    #[test]
    fn two_phones_with_one_id_do_not_fight() {
        let mut memory = DeviceMemory::default();
        for number in 1..500u64 {
            let at = T + number.cast_signed();
            assert!(matches!(sent(&mut memory, number, at, 1), Recall::Fresh(_)));
            assert!(matches!(sent(&mut memory, number, at, 2), Recall::Fresh(_)));
        }
        assert_eq!(memory.epochs.len(), 2);
        let known = Recall::Known(Outcome::Applied);
        assert_eq!(sent(&mut memory, 499, T + 499, 1), known);
        assert_eq!(sent(&mut memory, 499, T + 499, 2), known);
    }

    #[test]
    fn numberings_are_bounded_and_what_is_forgotten_is_said() {
        let mut memory = DeviceMemory::default();
        for install in 0..20i64 {
            assert!(matches!(
                sent(&mut memory, 1, T + install * 1000, install as u32),
                Recall::Fresh(_)
            ));
        }
        assert_eq!(memory.epochs.len(), MAX_EPOCHS);
        assert!(matches!(sent(&mut memory, 1, T, 0), Recall::Unsure(_)));
        assert!(matches!(
            sent(&mut memory, 2, T + 30_000, 0),
            Recall::Fresh(_)
        ));
    }

    #[test]
    fn first_verdicts_are_remembered() {
        let mut memory = DeviceMemory::default();
        let rejected = Outcome::Rejected(Rejection::NOT_FOUND);
        memory.note(0, 1, Some(T), 1, rejected.clone());
        memory.note(0, 2, Some(T), 1, Outcome::Conflict);
        for number in 3..400u64 {
            sent(&mut memory, number, T + 1, 1);
        }
        assert_eq!(
            memory.recall(1, Some(T), 1),
            Recall::Known(rejected.clone())
        );
        assert_eq!(
            memory.recall(2, Some(T), 1),
            Recall::Known(Outcome::Conflict)
        );
        assert_eq!(memory.outcome_of(1), Some(rejected));
        assert_eq!(memory.outcome_of(400), None);
    }

    #[test]
    fn of_too_many_rejections_the_oldest_may_be_tried_again() {
        let mut memory = DeviceMemory::default();
        let rejected = Outcome::Rejected(Rejection::NOT_FOUND);
        for number in 1..=600u64 {
            memory.note(0, number, Some(T), 1, rejected.clone());
        }
        assert_eq!(memory.recall(1, Some(T), 1), Recall::Fresh(0));
        assert_eq!(memory.recall(600, Some(T), 1), Recall::Known(rejected));
    }

    #[test]
    fn without_a_time_only_what_is_recent_is_certain() {
        let mut memory = DeviceMemory::default();
        for number in 1..=300 {
            memory.note(0, number, None, 1, Outcome::Applied);
        }
        assert_eq!(memory.recall(300, None, 1), Recall::Known(Outcome::Applied));
        assert_eq!(memory.recall(1, None, 1), Recall::Unsure(1));
        assert_eq!(memory.recall(301, None, 1), Recall::Fresh(0));
    }

    #[test]
    fn what_is_stored_stays_readable() {
        let mut memory = DeviceMemory::default();
        sent(&mut memory, 1, T, 11);
        sent(&mut memory, 2, T + 1, 12);
        memory.note(0, 4, None, 14, Outcome::Conflict);
        let text = concat!(
            r#"{"e":[{"i":0,"n":{"r":[[1,2],[4,4]]},"l":1700000000001,"b":0,"#,
            r#""s":[[1,[1700000000000,1700000000000]],[2,[1700000000001,1700000000001]]],"#,
            r#""h":[[1,11],[2,12],[4,14]],"o":[[4,[1,""]]]}],"i":1}"#
        );
        assert_eq!(memory.to_text(), text);
        assert_eq!(DeviceMemory::of_text(text), Some(memory));
        assert_eq!(DeviceMemory::of_text("{}"), Some(DeviceMemory::default()));
    }

    proptest! {
        /// Whatever a device sends: the same again is never new, and what never came is never
        /// known, so long as the contents are among the last 256.
        #[test]
        fn nothing_is_forgotten_and_nothing_made_up(
            sent_ones in prop::collection::vec((1u64..30, 0i64..20, 0u32..3), 0..80)
        ) {
            let mut memory = DeviceMemory::default();
            let mut model = std::collections::BTreeSet::new();
            for (number, age, content) in sent_ones {
                // The content of an operation includes when it was queued.
                let content = content * 20 + age as u32;
                let is_new = model.insert((number, age, content));
                match sent(&mut memory, number, T + age, content) {
                    Recall::Known(_) => prop_assert!(!is_new),
                    Recall::Fresh(_) => prop_assert!(is_new),
                    Recall::Unsure(_) => prop_assert!(memory.serials > MAX_EPOCHS as u32),
                }
                let text = memory.to_text();
                prop_assert_eq!(DeviceMemory::of_text(&text), Some(memory.clone()));
            }
        }
    }
}
