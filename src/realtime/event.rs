//! Events on their way into a room's log, and as they stand in it.

use query_frames::ServerFrame;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of JSON that an event may carry.
pub const MAX_DATA_BYTES: usize = 512 << 10;

/// Events of one call.
pub const MAX_AT_ONCE: usize = 1000;

/// Whom an event is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The feed of what happened to the user's things.
    #[default]
    Events,
    /// What only the query socket shows.
    Frames,
}

impl Channel {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Frames => "frames",
        }
    }
}

/// Something that happened to a user's things. The stored form outlives deploys: fields may be
/// added, not changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// Publishing the same id again changes nothing.
    pub id: String,
    /// What it is about, for listeners of one thing: `job:{id}`.
    #[serde(default)]
    pub topic: String,
    /// What happened: `job.updated`.
    pub name: String,
    /// The news itself.
    pub data: Value,
    /// Whether the topic has nothing more to say.
    #[serde(default)]
    pub is_last: bool,
    /// Whom it is for.
    #[serde(default)]
    pub channel: Channel,
}

impl Event {
    /// A frame for the query socket.
    pub fn of_frame(id: String, topic: String, frame: &ServerFrame<'_>, is_last: bool) -> Self {
        Self {
            id,
            topic,
            name: frame.kind().name().into(),
            data: frame.data().unwrap_or_default(),
            is_last,
            channel: Channel::Frames,
        }
    }
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Its place in the log, from 1; later events have larger ones.
    pub seq: i64,
    /// See [`Event::id`].
    pub id: String,
    /// See [`Event::topic`].
    pub topic: String,
    /// See [`Event::name`].
    pub name: String,
    /// See [`Event::data`]; JSON.
    pub data: String,
    /// See [`Event::is_last`].
    pub is_last: bool,
    /// When it was published, milliseconds since 1970.
    pub at: i64,
    /// Whom it is for.
    #[serde(default)]
    pub channel: Channel,
}

/// What a reader cannot get, in place of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The position that it asked for.
    pub after: i64,
    /// The oldest event there is.
    pub oldest: i64,
    /// The newest that there was.
    pub newest: i64,
}

impl Gap {
    /// As JSON. The position is unknown when the log has begun anew since.
    pub fn to_json(self) -> String {
        let Self {
            after,
            oldest,
            newest,
        } = self;
        let reason = if after > newest {
            "unknown_position"
        } else {
            "trimmed"
        };
        format!(r#"{{"after":{after},"oldest":{oldest},"newest":{newest},"reason":"{reason}"}}"#)
    }
}
