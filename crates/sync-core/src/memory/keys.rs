//! Operations that have a name, remembered by hash for as long as their page lives.

use serde_json::Value;

use super::Outcome;
use crate::stored::{Members, Stored, member_or_default};
use crate::{Digest, Millis, Table};

/// How long a name is remembered after it came.
pub const KEY_LIFE_MS: Millis = 90 * DAY_MS;

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// The names that came and are remembered, so far as they matter to a batch: all pages of the
/// days that [`KeyMemory::day`] tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyMemory(Vec<(Digest, Outcome)>);

/// The names that one batch brought, of operations that were queued on the same day. Stored as
/// JSON with keys of one letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// Of those that took effect, one after the other, 32 digits each.
    applied: String,
    /// Of the others.
    outcomes: Table<String, Outcome>,
}

impl KeyMemory {
    /// The day under which an operation is remembered: that on which it was queued, so that a
    /// resend finds it. Those that do not say so share one.
    pub fn day(created_at: Option<Millis>) -> i64 {
        created_at.map_or(i64::from(i32::MIN), |at| at.div_euclid(DAY_MS))
    }

    /// Until when a page of a day lives that comes now. An operation that is not found and was
    /// queued within the life of a name has not come; of an older one nobody knows.
    pub fn expires_at(day: i64, now: Millis) -> Millis {
        let end_of_day = day.saturating_add(1).saturating_mul(DAY_MS);
        now.max(end_of_day).saturating_add(KEY_LIFE_MS)
    }

    /// Takes in a page.
    pub fn load(&mut self, page: &KeyPage) {
        let applied = page.applied.as_bytes().chunks(32).filter_map(|digits| {
            let digest = Digest::parse(std::str::from_utf8(digits).ok()?)?;
            Some((digest, Outcome::Applied))
        });
        self.0.extend(applied);
        let others = page.outcomes.iter();
        self.0.extend(
            others.filter_map(|(digits, outcome)| Some((Digest::parse(digits)?, outcome.clone()))),
        );
    }

    /// What became of an operation, if it came.
    pub fn outcome_of(&self, name: Digest) -> Option<&Outcome> {
        let entry = self.0.iter().rev().find(|(known, _)| *known == name);
        entry.map(|(_, outcome)| outcome)
    }

    pub(crate) fn note(&mut self, name: Digest, outcome: Outcome) {
        self.0.push((name, outcome));
    }
}

impl Stored for KeyPage {
    fn write(&self, text: &mut String) {
        Members::new(text)
            .add_if(!self.applied.is_empty(), "a", &self.applied)
            .add_if(!self.outcomes.is_empty(), "o", &self.outcomes)
            .end();
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            applied: member_or_default(value, "a")?,
            outcomes: member_or_default(value, "o")?,
        })
    }
}

impl KeyPage {
    /// Adds what became of an operation.
    pub(crate) fn note(&mut self, name: Digest, outcome: Outcome) {
        if outcome == Outcome::Applied {
            self.applied.push_str(&name.to_string());
        } else {
            self.outcomes.insert(name.to_string(), outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Rejection;

    #[test]
    fn a_page_is_stored_as_digits() {
        let names = [Digest::of(&["a"]), Digest::of(&["b"]), Digest::of(&["c"])];
        let mut page = KeyPage::default();
        page.note(names[0], Outcome::Applied);
        page.note(names[1], Outcome::Applied);
        page.note(names[2], Outcome::Rejected(Rejection::NOT_FOUND));
        let text = page.to_text();
        let expected = format!(
            r#"{{"a":"{}{}","o":[["{}",[404,"NOT_FOUND"]]]}}"#,
            names[0], names[1], names[2]
        );
        assert_eq!(text, expected);
        let mut memory = KeyMemory::default();
        memory.load(&KeyPage::of_text(&text).unwrap());
        assert_eq!(memory.outcome_of(names[1]), Some(&Outcome::Applied));
        let rejected = Outcome::Rejected(Rejection::NOT_FOUND);
        assert_eq!(memory.outcome_of(names[2]), Some(&rejected));
        assert_eq!(memory.outcome_of(Digest::of(&["d"])), None);
    }

    #[test]
    fn what_is_no_page_of_ours_does_no_harm() {
        let page =
            KeyPage::of_text(r#"{"a":"xyz€€€€€€€€€€€€€€€€€€€€€€€€","o":[["q",[1,""]]],"n":1}"#)
                .unwrap();
        let mut memory = KeyMemory::default();
        memory.load(&page);
        assert_eq!(memory, KeyMemory::default());
    }

    #[test]
    fn days_are_those_of_the_queue() {
        assert_eq!(KeyMemory::day(Some(DAY_MS)), 1);
        assert_eq!(KeyMemory::day(Some(-1)), -1);
        assert_eq!(KeyMemory::day(None), -2_147_483_648);
    }

    #[test]
    fn pages_outlive_the_doubt_about_them() {
        let now = 1000 * DAY_MS;
        for created_at in [now - 500 * DAY_MS, now, now + 1, now + 400 * DAY_MS] {
            let expires_at = KeyMemory::expires_at(KeyMemory::day(Some(created_at)), now);
            assert!(created_at < expires_at - KEY_LIFE_MS || created_at == now);
        }
        assert_eq!(
            KeyMemory::expires_at(KeyMemory::day(None), 5),
            5 + KEY_LIFE_MS
        );
    }
}
