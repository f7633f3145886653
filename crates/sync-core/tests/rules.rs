//! The rules of merging, one by one.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Number, Value, json};
use sync_core::{
    Action, Base, Digest, Effect, Fields, Identity, KEY_LIFE_MS, Key, KeyMemory, Lost, Operation,
    Outcome, Rejection, Snapshot, Stored, Transition, Verdict, Versions, apply,
};

const T: i64 = 1_700_000_000_000;
const NOW: i64 = T + 3_600_000;

fn key() -> Key {
    Key {
        collection: "moods".into(),
        id: "m".into(),
    }
}

fn fields(value: Value) -> Fields {
    serde_json::from_value(value).unwrap()
}

fn operation(action: Action, at: impl Into<Option<i64>>) -> Operation {
    Operation {
        identity: Identity::None,
        content: Digest::of(&[&format!("{action:?}")]),
        key: key(),
        action,
        at: at.into(),
        created_at: None,
        made_at: None,
        base: None,
        priority: 0,
        depends_on: Vec::new(),
    }
}

fn put(value: Value, at: impl Into<Option<i64>>) -> Operation {
    operation(Action::Put(fields(value)), at)
}

fn patch(value: Value, at: impl Into<Option<i64>>) -> Operation {
    operation(Action::Patch(fields(value)), at)
}

fn delete(at: impl Into<Option<i64>>) -> Operation {
    operation(Action::Delete, at)
}

fn add(amount: i64, at: impl Into<Option<i64>>) -> Operation {
    let field = "total".into();
    let amount = Number::from(amount);
    operation(Action::Add { field, amount }, at)
}

fn numbered(number: u64, operation: Operation) -> Operation {
    Operation {
        identity: Identity::Number(number),
        created_at: operation.at,
        ..operation
    }
}

fn named(name: &str, operation: Operation) -> Operation {
    Operation {
        identity: Identity::Named(Digest::of(&[name])),
        created_at: operation.at,
        ..operation
    }
}

fn knowing(version: i64, operation: Operation) -> Operation {
    Operation {
        base: Some(Base::Version(version)),
        ..operation
    }
}

/// What is stored, and who writes.
#[derive(Default)]
struct Store(Snapshot);

impl Store {
    fn of(operations: &[Operation]) -> Self {
        let mut store = Self::default();
        for operation in operations {
            store.send(std::slice::from_ref(operation), NOW);
        }
        store
    }

    fn by(&mut self, device: &str) -> &mut Self {
        self.0.device = device.into();
        self
    }

    fn send(&mut self, operations: &[Operation], now: i64) -> Transition {
        let transition = apply(&self.0, operations, now);
        self.0.version = transition.version;
        for (key, record) in transition.changed.iter() {
            self.0.records.insert(key.clone(), record.clone());
        }
        if let Some(memory) = transition.memory.clone() {
            self.0.memory = memory;
        }
        for (_, page) in transition.keys.iter() {
            self.0.keys.load(page);
        }
        transition
    }

    fn verdict(&mut self, operation: Operation) -> Verdict {
        self.send(&[operation], NOW).verdicts.remove(0)
    }

    /// The verdict, and what lost.
    fn losers(&mut self, operation: Operation) -> (Verdict, Vec<Lost>) {
        let mut transition = self.send(&[operation], NOW);
        let losers = transition.losers.into_iter().map(|loser| loser.lost);
        (transition.verdicts.remove(0), losers.collect())
    }

    fn body(&self) -> Option<Value> {
        let record = self.0.records.get(&key())?;
        (!record.is_deleted()).then(|| json!(record.body))
    }
}

const CREATED: Verdict = Verdict::Applied(Effect::Created);
const CHANGED: Verdict = Verdict::Applied(Effect::Changed);
const DELETED: Verdict = Verdict::Applied(Effect::Deleted);
const NOTHING: Verdict = Verdict::Applied(Effect::Nothing);

