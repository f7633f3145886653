//! The sockets in a lobby, and whose they are.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use worker::{Env, State};

use super::host::{Host, SocketId};
use super::wire::Presence;
use crate::auth::find_ended;
use crate::context::{Context, Origin};
use crate::realtime::alarm::Alarm;
use crate::realtime::event::Gap;
use crate::time::rfc3339;

/// What is kept of a socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seat {
    /// The socket's public id.
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) session_id: String,
    /// The socket has every event of the log up to here.
    pub(super) position: i64,
    /// What it missed for good, until it is told.
    pub(super) gap: Option<Gap>,
    /// Milliseconds since 1970.
    pub(super) connected_at: i64,
}

/// Everybody in a lobby.
pub struct Audience {
    pub(super) state: Rc<State>,
    pub(super) alarm: Alarm,
    env: Env,
    /// Sockets that a user may have here.
    pub(super) capacity: usize,
    /// The newest position that the lobby has heard of, by user.
    pub(super) newest: RefCell<HashMap<String, i64>>,
    /// Users for whom a CONNECT is being answered: deliveries for them are not turned away.
    pub(super) arriving: RefCell<HashMap<String, usize>>,
    /// Sockets that are being sent pages.
    pub(super) catching_up: RefCell<HashSet<SocketId>>,
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

    pub(super) fn context(&self) -> Context {
        let origin = Origin {
            method: "LOBBY".into(),
            path: "/socket.io".into(),
            ..Origin::default()
        };
        Context::new(self.env.clone(), None, origin)
    }

    pub(super) fn name(&self) -> String {
        self.state.id().name().unwrap_or_default()
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

    pub(super) fn sockets_of(&self, host: &Host<Self>, user_id: &str) -> Vec<SocketId> {
        let mut sockets = host.sockets();
        sockets.retain(|socket| {
            host.look_at_state(*socket, |seat| seat.user_id == user_id) == Some(true)
        });
        sockets
    }
}

/// Somebody who is on the way in.
pub(super) struct Arrival<'a> {
    audience: &'a Audience,
    user_id: String,
}

impl<'a> Arrival<'a> {
    pub(super) fn of(audience: &'a Audience, user_id: &str) -> Self {
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
