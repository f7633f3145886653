//! What outlives an object's sleep of a socket.

use serde::{Deserialize, Serialize};

use super::{Protocol, events::Events, query::Query};

/// The protocol that a socket speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The feed of events (CONTRACT 2.3).
    Events,
    /// The frames of queries and workflows (CONTRACT 2.1).
    Query,
}

impl Kind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Query => "query",
        }
    }

    /// What it does.
    pub fn protocol(self) -> &'static dyn Protocol {
        match self {
            Self::Events => &Events,
            Self::Query => &Query,
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
    /// The topics that it follows; only the query socket chooses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followed: Vec<Followed>,
}

/// A topic that a socket follows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Followed {
    /// Which.
    pub topic: String,
    /// It has, or does not want, the topic's events up to this one.
    pub after: i64,
    /// Whether those behind it are being read from the log, and not pushed.
    pub is_catching_up: bool,
}

impl Seat {
    /// How it follows a topic, if it does.
    pub fn following(&self, topic: &str) -> Option<&Followed> {
        self.followed.iter().find(|it| it.topic == topic)
    }

    /// Follows a topic no longer.
    pub fn leave(&mut self, topic: &str) -> Option<Followed> {
        let index = self.followed.iter().position(|it| it.topic == topic)?;
        Some(self.followed.swap_remove(index))
    }
}
