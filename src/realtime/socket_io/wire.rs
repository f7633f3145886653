//! What rooms and lobbies say to each other.

use serde::{Deserialize, Serialize};

use crate::realtime::event::Logged;

/// All events of the feed in `(after, through]`.
#[derive(Debug, Deserialize)]
pub struct Delivery {
    /// Whose.
    pub user_id: String,
    /// The position before them.
    pub after: i64,
    /// The position with them.
    pub through: i64,
    /// The events.
    pub events: Vec<Logged>,
}

/// Sessions that have ended.
#[derive(Debug, Deserialize)]
pub struct EndedSessions {
    /// Whose.
    pub user_id: String,
    /// Their ids.
    pub sessions: Vec<String>,
}

/// A socket, as its user may know of it.
#[derive(Debug, Serialize)]
pub struct Presence {
    /// The socket's public id.
    pub id: String,
    /// `socket.io`.
    pub protocol: &'static str,
    /// `websocket` or `polling`.
    pub transport: &'static str,
    /// Its namespace.
    pub namespace: String,
    /// RFC 3339.
    pub connected_at: String,
    /// The session that opened it.
    pub session_id: String,
    /// Stock clients do not say.
    pub device_id: Option<String>,
    /// What it was sent.
    pub position: i64,
}
