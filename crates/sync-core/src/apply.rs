//! A batch meets what is there.

use crate::loser::Loser;
use crate::memory::{DeviceMemory, KEY_LIFE_MS, KeyMemory, KeyPage, Outcome, Recall, Rejection};
use crate::merge::{MergeResult, Write};
use crate::operation::{Action, Base, Identity, Operation};
use crate::order::{Place, order};
use crate::record::{Key, Record};
use crate::stamp::clamp;
use crate::{Digest, Millis, Stamp, Table, Version};

/// All that matters to a batch, read in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Who sends: the device's id, or what stands for it.
    pub device: String,
    /// The user's last change.
    pub version: Version,
    /// The records that the operations are about, as far as they exist.
    pub records: Table<Key, Record>,
    /// The device's numbered operations.
    pub memory: DeviceMemory,
    /// The user's named operations.
    pub keys: KeyMemory,
}

/// What an operation did that took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Made the record, or brought it back.
    Created,
    /// Changed it.
    Changed,
    /// Deleted it.
    Deleted,
    /// Nothing: it was so already, or it took effect elsewhere.
    Nothing,
}

/// What becomes of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It took effect.
    Applied(Effect),
    /// It came before, and this became of it.
    Duplicate(Outcome),
    /// It is older than what is there, or part of it is; that part is among the losers.
    Conflict,
    /// It can never take effect.
    Rejected(Rejection),
    /// It shall be sent again.
    Retry,
}

/// What is to be written, if the user's last change is still that of the snapshot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transition {
    /// What became of each operation, in the order in which they were given.
    pub verdicts: Vec<Verdict>,
    /// The order in which they were carried out.
    pub order: Vec<usize>,
    /// The user's last change; a later one than in the snapshot, if there is anything to write.
    pub version: Version,
    /// The records that changed, each with a change of its own.
    pub changed: Table<Key, Record>,
    /// What lost.
    pub losers: Vec<Loser>,
    /// The device's numbered operations, if there are new ones.
    pub memory: Option<DeviceMemory>,
    /// The new named operations, by the day under which they are remembered.
    pub keys: Table<i64, KeyPage>,
}

impl Transition {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
            && self.losers.is_empty()
            && self.memory.is_none()
            && self.keys.is_empty()
    }
}

impl Snapshot {
    /// Whether an operation came before.
    pub fn recall(&self, operation: &Operation, now: Millis) -> Recall {
        let (_, recall) = recall(&self.memory, &self.keys, operation, now);
        recall
    }
}

/// Decides on a batch. The same arguments always give the same.
pub fn apply(snapshot: &Snapshot, operations: &[Operation], now: Millis) -> Transition {
    let order = order_of(operations, now);
    let numberings = numberings(&snapshot.memory, operations);
    let mut batch = Batch {
        snapshot,
        now,
        memory: None,
        keys: snapshot.keys.clone(),
        settled: Table::default(),
        transition: Transition {
            verdicts: vec![Verdict::Retry; operations.len()],
            version: snapshot.version,
            ..Transition::default()
        },
    };
    for &at in &order.positions {
        let operation = &operations[at];
        let verdict = batch.decide(operation, order.circular.contains(&at), numberings[at]);
        batch.settle(operation.identity, &verdict);
        batch.transition.verdicts[at] = verdict;
    }
    let mut transition = Transition {
        order: order.positions,
        memory: batch.memory,
        ..batch.transition
    };
    if !transition.is_empty() {
        // Also where no record changed: whoever has read before must read again.
        transition.version = transition.version.max(snapshot.version + 1);
    }
    transition
}

/// The numbering that each operation belongs to, if it did not come before: told in the order of
/// the numbers, which is not that in which they are carried out.
fn numberings(memory: &DeviceMemory, operations: &[Operation]) -> Vec<Option<u32>> {
    let mut serials = vec![None; operations.len()];
    let mut numbered: Vec<(u64, usize)> = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        if let Identity::Number(number) = operation.identity {
            let place = numbered.partition_point(|&other| other < (number, at));
            numbered.insert(place, (number, at));
        }
    }
    if numbered.len() < 2 {
        return serials;
    }
    let mut memory = memory.clone();
    for (number, at) in numbered {
        let created_at = operations[at].created_at;
        let content = operations[at].digest().tiny();
        if let Recall::Fresh(serial) | Recall::Unsure(serial) =
            memory.recall(number, created_at, content)
        {
            memory.note(serial, number, created_at, content, Outcome::Applied);
            serials[at] = Some(serial);
        }
    }
    serials
}

