//! The ordered log of a room's events, in the SQLite of its object.
//!
//! Tables `events` and `log_state(key, value)`; the state `trimmed` is the newest event that was
//! forgotten. Kept are 30 days, 100,000 events and 512 MiB, whichever is least; trimmed is in
//! steps, since a delete is billed and takes time.
//!
//! A position P means: has everything with seq <= P.

use std::cell::Cell;

use serde_json::json;
use worker::{Result, SqlStorage, SqlStorageValue as Sql};

use super::event::{Channel, Event, Gap, Logged};

/// What is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many events.
    pub events: i64,
    /// How long, milliseconds.
    pub age_ms: i64,
    /// How much, bytes of the whole database.
    pub bytes: i64,
}

impl Limits {
    /// Those of the contract, with another number of events in tests.
    pub fn keeping(events: i64) -> Self {
        Self {
            events,
            age_ms: 30 * 24 * 3600 * 1000,
            bytes: 512 << 20,
        }
    }
}

/// Events of one look at the log.
pub const PAGE: Size = Size {
    events: 256,
    bytes: 128 << 10,
};

/// How much of the log to read at once; one event is read however large.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// How many events.
    pub events: i64,
    /// Bytes of their data.
    pub bytes: i64,
}

/// Rows looked at by one step of trimming.
const STEP: i64 = 1000;

/// Events forgotten at once to make room.
const STEP_FOR_ROOM: i64 = 100;

/// A database that runs statements at once, as an object's does.
pub trait Database {
    /// Runs a statement and reads all its rows.
    fn run(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<Vec<Sql>>>;

    /// Bytes in use.
    fn size(&self) -> i64;
}

impl Database for SqlStorage {
    fn run(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<Vec<Sql>>> {
        self.exec(sql, values)?.raw().collect()
    }

    fn size(&self) -> i64 {
        self.database_size() as i64
    }
}

/// Events next to each other.
#[derive(Debug)]
pub struct Page {
    /// Those that were asked for.
    pub events: Vec<Logged>,
    /// Whoever has them has everything up to here.
    pub through: i64,
}

/// What became of a list of events.
#[derive(Debug)]
pub struct Appended {
    /// Their places, also of those that were there before.
    pub seqs: Vec<i64>,
    /// Those that were not.
    pub new: Vec<Logged>,
}

/// The log.
pub struct EventLog<D> {
    db: D,
    limits: Limits,
    trimmed: Cell<i64>,
    newest: Cell<i64>,
}

impl<D: Database> EventLog<D> {
    /// Opens the log, which may be new or of an earlier version.
    ///
    /// # Errors
    /// When the database fails; likewise below.
    pub fn open(db: D, limits: Limits, now: i64) -> Result<Self> {
        create_tables(&db)?;
        let state = db.run(
            "select
               (select value from log_state where key = 'trimmed'),
               (select max(seq) from events)",
            vec![],
        )?;
        let row = state.first();
        let trimmed = row.map_or(0, |row| integer(row, 0));
        let log = Self {
            db,
            limits,
            trimmed: Cell::new(trimmed),
            newest: Cell::new(row.map_or(0, |row| integer(row, 1)).max(trimmed)),
        };
        log.trim(now)?;
        Ok(log)
    }

    /// The oldest event that is there, or will be.
    pub fn oldest(&self) -> i64 {
        self.trimmed.get() + 1
    }

    /// The newest event; 0 before the first.
    pub fn newest(&self) -> i64 {
        self.newest.get()
    }

    /// Where a reader goes on who has everything up to a position, and what it cannot get.
    pub fn resume(&self, after: i64) -> (i64, Option<Gap>) {
        let position = after.max(self.trimmed.get()).min(self.newest());
        let gap = Gap {
            after,
            oldest: self.oldest(),
            newest: self.newest(),
        };
        (position, (position != after).then_some(gap))
    }

    /// Adds events in order. One whose id is there is left as it is.
    pub fn append(&self, events: Vec<Event>, now: i64) -> Result<Appended> {
        let before = self.newest();
        let mut appended = Appended {
            seqs: Vec::with_capacity(events.len()),
            new: Vec::new(),
        };
        for event in events {
            let data = event.data.to_string();
            let added = self.insert(&event, &data, now)?;
            let Some(seq) = added else {
                appended.seqs.push(self.find(&event.id)?);
                continue;
            };
            appended.seqs.push(seq);
            self.newest.set(seq);
            appended.new.push(Logged {
                seq,
                id: event.id,
                topic: event.topic,
                name: event.name,
                data,
                is_last: event.is_last,
                at: now,
                channel: event.channel,
            });
        }
        let every = (self.limits.events / 16).clamp(1, 64);
        if before / every != self.newest() / every {
            self.trim(now)?;
        }
        Ok(appended)
    }