#[test]
fn the_newer_wins_the_older_is_kept_and_the_same_is_a_replay() {
    let mut store = Store::default();
    assert_eq!(store.verdict(put(json!({"mood": "sad"}), T)), CREATED);
    assert_eq!(store.verdict(put(json!({"mood": "glad"}), T + 5)), CHANGED);
    let (verdict, lost) = store.losers(put(json!({"mood": "mad"}), T + 3));
    assert_eq!(verdict, Verdict::Conflict);
    assert_eq!(lost, [Lost::Fields(fields(json!({"mood": "mad"})))]);
    assert_eq!(store.body(), Some(json!({"mood": "glad"})));
    let replay = Verdict::Duplicate(Outcome::Applied);
    assert_eq!(store.verdict(put(json!({"mood": "glad"}), T + 5)), replay);
    assert_eq!(store.verdict(put(json!({"mood": "sad"}), T)), replay);
}

#[test]
fn the_same_time_with_other_content_is_kept_too() {
    let mut store = Store::of(&[put(json!({"mood": "sad"}), T)]);
    let (verdict, lost) = store.losers(put(json!({"mood": "glad"}), T));
    assert_eq!((verdict, lost.len()), (Verdict::Conflict, 1));
}

#[test]
fn a_loser_has_the_same_id_each_time_and_another_than_the_next() {
    let mut store = Store::of(&[put(json!({"mood": "sad"}), T)]);
    let id = |store: &mut Store, operation| store.send(&[operation], NOW).losers[0].id;
    let first = id(&mut store, put(json!({"mood": "mad"}), T - 3));
    assert_eq!(id(&mut store, put(json!({"mood": "mad"}), T - 3)), first);
    assert_ne!(id(&mut store, put(json!({"mood": "mad"}), T - 4)), first);
    assert_ne!(id(&mut store, put(json!({"mood": "bad"}), T - 3)), first);
    store.by("other");
    assert_ne!(id(&mut store, put(json!({"mood": "mad"}), T - 3)), first);
}

#[test]
fn what_two_changed_in_different_fields_is_both_there() {
    let start = json!({"mood": "sad", "note": "rain"});
    let mut store = Store::of(&[put(start, T)]);
    assert_eq!(
        store.verdict(put(json!({"mood": "glad", "note": "rain"}), T + 20)),
        CHANGED
    );
    // An older write of another field: what is equal in the newer did not advance.
    assert_eq!(
        store.verdict(patch(json!({"note": "sun"}), T + 10)),
        CHANGED
    );
    assert_eq!(store.body(), Some(json!({"mood": "glad", "note": "sun"})));
}

#[test]
fn a_whole_write_with_a_base_changes_only_what_its_writer_changed() {
    let start = json!({"mood": "sad", "note": "rain"});
    for base in [Base::Version(1), Base::Time(T)] {
        let mut store = Store::of(&[put(start.clone(), T)]);
        store
            .by("other")
            .send(&[patch(json!({"mood": "glad"}), T + 5000)], NOW);
        let whole = Operation {
            base: Some(base),
            ..put(json!({"mood": "sad", "note": "sun"}), T + 9000)
        };
        assert_eq!(store.by("").losers(whole), (CHANGED, vec![]));
        assert_eq!(store.body(), Some(json!({"mood": "glad", "note": "sun"})));
    }
}

#[test]
fn without_a_base_the_newer_whole_write_wins_whole() {
    let mut store = Store::of(&[put(json!({"mood": "sad", "note": "rain"}), T)]);
    store.send(&[patch(json!({"mood": "glad"}), T + 5)], NOW);
    store.send(&[put(json!({"mood": "sad", "note": "sun"}), T + 9)], NOW);
    assert_eq!(store.body(), Some(json!({"mood": "sad", "note": "sun"})));
}

#[test]
fn who_knew_what_was_there_wins_whatever_his_clock_says() {
    let mut store = Store::of(&[put(json!({"mood": "sad"}), T)]);
    let day = 86_400_000;
    let late = knowing(1, put(json!({"mood": "glad"}), T - day));
    assert_eq!(store.by("slow").verdict(late), CHANGED);
    let record = store.0.records.get(&key()).unwrap();
    assert_eq!(record.updated_at, T + 1);
    assert_eq!(store.verdict(knowing(2, delete(T - day))), DELETED);
    assert_eq!(
        store.verdict(knowing(3, put(json!({"mood": "mad"}), T - day))),
        CREATED
    );
}

