//! The log on an SQLite of the test's own, which runs the very statements of the object.

use rusqlite::Connection;
use rusqlite::types::{Value as Native, ValueRef};
use serde_json::json;

use super::*;

const NOW: i64 = 1_800_000_000_000;
const DAY: i64 = 24 * 3600 * 1000;
const ALL: Size = Size {
    events: 1000,
    bytes: 1 << 30,
};

struct Memory<'a>(&'a Connection);

impl Database for Memory<'_> {
    fn run(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<Vec<Sql>>> {
        let mut statement = self.0.prepare(sql).unwrap();
        let columns = statement.column_count();
        let values = values.into_iter().map(|value| match value {
            Sql::Integer(number) => Native::Integer(number),
            Sql::String(text) => Native::Text(text),
            other => panic!("{other:?}"),
        });
        let rows = statement.query_map(rusqlite::params_from_iter(values), |row| {
            let value = |column| match row.get_ref(column).unwrap() {
                ValueRef::Null => Sql::Null,
                ValueRef::Integer(number) => Sql::Integer(number),
                ValueRef::Text(text) => Sql::String(String::from_utf8(text.to_vec()).unwrap()),
                other => panic!("{other:?}"),
            };
            Ok((0..columns).map(value).collect())
        });
        Ok(rows.unwrap().map(|row| row.unwrap()).collect())
    }

    fn size(&self) -> i64 {
        let sql =
            "select (select * from pragma_page_count) - (select * from pragma_freelist_count)";
        let pages: i64 = self.0.query_row(sql, [], |row| row.get(0)).unwrap();
        pages * 4096
    }
}

fn sqlite() -> Connection {
    Connection::open_in_memory().unwrap()
}

fn log(db: &Connection, events: i64) -> EventLog<Memory<'_>> {
    EventLog::open(Memory(db), Limits::keeping(events), NOW).unwrap()
}

fn event(number: i64) -> Event {
    Event {
        id: format!("event {number}"),
        topic: format!("topic {}", number % 2),
        name: "app.test".into(),
        data: json!({ "number": number }),
        is_last: false,
        channel: Channel::Events,
    }
}

fn fill(log: &EventLog<Memory<'_>>, numbers: std::ops::RangeInclusive<i64>, now: i64) -> Appended {
    log.append(numbers.map(event).collect(), now).unwrap()
}

fn seqs(page: &Page) -> Vec<i64> {
    page.events.iter().map(|event| event.seq).collect()
}

#[test]
fn events_come_back_as_they_were_published() {
    let db = sqlite();
    let log = log(&db, 100);
    let published = Event {
        name: "job.updated".into(),
        data: json!({"text": "ä\n\"quoted\"", "list": [1, 2.5, null]}),
        is_last: true,
        channel: Channel::Frames,
        ..event(1)
    };
    let appended = log.append(vec![published], NOW).unwrap();
    assert_eq!(appended.seqs, [1]);
    let page = log.page(0, Channel::Frames, None, ALL).unwrap();
    assert_eq!(page.events, appended.new);
    assert_eq!(page.through, 1);
    assert!(page.events[0].is_last);
    assert_eq!(page.events[0].at, NOW);
    assert!(
        log.page(0, Channel::Events, None, ALL)
            .unwrap()
            .events
            .is_empty()
    );
}

#[test]
fn the_same_id_counts_once_in_a_list_and_across_lists() {
    let db = sqlite();
    let log = log(&db, 100);
    assert_eq!(fill(&log, 1..=3, NOW).seqs, [1, 2, 3]);
    let again = log
        .append(vec![event(2), event(4), event(4), event(1)], NOW + 1)
        .unwrap();
    assert_eq!(again.seqs, [2, 4, 4, 1]);
    assert_eq!(again.new.len(), 1);
    assert_eq!(log.newest(), 4);
    assert_eq!(
        log.page(0, Channel::Events, None, ALL)
            .unwrap()
            .events
            .len(),
        4
    );
}

#[test]
fn a_log_that_is_opened_again_goes_on() {
    let db = sqlite();
    fill(&log(&db, 100), 1..=5, NOW);
    let log = log(&db, 100);
    assert_eq!((log.oldest(), log.newest()), (1, 5));
    assert_eq!(fill(&log, 5..=6, NOW).seqs, [5, 6]);
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let db = sqlite();
    let log = log(&db, 1000);
    fill(&log, 1..=100, NOW);
    let size = Size {
        events: 7,
        bytes: 1 << 20,
    };
    for topic in [None, Some("topic 1")] {
        let (mut position, mut seen) = (0, Vec::new());
        while position < log.newest() {
            let page = log.page(position, Channel::Events, topic, size).unwrap();
            assert!(page.through > position && page.events.len() <= 7);
            seen.extend(seqs(&page));
            position = page.through;
        }
        let wanted: Vec<_> = (1..=100)
            .filter(|n| topic.is_none() || n % 2 == 1)
            .collect();
        assert_eq!(seen, wanted);
    }
}