    fn insert(&self, event: &Event, data: &str, now: i64) -> Result<Option<i64>> {
        let rows = self.db.run(
            "insert into events (seq, id, topic, name, data, is_last, at, channel)
             values (?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do nothing
             returning seq",
            vec![
                // Its own count of the database would leave a hole for each id that was there.
                (self.newest() + 1).into(),
                event.id.as_str().into(),
                event.topic.as_str().into(),
                event.name.as_str().into(),
                data.into(),
                i64::from(event.is_last).into(),
                now.into(),
                event.channel.as_str().into(),
            ],
        )?;
        Ok(rows.first().map(|row| integer(row, 0)))
    }

    fn find(&self, id: &str) -> Result<i64> {
        let sql = "select seq from events where id = ?";
        let rows = self.db.run(sql, vec![id.into()])?;
        Ok(rows.first().map_or(0, |row| integer(row, 0)))
    }

    /// The events of a channel after a position, or only those of a topic.
    pub fn page(
        &self,
        after: i64,
        channel: Channel,
        topic: Option<&str>,
        size: Size,
    ) -> Result<Page> {
        let mut values: Vec<Sql> = vec![channel.as_str().into(), after.into(), size.events.into()];
        let measured = match topic {
            None => self.db.run(
                "select seq, octet_length(data) from events
                 where channel = ? and seq > ? order by seq limit ?",
                values,
            )?,
            Some(topic) => {
                values.insert(0, topic.into());
                self.db.run(
                    "select seq, octet_length(data) from events
                     where topic = ? and channel = ? and seq > ? order by seq limit ?",
                    values,
                )?
            }
        };
        let mut left = size.bytes;
        let fitting = measured.iter().take_while(|row| {
            let fits = left > 0;
            left -= integer(row, 1);
            fits
        });
        let seqs: Vec<i64> = fitting.map(|row| integer(row, 0)).collect();
        let is_all = seqs.len() == measured.len() && (seqs.len() as i64) < size.events;
        let through = match seqs.last() {
            Some(last) if !is_all => *last,
            _ => self.newest().max(after),
        };
        let events = self.read(&seqs)?;
        Ok(Page { events, through })
    }

    fn read(&self, seqs: &[i64]) -> Result<Vec<Logged>> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.db.run(
            "select seq, id, topic, name, data, is_last, at, channel from events
             where seq in (select value from json_each(?)) order by seq",
            vec![json!(seqs).to_string().into()],
        )?;
        Ok(rows.into_iter().map(logged).collect())
    }

    /// Forgets what is too old or too much, a step at a time.
    fn trim(&self, now: i64) -> Result<()> {
        let surplus = (self.newest() - self.limits.events).min(self.trimmed.get() + STEP);
        let oldest_at = self.first("select at from events order by seq limit 1", vec![])?;
        let is_old = oldest_at > 0 && oldest_at < now - self.limits.age_ms;
        let old = if is_old { self.newest_of_old(now)? } else { 0 };
        self.forget(surplus.max(old))?;
        while self.db.size() > self.limits.bytes && self.trimmed.get() < self.newest() {
            let step = self.first(
                "select max(seq) from (select seq from events order by seq limit ?)",
                vec![STEP_FOR_ROOM.into()],
            )?;
            self.forget(step)?;
        }
        Ok(())
    }

    fn newest_of_old(&self, now: i64) -> Result<i64> {
        self.first(
            "select max(seq) from (select seq, at from events order by seq limit ?) where at < ?",
            vec![STEP.into(), (now - self.limits.age_ms).into()],
        )
    }

    fn first(&self, sql: &str, values: Vec<Sql>) -> Result<i64> {
        let rows = self.db.run(sql, values)?;
        Ok(rows.first().map_or(0, |row| integer(row, 0)))
    }

    fn forget(&self, through: i64) -> Result<()> {
        if through <= self.trimmed.get() {
            return Ok(());
        }
        self.db.run(
            "insert into log_state (key, value) values ('trimmed', ?)
             on conflict (key) do update set value = excluded.value",
            vec![through.into()],
        )?;
        self.db
            .run("delete from events where seq <= ?", vec![through.into()])?;
        self.trimmed.set(through);
        Ok(())
    }
}

/// Objects of the first version have `events` without `channel`, and named all events `status`.
fn create_tables(db: &impl Database) -> Result<()> {
    db.run(
        "create table if not exists events (
           seq integer primary key,
           id text not null unique,
           topic text not null,
           name text not null,
           data text not null,
           is_last integer not null,
           at integer not null,
           channel text not null default 'events'
         )",
        vec![],
    )?;
    let is_current = db.run(
        "select 1 from pragma_table_info('events') where name = 'channel'",
        vec![],
    )?;
    if is_current.is_empty() {
        let add = "alter table events add column channel text not null default 'events'";
        db.run(add, vec![])?;
        let rename = "update events set name = 'job.updated' where name = 'status'";
        db.run(rename, vec![])?;
    }
    for sql in [
        "create index if not exists events_by_topic on events (topic, seq)",
        "create table if not exists log_state (key text primary key, value integer not null)",
        "insert into log_state (key, value)
         select 'trimmed', seq - 1
         from events
         where not exists (select 1 from log_state where key = 'trimmed')
         order by seq
         limit 1",
        "create table if not exists lobbies (name text primary key, delivered integer not null)",
    ] {
        db.run(sql, vec![])?;
    }
    Ok(())
}

fn logged(row: Vec<Sql>) -> Logged {
    let (seq, is_last, at) = (integer(&row, 0), integer(&row, 5) == 1, integer(&row, 6));
    let mut texts = row.into_iter().filter_map(|value| match value {
        Sql::String(text) => Some(text),
        _ => None,
    });
    let mut text = || texts.next().unwrap_or_default();
    Logged {
        seq,
        id: text(),
        topic: text(),
        name: text(),
        data: text(),
        is_last,
        at,
        channel: match text().as_str() {
            "frames" => Channel::Frames,
            _ => Channel::Events,
        },
    }
}

/// A whole number of a row; 0 for null.
pub fn integer(row: &[Sql], column: usize) -> i64 {
    match row.get(column) {
        Some(Sql::Integer(number)) => *number,
        Some(Sql::Float(number)) => *number as i64,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