#[test]
fn what_is_overwritten_unseen_is_kept() {
    let mut store = Store::of(&[put(json!({"mood": "sad"}), T)]);
    store
        .by("other")
        .send(&[put(json!({"mood": "glad"}), T + 5)], NOW);
    store.by("");
    let (verdict, lost) = store.losers(knowing(1, put(json!({"mood": "mad"}), T + 9)));
    assert_eq!(verdict, CHANGED);
    assert_eq!(lost, [Lost::Fields(fields(json!({"mood": "glad"})))]);
    store
        .by("other")
        .send(&[put(json!({"mood": "bad"}), T + 15)], NOW);
    let (verdict, lost) = store.by("").losers(knowing(3, delete(T + 19)));
    assert_eq!(verdict, DELETED);
    assert_eq!(lost, [Lost::Fields(fields(json!({"mood": "bad"})))]);
}

#[test]
fn a_deletion_leaves_a_tombstone_that_the_older_does_not_lift() {
    let mut store = Store::default();
    // The creation was lost on the way, and comes after.
    assert_eq!(store.verdict(delete(T + 10)), DELETED);
    let (verdict, lost) = store.losers(put(json!({"mood": "sad"}), T));
    assert_eq!(verdict, Verdict::Conflict);
    assert_eq!(lost, [Lost::Fields(fields(json!({"mood": "sad"})))]);
    assert_eq!(store.body(), None);
    assert_eq!(
        store.verdict(delete(T + 10)),
        Verdict::Duplicate(Outcome::Applied)
    );
    assert_eq!(store.verdict(put(json!({"mood": "glad"}), T + 11)), CREATED);
    assert_eq!(store.body(), Some(json!({"mood": "glad"})));
    let (verdict, lost) = store.losers(delete(T + 5));
    assert_eq!((verdict, lost), (Verdict::Conflict, vec![Lost::Deletion]));
}

#[test]
fn a_deletion_repeated_later_counts_as_later() {
    let mut store = Store::of(&[delete(T), delete(T + 20)]);
    assert_eq!(
        store.verdict(put(json!({"mood": "sad"}), T + 10)),
        Verdict::Conflict
    );
    assert_eq!(store.verdict(delete(T + 5)), NOTHING);
}

#[test]
fn what_is_made_and_deleted_in_one_second_is_deleted() {
    let mut store = Store::of(&[put(json!({"mood": "sad"}), T)]);
    assert_eq!(store.verdict(delete(T)), DELETED);
}

#[test]
fn without_a_time_the_moment_of_arrival_counts_and_wins() {
    let ahead = NOW + 4 * 60_000;
    let mut store = Store::of(&[put(json!({"mood": "sad"}), ahead)]);
    assert_eq!(store.verdict(put(json!({"mood": "glad"}), None)), CHANGED);
    assert_eq!(store.verdict(put(json!({"mood": "glad"}), None)), NOTHING);
    assert_eq!(store.verdict(delete(None)), DELETED);
    let missing = Verdict::Rejected(Rejection::NOT_FOUND);
    assert_eq!(store.verdict(patch(json!({"mood": "mad"}), None)), missing);
    assert_eq!(store.verdict(put(json!({"mood": "mad"}), None)), CREATED);
}

#[test]
fn clocks_far_ahead_count_as_now_and_a_resend_is_still_known() {
    let mut store = Store::of(&[put(json!({"mood": "sad"}), NOW + 86_400_000)]);
    assert_eq!(store.0.records.get(&key()).unwrap().updated_at, NOW);
    store
        .by("other")
        .send(&[put(json!({"mood": "glad"}), NOW + 10)], NOW + 20);
    let resend = put(json!({"mood": "sad"}), NOW + 86_400_000);
    let verdicts = store.by("").send(&[resend], NOW + 30).verdicts;
    assert_eq!(verdicts, [Verdict::Duplicate(Outcome::Applied)]);
    assert_eq!(store.body(), Some(json!({"mood": "glad"})));
}

#[test]
fn a_numbered_queue_is_in_order_whatever_the_clock_did() {
    let mut store = Store::of(&[numbered(1, put(json!({"mood": "sad"}), T))]);
    assert_eq!(
        store.verdict(numbered(3, put(json!({"mood": "glad"}), T - 500))),
        CHANGED
    );
    // The second was held up on the way.
    assert_eq!(
        store.verdict(numbered(2, put(json!({"mood": "mad"}), T + 1))),
        Verdict::Conflict
    );
    assert_eq!(store.body(), Some(json!({"mood": "glad"})));
}

