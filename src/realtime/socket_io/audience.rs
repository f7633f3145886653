//! The sockets in a lobby and what they have seen of their users' logs.
//!
//! A socket's position moves only forward and is stored with the socket before anything else can
//! happen, so that an event reaches it once even if the lobby and the room are both evicted. Events
//! come from the room in deliveries; whoever is behind one, for having just come back or for reading
//! slowly, is sent pages of the log until it has caught up.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use worker::{Delay, Env, Request, State};

use super::host::{
    Accept, Application, Arguments, Connect, Ended, Event, Forbidden, Host, Refusal, SocketId,
};
use super::identity::{Handshake, identify};
use super::recovery::Recovery;
use super::view::{EVENTS, MAIN, SCANS, frame, gap_frame};
use super::wire::{Delivery, Presence};
use crate::auth::find_ended;
use crate::context::{Context, Origin};
use crate::error::Result;
use crate::realtime::LogPage;
use crate::realtime::alarm::Alarm;
use crate::realtime::event::Gap;
use crate::time::rfc3339;

/// A page of the log that cannot be read is asked for again, after longer and longer.
const PAGE_ATTEMPTS: u32 = 5;
const PAGE_RETRY: Duration = Duration::from_millis(200);

/// What is kept of a socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seat {
    /// The socket's public id.
    id: String,
    user_id: String,
    session_id: String,
    /// The socket has every event of the log up to here.
    position: i64,
    /// What it missed for good, until it is told.
    gap: Option<Gap>,
    /// Milliseconds since 1970.
    connected_at: i64,
}

/// Everybody in a lobby.
pub struct Audience {
    state: Rc<State>,
    pub(super) alarm: Alarm,
    env: Env,
    /// Sockets that a user may have here.
    capacity: usize,
    /// The newest position that the lobby has heard of, by user.
    newest: RefCell<HashMap<String, i64>>,
    /// Users for whom a CONNECT is being answered: deliveries for them are not turned away.
    arriving: RefCell<HashMap<String, usize>>,
    /// Sockets that are being sent pages.
    catching_up: RefCell<HashSet<SocketId>>,
}

impl Audience {
    /// An empty lobby.
    pub fn new(state: Rc<State>, env: Env, capacity: usize) -> Self {
        Self {
            alarm: Alarm::new(state.clone()),
            state,
            env,
            capacity,
            newest: RefCell::default(),
            arriving: RefCell::default(),
            catching_up: RefCell::default(),
        }
    }

    fn context(&self) -> Context {
        let origin = Origin {
            method: "LOBBY".into(),
            path: "/socket.io".into(),
            ..Origin::default()
        };
        Context::new(self.env.clone(), None, origin)
    }

    fn name(&self) -> String {
        self.state.id().name().unwrap_or_default()
    }

    /// Takes events in. False when nobody of the user is here or arriving.
    pub fn deliver(&self, host: &Host<Self>, delivery: &Delivery) -> bool {
        self.hear_of(&delivery.user_id, delivery.through);
        let sockets = self.sockets_of(host, &delivery.user_id);
        for namespace in [SCANS, EVENTS, MAIN] {
            self.hand_out(host, namespace, &sockets, delivery);
        }
        for socket in &sockets {
            self.start_catching_up(host, *socket);
        }
        !sockets.is_empty() || self.arriving.borrow().contains_key(&delivery.user_id)
    }

    /// Sends a delivery to the sockets that have all before it.
    fn hand_out(&self, host: &Host<Self>, namespace: &str, all: &[SocketId], delivery: &Delivery) {
        let mut sockets: Vec<(SocketId, i64)> = {
            let busy = self.catching_up.borrow();
            all.iter()
                .filter(|socket| !busy.contains(socket))
                .filter(|socket| host.namespace(**socket).as_deref() == Some(namespace))
                .filter_map(|socket| host.look_at_state(*socket, |seat| (*socket, seat.position)))
                .filter(|(_, position)| (delivery.after..delivery.through).contains(position))
                .collect()
        };
        for event in &delivery.events {
            if let Some(frame) = frame(namespace, event) {
                sockets.retain(|(socket, _)| host.room(*socket) > 0);
                let waiting = sockets.iter().filter(|(_, position)| *position < event.seq);
                host.broadcast(waiting.map(|(socket, _)| *socket), &frame);
            }
            for (socket, _) in &sockets {
                advance(host, *socket, event.seq);
            }
        }
        for (socket, _) in &sockets {
            advance(host, *socket, delivery.through);
        }
        all.iter().for_each(|socket| host.save(*socket));
    }

    fn hear_of(&self, user_id: &str, position: i64) {
        let mut newest = self.newest.borrow_mut();
        let known = newest.entry(user_id.to_owned()).or_default();
        *known = position.max(*known);
    }

    fn is_behind(&self, host: &Host<Self>, socket: SocketId) -> bool {
        let newest = self.newest.borrow();
        host.look_at_state(socket, |seat| {
            newest
                .get(&seat.user_id)
                .is_some_and(|newest| seat.position < *newest)
        })
        .unwrap_or_default()
    }

