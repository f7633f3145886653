//! Engine.IO protocol 4.

mod heartbeat;
mod packet;
mod request;
mod session;

pub use packet::{Malformed, Message, Outgoing, Packet, Wire, payload};
pub use rate_limit::Rate;
pub use request::{Kind, Refusal, Request, Transport};
pub use session::{Answer, CloseReason, Output, Saved, Session};

use serde::Serialize;

/// Times in milliseconds, sizes in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Configuration {
    /// From an answered ping to the next.
    pub ping_interval: u64,
    /// How long an answer to a ping may take.
    pub ping_timeout: u64,
    /// How long a WebSocket may take to replace polling.
    pub upgrade_timeout: u64,
    /// The largest message or body that a client may send.
    pub max_payload: usize,
    /// What may be sent before the client proved that it reads.
    pub window: usize,
    /// What may wait for a full window or for the next poll; beyond it the session is closed.
    pub max_buffered: usize,
    /// Packets that a client may send beside its answers to pings; beyond it the session is closed.
    pub rate: Rate,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            ping_interval: 25_000,
            ping_timeout: 20_000,
            upgrade_timeout: 10_000,
            max_payload: 1_000_000,
            window: 256 << 10,
            max_buffered: 1 << 20,
            // Who comes back from being offline sends what has gathered at once.
            rate: Rate::per_second(20).burst(200),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Handshake<'a> {
    sid: &'a str,
    upgrades: &'a [&'a str],
    ping_interval: u64,
    ping_timeout: u64,
    max_payload: usize,
}

impl Configuration {
    /// The first packet of a session, `0{"sid":..}`.
    #[must_use]
    pub fn open_packet(&self, sid: &str, transport: Transport) -> String {
        let handshake = Handshake {
            sid,
            upgrades: match transport {
                Transport::Polling => &["websocket"],
                Transport::WebSocket => &[],
            },
            ping_interval: self.ping_interval,
            ping_timeout: self.ping_timeout,
            max_payload: self.max_payload,
        };
        // Numbers and strings: it cannot fail.
        let json = serde_json::to_string(&handshake).unwrap_or_default();
        format!("0{json}")
    }
}