#[test]
fn a_numbering_is_one_whatever_order_its_operations_are_carried_out_in() {
    let urgent = |operation| Operation {
        priority: 1,
        ..operation
    };
    let elsewhere = Operation {
        key: Key {
            collection: "moods".into(),
            id: "other".into(),
        },
        ..put(json!({"mood": "x"}), T - 9)
    };
    let batch = [
        numbered(1, put(json!({"mood": "sad"}), T)),
        Operation {
            created_at: Some(T + 9),
            ..numbered(2, put(json!({"mood": "glad"}), T - 500))
        },
        urgent(numbered(3, elsewhere)),
    ];
    let mut store = Store::default();
    let verdicts = store.send(&batch, NOW).verdicts;
    assert_eq!(verdicts, [CREATED, CHANGED, CREATED]);
}

#[test]
fn an_earlier_number_does_not_bring_back_what_a_later_one_deleted() {
    let mut store = Store::of(&[numbered(5, delete(T))]);
    let late = Operation {
        identity: Identity::Number(4),
        ..put(json!({"mood": "sad"}), None)
    };
    let (verdict, lost) = store.losers(late);
    assert_eq!((verdict, lost.len()), (Verdict::Conflict, 1));
}

#[test]
fn additions_add_up_in_any_order_and_once() {
    let mut store = Store::of(&[put(json!({"title": "run"}), T)]);
    for (number, amount) in [(1, 5), (3, -2), (2, 10)] {
        assert_eq!(
            store.verdict(numbered(number, add(amount, T + amount))),
            CHANGED
        );
    }
    assert_eq!(
        store.verdict(numbered(3, add(-2, T - 2))),
        Verdict::Duplicate(Outcome::Applied)
    );
    assert_eq!(store.verdict(named("x", add(7, T))), CHANGED);
    assert_eq!(
        store.verdict(named("x", add(7, T))),
        Verdict::Duplicate(Outcome::Applied)
    );
    assert_eq!(store.body(), Some(json!({"title": "run", "total": 20})));
    assert_eq!(store.verdict(named("y", add(0, T))), NOTHING);
}

#[test]
fn sums_stay_whole_until_they_cannot_and_never_leave_the_numbers() {
    let mut store = Store::of(&[put(json!({"total": i64::MAX}), T)]);
    assert_eq!(store.verdict(named("a", add(1, T))), CHANGED);
    assert_eq!(store.body(), Some(json!({"total": i64::MAX as f64 + 1.0})));
    let huge = Number::from_f64(1.7e308).unwrap();
    let field = "total".to_owned();
    let add_huge = Action::Add {
        field,
        amount: huge,
    };
    assert_eq!(
        store.verdict(named("b", operation(add_huge.clone(), T))),
        CHANGED
    );
    let refused = Verdict::Rejected(Rejection::NOT_A_NUMBER);
    assert_eq!(store.verdict(named("c", operation(add_huge, T))), refused);
    let mut text = Store::of(&[put(json!({"total": "many"}), T)]);
    assert_eq!(text.verdict(named("d", add(1, T))), refused);
}

#[test]
fn a_whole_write_over_what_others_added_is_kept_track_of() {
    let mut store = Store::of(&[put(json!({"total": 1}), T)]);
    store.by("other").send(&[named("x", add(5, T + 1))], NOW);
    let (verdict, lost) = store.by("").losers(put(json!({"total": 2}), T + 9));
    assert_eq!(verdict, CHANGED);
    assert_eq!(lost, [Lost::Fields(fields(json!({"total": 6})))]);
    let (_, lost) = store.by("third").losers(put(json!({"total": 3}), T + 19));
    assert_eq!(lost, []);
}

#[test]
fn what_comes_to_a_deleted_record_is_kept_and_what_comes_to_none_is_refused() {
    let mut store = Store::default();
    let refused = Verdict::Rejected(Rejection::NOT_FOUND);
    assert_eq!(
        store.verdict(numbered(1, patch(json!({"mood": "sad"}), T))),
        refused
    );
    assert_eq!(store.verdict(numbered(2, add(5, T))), refused);
    store.verdict(delete(T));
    let (verdict, lost) = store.losers(numbered(3, add(5, T + 9)));
    assert_eq!(verdict, Verdict::Conflict);
    assert_eq!(lost, [Lost::Addition("total".into(), 5.into())]);
    let (_, lost) = store.losers(numbered(4, patch(json!({"mood": "sad"}), T + 9)));
    assert_eq!(lost, [Lost::Fields(fields(json!({"mood": "sad"})))]);
}

