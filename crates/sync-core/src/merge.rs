//! One operation meets one record.

use serde_json::{Number, Value};

use crate::loser::{Loser, Lost};
use crate::operation::{Action, Base};
use crate::record::{Fields, Key, Provenance, Record};
use crate::{Clock, Digest, Millis, Stamp, Version};

/// Who writes, when, and knowing what.
pub(crate) struct Write<'a> {
    pub key: &'a Key,
    /// When, as the client says and as it counts here.
    pub stamp: Stamp,
    /// Whether the client does not say when: then it was now, knowing all that is there.
    pub is_arrival: bool,
    pub base: Option<Base>,
    /// When the record was made, if this makes it.
    pub made_at: Option<Millis>,
    /// The change that this becomes.
    pub version: Version,
    /// What the operation has to itself.
    pub source: Digest,
    /// By what the record shall know the write again, if nothing else will.
    pub mark: Option<u64>,
}

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub result: MergeResult,
    /// The record, if it changed.
    pub record: Option<Record>,
    pub losers: Vec<Loser>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum MergeResult {
    Created,
    Changed,
    Deleted,
    #[default]
    Unchanged,
    /// It came before.
    Replayed,
    /// Some of it or all of it lost.
    Lost,
    Missing,
    NotANumber,
}

impl From<MergeResult> for Merged {
    fn from(result: MergeResult) -> Self {
        Self {
            result,
            ..Self::default()
        }
    }
}

