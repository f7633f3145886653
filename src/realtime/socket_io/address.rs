//! Which lobby a client belongs to.

use crate::hash::{hex, sha256};

/// Lobbies that the clients of one address share. A crowd behind one address is spread over them, and
/// a flood fills only those of its own address.
const PER_ADDRESS: u8 = 4;

/// A lobby for a client that comes from this network address.
pub fn lobby_for(address: Option<&str>, random: u8) -> String {
    let place = address.map_or_else(
        || "local".into(),
        |address| hex(&sha256(address.as_bytes())[..8]),
    );
    format!("{place}-{}", random % PER_ADDRESS)
}

/// The lobby that gave out a session id: `{lobby}.{random}`.
pub fn lobby_of(session_id: &str) -> Option<&str> {
    let (lobby, _) = session_id.split_once('.')?;
    let (place, number) = lobby.rsplit_once('-')?;
    let is_hash = place.len() == 16 && place.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_known =
        (is_hash || place == "local") && number.parse().is_ok_and(|n: u8| n < PER_ADDRESS);
    is_known.then_some(lobby)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_leads_to_its_lobby() {
        for address in [None, Some("192.0.2.7"), Some("2001:db8::/64")] {
            let lobby = lobby_for(address, 7);
            assert_eq!(lobby_of(&format!("{lobby}.abc_-123")), Some(lobby.as_str()));
        }
        assert_ne!(
            lobby_for(Some("192.0.2.7"), 0),
            lobby_for(Some("192.0.2.8"), 0)
        );
    }

    #[test]
    fn no_other_object_can_be_named() {
        for id in [
            "",
            "x",
            "local.x",
            "local-9.x",
            "health.x",
            "0123-1.x",
            "../room-1.x",
            "local-1",
        ] {
            assert_eq!(lobby_of(id), None, "{id}");
        }
    }
}