#[test]
fn what_lost_can_be_brought_back() {
    let mut store = Store::of(&[put(json!({"mood": "sad", "note": "rain"}), T)]);
    let (_, mut lost) = store.losers(put(json!({"mood": "mad", "note": "rain"}), T - 9));
    let back = lost.remove(0).restore(true);
    assert_eq!(store.verdict(operation(back, None)), CHANGED);
    assert_eq!(store.body(), Some(json!({"mood": "mad", "note": "rain"})));
    store.verdict(delete(None));
    let (_, mut lost) = store.losers(put(json!({"mood": "old"}), T - 99));
    let back = lost.remove(0).restore(false);
    assert_eq!(store.verdict(operation(back, None)), CREATED);
    assert_eq!(store.body(), Some(json!({"mood": "old"})));
}

#[test]
fn one_poisonous_operation_costs_one_verdict_and_those_that_need_it() {
    let mut store = Store::default();
    let poison = Outcome::Rejected(Rejection::new(400, "VALIDATION_ERROR"));
    let batch = [
        numbered(1, operation(Action::Elsewhere(Some(poison.clone())), T)),
        numbered(2, put(json!({"mood": "sad"}), T)),
        Operation {
            depends_on: vec![Identity::Number(1)],
            ..numbered(3, patch(json!({"mood": "mad"}), T + 1))
        },
        numbered(4, operation(Action::Elsewhere(None), T)),
        Operation {
            depends_on: vec![Identity::Number(4)],
            ..numbered(5, patch(json!({"mood": "bad"}), T + 2))
        },
    ];
    let expected = [
        Verdict::Rejected(Rejection::new(400, "VALIDATION_ERROR")),
        CREATED,
        Verdict::Rejected(Rejection::DEPENDENCY_FAILED),
        Verdict::Retry,
        Verdict::Retry,
    ];
    assert_eq!(store.send(&batch, NOW).verdicts, expected);
    // The first verdicts stand, a year later too; those that were to come again are decided on.
    let year = 365 * 86_400_000;
    let mut again = batch.clone();
    again[3].action = Action::Elsewhere(Some(Outcome::Applied));
    let expected = [
        Verdict::Duplicate(poison),
        Verdict::Duplicate(Outcome::Applied),
        Verdict::Duplicate(Outcome::Rejected(Rejection::DEPENDENCY_FAILED)),
        NOTHING,
        CHANGED,
    ];
    assert_eq!(store.send(&again, NOW + year).verdicts, expected);
    // What was rejected in an earlier batch is known to those that need it.
    let late = Operation {
        depends_on: vec![Identity::Number(1)],
        ..numbered(6, patch(json!({"mood": "mad"}), T + 1))
    };
    let failed = Verdict::Rejected(Rejection::DEPENDENCY_FAILED);
    assert_eq!(store.verdict(late), failed);
}

#[test]
fn a_circle_of_needs_is_refused_and_delays_nobody() {
    let needs = |number, other, operation| Operation {
        depends_on: vec![Identity::Number(other)],
        ..numbered(number, operation)
    };
    let batch = [
        needs(1, 2, put(json!({"mood": "a"}), T)),
        needs(2, 1, put(json!({"mood": "b"}), T)),
        numbered(3, put(json!({"mood": "c"}), T)),
    ];
    let verdicts = Store::default().send(&batch, NOW).verdicts;
    assert!(verdicts.contains(&Verdict::Rejected(Rejection::DEPENDENCY_CIRCLE)));
    assert_eq!(verdicts[2], CREATED);
}

#[test]
fn the_same_operation_twice_in_a_batch_counts_once() {
    let mut store = Store::of(&[put(json!({"title": "run"}), T)]);
    for twice in [numbered(1, add(5, T)), named("a", add(5, T))] {
        let verdicts = store.send(&[twice.clone(), twice], NOW).verdicts;
        assert_eq!(verdicts, [CHANGED, Verdict::Duplicate(Outcome::Applied)]);
    }
    assert_eq!(store.body(), Some(json!({"title": "run", "total": 10})));
}

