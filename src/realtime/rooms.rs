//! Calls from the Worker into the rooms. Binding, object name and internal addresses stand here
//! and nowhere else.

use std::sync::Arc;

use form_urlencoded::Serializer;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use web_sys::ReadableStream;
use worker::send::SendWrapper;
use worker::{
    Method, ObjectNamespace, Request, RequestInit, Response, ResponseBody, Stub, WebSocket,
};

use super::Event;
use super::event::{Gap, Logged, MAX_AT_ONCE, MAX_DATA_BYTES};
use super::queries::QueryProgress;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::telemetry::{Meter, Operation};

/// The binding of wrangler.toml.
const BINDING: &str = "ROOMS";

/// When somebody who has too many connections may try again: dead ones are found by then.
const RETRY_CONNECTING_MS: i64 = 30_000;

/// All rooms.
pub struct Rooms {
    namespace: ObjectNamespace,
    meter: Arc<Meter>,
}

/// What became of a list of events.
#[derive(Debug, Deserialize)]
pub struct Published {
    /// Their places in the log, also of those that were there before.
    pub seqs: Vec<i64>,
    /// How many were not.
    pub added: usize,
}

/// What a reader listens to.
#[derive(Debug, Default)]
pub struct Listen<'a> {
    /// It has everything up to here; none for what comes from now on.
    pub after: Option<u64>,
    /// Only events of a topic, until its last, and the name under which they are shown.
    pub topic: Option<(&'a str, &'a str)>,
    /// Only events of these names, with commas between; `job.*` for all that begin with `job.`.
    pub types: Option<&'a str>,
}

/// A part of a log, and how the log stands.
#[derive(Debug, Deserialize)]
pub struct LogPage {
    /// The oldest event there is.
    pub oldest: i64,
    /// The newest.
    pub newest: i64,
    /// Whoever has the events of the page has everything up to here.
    pub through: i64,
    /// Events of the feed.
    pub events: Vec<Logged>,
}

impl LogPage {
    /// Where somebody goes on who has everything up to a position, and what is lost to them.
    pub fn resume(&self, after: i64) -> (i64, Option<Gap>) {
        let position = after.clamp((self.oldest - 1).min(self.newest), self.newest);
        let gap = Gap {
            after,
            oldest: self.oldest,
            newest: self.newest,
        };
        (position, (position != after).then_some(gap))
    }
}

impl Rooms {
    /// Opens the binding.
    ///
    /// # Errors
    /// When the deployment lacks it.
    pub fn open(context: &Context) -> Result<Self> {
        Ok(Self {
            namespace: context
                .env()
                .durable_object(BINDING)
                .map_err(Error::internal)?,
            meter: context.meter().clone(),
        })
    }

    /// Adds events to the user's log and tells everybody who listens. Durable when this returns;
    /// the same event id counts once.
    ///
    /// # Errors
    /// When there are more than 1,000 or one of them carries more than 512 KiB.
    #[worker::send]
    pub async fn publish(&self, user_id: &str, events: &[Event]) -> Result<Published> {
        let body = serde_json::to_string(events).map_err(Error::internal)?;
        let mut answer = self.post(user_id, "publish", &body).await?;
        match answer.status_code() {
            413 if events.len() > MAX_AT_ONCE => Err(Error::internal("too many events at once")),
            413 => Err(Error::TooLarge(MAX_DATA_BYTES as u64)),
            _ => {
                let text = answer.text().await.map_err(room_error)?;
                serde_json::from_str(&text).map_err(room_error)
            }
        }
    }

    /// Tells whoever listens right now, without a place in the log: who does not hear it never
    /// will. Raw sockets of the device that `data` names as `device_id` are left out.
    ///
    /// # Errors
    /// When the room does not answer.
    #[worker::send]
    pub async fn signal(&self, user_id: &str, name: &str, data: &Value) -> Result<()> {
        let body = json!({ "name": name, "data": data }).to_string();
        self.post(user_id, "signal", &body).await.map(|_| ())
    }

    /// How far a user's query has got.
    #[worker::send]
    pub(super) async fn query_progress(
        &self,
        user_id: &str,
        query_id: &str,
    ) -> Result<QueryProgress> {
        let mut query = Serializer::new(String::new());
        let url = format!(
            "https://room/query?{}",
            query.append_pair("id", query_id).finish()
        );
        let mut answer = self.get(user_id, &url).await?;
        let text = answer.text().await.map_err(room_error)?;
        serde_json::from_str(&text).map_err(room_error)
    }

    /// Publishes the next frames of a query.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there are others in their place.
    #[worker::send]
    pub(super) async fn publish_frames(&self, user_id: &str, frames: &[Event]) -> Result<()> {
        let body = serde_json::to_string(frames).map_err(Error::internal)?;
        let answer = self.post(user_id, "frames", &body).await?;
        match answer.status_code() {
            409 => Err(Error::Conflict("Another run of this query goes on".into())),
            413 => Err(Error::TooLarge(MAX_DATA_BYTES as u64)),
            _ => Ok(()),
        }
    }

    async fn post(&self, user_id: &str, call: &str, body: &str) -> Result<Response> {
        let request = post(&format!("https://room/{call}"), body).map_err(room_error)?;
        let answer = self
            .room(user_id)?
            .fetch_with_request(request)
            .await
            .map_err(room_error)?;
        match answer.status_code() {
            200 | 204 | 409 | 413 => Ok(answer),
            status => Err(room_error(format!("{call} answered {status}"))),
        }
    }

