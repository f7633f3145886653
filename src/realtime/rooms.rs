//! Calls from the Worker into the rooms. Binding, object name and internal addresses stand here
//! and nowhere else.

use std::sync::Arc;

use wasm_bindgen::JsValue;
use web_sys::ReadableStream;
use worker::send::SendWrapper;
use worker::{Method, ObjectNamespace, Request, RequestInit, ResponseBody, Stub};

use super::Event;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::telemetry::{Meter, Operation};

/// The binding of wrangler.toml.
const BINDING: &str = "ROOMS";

/// All rooms.
pub struct Rooms {
    namespace: ObjectNamespace,
    meter: Arc<Meter>,
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

    /// Adds an event to the user's log and pushes it to every listener. Durable when this
    /// returns; the same event id counts once.
    #[worker::send]
    pub async fn publish(&self, user_id: &str, event: &Event) -> Result<()> {
        let body = serde_json::to_string(event).map_err(Error::internal)?;
        self.post(user_id, "publish", body).await
    }

    async fn post(&self, user_id: &str, call: &str, body: String) -> Result<()> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(JsValue::from_str(&body)));
        let url = format!("https://room/{call}");
        let request = Request::new_with_init(&url, &init).map_err(room_error)?;
        let answer = self
            .room(user_id)?
            .fetch_with_request(request)
            .await
            .map_err(room_error)?;
        match answer.status_code() {
            204 => Ok(()),
            status => Err(room_error(format!("{call} answered {status}"))),
        }
    }

    /// The events of a topic after sequence number `after` as server-sent events: first what the
    /// log holds, then what comes, until the topic's last or the end of the caller's session.
    #[worker::send]
    pub async fn stream(&self, caller: &Caller, topic: &str, after: u64) -> Result<RoomStream> {
        let session = &caller.session_id;
        let url = format!("https://room/stream?topic={topic}&after={after}&session={session}");
        let answer = self
            .room(&caller.user_id)?
            .fetch_with_str(&url)
            .await
            .map_err(room_error)?;
        match answer.body() {
            ResponseBody::Stream(stream) => Ok(RoomStream(SendWrapper::new(stream.clone()))),
            _ => Err(room_error("the stream has no body")),
        }
    }

    /// Ends the streams of these sessions.
    #[worker::send]
    pub async fn end_sessions(&self, user_id: &str, session_ids: &[String]) -> Result<()> {
        let body = serde_json::to_string(session_ids).map_err(Error::internal)?;
        self.post(user_id, "end-sessions", body).await
    }

    /// Forgets all that the user's room knows, and ends its streams.
    #[worker::send]
    pub async fn erase(&self, user_id: &str) -> Result<()> {
        self.post(user_id, "erase", String::new()).await
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

/// What a room sends, on its way to the client.
pub struct RoomStream(SendWrapper<ReadableStream>);

impl RoomStream {
    pub(crate) fn into_inner(self) -> ReadableStream {
        self.0.0
    }
}

fn room_error(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("room: {error}"))
}
