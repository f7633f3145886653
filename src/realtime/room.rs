//! The object behind a user's room.
//!
//! Named by the user's id. Stores `events(seq, id, topic, name, data, is_last, at)`, trimmed
//! after 30 days or 10,000 events. Internal requests: `POST /publish` with an [`Event`] answers
//! 204; `GET /stream?topic=&after=` answers server-sent events, id = sequence number;
//! `GET /ping` answers.
//!
//! SQL in an object is synchronous and its writes are durable before any answer leaves (output
//! gate), so an event is in the log before a listener or the publisher hears of it.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::channel::mpsc::{Receiver, Sender, channel};
use futures::future::{Either, select};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use worker::{
    Delay, DurableObject, Env, Method, Request, Response, Result, SqlStorage, SqlStorageValue,
    State, durable_object,
};

use super::Event;

const MAX_EVENTS: i64 = 10_000;
const MAX_AGE_MS: i64 = 30 * 24 * 3600 * 1000;

/// Events that a listener may be behind before it is let go; it comes back with its last id.
const MAX_BEHIND: usize = 256;

/// Proxies drop silent connections after a minute or less.
const HEARTBEAT: Duration = Duration::from_secs(15);
const MAX_SILENT_HEARTBEATS: u32 = 4;

/// A user's room.
#[durable_object]
pub struct UserRoom {
    state: State,
    // No borrow is held across an await, so an unwind leaves the list whole.
    listeners: AssertUnwindSafe<RefCell<Vec<Listener>>>,
}

struct Listener {
    topic: String,
    sender: Sender<Logged>,
}

#[derive(Debug, Clone, Deserialize)]
struct Logged {
    seq: i64,
    name: String,
    data: String,
    is_last: i64,
}

impl Logged {
    fn as_sse(&self) -> Vec<u8> {
        format!(
            "id: {}\nevent: {}\ndata: {}\n\n",
            self.seq, self.name, self.data
        )
        .into_bytes()
    }
}

impl DurableObject for UserRoom {
    fn new(state: State, _: Env) -> Self {
        Self {
            state,
            listeners: AssertUnwindSafe(RefCell::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = request.url()?;
        if url.path() == "/ping" {
            return Response::empty();
        }
        self.create_log()?;
        match (request.method(), url.path()) {
            (Method::Post, "/publish") => {
                let event: Event = request.json().await?;
                self.publish(&event)?;
                Response::empty().map(|response| response.with_status(204))
            }
            (Method::Get, "/stream") => {
                let parameter = |name: &str| {
                    url.query_pairs()
                        .find(|(key, _)| key == name)
                        .map(|(_, value)| value.into_owned())
                };
                let after = parameter("after")
                    .and_then(|after| after.parse().ok())
                    .unwrap_or(0);
                self.stream(parameter("topic").unwrap_or_default(), after)
            }
            _ => Response::error("no such call", 404),
        }
    }
}

impl UserRoom {
    fn sql(&self) -> SqlStorage {
        self.state.storage().sql()
    }

    fn create_log(&self) -> Result<()> {
        self.sql().exec(
            "create table if not exists events (
               seq integer primary key autoincrement,
               id text not null unique,
               topic text not null,
               name text not null,
               data text not null,
               is_last integer not null,
               at integer not null
             );
             create index if not exists events_by_topic on events (topic, seq);",
            None,
        )?;
        Ok(())
    }

    fn publish(&self, event: &Event) -> Result<()> {
        let now = worker::Date::now().as_millis() as i64;
        let added: Vec<Logged> = self
            .sql()
            .exec(
                "insert into events (id, topic, name, data, is_last, at)
                 values (?, ?, ?, ?, ?, ?)
                 on conflict (id) do nothing
                 returning seq, name, data, is_last",
                values([
                    event.id.as_str().into(),
                    event.topic.as_str().into(),
                    event.name.as_str().into(),
                    event.data.to_string().into(),
                    i64::from(event.is_last).into(),
                    now.into(),
                ]),
            )?
            .to_array()?;
        let Some(logged) = added.first() else {
            return Ok(());
        };
        self.push(&event.topic, logged);
        self.trim(logged.seq, now)
    }

    /// A listener that cannot take an event is let go.
    fn push(&self, topic: &str, logged: &Logged) {
        self.listeners.borrow_mut().retain_mut(|listener| {
            listener.topic != topic || listener.sender.try_send(logged.clone()).is_ok()
        });
    }

    fn trim(&self, newest: i64, now: i64) -> Result<()> {
        // Once in a while is enough, and deletes are billed.
        if newest % 100 == 0 {
            self.sql().exec(
                "delete from events where seq <= ? or at < ?",
                values([(newest - MAX_EVENTS).into(), (now - MAX_AGE_MS).into()]),
            )?;
        }
        Ok(())
    }

    fn stream(&self, topic: String, after: i64) -> Result<Response> {
        let missed: Vec<Logged> = self
            .sql()
            .exec(
                "select seq, name, data, is_last from events
                 where topic = ? and seq > ? order by seq",
                values([topic.as_str().into(), after.into()]),
            )?
            .to_array()?;
        let (sender, receiver) = channel(MAX_BEHIND);
        self.listeners.borrow_mut().push(Listener { topic, sender });
        Response::from_stream(events(missed, receiver).map(Result::<_, worker::Error>::Ok))
    }
}

/// What was missed, then what comes, with heartbeats, until the last event of the topic.
///
/// A silent minute ends the stream: the client asks again and learns from the database what an
/// announcement that was lost would have said.
fn events(missed: Vec<Logged>, receiver: Receiver<Logged>) -> impl Stream<Item = Vec<u8>> {
    let live = stream::iter(missed).chain(receiver).boxed_local();
    stream::unfold(Some((live, 0)), |listening| async move {
        let (mut live, silence) = listening?;
        match select(live.next(), Delay::from(HEARTBEAT)).await {
            Either::Left((event, _)) => {
                let event = event?;
                Some((event.as_sse(), (event.is_last == 0).then_some((live, 0))))
            }
            Either::Right((_, pending)) => {
                drop(pending);
                let heartbeat = b": still here\n\n".to_vec();
                let goes_on = silence + 1 < MAX_SILENT_HEARTBEATS;
                Some((heartbeat, goes_on.then_some((live, silence + 1))))
            }
        }
    })
}

fn values<const N: usize>(values: [SqlStorageValue; N]) -> Vec<SqlStorageValue> {
    values.into()
}