/// For each operation of a batch the positions of those that it needs.
pub fn needs(operations: &[Operation]) -> Vec<Vec<usize>> {
    let position = |identity: &Identity| {
        let mut all = operations.iter();
        all.position(|other| other.identity == *identity)
    };
    let of = |operation: &Operation| {
        let named = operation.depends_on.iter();
        named
            .filter(|&&identity| identity != Identity::None)
            .filter_map(position)
            .collect()
    };
    operations.iter().map(of).collect()
}

fn order_of(operations: &[Operation], now: Millis) -> crate::Order {
    let needs = needs(operations);
    let resources: Vec<String> = operations
        .iter()
        .map(|operation| format!("{}/{}", operation.key.collection, operation.key.id))
        .collect();
    let places: Vec<_> = operations
        .iter()
        .zip(&needs)
        .zip(&resources)
        .map(|((operation, needs), resource)| Place {
            priority: operation.priority,
            created_at: operation.created_at.unwrap_or(now),
            number: match operation.identity {
                Identity::Number(number) => Some(number),
                _ => None,
            },
            resource,
            needs,
        })
        .collect();
    order(&places)
}

/// How an operation that others depend on ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Well,
    Badly,
    NotYet,
}

struct Batch<'a> {
    snapshot: &'a Snapshot,
    now: Millis,
    /// A copy as soon as there is something new.
    memory: Option<DeviceMemory>,
    keys: KeyMemory,
    settled: Table<Identity, Ending>,
    transition: Transition,
}

