//! The object behind a user's room.
//!
//! Named by the user's id. Stores `events(seq, id, topic, name, data, is_last, at)`, trimmed
//! after 30 days or 10,000 events. Internal requests: `POST /publish` with an [`Event`] answers
//! 204; `GET /stream?topic=&after=&session=` answers server-sent events, id = sequence number;
//! `POST /end-sessions` with a list of session ids ends their streams and answers 204;
//! `POST /erase` forgets everything and answers 204; `GET /ping` answers.
//!
//! SQL in an object is synchronous and its writes are durable before any answer leaves (output
//! gate), so an event is in the log before a listener or the publisher hears of it.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::channel::mpsc::{Receiver, Sender, channel};
use futures::future::{Either, select};
use futures::stream::{self, LocalBoxStream};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use worker::{
    Delay, DurableObject, Env, Method, Request, Response, Result, SqlStorage, SqlStorageValue,
    State, durable_object,
};

use super::Event;
use crate::auth::is_live;
use crate::context::{Context, Origin};

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
    env: Env,
    // No borrow is held across an await, so an unwind leaves the list whole.
    listeners: AssertUnwindSafe<RefCell<Vec<Listener>>>,
}

struct Listener {
    topic: String,
    session_id: String,
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
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            listeners: AssertUnwindSafe(RefCell::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = request.url()?;
        if url.path() == "/ping" {
            return Response::empty();
        }
        if (request.method(), url.path()) == (Method::Post, "/erase") {
            self.listeners.borrow_mut().clear();
            self.state.storage().delete_all().await?;
            return Response::empty().map(|response| response.with_status(204));
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
                let topic = parameter("topic").unwrap_or_default();
                self.stream(topic, after, parameter("session").unwrap_or_default())
            }
            (Method::Post, "/end-sessions") => {
                let ended: Vec<String> = request.json().await?;
                // A listener that is let go ends its stream.
                self.listeners
                    .borrow_mut()
                    .retain(|listener| !ended.contains(&listener.session_id));
                Response::empty().map(|response| response.with_status(204))
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

    fn stream(&self, topic: String, after: i64, session_id: String) -> Result<Response> {
        let missed: Vec<Logged> = self
            .sql()
            .exec(
                "select seq, name, data, is_last from events
                 where topic = ? and seq > ? order by seq",
                values([topic.as_str().into(), after.into()]),
            )?
            .to_array()?;
        let (sender, receiver) = channel(MAX_BEHIND);
        self.listeners.borrow_mut().push(Listener {
            topic,
            session_id: session_id.clone(),
            sender,
        });
        let session = ListeningSession {
            env: self.env.clone(),
            id: session_id,
        };
        let events = events(missed, receiver, session);
        Response::from_stream(events.map(Result::<_, worker::Error>::Ok))
    }
}

/// The session that a stream belongs to. Whoever ends it tells the room; should that get lost, the
/// room asks for itself.
struct ListeningSession {
    env: Env,
    id: String,
}

impl ListeningSession {
    /// Whether the session has surely ended. A database that does not answer ends no stream.
    async fn has_ended(&self) -> bool {
        let origin = Origin {
            method: "ROOM".into(),
            path: "/stream".into(),
            ..Origin::default()
        };
        let context = Context::new(self.env.clone(), None, origin);
        matches!(is_live(&context, &self.id).await, Ok(false))
    }
}

/// A stream between two events.
struct Listening {
    live: LocalBoxStream<'static, Logged>,
    session: ListeningSession,
    silent_heartbeats: u32,
    session_checked_at: u64,
}

/// What was missed, then what comes, with heartbeats, until the last event of the topic.
///
/// A silent minute ends the stream: the client asks again and learns from the database what an
/// announcement that was lost would have said.
fn events(
    missed: Vec<Logged>,
    receiver: Receiver<Logged>,
    session: ListeningSession,
) -> impl Stream<Item = Vec<u8>> {
    let listening = Listening {
        live: stream::iter(missed).chain(receiver).boxed_local(),
        session,
        silent_heartbeats: 0,
        session_checked_at: now_ms(),
    };
    stream::unfold(Some(listening), |listening| async move {
        let mut listening = listening?;
        if now_ms() - listening.session_checked_at >= HEARTBEAT.as_millis() as u64 {
            if listening.session.has_ended().await {
                return None;
            }
            listening.session_checked_at = now_ms();
        }
        match select(listening.live.next(), Delay::from(HEARTBEAT)).await {
            Either::Left((event, _)) => {
                let event = event?;
                listening.silent_heartbeats = 0;
                Some((event.as_sse(), (event.is_last == 0).then_some(listening)))
            }
            Either::Right((_, pending)) => {
                drop(pending);
                listening.silent_heartbeats += 1;
                let goes_on = listening.silent_heartbeats < MAX_SILENT_HEARTBEATS;
                let heartbeat = b": still here\n\n".to_vec();
                Some((heartbeat, goes_on.then_some(listening)))
            }
        }
    })
}

fn now_ms() -> u64 {
    worker::Date::now().as_millis()
}

fn values<const N: usize>(values: [SqlStorageValue; N]) -> Vec<SqlStorageValue> {
    values.into()
}
