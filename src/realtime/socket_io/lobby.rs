//! The object behind a lobby.
//!
//! Named `{hash of a network address, or local}-{number}`. Stores only its alarm; sockets carry
//! what must survive an eviction. Everything under `/socket.io/` is a client's own request. Internal
//! requests: `POST /deliver` with a [`Delivery`] answers 204, or 410 when nobody of the user is
//! here; `POST /end-sessions` with [`EndedSessions`] answers 204; `GET /connections?user=` answers a
//! list of `Presence`.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use dialect::Target;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    durable_object,
};

use super::audience::Audience;
use super::host::{Host, Options};
use super::wire::{Delivery, EndedSessions};
use crate::config::Config;
use crate::realtime::room::read;

/// How often sessions are checked, and how long an alarm is near such a time.
const SESSION_CHECK_MS: u64 = 300_000;
const NEAR_MS: u64 = 26_000;

/// A place where Socket.IO sessions are.
#[durable_object]
pub struct Lobby {
    // No borrow is held across an await, so an unwind leaves everything whole.
    host: AssertUnwindSafe<Host<Audience>>,
    /// The period of the last check of sessions.
    checked_in: AssertUnwindSafe<Cell<u64>>,
}

impl DurableObject for Lobby {
    fn new(state: State, env: Env) -> Self {
        let state = Rc::new(state);
        let capacity = Config::of(&env).realtime.max_connections;
        let audience = Audience::new(state.clone(), env, capacity);
        let host = Host::new(state, Options::default(), audience);
        Self {
            host: AssertUnwindSafe(host),
            checked_in: AssertUnwindSafe(Cell::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = Target::of(&request.inner().url());
        let audience = self.host.application();
        match url.path.as_str() {
            "/deliver" => {
                let delivery: Delivery = read(&request.text().await?)?;
                let is_here = audience.deliver(&self.host, &delivery);
                empty(if is_here { 204 } else { 410 })
            }
            "/end-sessions" => {
                let ended: EndedSessions = read(&request.text().await?)?;
                audience.end_sessions(&self.host, &ended.user_id, &ended.sessions);
                empty(204)
            }
            "/connections" => {
                let user = url.parameter("user").unwrap_or_default();
                let presence = audience.presence(&self.host, user);
                Response::ok(serde_json::to_string(&presence)?)
            }
            _ => self.host.request(request).await,
        }
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.host.websocket_message(&socket, message);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _: usize, _: String, _: bool) -> Result<()> {
        self.host.websocket_closed(&socket);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _: worker::Error) -> Result<()> {
        self.host.websocket_closed(&socket);
        Ok(())
    }

    async fn alarm(&self) -> Result<Response> {
        let alarm = &self.host.application().alarm;
        alarm.rings().await;
        self.host.alarm();
        let now = worker::Date::now().as_millis();
        // Memory is gone between most alarms, so the clock says when it is time.
        let period = now / SESSION_CHECK_MS;
        if now % SESSION_CHECK_MS < NEAR_MS && self.checked_in.replace(period) != period {
            self.host.application().check_sessions(&self.host).await;
        }
        alarm.has_rung().await;
        Response::empty()
    }
}

fn empty(status: u16) -> Result<Response> {
    Ok(Response::empty()?.with_status(status))
}
