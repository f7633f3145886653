//! An event on its way into a room's log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened to a user's things. The stored form outlives deploys: fields may be
/// added, not changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// Publishing the same id again changes nothing.
    pub id: String,
    /// What it is about, for listeners of one thing: `job:{id}`.
    pub topic: String,
    /// What happened: `status`.
    pub name: String,
    /// The news itself.
    pub data: Value,
    /// Whether the topic has nothing more to say.
    pub is_last: bool,
}
