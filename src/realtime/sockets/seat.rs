//! What outlives an object's sleep of a socket.

use serde::{Deserialize, Serialize};

use super::{Protocol, events::Events};

/// The protocol that a socket speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The feed of events (CONTRACT 2.3).
    Events,
}

impl Kind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
        }
    }

    /// What it does.
    pub fn protocol(self) -> &'static dyn Protocol {
        match self {
            Self::Events => &Events,
        }
    }
}

/// The attachment of a socket. It outlives a deploy: fields may be added with a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seat {
    /// The socket's id.
    pub id: String,
    /// What it speaks.
    pub kind: Kind,
    /// The session that let it in.
    pub session_id: String,
    /// The app's installation, if it says.
    pub device_id: Option<String>,
    /// Since when, milliseconds since 1970.
    pub connected_at: i64,
    /// How far it has got, if it is behind. One that is not has everything that is in the log.
    pub behind: Option<i64>,
    /// When it was last asked whether it is there.
    pub pinged_at: i64,
    /// Whether the answer to that still may come in time.
    pub is_asked: bool,
    /// Unanswered pings in a row.
    pub missed: u32,
    /// When its session was last known to live.
    pub checked_at: i64,
    /// What the protocol remembers of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