impl Write<'_> {
    /// What the operation does to the record.
    pub fn merge(&self, record: Option<&Record>, action: &Action) -> Merged {
        if self.is_replay(record) {
            return MergeResult::Replayed.into();
        }
        let mut merged = match action {
            Action::Put(fields) => match record {
                Some(record) if record.is_deleted() => self.revive(record, fields),
                Some(record) => self.write(record, fields, true),
                None => self.create(fields),
            },
            Action::Patch(fields) => match record {
                Some(record) if record.is_deleted() => self.too_late(Lost::Fields(fields.clone())),
                Some(record) => self.write(record, fields, false),
                None => MergeResult::Missing.into(),
            },
            Action::Add { field, amount } => match record {
                Some(record) if record.is_deleted() => {
                    self.too_late(Lost::Addition(field.clone(), amount.clone()))
                }
                Some(record) => self.add(record, field, amount),
                None => MergeResult::Missing.into(),
            },
            Action::Delete => self.delete(record),
            Action::Elsewhere(_) => MergeResult::Unchanged.into(),
        };
        if let (Some(record), Some(mark)) = (&mut merged.record, self.mark) {
            record.remember(mark);
        }
        merged
    }

    fn is_replay(&self, record: Option<&Record>) -> bool {
        match (record, self.mark) {
            (Some(record), Some(mark)) => record.remembers(mark),
            _ => false,
        }
    }

    fn create(&self, fields: &Fields) -> Merged {
        let made_at = self.made_at.unwrap_or(self.stamp.at);
        Merged {
            result: MergeResult::Created,
            record: Some(Record::create(fields, self.stamp, made_at, self.version)),
            losers: Vec::new(),
        }
    }

    /// A later write brings a deleted record back.
    fn revive(&self, tombstone: &Record, fields: &Fields) -> Merged {
        let stamp = self.stamp_after(tombstone);
        if !tombstone
            .provenances()
            .all(|there| self.beats(stamp, &there))
        {
            return self.lost(Lost::Fields(fields.clone()));
        }
        let mut revived = tombstone.clone();
        revived.delete(stamp, self.version);
        revived.deleted_at = None;
        revived.created_at = self.made_at.unwrap_or(stamp.at);
        revived.body = fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Merged {
            result: MergeResult::Created,
            record: Some(revived),
            losers: Vec::new(),
        }
    }

    /// What comes to a record that was deleted. Without a time it came after that, and there is
    /// nothing to write to.
    fn too_late(&self, lost: Lost) -> Merged {
        if self.is_arrival {
            return MergeResult::Missing.into();
        }
        self.lost(lost)
    }

    fn lost(&self, lost: Lost) -> Merged {
        Merged {
            result: MergeResult::Lost,
            record: None,
            losers: vec![self.loser(lost)],
        }
    }

    fn write(&self, record: &Record, fields: &Fields, is_whole: bool) -> Merged {
        let stamp = self.stamp_after(record);
        let mut changed = None;
        let mut lost = Fields::new();
        let mut overwritten = Fields::new();
        let mut overwritten_at = Stamp {
            at: 0,
            count: 0,
            node: 0,
        };
        for (name, value) in fields {
            let there = record.provenance(name);
            let present = record.value(name);
            let wins = self.beats(stamp, &there);
            if present == value {
                // Who names a field on purpose wants it so, from then on.
                if is_whole || self.is_arrival || !wins || stamp <= there.stamp {
                    continue;
                }
            } else if is_whole && !there.seen_by(self.base) && record.had(name, value, self.base) {
                continue;
            } else if !wins {
                lost.insert(name.clone(), value.clone());
                continue;
            } else if !present.is_null() && self.is_blind_to(&there) {
                overwritten.insert(name.clone(), present.clone());
                overwritten_at = overwritten_at.max(there.stamp);
            }
            changed.get_or_insert_with(|| record.clone()).set(
                name,
                value.clone(),
                stamp,
                self.version,
                false,
            );
        }
        let mut losers = Vec::new();
        let result = match (lost.is_empty(), &changed) {
            (false, _) => MergeResult::Lost,
            (true, Some(_)) => MergeResult::Changed,
            (true, None) => MergeResult::Unchanged,
        };
        if !lost.is_empty() {
            losers.push(self.loser(Lost::Fields(lost)));
        }
        if !overwritten.is_empty() {
            losers.push(self.overwritten(Lost::Fields(overwritten), overwritten_at));
        }
        Merged {
            result,
            record: changed,
            losers,
        }
    }

    fn add(&self, record: &Record, field: &str, amount: &Number) -> Merged {
        let sum = match record.value(field) {
            Value::Null => Some(amount.clone()),
            Value::Number(number) => sum(number, amount),
            _ => None,
        };
        let Some(sum) = sum else {
            return MergeResult::NotANumber.into();
        };
        if amount.as_f64() == Some(0.0) {
            return MergeResult::Unchanged.into();
        }
        let stamp = self.stamp_after(record).max(record.provenance(field).stamp);
        let mut record = record.clone();
        record.set(field, Value::Number(sum), stamp, self.version, true);
        Merged {
            result: MergeResult::Changed,
            record: Some(record),
            losers: Vec::new(),
        }
    }

    fn delete(&self, record: Option<&Record>) -> Merged {
        let Some(record) = record else {
            return Merged {
                result: MergeResult::Deleted,
                record: Some(Record::tombstone(self.stamp, self.version)),
                losers: Vec::new(),
            };
        };
        let stamp = self.stamp_after(record);
        let wins = |there: &Provenance| stamp == there.stamp || self.beats(stamp, there);
        if !record.provenances().all(|there| wins(&there)) {
            if record.is_deleted() {
                return MergeResult::Unchanged.into();
            }
            return self.lost(Lost::Deletion);
        }
        if record.is_deleted() && record.updated_at == stamp.at {
            return MergeResult::Unchanged.into();
        }
        let unseen = record
            .provenances()
            .filter(|there| self.base.is_some() && self.is_blind_to(there))
            .map(|there| there.stamp)
            .max();
        let losers = unseen
            .filter(|_| !record.is_deleted())
            .map(|at| self.overwritten(Lost::Fields(record.body.clone()), at));
        let mut deleted = record.clone();
        deleted.delete(stamp, self.version);
        Merged {
            result: MergeResult::Deleted,
            record: Some(deleted),
            losers: losers.into_iter().collect(),
        }
    }

    /// The time of this write: later than all that it is known to come after.
    fn stamp_after(&self, record: &Record) -> Stamp {
        let mut clock = Clock::default();
        for there in record.provenances().filter(|there| self.follows(there)) {
            clock.observe(there.stamp.at);
        }
        Stamp {
            at: clock.tick(self.stamp.at),
            ..self.stamp
        }
    }

    /// Whether this write is known to come after another, whatever the clocks said.
    fn follows(&self, there: &Provenance) -> bool {
        self.is_arrival || there.seen_by(self.base) || self.number_after(there) == Some(true)
    }

    fn beats(&self, stamp: Stamp, there: &Provenance) -> bool {
        match self.number_after(there) {
            Some(is_after) => is_after,
            None => self.follows(there) || stamp > there.stamp,
        }
    }

    /// Of two writes of a device that numbers them, whether this is the later.
    fn number_after(&self, there: &Provenance) -> Option<bool> {
        let is_own = self.stamp.count > 0 && there.stamp.node == self.stamp.node;
        (is_own && there.stamp.count != self.stamp.count)
            .then_some(self.stamp.count > there.stamp.count)
    }

    /// Whether this write overwrites what it surely did not know: where the client says what it
    /// knew, or where others have added to a number.
    fn is_blind_to(&self, there: &Provenance) -> bool {
        let is_known = there.seen_by(self.base) || self.stamp.node == there.stamp.node;
        !is_known && (there.is_sum || (self.base.is_some() && !self.is_arrival))
    }

    fn loser(&self, lost: Lost) -> Loser {
        Loser::new(self.key, self.source, lost, self.stamp.at)
    }

    fn overwritten(&self, lost: Lost, at: Stamp) -> Loser {
        let source = Digest::of(&["overwritten"])
            .number(at.at.cast_unsigned())
            .number(at.count)
            .number(at.node.into());
        Loser::new(self.key, source, lost, at.at)
    }
}

/// The sum, whole as long as both are; `None` when it is too large for a number.
fn sum(left: &Number, right: &Number) -> Option<Number> {
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64())
        && let Some(sum) = left.checked_add(right)
    {
        return Some(sum.into());
    }
    Number::from_f64(left.as_f64()? + right.as_f64()?)
}
