//! Connection state recovery (Socket.IO 4.6): where a client that comes back goes on.
//!
//! The client stores the private id of its connection and the last argument of each event that is
//! text, and sends both in its next CONNECT. Ours need no memory on the server: the id says whose it
//! is and where it began, the offset is a position in the user's log. Neither is a secret, since a
//! good token is needed beside them.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use crate::hash::{hex, random, sha256};

/// A connection that can be gone on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The public id of its socket.
    pub id: String,
    /// The private id, as the client got it.
    pub pid: String,
    /// The client has everything up to here.
    pub position: i64,
}

impl Recovery {
    /// Of a new connection.
    pub fn new(user_id: &str, position: i64) -> Self {
        let id = Base64UrlUnpadded::encode_string(&random::<15>());
        let pid = format!("{id}.{}.{position}", mark(user_id));
        Self { id, pid, position }
    }

    /// What a CONNECT says of an earlier connection of this user. An event that carried no offset
    /// was none of ours, so without one the client has what it had when it began.
    pub fn of(auth: &Value, user_id: &str) -> Option<Self> {
        let pid = auth["pid"].as_str()?;
        let [id, owner, began] = pid.split('.').collect::<Vec<_>>().try_into().ok()?;
        let began: i64 = began.parse().ok()?;
        let offset = auth["offset"]
            .as_str()
            .and_then(|offset| offset.parse().ok());
        let is_own = owner == mark(user_id) && id.len() == 20 && began >= 0;
        is_own.then(|| Self {
            id: id.to_owned(),
            pid: pid.to_owned(),
            position: offset.unwrap_or(began).max(began),
        })
    }
}

fn mark(user_id: &str) -> String {
    hex(&sha256(user_id.as_bytes())[..6])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_client_goes_on_behind_its_last_event() {
        let first = Recovery::new("alice", 7);
        let back = |auth| Recovery::of(&auth, "alice").map(|recovery| recovery.position);
        assert_eq!(back(json!({"pid": first.pid})), Some(7));
        assert_eq!(back(json!({"pid": first.pid, "offset": "12"})), Some(12));
        assert_eq!(
            back(json!({"pid": first.pid, "offset": "nonsense"})),
            Some(7)
        );
        assert_eq!(back(json!({"pid": first.pid, "offset": 12})), Some(7));
        assert_eq!(back(json!({"offset": "12"})), None);
    }

    #[test]
    fn another_users_connection_means_nothing() {
        let first = Recovery::new("alice", 7);
        assert_eq!(Recovery::of(&json!({"pid": first.pid}), "bob"), None);
        for pid in ["", "a.b", "a.b.c.d", "..", &format!("{}x", first.pid)] {
            assert_eq!(Recovery::of(&json!({ "pid": pid }), "alice"), None, "{pid}");
        }
    }
}