    fn start_catching_up(&self, host: &Host<Self>, socket: SocketId) {
        if self.is_behind(host, socket) && host.room(socket) > 0 {
            let host = host.clone();
            self.state
                .wait_until(async move { host.application().catch_up(&host, socket).await });
        }
    }

    /// Sends pages of the log until the socket has everything or no room.
    async fn catch_up(&self, host: &Host<Self>, socket: SocketId) {
        if !self.catching_up.borrow_mut().insert(socket) {
            return;
        }
        while self.is_behind(host, socket) && host.room(socket) > 0 {
            if !self.send_page(host, socket).await {
                break;
            }
        }
        self.catching_up.borrow_mut().remove(&socket);
    }

    /// False when there is nobody to send to.
    async fn send_page(&self, host: &Host<Self>, socket: SocketId) -> bool {
        let seat = host.look_at_state(socket, |seat| (seat.user_id.clone(), seat.position));
        let Some(((user_id, position), namespace)) = seat.zip(host.namespace(socket)) else {
            return false;
        };
        let Some(page) = self.read_log(&user_id, position).await else {
            // It comes back with its position.
            host.close_session(socket);
            return false;
        };
        for event in &page.events {
            if host.room(socket) == 0 {
                host.save(socket);
                return true;
            }
            if let Some(frame) = frame(&namespace, event) {
                host.send(socket, &frame);
            }
            advance(host, socket, event.seq);
        }
        advance(host, socket, page.through);
        host.save(socket);
        true
    }

    /// None when the room does not answer, several times.
    async fn read_log(&self, user_id: &str, after: i64) -> Option<LogPage> {
        let rooms = self.context().rooms().ok()?;
        for attempt in 1..=PAGE_ATTEMPTS {
            if let Ok(page) = rooms.log(user_id, after).await {
                return Some(page);
            }
            Delay::from(PAGE_RETRY * attempt).await;
        }
        None
    }

    /// Closes the sockets of sessions that have ended.
    pub fn end_sessions(&self, host: &Host<Self>, user_id: &str, ended: &[String]) {
        put_out(host, self.sockets_of(host, user_id), ended);
    }

    /// Asks the database whether the sessions of all sockets still live, should the announcement of
    /// an end have got lost. A database that does not answer ends nothing.
    pub async fn check_sessions(&self, host: &Host<Self>) {
        let sockets = host.sockets().into_iter();
        let sessions: BTreeSet<_> = sockets
            .filter_map(|socket| host.look_at_state(socket, |seat| seat.session_id.clone()))
            .collect();
        let sessions: Vec<_> = sessions.into_iter().collect();
        if sessions.is_empty() {
            return;
        }
        let ended = find_ended(&self.context(), &sessions).await;
        put_out(host, host.sockets(), &ended.unwrap_or_default());
    }

    /// The user's sockets.
    pub fn presence(&self, host: &Host<Self>, user_id: &str) -> Vec<Presence> {
        let sockets = self.sockets_of(host, user_id).into_iter();
        sockets
            .filter_map(|socket| {
                let namespace = host.namespace(socket)?;
                let is_websocket = host.is_websocket(socket);
                host.look_at_state(socket, |seat| Presence {
                    id: seat.id.clone(),
                    protocol: "socket.io",
                    transport: if is_websocket { "websocket" } else { "polling" },
                    namespace,
                    connected_at: rfc3339(seat.connected_at),
                    session_id: seat.session_id.clone(),
                    device_id: None,
                    position: seat.position,
                })
            })
            .collect()
    }

    fn sockets_of(&self, host: &Host<Self>, user_id: &str) -> Vec<SocketId> {
        let mut sockets = host.sockets();
        sockets.retain(|socket| {
            host.look_at_state(*socket, |seat| seat.user_id == user_id) == Some(true)
        });
        sockets
    }

    /// Where a socket begins: behind its last event if it has been here before, else now.
    async fn subscribe(&self, user_id: &str, resume: Option<i64>) -> Result<(i64, Option<Gap>)> {
        let page = self
            .context()
            .rooms()?
            .subscribe(user_id, &self.name())
            .await?;
        self.hear_of(user_id, page.newest);
        Ok(match resume {
            None => (page.newest, None),
            Some(after) => page.resume(after),
        })
    }
}

impl Application for Audience {
    type State = Seat;

    fn session_id(&self, random: String) -> String {
        format!("{}.{random}", self.name())
    }

    fn handshake(&self, request: &Request) -> std::result::Result<String, Forbidden> {
        let headers = crate::http::read_headers(request);
        let query: Vec<_> = request
            .url()
            .map(|url| url.query_pairs().into_owned().collect())
            .unwrap_or_default();
        Ok(json!(Handshake::of(&headers, &query)).to_string())
    }