impl Batch<'_> {
    fn decide(
        &mut self,
        operation: &Operation,
        is_circular: bool,
        numbering: Option<u32>,
    ) -> Verdict {
        let memory = self.memory.as_ref().unwrap_or(&self.snapshot.memory);
        let (content, recall) = recall(memory, &self.keys, operation, self.now);
        let serial = match recall {
            Recall::Known(outcome) => return Verdict::Duplicate(outcome),
            Recall::Fresh(serial) | Recall::Unsure(serial) => numbering.unwrap_or(serial),
        };
        let is_unsure = matches!(recall, Recall::Unsure(_));
        let verdict = match self.obstacle(operation, is_circular, is_unsure) {
            Some(verdict) => verdict,
            None => self.carry_out(operation, serial, is_unsure),
        };
        let outcome = match &verdict {
            Verdict::Applied(_) => Outcome::Applied,
            Verdict::Conflict => Outcome::Conflict,
            Verdict::Rejected(rejection) => Outcome::Rejected(rejection.clone()),
            Verdict::Duplicate(_) | Verdict::Retry => return verdict,
        };
        self.note(operation, serial, content, outcome);
        verdict
    }

    /// What is decided without a look at the record.
    fn obstacle(
        &self,
        operation: &Operation,
        is_circular: bool,
        is_unsure: bool,
    ) -> Option<Verdict> {
        if is_circular {
            return Some(Verdict::Rejected(Rejection::DEPENDENCY_CIRCLE));
        }
        let endings = operation.depends_on.iter().map(|&on| self.ending_of(on));
        let worst = endings.fold(Ending::Well, |worst, ending| match (worst, ending) {
            (Ending::Badly, _) | (_, Ending::Badly) => Ending::Badly,
            (Ending::NotYet, _) | (_, Ending::NotYet) => Ending::NotYet,
            _ => Ending::Well,
        });
        match worst {
            Ending::Badly => return Some(Verdict::Rejected(Rejection::DEPENDENCY_FAILED)),
            Ending::NotYet => return Some(Verdict::Retry),
            Ending::Well => {}
        }
        match &operation.action {
            // What may have been carried out before is not begun.
            Action::Add { .. } | Action::Elsewhere(None) if is_unsure => {
                Some(Verdict::Rejected(Rejection::TOO_OLD))
            }
            Action::Elsewhere(outcome) => Some(match outcome {
                Some(Outcome::Applied) => Verdict::Applied(Effect::Nothing),
                Some(Outcome::Conflict) => Verdict::Conflict,
                Some(Outcome::Rejected(rejection)) => Verdict::Rejected(rejection.clone()),
                None => Verdict::Retry,
            }),
            _ => None,
        }
    }

    fn ending_of(&self, identity: Identity) -> Ending {
        if let Some(&ending) = self.settled.get(&identity) {
            return ending;
        }
        let outcome = match identity {
            Identity::None => None,
            Identity::Number(number) => self.snapshot.memory.outcome_of(number),
            Identity::Named(name) => self.snapshot.keys.outcome_of(name).cloned(),
        };
        match outcome {
            Some(Outcome::Rejected(_)) => Ending::Badly,
            _ => Ending::Well,
        }
    }

    fn carry_out(&mut self, operation: &Operation, serial: u32, is_unsure: bool) -> Verdict {
        let key = &operation.key;
        let changed = self.transition.changed.get(key);
        let version = changed.map_or(self.transition.version + 1, |record| record.version);
        let record = changed.or_else(|| self.snapshot.records.get(key));
        let said = operation.at.or(operation.created_at);
        let (count, numbering) = match operation.identity {
            Identity::Number(number) => (number, serial),
            _ => (0, u32::MAX),
        };
        let node = Digest::of(&[&self.snapshot.device]).number(numbering.into());
        let content = operation.digest().number(node.short());
        let is_known_by_name = operation.identity != Identity::None && !is_unsure;
        let write = Write {
            key,
            stamp: Stamp {
                at: said.map_or(self.now, |at| clamp(at, self.now)),
                count,
                node: node.tiny(),
            },
            is_arrival: said.is_none(),
            base: operation.base.map(|base| match base {
                // Nobody knows what is to come.
                Base::Version(version) => Base::Version(version.min(self.snapshot.version)),
                time @ Base::Time(_) => time,
            }),
            made_at: operation.made_at,
            version,
            source: match operation.identity {
                Identity::None => content,
                Identity::Number(number) => content.number(number),
                Identity::Named(name) => content.number(name.short()),
            },
            mark: (said.is_some() && !is_known_by_name).then(|| content.short()),
        };
        let merged = write.merge(record, &operation.action);
        if let Some(record) = merged.record {
            self.transition.version = self.transition.version.max(version);
            self.transition.changed.insert(key.clone(), record);
        }
        self.transition.losers.extend(merged.losers);
        match merged.result {
            MergeResult::Created => Verdict::Applied(Effect::Created),
            MergeResult::Changed => Verdict::Applied(Effect::Changed),
            MergeResult::Deleted => Verdict::Applied(Effect::Deleted),
            MergeResult::Unchanged => Verdict::Applied(Effect::Nothing),
            MergeResult::Replayed => Verdict::Duplicate(Outcome::Applied),
            MergeResult::Lost => Verdict::Conflict,
            MergeResult::Missing => Verdict::Rejected(Rejection::NOT_FOUND),
            MergeResult::NotANumber => Verdict::Rejected(Rejection::NOT_A_NUMBER),
        }
    }

    fn note(&mut self, operation: &Operation, serial: u32, content: Digest, outcome: Outcome) {
        match operation.identity {
            Identity::None => {}
            Identity::Number(number) => self
                .memory
                .get_or_insert_with(|| self.snapshot.memory.clone())
                .note(
                    serial,
                    number,
                    operation.created_at,
                    content.tiny(),
                    outcome,
                ),
            Identity::Named(name) => {
                let day = KeyMemory::day(operation.created_at);
                let page = self
                    .transition
                    .keys
                    .get_or_insert_with(day, KeyPage::default);
                page.note(name, outcome.clone());
                self.keys.note(name, outcome);
            }
        }
    }

    fn settle(&mut self, identity: Identity, verdict: &Verdict) {
        let ending = match verdict {
            Verdict::Rejected(_) | Verdict::Duplicate(Outcome::Rejected(_)) => Ending::Badly,
            Verdict::Retry => Ending::NotYet,
            _ => Ending::Well,
        };
        if identity != Identity::None {
            self.settled.insert(identity, ending);
        }
    }
}

/// The operation's content, and whether it came before.
fn recall(
    memory: &DeviceMemory,
    keys: &KeyMemory,
    operation: &Operation,
    now: Millis,
) -> (Digest, Recall) {
    let content = operation.digest();
    let recall = match operation.identity {
        Identity::None => Recall::Fresh(0),
        Identity::Number(number) => memory.recall(number, operation.created_at, content.tiny()),
        Identity::Named(name) => match keys.outcome_of(name) {
            Some(outcome) => Recall::Known(outcome.clone()),
            None => match operation.created_at {
                Some(at) if at < now.saturating_sub(KEY_LIFE_MS) => Recall::Unsure(0),
                _ => Recall::Fresh(0),
            },
        },
    };
    (content, recall)
}