#[test]
fn a_name_that_is_too_old_to_be_known_is_never_added_twice() {
    let mut store = Store::of(&[put(json!({"title": "run"}), T)]);
    let later = T + KEY_LIFE_MS + 2;
    let too_old = Verdict::Rejected(Rejection::TOO_OLD);
    let elsewhere = operation(Action::Elsewhere(None), T);
    for not_begun in [named("a", add(5, T)), named("c", elsewhere)] {
        let verdicts = store.send(&[not_begun], later).verdicts;
        assert_eq!(verdicts[0], too_old);
    }
    let write = named("b", put(json!({"title": "walk"}), T + 1));
    assert_eq!(
        store.send(std::slice::from_ref(&write), later).verdicts,
        [CHANGED]
    );
    store.0.keys = KeyMemory::default();
    let replay = Verdict::Duplicate(Outcome::Applied);
    assert_eq!(store.send(&[write], later).verdicts, [replay]);
}

#[test]
fn each_changed_record_gets_a_change_of_its_own_and_an_empty_batch_none() {
    let mut store = Store::default();
    let other = Operation {
        key: Key {
            collection: "goals".into(),
            id: "g".into(),
        },
        ..put(json!({"title": "run"}), T)
    };
    let batch = [
        put(json!({"mood": "sad"}), T),
        other,
        patch(json!({"mood": "glad"}), T + 1),
    ];
    let transition = store.send(&batch, NOW);
    let versions: BTreeMap<_, _> = transition
        .changed
        .iter()
        .map(|(key, record)| (key.id.as_str(), record.version))
        .collect();
    assert_eq!(versions, [("m", 1), ("g", 2)].into());
    assert_eq!(transition.version, 2);
    let again = store.send(&batch, NOW);
    assert!(again.is_empty());
    assert_eq!(again.version, 2);
    // Only the memory changes, and still nobody may write what he decided before.
    let rejected = store.send(
        &[numbered(
            9,
            operation(Action::Elsewhere(Some(Outcome::Conflict)), T),
        )],
        NOW,
    );
    assert!(rejected.changed.is_empty() && !rejected.is_empty());
    assert_eq!(rejected.version, 3);
}

#[test]
fn differences_are_told_since_any_change() {
    let mut store = Store::of(&[put(json!({"mood": "sad", "note": "rain"}), T)]);
    store.send(&[patch(json!({"mood": "glad"}), T + 1)], NOW);
    store.send(&[patch(json!({"note": null}), T + 2)], NOW);
    let record = store.0.records.get(&key()).unwrap();
    assert_eq!(record.changed_since(0), None);
    assert_eq!(
        record.changed_since(1),
        Some(fields(json!({"mood": "glad", "note": null})))
    );
    assert_eq!(record.changed_since(2), Some(fields(json!({"note": null}))));
    assert_eq!(record.changed_since(3), Some(Fields::new()));
}