    async fn connect(
        &self,
        host: &Host<Self>,
        connect: Connect,
    ) -> std::result::Result<Accept<Seat>, Refusal> {
        let Connect {
            namespace,
            auth,
            handshake,
        } = connect;
        if ![MAIN, SCANS, EVENTS].contains(&namespace.as_str()) {
            return Err(Refusal::invalid_namespace());
        }
        let auth: Value = auth
            .and_then(|auth| serde_json::from_str(auth.get()).ok())
            .unwrap_or_default();
        let handshake = serde_json::from_str(&handshake).unwrap_or_default();
        let context = self.context();
        let caller = identify(&context, &handshake, &auth).await?;
        let user_id = caller.user_id;
        if self.sockets_of(host, &user_id).len() >= self.capacity {
            return Err(Refusal::because("Too many connections"));
        }

        let _arrival = Arrival::of(self, &user_id);
        let recovery = Recovery::of(&auth, &user_id);
        let resume = recovery.as_ref().map(|recovery| recovery.position);
        let (position, gap) = match self.subscribe(&user_id, resume).await {
            Ok(start) => start,
            Err(error) => return Err(Refusal::because(&error.message())),
        };
        let recovery = recovery
            .filter(|_| gap.is_none())
            .unwrap_or_else(|| Recovery::new(&user_id, position));
        Ok(Accept {
            sid: Some(recovery.id.clone()),
            pid: Some(recovery.pid),
            state: Seat {
                id: recovery.id,
                user_id,
                session_id: caller.session_id,
                position,
                gap,
                connected_at: context.now_ms(),
            },
        })
    }

    async fn connected(&self, host: &Host<Self>, socket: SocketId) {
        let gap = host.with_state(socket, |seat| {
            seat.gap.take().map(|gap| (gap, seat.position))
        });
        if let (Some(Some((gap, position))), Some(namespace)) = (gap, host.namespace(socket)) {
            host.send(socket, &gap_frame(&namespace, &gap.to_json(), position));
        }
        host.save(socket);
        self.catch_up(host, socket).await;
    }

    /// A client may ask to join its own room, which it is in already.
    async fn event(&self, host: &Host<Self>, socket: SocketId, event: Event) {
        let Some(ack) = event.ack else { return };
        let arguments = &event.arguments.values;
        let answer = match event.name.as_str() {
            "join" | "subscribe" | "register" => {
                let wanted = arguments
                    .first()
                    .and_then(|wanted| user_named(wanted.get()));
                let is_own = wanted.is_none_or(|wanted| {
                    host.look_at_state(socket, |seat| seat.user_id == wanted) == Some(true)
                });
                if is_own {
                    r#"{"ok":true}"#
                } else {
                    r#"{"ok":false,"message":"Unauthorized"}"#
                }
            }
            _ => r#"{"ok":false,"message":"Unknown event"}"#,
        };
        host.acknowledge(socket, ack, &[answer], vec![]);
    }

    async fn acknowledged(&self, _: &Host<Self>, _: SocketId, _: u64, _: Arguments) {}

    /// The room learns that nobody is here from the answer to its next delivery: a message of our
    /// own could overtake the next arrival's.
    async fn disconnected(&self, host: &Host<Self>, _: SocketId, seat: Seat, _: Ended) {
        if self.sockets_of(host, &seat.user_id).is_empty() {
            self.newest.borrow_mut().remove(&seat.user_id);
        }
    }

    async fn writable(&self, host: &Host<Self>, socket: SocketId) {
        self.catch_up(host, socket).await;
    }

    fn wake_at(&self, at: u64) {
        self.alarm.ring_by(at);
    }
}

/// Somebody who is on the way in.
struct Arrival<'a> {
    audience: &'a Audience,
    user_id: String,
}

impl<'a> Arrival<'a> {
    fn of(audience: &'a Audience, user_id: &str) -> Self {
        let user_id = user_id.to_owned();
        *audience
            .arriving
            .borrow_mut()
            .entry(user_id.clone())
            .or_default() += 1;
        Self { audience, user_id }
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        let mut arriving = self.audience.arriving.borrow_mut();
        if let Some(count) = arriving.get_mut(&self.user_id) {
            *count -= 1;
            if *count == 0 {
                arriving.remove(&self.user_id);
            }
        }
    }
}

fn put_out(host: &Host<Audience>, sockets: Vec<SocketId>, ended: &[String]) {
    for socket in sockets {
        let is_ended = host.look_at_state(socket, |seat| ended.contains(&seat.session_id));
        if is_ended == Some(true) {
            host.disconnect(socket);
        }
    }
}

fn advance(host: &Host<Audience>, socket: SocketId, position: i64) {
    host.change_state(socket, |seat| seat.position = position.max(seat.position));
}

/// The user in the argument of a `join`: the id, or an object with it.
fn user_named(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let named = [&value, &value["userId"], &value["user_id"]];
    named
        .into_iter()
        .find_map(|value| value.as_str().map(str::to_owned))
}
