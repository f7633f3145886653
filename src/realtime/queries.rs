//! The room's side of streamed answers: how far a query has got, and its next frames.
//!
//! `GET /query?id=` answers a [`QueryProgress`]. `POST /frames` is `POST /publish` for frames, but
//! answers 409 and stores nothing if a frame of the same id and other content is there.

use std::rc::Rc;

use dialect::Target;
use query_frames::{QueryUpdate, ServerFrame};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use worker::{Response, Result, SqlStorageValue as Sql};

use super::event::{Channel, Event};
use super::log::{Database, PAGE, integer};
use super::query_stream::topic_of;
use super::room::{Room, json_answer, parameter, read};

/// How far a query has got.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueryProgress {
    /// The number of its next frame.
    pub next: u64,
    /// The chunks of its last run, joined.
    pub text: String,
    /// Whether it has its last frame.
    pub is_over: bool,
}

/// From where a client wants a query's frames.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// All of the run while it lasts, and after that its end only.
    News,
    /// The chunk with this index and those behind it; at least the end.
    Chunks(u32),
}

/// The newest frame of a query.
pub struct Newest {
    number: u64,
    is_last: bool,
    /// Its place in the log.
    pub seq: i64,
    /// The frame of which clients learn that the query is over: this one, or the failure of which
    /// it tells the reason.
    end: i64,
}

impl Room {
    pub(super) fn query_progress(&self, url: &Target) -> Result<Response> {
        let query_id = parameter(url, "id").unwrap_or_default();
        let topic = topic_of(&query_id);
        let newest = self.newest_frame(&topic)?;
        let is_over = newest.as_ref().is_some_and(|frame| frame.is_last);
        json_answer(&json!(QueryProgress {
            next: newest.map_or(0, |frame| frame.number + 1),
            text: match is_over {
                true => String::new(),
                false => self.text_of(&query_id, &topic)?,
            },
            is_over,
        }))
    }

    fn text_of(&self, query_id: &str, topic: &str) -> Result<String> {
        let log = self.log()?;
        let mut position = self.start_of_run(query_id, topic)?;
        let mut text = String::new();
        while position < log.newest() {
            let page = log.page(position, Channel::Frames, Some(topic), PAGE)?;
            for event in &page.events {
                let update: Value = serde_json::from_str(&event.data)?;
                text += update["chunk"].as_str().unwrap_or_default();
            }
            position = page.through;
        }
        Ok(text)
    }

    pub(super) fn publish_frames(self: &Rc<Self>, body: &str) -> Result<Response> {
        self.log()?;
        let events: Vec<Event> = read(body)?;
        for event in &events {
            let values = vec![event.id.as_str().into(), event.data.to_string().into()];
            let sql = "select 1 from events where id = ? and data <> ?";
            if !self.sql().run(sql, values)?.is_empty() {
                return Response::error("another run goes on", 409);
            }
        }
        self.publish(body)
    }

    /// Behind which event the frames of a query begin that a client wants.
    pub(super) fn start_for(&self, query_id: &str, wanted: Wanted) -> Result<i64> {
        let topic = topic_of(query_id);
        let Some(newest) = self.newest_frame(&topic)? else {
            return Ok(0);
        };
        let run = self.start_of_run(query_id, &topic)?;
        let first = match wanted {
            Wanted::News if newest.is_last => newest.end,
            Wanted::News => run,
            Wanted::Chunks(index) => self.nth_after(&topic, run, index)?,
        };
        let last = match newest.is_last {
            true => newest.end,
            // Of what a client cannot have yet, it gets what comes.
            false => newest.seq + 1,
        };
        Ok(first.min(last) - 1)
    }

    /// The newest frame of a topic.
    pub(super) fn newest_frame(&self, topic: &str) -> Result<Option<Newest>> {
        self.log()?;
        let rows = self.sql().run(
            "select seq, is_last, id, name from events
             where topic = ? and channel = 'frames' order by seq desc limit 2",
            vec![topic.into()],
        )?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let is_reason = matches!(row.get(3), Some(Sql::String(name)) if name == "error");
        let number = match row.get(2) {
            Some(Sql::String(id)) => id.rsplit(':').next().and_then(|number| number.parse().ok()),
            _ => None,
        };
        Ok(Some(Newest {
            number: number.unwrap_or(0),
            is_last: integer(row, 1) == 1,
            seq: integer(row, 0),
            end: integer(rows.get(usize::from(is_reason)).unwrap_or(row), 0),
        }))
    }

    /// The frame that began the last run; 0 if there is none.
    fn start_of_run(&self, query_id: &str, topic: &str) -> Result<i64> {
        let begins = ServerFrame::QueryUpdate(QueryUpdate::processing(query_id)).data();
        let values = vec![topic.into(), json!(begins).to_string().into()];
        let sql = "select max(seq) from events where topic = ? and data = ?";
        self.first(sql, values).map(|seq| seq.unwrap_or(0))
    }

    /// The frame of a topic with so many others between it and another.
    fn nth_after(&self, topic: &str, seq: i64, index: u32) -> Result<i64> {
        let values = vec![topic.into(), seq.into(), i64::from(index).into()];
        let sql = "select seq from events
             where topic = ? and channel = 'frames' and seq > ? order by seq limit 1 offset ?";
        self.first(sql, values).map(|seq| seq.unwrap_or(i64::MAX))
    }

    fn first(&self, sql: &str, values: Vec<Sql>) -> Result<Option<i64>> {
        let rows = self.sql().run(sql, values)?;
        Ok(rows.first().map(|row| integer(row, 0)))
    }
}
