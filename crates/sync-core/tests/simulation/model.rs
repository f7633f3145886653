//! What must be true, kept apart from how it is made so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sync_core::{
    Action, Base, Effect, Fields, Identity, KEY_LIFE_MS, Key, Lost, Millis, Outcome, Snapshot,
    Transition, Verdict,
};

use super::device::{Sent, key};
use super::server::Server;

/// The ledger of a history.
#[derive(Default)]
pub struct Model {
    /// What became of each operation first.
    first: BTreeMap<u64, Outcome>,
    /// All values that ever were in a record.
    history: BTreeSet<i64>,
    /// Additions that took effect: to what, and how much.
    additions: BTreeMap<u64, (Key, i64)>,
}

impl Model {
    /// Looks at what was written.
    pub fn committed(
        &mut self,
        server: &Server,
        snapshot: &Snapshot,
        batch: &[Sent],
        transition: &Transition,
        now: Millis,
    ) {
        for (_, record) in transition.changed.iter() {
            self.history.extend(values(&record.body));
        }
        for (at, sent) in batch.iter().enumerate() {
            let verdict = &transition.verdicts[at];
            self.check_once(sent, verdict, now);
            self.check_kept(server, batch, transition, at);
            check_based(snapshot, batch, transition, at);
            check_dependencies(batch, transition, at);
        }
    }

    /// The first verdict stands, and nothing is taken for what it is not.
    fn check_once(&mut self, sent: &Sent, verdict: &Verdict, now: Millis) {
        let operation = &sent.operation;
        let is_old = matches!(operation.identity, Identity::Named(_))
            && operation
                .created_at
                .is_some_and(|at| at < now - KEY_LIFE_MS);
        // Of others, what they say and when is all that there is to go by.
        let is_known = operation.identity != Identity::None && !is_old;
        let outcome = match verdict {
            Verdict::Applied(_) => Outcome::Applied,
            Verdict::Conflict => Outcome::Conflict,
            Verdict::Rejected(rejection) => Outcome::Rejected(rejection.clone()),
            Verdict::Duplicate(outcome) => {
                let first = self.first.get(&sent.uid);
                let is_twin = first.is_some() || operation.action == Action::Delete;
                assert!(
                    first == Some(outcome) || !is_known && is_twin,
                    "{sent:?} is said to be known as {outcome:?}, but was {first:?}"
                );
                let outcome = outcome.clone();
                self.first.entry(sent.uid).or_insert(outcome);
                return;
            }
            Verdict::Retry => return,
        };
        if outcome == Outcome::Applied
            && let Action::Add { amount, .. } = &operation.action
        {
            let amount = amount.as_i64().unwrap();
            let before = self
                .additions
                .insert(sent.uid, (operation.key.clone(), amount));
            assert_eq!(before, None, "{sent:?} was added twice");
        }
        let before = self.first.insert(sent.uid, outcome);
        assert!(
            before.is_none() || !is_known,
            "{sent:?} was {before:?}, and is {verdict:?}"
        );
    }

    fn check_kept(&mut self, server: &Server, batch: &[Sent], transition: &Transition, at: usize) {
        let sent = &batch[at];
        let operation = &sent.operation;
        let is_kept = match &transition.verdicts[at] {
            Verdict::Applied(_) | Verdict::Conflict => true,
            Verdict::Duplicate(outcome) => !matches!(outcome, Outcome::Rejected(_)),
            Verdict::Rejected(_) | Verdict::Retry => false,
        };
        if !is_kept {
            return;
        }
        let turn = transition.order.iter().position(|&other| other == at);
        let later = transition.order.iter().skip(turn.unwrap() + 1);
        let is_last = later
            .clone()
            .all(|&other| batch[other].operation.key != operation.key);
        let has_taken_effect = matches!(
            transition.verdicts[at],
            Verdict::Applied(Effect::Created | Effect::Changed)
        );
        let record = server.records.get(&operation.key);
        for &value in &sent.fresh {
            let is_in = |lost: &Lost| match lost {
                Lost::Fields(fields) => values(fields).any(|other| other == value),
                _ => false,
            };
            let was = self.history.contains(&value);
            let lost = !was && server.losers.values().any(|loser| is_in(&loser.lost));
            if !is_last && !lost {
                // Overwritten by the next of the same batch.
                self.history.insert(value);
            }
            let was = self.history.contains(&value);
            assert!(was || lost, "{value} of {sent:?} is nowhere");
            let is = record.is_some_and(|record| values(&record.body).any(|other| other == value));
            assert!(
                is || !is_last || !has_taken_effect,
                "whoever wrote {value} does not read it: {sent:?} {record:?}"
            );
        }
        if operation.action == Action::Delete && transition.verdicts[at] == Verdict::Conflict {
            let is_there = server
                .losers
                .values()
                .any(|loser| loser.key == operation.key && loser.lost == Lost::Deletion);
            assert!(is_there, "{sent:?} is nowhere");
        }
    }

    /// A phone was told what became of an operation.
    pub fn acknowledged(&self, uid: u64, verdict: &Verdict) {
        let first = self.first.get(&uid);
        match verdict {
            Verdict::Applied(_) | Verdict::Duplicate(Outcome::Applied) => {
                assert!(first.is_some(), "{uid} is said to be done");
            }
            _ => {}
        }
    }

    /// Counters are the sums of what was added.
    pub fn check_counters(&self, server: &Server) {
        for id in ["c0", "c1"] {
            let key = key("counters", id);
            let own = self.additions.values().filter(|(other, _)| *other == key);
            let sum: i64 = own.map(|(_, amount)| amount).sum();
            let there = server.records[&key].value("total").as_i64().unwrap_or(0);
            assert_eq!(there, sum, "{id}");
        }
    }
}

/// Who has seen all that is there does not lose. Unless the record is gone: what was written on
/// top of a write that came too late is too late with it.
fn check_based(snapshot: &Snapshot, batch: &[Sent], transition: &Transition, at: usize) {
    let operation = &batch[at].operation;
    let (Some(Base::Version(base)), Some(record)) =
        (operation.base, snapshot.records.get(&operation.key))
    else {
        return;
    };
    let is_alone = batch
        .iter()
        .filter(|sent| sent.operation.key == operation.key)
        .count()
        == 1;
    let needs_it = matches!(operation.action, Action::Patch(_) | Action::Add { .. });
    let is_gone = record.is_deleted() && needs_it;
    if is_alone && !is_gone && record.version <= base {
        assert_ne!(
            transition.verdicts[at],
            Verdict::Conflict,
            "{operation:?} over {record:?}"
        );
    }
}

/// What needs something that was rejected is rejected, and nothing else is because of it.
fn check_dependencies(batch: &[Sent], transition: &Transition, at: usize) {
    let Verdict::Applied(_) = transition.verdicts[at] else {
        return;
    };
    for needed in &batch[at].operation.depends_on {
        let found = batch
            .iter()
            .position(|sent| sent.operation.identity == *needed && *needed != Identity::None);
        if let Some(other) = found {
            let verdict = &transition.verdicts[other];
            assert!(
                !matches!(verdict, Verdict::Rejected(_) | Verdict::Retry),
                "{verdict:?}"
            );
        }
    }
}

fn values(fields: &Fields) -> impl Iterator<Item = i64> {
    fields.values().filter_map(Value::as_i64)
}
