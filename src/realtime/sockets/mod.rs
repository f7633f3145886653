//! The raw sockets of a room: who sits where, how far each has got, and whether it still reads.
//!
//! The runtime holds the sockets while the object sleeps (hibernation); what it needs to know of
//! one stands in the socket's attachment ([`Seat`]), and the list is made from that when the object
//! wakes. A protocol adds what its clients see ([`Protocol`]).

mod events;
mod hub;
mod query;
mod seat;
mod socket;
mod window;

use query_frames::ClientFrame;
use serde_json::Value;
use worker::{State, WebSocketRequestResponsePair};

use super::event::{Channel, Gap, Logged};
use crate::config::RealtimeConfig;
pub use seat::{Followed, Kind, Seat};
pub use socket::Socket;

/// Why a socket is closed (CONTRACT 2.1).
pub type Reason = (u16, &'static str);

/// A frame of more than [`MAX_FRAME_BYTES`].
pub const CLOSE_TOO_LARGE: Reason = (1009, "A frame may have at most 1 MiB");
/// The room failed.
pub const CLOSE_INTERNAL: Reason = (1011, "Come back and resume");
/// Logout, revocation, a user who is disabled.
pub const CLOSE_SESSION_ENDED: Reason = (4401, "The session has ended");
/// A ping was not answered in time.
pub const CLOSE_HEARTBEAT_LOST: Reason = (4408, "A ping was not answered in time");
/// Frames come too fast.
pub const CLOSE_FLOODING: Reason = (4429, "Too many frames");

/// Bytes of a frame from a client.
const MAX_FRAME_BYTES: usize = 1 << 20;

/// When a protocol asks whether the client is there.
#[derive(Debug, Clone, Copy)]
pub struct Heartbeat {
    /// From one ping to the next, milliseconds.
    pub every_ms: i64,
    /// How long an answer may take, milliseconds.
    pub patience_ms: i64,
    /// So many unanswered pings in a row close the socket.
    pub misses: u32,
}

/// What a client of a protocol sees.
pub trait Protocol {
    /// The part of the log that it shows.
    fn channel(&self) -> Channel;

    /// Whether this socket shows the event.
    fn wants(&self, _seat: &Seat, _event: &Logged) -> bool {
        true
    }

    /// The event as a frame, the same for every socket.
    fn frame(&self, event: &Logged) -> String;

    /// What a socket is told first. `position` is where it goes on; `oldest` and `newest` are those
    /// of the log.
    fn greeting(&self, opened: &Opened<'_>) -> String;

    /// How it is told that events are missing, if at all.
    fn gap(&self, gap: Gap, now: i64) -> Option<String>;

    /// The question whether the client is there.
    fn ping(&self, now: i64) -> String;

    /// When to ask it.
    fn heartbeat(&self, config: &RealtimeConfig) -> Heartbeat;

    /// Takes a text frame from the client; gives what only the room can do.
    fn hear(&self, socket: &mut Socket, text: &str, now: i64) -> Option<ClientFrame>;
}

/// A socket that was just let in.
pub struct Opened<'a> {
    /// Whose it is.
    pub user_id: &'a str,
    /// It has, or does not want, everything up to here.
    pub position: i64,
    /// The oldest event in the log.
    pub oldest: i64,
    /// The newest event in the log.
    pub newest: i64,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// The open sockets of a room.
pub struct Sockets {
    list: Vec<Socket>,
    config: &'static RealtimeConfig,
}

impl Sockets {
    /// Those that the runtime holds for the object.
    pub fn of(state: &State, config: &'static RealtimeConfig) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        let held = state.get_websockets().into_iter();
        Self {
            list: held.filter_map(Socket::awake).collect(),
            config,
        }
    }

    /// When one of them must be looked after.
    pub fn due(&self) -> Option<i64> {
        let dues = self.list.iter().map(|socket| socket.due(self.config));
        dues.min()
    }

    /// The one with this id.
    pub fn find(&mut self, id: &str) -> Option<&mut Socket> {
        self.list.iter_mut().find(|socket| socket.seat.id == id)
    }

    /// Tells sockets of the feed something that is not in the log, but not those of the device that
    /// it comes from.
    pub fn signal(&mut self, name: &str, data: &Value, now: i64) {
        let origin = data["device_id"].as_str();
        let text = events::signal(name, data, now);
        for socket in &mut self.list {
            let seat = &socket.seat;
            let is_origin = origin.is_some() && origin == seat.device_id.as_deref();
            if seat.kind == Kind::Events && !is_origin {
                socket.reply(&text);
            }
        }
        self.list.retain(Socket::is_open);
    }

    /// All of them.
    pub fn list(&self) -> &[Socket] {
        &self.list
    }

    /// Closes some.
    pub fn close_if(&mut self, why: Reason, is_meant: impl Fn(&Seat) -> bool) {
        self.list.retain_mut(|socket| {
            let closes = is_meant(&socket.seat);
            if closes {
                socket.close(why);
            }
            !closes
        });
    }
}