#[test]
fn what_is_stored_stays_readable() {
    let mut store = Store::of(&[put(json!({"mood": "sad", "total": 1}), T)]);
    let versions = |store: &Store| store.0.records.get(&key()).unwrap().versions.to_text();
    let made = r#"{"s":[1700000000000,0,3978654980],"v":1,"w":[17186687922055381562]}"#;
    assert_eq!(versions(&store), made);
    store.send(&[numbered(7, patch(json!({"mood": "glad"}), T + 1))], NOW);
    store.send(&[named("a", add(2, T + 2))], NOW);
    let changed = concat!(
        r#"{"s":[1700000000000,0,3978654980],"v":1,"#,
        r#""f":[["mood",{"s":[1700000000001,7,671086305],"v":2,"p":[[1,1700000000000,1867919146]]}],"#,
        r#"["total",{"s":[1700000000002,0,3978654980],"v":3,"a":true,"p":[[1,1700000000000,2839746874]]}]],"#,
        r#""w":[17186687922055381562]}"#
    );
    assert_eq!(versions(&store), changed);
    let read = Versions::of_text(changed).unwrap();
    assert_eq!(read, store.0.records.get(&key()).unwrap().versions);
    for (lost, text) in [
        (
            Lost::Fields(fields(json!({"mood": "sad"}))),
            r#"{"f":{"mood":"sad"}}"#,
        ),
        (Lost::Deletion, r#""d""#),
        (
            Lost::Addition("total".into(), 5.into()),
            r#"{"a":["total",5]}"#,
        ),
    ] {
        assert_eq!(lost.to_text(), text);
        assert_eq!(Lost::of_text(text), Some(lost));
    }
}

fn any_operation() -> impl Strategy<Value = Operation> {
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!("a")),
        Just(json!("b")),
        Just(json!(7))
    ];
    let fields = prop::collection::btree_map(
        prop_oneof![Just("x".to_owned()), Just("y".into())],
        value,
        0..3,
    );
    let action = prop_oneof![
        fields
            .clone()
            .prop_map(|fields| Action::Put(Fields::from_iter(fields))),
        fields.prop_map(|fields| Action::Patch(Fields::from_iter(fields))),
        Just(Action::Delete),
        (-3i64..4).prop_map(|amount| Action::Add {
            field: "x".into(),
            amount: amount.into()
        }),
    ];
    let identity = prop_oneof![
        Just(Identity::None),
        (0u64..6).prop_map(Identity::Number),
        (0u8..6).prop_map(|name| Identity::Named(Digest::of(&[&name.to_string()]))),
    ];
    let time = prop::option::of(T..T + 6);
    let base = prop::option::of(prop_oneof![
        Just(Base::Version(0)),
        (T..T + 6).prop_map(Base::Time)
    ]);
    (action, identity, time, base, 0u8..5).prop_map(|(action, identity, at, base, priority)| {
        Operation {
            identity,
            base,
            priority,
            created_at: at,
            ..operation(action, at)
        }
    })
}

proptest! {
    /// A batch is the same as its operations one by one in its order; and sent again, all that is
    /// known by a name or a number is known.
    #[test]
    fn a_batch_is_its_operations_one_by_one(batch in prop::collection::vec(any_operation(), 0..12)) {
        // A queue that counts up with time, so that it is the same numbering in any order.
        let number = |(at, operation): (usize, Operation)| match operation.identity {
            Identity::Number(_) => Operation {
                identity: Identity::Number(at as u64 + 1),
                created_at: Some(T + at as i64),
                ..operation
            },
            _ => operation,
        };
        let batch: Vec<_> = batch.into_iter().enumerate().map(number).collect();
        let mut at_once = Store::default();
        let together = at_once.send(&batch, NOW);
        let mut apart = Store::default();
        for &at in &together.order {
            let alone = apart.send(std::slice::from_ref(&batch[at]), NOW);
            prop_assert_eq!(&alone.verdicts[0], &together.verdicts[at]);
        }
        prop_assert_eq!(at_once.body(), apart.body());
        let again = at_once.send(&batch, NOW + 9);
        for (operation, verdict) in batch.iter().zip(&again.verdicts) {
            if operation.identity != Identity::None {
                prop_assert!(matches!(verdict, Verdict::Duplicate(_)), "{verdict:?}");
            }
        }
    }

    /// Timed writes of known devices end the same in whatever order they come.
    #[test]
    fn writes_of_different_times_commute(times in prop::collection::hash_set(0i64..50, 1..6), seed in any::<u64>()) {
        let times: Vec<i64> = times.into_iter().collect();
        let write = |&time: &i64| match time % 3 {
            0 => delete(T + time),
            1 => put(json!({"mood": time, "note": time}), T + time),
            _ => put(json!({"mood": -time, "note": -time}), T + time),
        };
        let mut shuffled = times.clone();
        let count = shuffled.len();
        for at in 0..count {
            shuffled.swap(at, (seed >> (at * 8)) as usize % count);
        }
        let one: Vec<_> = times.iter().map(write).collect();
        let other: Vec<_> = shuffled.iter().map(write).collect();
        let latest = times.iter().max();
        let expected = latest.filter(|&time| time % 3 != 0).map(write);
        for order in [one, other] {
            let store = Store::of(&order);
            let body = expected.clone().map(|operation| match operation.action {
                Action::Put(mut fields) => {
                    fields.retain(|_, value| !value.is_null());
                    json!(fields)
                }
                _ => Value::Null,
            });
            prop_assert_eq!(store.body(), body);
        }
    }
}