    /// Events as server-sent events: first what the log holds, then what comes, until the end of
    /// the caller's session.
    #[worker::send]
    pub async fn stream(&self, caller: &Caller, listen: Listen<'_>) -> Result<RoomStream> {
        let mut query = Serializer::new(String::new());
        query.append_pair("session", &caller.session_id);
        if let Some(after) = listen.after {
            query.append_pair("after", &after.to_string());
        }
        if let Some((topic, name)) = listen.topic {
            query.append_pair("topic", topic).append_pair("as", name);
        }
        if let Some(types) = listen.types {
            query.append_pair("types", types);
        }
        let url = format!("https://room/stream?{}", query.finish());
        let answer = self.get(&caller.user_id, &url).await?;
        match answer.body() {
            ResponseBody::Stream(stream) => Ok(RoomStream(SendWrapper::new(stream.clone()))),
            _ => Err(room_error("the stream has no body")),
        }
    }

    /// Opens a raw socket of this kind (`events`) for the caller; it goes on after a position, or
    /// gets what comes from now on.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when the caller has too many connections.
    #[worker::send]
    pub async fn connect(
        &self,
        caller: &Caller,
        kind: &str,
        device_id: Option<&str>,
        after: Option<u64>,
    ) -> Result<RoomSocket> {
        let mut query = Serializer::new(String::new());
        query.append_pair("session", &caller.session_id);
        if let Some(device_id) = device_id {
            query.append_pair("device", device_id);
        }
        if let Some(after) = after {
            query.append_pair("after", &after.to_string());
        }
        let url = format!("https://room/sockets/{kind}?{}", query.finish());
        let mut request = Request::new(&url, Method::Get).map_err(room_error)?;
        let headers = request.headers_mut().map_err(room_error)?;
        headers.set("upgrade", "websocket").map_err(room_error)?;
        let room = self.room(&caller.user_id)?;
        let answer = room.fetch_with_request(request).await.map_err(room_error)?;
        let socket = expect_place(answer)?.websocket();
        let socket = socket.ok_or_else(|| room_error("the upgrade has no socket"))?;
        Ok(RoomSocket(SendWrapper::new(socket)))
    }

    /// Has the room tell this lobby of every event to come. The page says where that begins.
    #[worker::send]
    pub async fn subscribe(&self, user_id: &str, lobby: &str) -> Result<LogPage> {
        let body = json!({ "lobby": lobby }).to_string();
        let answer = self.post(user_id, "subscribe", &body).await?;
        read_page(answer).await
    }

    /// The next events of the feed after a position.
    #[worker::send]
    pub async fn log(&self, user_id: &str, after: i64) -> Result<LogPage> {
        let url = format!("https://room/log?after={after}");
        read_page(self.get(user_id, &url).await?).await
    }

    /// Who is connected in the caller's name, as the room tells it (JSON).
    #[worker::send]
    pub async fn status(&self, caller: &Caller) -> Result<serde_json::Value> {
        let mut answer = self.get(&caller.user_id, "https://room/status").await?;
        let text = answer.text().await.map_err(room_error)?;
        serde_json::from_str(&text).map_err(room_error)
    }

    async fn get(&self, user_id: &str, url: &str) -> Result<Response> {
        let room = self.room(user_id)?;
        let answer = room.fetch_with_str(url).await.map_err(room_error)?;
        expect_place(answer)
    }

    /// Ends the streams and sockets of these sessions.
    #[worker::send]
    pub async fn end_sessions(&self, user_id: &str, session_ids: &[String]) -> Result<()> {
        let body = json!(session_ids).to_string();
        self.post(user_id, "end-sessions", &body).await.map(|_| ())
    }

    /// Forgets all that the user's room knows, and ends its streams and sockets.
    #[worker::send]
    pub async fn erase(&self, user_id: &str) -> Result<()> {
        self.post(user_id, "erase", "").await.map(|_| ())
    }

    /// Whether rooms answer.
    #[worker::send]
    pub async fn ping(&self) -> Result<()> {
        let room = self.room("health")?;
        room.fetch_with_str("https://room/ping")
            .await
            .map(|_| ())
            .map_err(room_error)
    }

    fn room(&self, user_id: &str) -> Result<Stub> {
        self.meter.add(Operation::Object, 1);
        self.namespace.get_by_name(user_id).map_err(room_error)
    }
}

async fn read_page(mut answer: Response) -> Result<LogPage> {
    let text = answer.text().await.map_err(room_error)?;
    serde_json::from_str(&text).map_err(room_error)
}

fn expect_place(answer: Response) -> Result<Response> {
    match answer.status_code() {
        101 | 200 => Ok(answer),
        401 => Err(Error::TokenInvalid("Token has been revoked".into())),
        429 => Err(Error::RateLimited {
            retry_after_ms: RETRY_CONNECTING_MS,
        }),
        status => Err(room_error(format!("answered {status}"))),
    }
}

/// A request with a body, from object to object or into one.
pub(super) fn post(url: &str, body: &str) -> worker::Result<Request> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(JsValue::from_str(body)));
    Request::new_with_init(url, &init)
}

/// What a room sends, on its way to the client.
pub struct RoomStream(SendWrapper<ReadableStream>);

impl RoomStream {
    pub(crate) fn into_inner(self) -> ReadableStream {
        self.0.0
    }
}

/// The client's end of a socket whose other end a room holds.
pub struct RoomSocket(SendWrapper<WebSocket>);

impl RoomSocket {
    pub(crate) fn into_inner(self) -> SendWrapper<WebSocket> {
        self.0
    }
}

fn room_error(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("room: {error}"))
}
