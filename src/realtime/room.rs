//! The object behind a user's room: its internal calls.
//!
//! Named by the user's id. Whoever calls is the Worker or a lobby:
//!
//! - `POST /publish` with a list of [`Event`]: stores them and tells everybody who listens; answers
//!   `{"seqs": [..], "added": n}` when they are durable, 413 when one is too large.
//! - `POST /signal {"name", "data"}`: tells sockets and streams of the feed that are open, and stores
//!   nothing; answers 204.
//! - `GET /stream`: server-sent events, see `streams.rs`.
//! - `/sockets/events`, `/sockets/query`: an upgrade, see `sockets/`.
//! - `GET /query?id=` and `POST /frames`: streamed answers, see `queries.rs`.
//! - `POST /subscribe {"lobby"}`, `GET /log?after=`: see `lobbies.rs`.
//! - `POST /end-sessions` with a list of session ids: closes what belongs to them; answers 204.
//! - `GET /status`: who is connected.
//! - `POST /erase`: forgets everything; answers 204. `GET /ping`: answers.
//!
//! SQL in an object is synchronous and its writes are durable before anything leaves (output
//! gate), so an event is in the log before a listener or the publisher hears of it. Between storing
//! an event and pushing it nothing is awaited: a socket that is not behind has got what is stored.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use dialect::Target;
use futures::future::join;
use serde::Deserialize;
use serde_json::{Value, json};
use worker::{
    DurableObject, Env, Error, Method, Request, Response, Result, SqlStorage, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use super::alarm::Alarm;
use super::event::{Event, MAX_AT_ONCE, MAX_DATA_BYTES};
use super::lobbies::Lobbies;
use super::log::{EventLog, Limits};
use super::sockets::{CLOSE_INTERNAL, CLOSE_SESSION_ENDED, Kind, Reason, Sockets};
use super::streams::Readers;
use crate::config::{Config, RealtimeConfig};

/// A request whose session was checked is here well before that.
const ENDED_REMEMBERED_MS: i64 = 60_000;

/// The log of a room.
pub type Log = EventLog<SqlStorage>;

/// A user's room, as the runtime calls it.
#[durable_object]
pub struct UserRoom {
    // No borrow is held across an await, so an unwind leaves everything whole.
    room: AssertUnwindSafe<Rc<Room>>,
}

/// A user's room.
pub struct Room {
    pub(super) state: Rc<State>,
    pub(super) env: Env,
    pub(super) config: &'static RealtimeConfig,
    pub(super) sockets: RefCell<Sockets>,
    pub(super) readers: RefCell<Readers>,
    pub(super) lobbies: RefCell<Lobbies>,
    log: RefCell<Option<Rc<Log>>>,
    /// Sessions that ended a moment ago, and when.
    ended: RefCell<Vec<(String, i64)>>,
    alarm: Alarm,
}

impl DurableObject for UserRoom {
    fn new(state: State, env: Env) -> Self {
        let room = Rc::new(Room::new(state, env));
        room.go_on();
        Self {
            room: AssertUnwindSafe(room),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let answer = self.room.answer(request).await;
        self.room.arm();
        answer
    }

    async fn alarm(&self) -> Result<Response> {
        self.room.alarm.rings().await;
        let beaten = self.room.beat().await;
        let settled = self.room.settle_lobbies();
        self.room.arm();
        self.room.alarm.has_rung().await;
        beaten.and(settled).and_then(|()| Response::empty())
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        if let Some((socket, request)) = self.room.hear(&socket, message)? {
            self.room.serve(&socket, request).await?;
        }
        self.room.arm();
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        _: String,
        _: bool,
    ) -> Result<()> {
        self.room.part(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _: Error) -> Result<()> {
        self.room.part(&socket, 1006);
        Ok(())
    }
}

#[derive(Deserialize)]
struct Subscription {
    lobby: String,
}

impl Room {
    fn new(state: State, env: Env) -> Self {
        let state = Rc::new(state);
        Self {
            config: &Config::of(&env).realtime,
            sockets: RefCell::new(Sockets::of(&state, &Config::of(&env).realtime)),
            readers: RefCell::default(),
            lobbies: RefCell::default(),
            log: RefCell::default(),
            ended: RefCell::default(),
            alarm: Alarm::new(state.clone()),
            state,
            env,
        }
    }

    async fn answer(self: &Rc<Self>, mut request: Request) -> Result<Response> {
        let url = Target::of(&request.inner().url());
        match (request.method(), url.path.as_str()) {
            (Method::Get, "/ping") => Response::empty(),
            (Method::Post, "/publish") => self.publish(&request.text().await?),
            (Method::Post, "/signal") => {
                self.signal(&read(&request.text().await?)?);
                done()
            }
            (Method::Get, "/stream") => self.stream(&url),
            (Method::Get, "/sockets/events") => self.open_socket(&url, Kind::Events),
            (Method::Get, "/sockets/query") => self.open_socket(&url, Kind::Query),
            (Method::Get, "/query") => self.query_progress(&url),
            (Method::Post, "/frames") => self.publish_frames(&request.text().await?),
            (Method::Get, "/log") => json_answer(&self.read_log(number(&url, "after"))?),
            (Method::Post, "/subscribe") => {
                let Subscription { lobby } = read(&request.text().await?)?;
                json_answer(&self.subscribe(lobby)?)
            }
            (Method::Post, "/end-sessions") => {
                let ended: Vec<String> = read(&request.text().await?)?;
                self.end_sessions(&ended);
                self.end_sessions_in_lobbies(&ended).await?;
                done()
            }
            (Method::Get, "/status") => self.status().await,
            (Method::Post, "/erase") => self.erase().await,
            _ => Response::error("no such call", 404),
        }
    }

    /// The log, opened when it is needed first.
    pub(super) fn log(&self) -> Result<Rc<Log>> {
        if let Some(log) = &*self.log.borrow() {
            return Ok(log.clone());
        }
        let limits = Limits::keeping(self.config.kept_events);
        let log = Rc::new(Log::open(self.sql(), limits, now_ms())?);
        self.log.replace(Some(log.clone()));
        Ok(log)
    }

    pub(super) fn sql(&self) -> SqlStorage {
        self.state.storage().sql()
    }

    /// Whose room it is.
    pub(super) fn user_id(&self) -> String {
        self.state.id().name().unwrap_or_default()
    }

    pub(super) fn publish(self: &Rc<Self>, body: &str) -> Result<Response> {
        let events: Vec<Event> = read(body)?;
        let is_too_large = body.len() > MAX_DATA_BYTES
            && events
                .iter()
                .any(|event| event.data.to_string().len() > MAX_DATA_BYTES);
        if is_too_large || events.len() > MAX_AT_ONCE {
            return Response::error("too large an event, or too many", 413);
        }
        let appended = match self.log()?.append(events, now_ms()) {
            Ok(appended) => appended,
            Err(error) => {
                // What is stored by now was pushed to nobody: all come back and resume.
                self.drop_everybody(CLOSE_INTERNAL);
                self.deliver()?;
                return Err(error);
            }
        };
        if !appended.new.is_empty() {
            self.push(&appended.new)?;
            self.readers.borrow_mut().wake();
        }
        // Also of what was there: whoever publishes again may not have lived to see it delivered.
        self.deliver()?;
        json_answer(&json!({ "seqs": appended.seqs, "added": appended.new.len() }))
    }

    fn signal(&self, signal: &Value) {
        let name = signal["name"].as_str().unwrap_or_default();
        let data = &signal["data"];
        self.sockets.borrow_mut().signal(name, data, now_ms());
        self.readers.borrow_mut().signal(name, data);
    }

    /// Closes sockets and streams of sessions that have ended.
    pub(super) fn end_sessions(&self, ended: &[String]) {
        let now = now_ms();
        let mut remembered = self.ended.borrow_mut();
        remembered.retain(|(_, at)| now - at < ENDED_REMEMBERED_MS);
        remembered.extend(ended.iter().map(|id| (id.clone(), now)));
        drop(remembered);
        let is_ended = |session: &str| ended.iter().any(|id| id == session);
        let mut sockets = self.sockets.borrow_mut();
        sockets.close_if(CLOSE_SESSION_ENDED, |seat| is_ended(&seat.session_id));
        self.readers.borrow_mut().drop_if(is_ended);
    }

    /// Whether the session of a request ended while the request was on its way here.
    pub(super) fn has_just_ended(&self, url: &Target) -> bool {
        let session = parameter(url, "session").unwrap_or_default();
        let ended = self.ended.borrow();
        ended.iter().any(|(id, _)| *id == session)
    }

    fn drop_everybody(&self, why: Reason) {
        self.sockets.borrow_mut().close_if(why, |_| true);
        self.readers.borrow_mut().drop_if(|_| true);
    }

    async fn erase(&self) -> Result<Response> {
        self.drop_everybody(CLOSE_SESSION_ENDED);
        self.lobbies.replace(Lobbies::default());
        self.log.replace(None);
        // With the alarm.
        self.state.storage().delete_all().await?;
        self.alarm.forget();
        // Whoever called meanwhile has opened a log that is gone.
        self.log.replace(None);
        done()
    }

    async fn status(self: &Rc<Self>) -> Result<Response> {
        let log = self.log()?;
        let (own, elsewhere) = (self.connections(&log), self.connections_of_lobbies());
        let (mut connections, elsewhere) = join(async { own }, elsewhere).await;
        let own = connections.len();
        connections.extend(elsewhere?);
        json_answer(&json!({
            "count": connections.len(),
            "limits": {
                "connections": self.config.max_connections,
                "own": own,
            },
            "oldest": log.oldest(),
            "newest": log.newest(),
            "connections": connections,
        }))
    }

    fn arm(&self) {
        let due = [self.lobbies.borrow().due, self.sockets.borrow().due()];
        if let Some(due) = due.into_iter().flatten().min() {
            self.alarm.ring_by(due.max(0) as u64);
        }
    }
}

/// A parameter of an internal call.
pub(super) fn parameter(url: &Target, name: &str) -> Option<String> {
    url.parameter(name).map(str::to_owned)
}

pub(super) fn number(url: &Target, name: &str) -> Option<i64> {
    parameter(url, name)?.parse().ok()
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(Error::from)
}

pub(super) fn json_answer(value: &serde_json::Value) -> Result<Response> {
    Response::ok(value.to_string())
}

fn done() -> Result<Response> {
    Ok(Response::empty()?.with_status(204))
}

pub(super) fn now_ms() -> i64 {
    worker::Date::now().as_millis() as i64
}
