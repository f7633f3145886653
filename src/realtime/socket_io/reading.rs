//! What the sockets of a lobby have seen of their users' logs.
//!
//! A socket's position is stored with the socket at once or, in a crowd, within two seconds, long
//! before an idle object is evicted (and a crash takes the socket along), so that an event reaches it
//! once even if the lobby and the room are both evicted. Events come from the room in deliveries;
//! whoever is behind one, for having just come back or for reading slowly, is sent pages of the log
//! until it has caught up.

use std::collections::BTreeMap;
use std::time::Duration;

use worker::Delay;

use super::audience::Audience;
use super::host::{Host, SocketId};
use super::recovery::Owner;
use super::view::{frame, gap_frame};
use super::wire::Delivery;
use crate::error::Result;
use crate::realtime::LogPage;
use crate::realtime::event::Gap;

/// A room that does not answer is asked again, after longer and longer.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// Sockets whose positions are stored at once.
const FEW: usize = 16;

impl Audience {
    /// Takes events in. False when nobody of the user is here or arriving.
    pub(super) fn deliver(&self, host: &Host<Self>, delivery: &Delivery) -> bool {
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
    pub(super) async fn catch_up(&self, host: &Host<Self>, socket: SocketId) {
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

    /// Where a socket begins: behind its last event if it has been here before, else now.
    pub(super) async fn subscribe(
        &self,
        user_id: &str,
        resume: Option<i64>,
    ) -> Option<(i64, Option<Gap>)> {
        let (rooms, lobby) = (self.context().rooms().ok()?, self.name());
        let page = patiently(|| rooms.subscribe(user_id, &lobby)).await?;
        self.hear_of(user_id, page.newest);
        Some(match resume {
            None => (page.newest, None),
            Some(after) => page.resume(after),
        })
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

pub(super) fn send_gap(host: &Host<Audience>, socket: SocketId, gap: Gap) {
    let seat = host.look_at_state(socket, |seat| (seat.position, Owner::of(&seat.user_id)));
    if let (Some((position, owner)), Some(namespace)) = (seat, host.namespace(socket)) {
        host.send(socket, &gap_frame(&namespace, gap, position, &owner));
    }
}
