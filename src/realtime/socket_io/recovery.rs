//! Connection state recovery (Socket.IO 4.6): where a client that comes back goes on.
//!
//! The client stores the private id of its connection and the last argument of each event that is
//! text, and sends both in its next CONNECT. Ours need no memory on the server: the id says whose it
//! is and where it began, the offset says whose it is and is a position in that user's log. Neither is
//! a secret, since a good token is needed beside them. The client keeps an offset when somebody else
//! signs in, so each must say whose it is.

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

/// What marks ids and offsets as a user's.
pub struct Owner(String);

impl Owner {
    /// The mark of this user.
    pub fn of(user_id: &str) -> Self {
        Self(hex(&sha256(user_id.as_bytes())[..6]))
    }

    /// A position as the last argument of an event, JSON.
    pub fn offset(&self, position: i64) -> String {
        format!("\"{position}.{}\"", self.0)
    }

    /// The position in an offset of this user's.
    fn position(&self, offset: &str) -> Option<i64> {
        let (position, owner) = offset.split_once('.')?;
        (owner == self.0).then(|| position.parse().ok())?
    }
}

impl Recovery {
    /// Of a new connection.
    pub fn new(user_id: &str, position: i64) -> Self {
        let id = Base64UrlUnpadded::encode_string(&random::<15>());
        let pid = format!("{id}.{}.{position}", Owner::of(user_id).0);
        Self { id, pid, position }
    }

    /// What a CONNECT says of an earlier connection of this user. An event that carried no offset
    /// was none of ours, so without one the client has what it had when it began.
    pub fn of(auth: &Value, user_id: &str) -> Option<Self> {
        let pid = auth["pid"].as_str()?;
        let [id, owner, began] = pid.split('.').collect::<Vec<_>>().try_into().ok()?;
        let began: i64 = began.parse().ok()?;
        let user = Owner::of(user_id);
        let offset = auth["offset"].as_str();
        let offset = offset.and_then(|offset| user.position(offset));
        let is_own = owner == user.0 && id.len() == 20 && began >= 0;
        is_own.then(|| Self {
            id: id.to_owned(),
            pid: pid.to_owned(),
            position: offset.unwrap_or(began).max(began),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_client_goes_on_behind_its_last_event() {
        let first = Recovery::new("alice", 7);
        let back = |auth| Recovery::of(&auth, "alice").map(|recovery| recovery.position);
        let offset: Value = serde_json::from_str(&Owner::of("alice").offset(12)).unwrap();
        assert_eq!(back(json!({"pid": first.pid})), Some(7));
        assert_eq!(back(json!({"pid": first.pid, "offset": offset})), Some(12));
        for other in [json!("nonsense"), json!("12"), json!(12), json!("12.x")] {
            assert_eq!(back(json!({"pid": first.pid, "offset": other})), Some(7));
        }
        assert_eq!(back(json!({"offset": offset})), None);
    }

    #[test]
    fn an_offset_of_whoever_was_signed_in_before_means_nothing() {
        let (bob, alice) = (Recovery::new("bob", 7), Owner::of("alice"));
        let offset: Value = serde_json::from_str(&alice.offset(500)).unwrap();
        let back = Recovery::of(&json!({"pid": bob.pid, "offset": offset}), "bob");
        assert_eq!(back.map(|recovery| recovery.position), Some(7));
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
