//! Who gets a key, by the very SQL of the Worker.

use super::super::row::KeyRow;
use super::*;
use crate::db::testing::TestDb;

const HOUR: i64 = 3600 * 1000;
/// An hour before midnight.
const LATE: i64 = 20_000 * DAY_MS - HOUR;

/// Who has the key after this request has asked for it.
fn ask(db: &mut TestDb, run_id: &str, request_hash: &str, now: i64) -> KeyRow {
    let reservation = Reservation {
        key_hash: "key",
        run_id,
        request_hash,
        secret_id: "secret",
        caller: None,
        lease_until: now + 10_000,
        now,
    };
    let statements = vec![
        reservation.take_over(),
        reservation.insert(),
        reservation.find(),
    ];
    let (mut batch, _) = db.batch(statements);
    let mut rows: Vec<KeyRow> = batch.all(2).unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn run_of(row: &KeyRow) -> KeyedRun {
    KeyedRun::new(row.day, "key".into(), row.run_id.clone())
}

#[test]
fn the_first_gets_it_and_the_same_request_may_take_over_when_it_died() {
    let mut db = TestDb::new();
    assert_eq!(ask(&mut db, "one", "request", LATE).run_id, "one");
    assert_eq!(ask(&mut db, "two", "request", LATE + 9_999).run_id, "one");
    assert_eq!(ask(&mut db, "two", "other", LATE + 10_000).run_id, "one");
    assert_eq!(ask(&mut db, "two", "request", LATE + 10_000).run_id, "two");
    // What the first one writes now counts no more.
    let (_, changed) = db.batch(vec![keep_answer(
        &KeyedRun::new(LATE / DAY_MS, "key".into(), "one".into()),
        "late",
        None,
    )]);
    assert_eq!(changed, 0);
}

#[test]
fn midnight_makes_no_difference() {
    let mut db = TestDb::new();
    let first = ask(&mut db, "one", "request", LATE);
    let next_day = LATE + 2 * HOUR;
    let row = ask(&mut db, "two", "request", next_day);
    assert_eq!((row.run_id.as_str(), row.day), ("two", first.day));
    db.batch(vec![keep_answer(&run_of(&row), "answer", None)]);
    let row = ask(&mut db, "three", "request", next_day + HOUR);
    assert_eq!(row.answer.as_deref(), Some("answer"));
}

#[test]
fn a_key_counts_for_24_hours() {
    let mut db = TestDb::new();
    let row = ask(&mut db, "one", "request", LATE);
    db.batch(vec![keep_answer(&run_of(&row), "answer", None)]);
    let last = LATE + DAY_MS - 1;
    assert_eq!(ask(&mut db, "two", "request", last).run_id, "one");
    assert_eq!(ask(&mut db, "two", "request", last + 1).run_id, "two");
}

#[test]
fn what_was_committed_is_never_taken_over() {
    let mut db = TestDb::new();
    ask(&mut db, "one", "request", LATE);
    db.prepare("update idempotency_keys set committed_at = 1");
    let row = ask(&mut db, "two", "request", LATE + HOUR);
    assert_eq!(row.run_id, "one");
    db.batch(vec![release(&run_of(&row)), end_lease(&run_of(&row))]);
    let row = ask(&mut db, "two", "request", LATE + HOUR);
    assert_eq!((row.run_id.as_str(), row.lease_until), ("one", 0));
}

#[test]
fn what_was_for_nothing_is_given_back() {
    let mut db = TestDb::new();
    let row = ask(&mut db, "one", "request", LATE);
    db.batch(vec![release(&run_of(&row)), end_lease(&run_of(&row))]);
    assert_eq!(ask(&mut db, "two", "other", LATE).run_id, "two");
}

#[test]
fn a_row_of_another_secret_can_be_taken_over_too() {
    let mut db = TestDb::new();
    ask(&mut db, "one", "request", LATE);
    db.prepare("update idempotency_keys set secret_id = 'older', request_hash = 'unreadable'");
    assert_eq!(ask(&mut db, "two", "request", LATE + HOUR).run_id, "two");
}

#[test]
fn old_keys_are_forgotten() {
    let mut db = TestDb::new();
    ask(&mut db, "one", "request", LATE);
    let forgotten = |db: &mut TestDb, now| db.batch(vec![forget_idempotency_keys(now)]).1;
    assert_eq!(forgotten(&mut db, LATE + DAY_MS), 0);
    assert_eq!(forgotten(&mut db, LATE + 2 * DAY_MS), 1);
}