#[test]
fn a_page_ends_at_its_bytes_but_holds_one_event_however_large() {
    let db = sqlite();
    let log = log(&db, 1000);
    let large = |number: i64| Event {
        data: json!("x".repeat(1000)),
        ..event(number)
    };
    log.append((1..=5).map(large).collect(), NOW).unwrap();
    let read = |after, bytes| {
        let size = Size { events: 10, bytes };
        let page = log.page(after, Channel::Events, None, size).unwrap();
        (seqs(&page), page.through)
    };
    assert_eq!(read(0, 10), (vec![1], 1));
    assert_eq!(read(1, 2000), (vec![2, 3], 3));
    assert_eq!(read(3, 1 << 20), (vec![4, 5], 5));
    assert_eq!(read(5, 10), (vec![], 5));
}

#[test]
fn whoever_has_all_of_a_channel_has_everything() {
    let db = sqlite();
    let log = log(&db, 100);
    fill(&log, 1..=2, NOW);
    let frame = Event {
        channel: Channel::Frames,
        ..event(3)
    };
    log.append(vec![frame], NOW).unwrap();
    assert_eq!(log.page(1, Channel::Events, None, ALL).unwrap().through, 3);
}

#[test]
fn the_oldest_go_when_there_are_too_many_also_across_a_restart() {
    let db = sqlite();
    let log = log(&db, 32);
    for number in 1..=100 {
        fill(&log, number..=number, NOW);
        assert!(log.newest() - log.oldest() < 32 + 2);
    }
    let page = log.page(0, Channel::Events, None, ALL).unwrap();
    assert_eq!(page.events[0].seq, log.oldest());
    let reopened = super::EventLog::open(Memory(&db), Limits::keeping(32), NOW).unwrap();
    assert_eq!((reopened.oldest(), reopened.newest()), (log.oldest(), 100));
}

#[test]
fn the_oldest_go_after_thirty_days_also_when_nothing_comes() {
    let db = sqlite();
    fill(&log(&db, 1000), 1..=3, NOW);
    let log = EventLog::open(Memory(&db), Limits::keeping(1000), NOW + 31 * DAY).unwrap();
    assert_eq!((log.oldest(), log.newest()), (4, 3));
    assert_eq!(fill(&log, 4..=4, NOW + 31 * DAY).seqs, [4]);
}

#[test]
fn the_oldest_go_when_the_database_is_too_large() {
    let db = sqlite();
    let limits = Limits {
        bytes: 1 << 20,
        ..Limits::keeping(10_000)
    };
    let log = EventLog::open(Memory(&db), limits, NOW).unwrap();
    for number in 1..=2000 {
        let large = Event {
            data: json!("x".repeat(4000)),
            ..event(number)
        };
        log.append(vec![large], NOW).unwrap();
    }
    assert!(Memory(&db).size() < (1 << 20) + 64 * 8192);
    assert!(log.oldest() > 1000 && log.oldest() <= 2000);
}

#[test]
fn a_reader_learns_what_it_cannot_get() {
    let db = sqlite();
    let log = log(&db, 16);
    assert_eq!(log.resume(0), (0, None));
    fill(&log, 1..=50, NOW);
    let (oldest, newest) = (log.oldest(), log.newest());
    assert_eq!(log.resume(newest), (newest, None));
    assert_eq!(log.resume(oldest - 1), (oldest - 1, None));
    let (position, gap) = log.resume(3);
    assert_eq!(position, oldest - 1);
    assert!(gap.unwrap().to_json().contains(r#""reason":"trimmed""#));
    let (position, gap) = log.resume(newest + 1);
    assert_eq!(position, newest);
    assert!(
        gap.unwrap()
            .to_json()
            .contains(r#""reason":"unknown_position""#)
    );
}

#[test]
fn the_log_of_the_first_version_is_taken_over() {
    let db = sqlite();
    db.execute_batch(
        "create table events (
           seq integer primary key autoincrement, id text not null unique, topic text not null,
           name text not null, data text not null, is_last integer not null, at integer not null
         );
         create index events_by_topic on events (topic, seq);
         insert into events values (7, 'a', 'job:1', 'status', '{}', 0, 1800000000000);
         insert into events values (8, 'b', 'job:1', 'status', '{}', 1, 1800000000000);",
    )
    .unwrap();
    for _ in 0..2 {
        let log = log(&db, 100);
        assert_eq!((log.oldest(), log.newest()), (7, 8));
        let page = log.page(6, Channel::Events, Some("job:1"), ALL).unwrap();
        assert_eq!(seqs(&page), [7, 8]);
        assert_eq!(page.events[1].name, "job.updated");
        assert_eq!(log.append(vec![], NOW).unwrap().seqs, [0; 0]);
    }
}
