//! The sockets in a lobby and what they have seen of their users' logs.
//!
//! A socket's position is stored with the socket at once or, in a crowd, within two seconds, long
//! before an idle object is evicted (and a crash takes the socket along), so that an event reaches it
//! once even if the lobby and the room are both evicted. Events come from the room in deliveries;
//! whoever is behind one, for having just come back or for reading slowly, is sent pages of the log
//! until it has caught up.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use dialect::Target;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use worker::{Delay, Env, Request, State};

use super::host::{
    Accept, Application, Arguments, Connect, Ended, Event, Forbidden, Host, Refusal, SocketId,
};
use super::identity::{Handshake, expect_live, identify};
use super::recovery::{Owner, Recovery};
use super::view::{EVENTS, MAIN, SCANS, frame, gap_frame};
use super::wire::{Delivery, Presence};
use crate::auth::find_ended;
use crate::context::{Context, Origin};
use crate::error::Result;
use crate::realtime::LogPage;
use crate::realtime::alarm::Alarm;
use crate::realtime::event::Gap;
use crate::time::rfc3339;

/// A room that does not answer is asked again, after longer and longer.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// Sockets whose positions are stored at once.
const FEW: usize = 16;

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
        for (namespace, waiting) in self.waiting(host, &sockets, delivery) {
            hand_out(host, &namespace, waiting, delivery);
        }
        for socket in &sockets {
            self.start_catching_up(host, *socket);
        }
        !sockets.is_empty() || self.arriving.borrow().contains_key(&delivery.user_id)
    }

    /// The sockets that have all before a delivery and not the whole of it, with what they have.
    fn waiting(
        &self,
        host: &Host<Self>,
        all: &[SocketId],
        delivery: &Delivery,
    ) -> BTreeMap<String, Vec<(SocketId, i64)>> {
        let busy = self.catching_up.borrow();
        let mut waiting: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for socket in all.iter().filter(|socket| !busy.contains(socket)) {
            let position = host.look_at_state(*socket, |seat| seat.position);
            let is_due = |position: &i64| (delivery.after..delivery.through).contains(position);
            if let Some(position) = position.filter(is_due)
                && let Some(namespace) = host.namespace(*socket)
            {
                waiting
                    .entry(namespace)
                    .or_default()
                    .push((*socket, position));
            }
        }
        waiting
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
                // After an eviction nobody knows.
                .is_none_or(|newest| seat.position < *newest)
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
        self.hear_of(&user_id, page.newest);
        if let (start, Some(gap)) = page.resume(position) {
            host.change_state(socket, |seat| seat.position = start);
            send_gap(host, socket, gap);
        }
        let owner = Owner::of(&user_id);
        for event in &page.events {
            if host.room(socket) == 0 {
                host.save(socket);
                return true;
            }
            if let Some(frame) = frame(&namespace, event, &owner) {
                host.send(socket, &frame);
            }
            advance(host, socket, event.seq);
        }
        advance(host, socket, page.through);
        host.save(socket);
        true
    }

    async fn read_log(&self, user_id: &str, after: i64) -> Option<LogPage> {
        let rooms = self.context().rooms().ok()?;
        patiently(|| rooms.log(user_id, after)).await
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
    async fn subscribe(&self, user_id: &str, resume: Option<i64>) -> Option<(i64, Option<Gap>)> {
        let (rooms, lobby) = (self.context().rooms().ok()?, self.name());
        let page = patiently(|| rooms.subscribe(user_id, &lobby)).await?;
        self.hear_of(user_id, page.newest);
        Some(match resume {
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
        let target = Target::of(&request.inner().url());
        Ok(json!(Handshake::of(&headers, &target.query)).to_string())
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
        let recovery = Recovery::of(&auth, &user_id).filter(|_| namespace != MAIN);
        let resume = recovery.as_ref().map(|recovery| recovery.position);
        let start = self.subscribe(&user_id, resume).await;
        let (position, gap) = start.ok_or_else(Refusal::for_now)?;
        // Asked last: of an end that comes later, this lobby is told.
        expect_live(&context, &caller.session_id).await?;
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
        if let Some(Some(gap)) = host.look_at_state(socket, |seat| seat.gap) {
            host.change_state(socket, |seat| seat.gap = None);
            send_gap(host, socket, gap);
            host.save(socket);
        }
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
        let is_arriving = self.arriving.borrow().contains_key(&seat.user_id);
        if !is_arriving && self.sockets_of(host, &seat.user_id).is_empty() {
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

/// Asks a room; none when it does not answer, several times.
async fn patiently<T, F>(ask: impl Fn() -> F) -> Option<T>
where
    F: Future<Output = Result<T>>,
{
    for attempt in 1..=ATTEMPTS {
        if let Ok(answer) = ask().await {
            return Some(answer);
        }
        Delay::from(PAUSE * attempt).await;
    }
    None
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

/// Sends a delivery to sockets of one namespace. Who has no room stays where it is.
fn hand_out(
    host: &Host<Audience>,
    namespace: &str,
    mut sockets: Vec<(SocketId, i64)>,
    delivery: &Delivery,
) {
    let owner = Owner::of(&delivery.user_id);
    let is_crowd = sockets.len() > FEW;
    for event in &delivery.events {
        if let Some(frame) = frame(namespace, event, &owner) {
            sockets.retain(|(socket, position)| {
                let has_room = host.room(*socket) > 0;
                if !has_room {
                    settle(host, *socket, *position, is_crowd);
                }
                has_room
            });
            let missing = sockets.iter().filter(|(_, position)| *position < event.seq);
            host.broadcast(missing.map(|(socket, _)| *socket), &frame);
        }
        for (_, position) in &mut sockets {
            *position = event.seq.max(*position);
        }
    }
    for (socket, _) in &sockets {
        settle(host, *socket, delivery.through, is_crowd);
    }
}

/// To be stored by the caller.
fn advance(host: &Host<Audience>, socket: SocketId, position: i64) {
    host.change_state(socket, |seat| seat.position = position.max(seat.position));
}

/// Stores the positions of a few at once, since the alarm that stores later is billed; those of a
/// crowd by that alarm within two seconds, since storing takes longer than sending.
fn settle(host: &Host<Audience>, socket: SocketId, position: i64, is_crowd: bool) {
    if is_crowd {
        host.with_state(socket, |seat| seat.position = position.max(seat.position));
    } else {
        advance(host, socket, position);
        host.save(socket);
    }
}

fn send_gap(host: &Host<Audience>, socket: SocketId, gap: Gap) {
    let seat = host.look_at_state(socket, |seat| (seat.position, Owner::of(&seat.user_id)));
    if let (Some((position, owner)), Some(namespace)) = (seat, host.namespace(socket)) {
        host.send(socket, &gap_frame(&namespace, gap, position, &owner));
    }
}

/// The user in the argument of a `join`: the id, or an object with it.
fn user_named(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let named = [&value, &value["userId"], &value["user_id"]];
    named
        .into_iter()
        .find_map(|value| value.as_str().map(str::to_owned))
}
