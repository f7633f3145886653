//! The feed of events over a raw socket (CONTRACT 2.3): `{type, data, timestamp, seq, id}`.

use query_frames::ClientFrame;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Heartbeat, Opened, Protocol, Socket};
use crate::config::RealtimeConfig;
use crate::realtime::event::{Channel, Gap, Logged};
use crate::time::rfc3339_ms;

/// The frame of something that has no place in the log.
pub fn signal(name: &str, data: &Value, now: i64) -> String {
    json!({ "type": name, "data": data, "timestamp": rfc3339_ms(now) }).to_string()
}

/// The protocol.
pub struct Events;

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
}

impl Protocol for Events {
    fn channel(&self) -> Channel {
        Channel::Events
    }

    fn frame(&self, event: &Logged) -> String {
        let Logged { seq, data, .. } = event;
        let (name, id, at) = (json!(event.name), json!(event.id), rfc3339_ms(event.at));
        format!(r#"{{"type":{name},"data":{data},"timestamp":"{at}","seq":{seq},"id":{id}}}"#)
    }

    fn greeting(&self, opened: &Opened<'_>) -> String {
        let data = json!({
            "user_id": opened.user_id,
            "position": opened.position,
            "oldest": opened.oldest,
            "newest": opened.newest,
        });
        let now = rfc3339_ms(opened.now);
        format!(r#"{{"type":"connection_established","data":{data},"timestamp":"{now}"}}"#)
    }

    fn gap(&self, gap: Gap, now: i64) -> Option<String> {
        let (data, now) = (gap.to_json(), rfc3339_ms(now));
        Some(format!(
            r#"{{"type":"gap","data":{data},"timestamp":"{now}"}}"#
        ))
    }

    fn ping(&self, now: i64) -> String {
        let now = rfc3339_ms(now);
        format!(r#"{{"type":"ping","timestamp":"{now}"}}"#)
    }

    fn heartbeat(&self, config: &RealtimeConfig) -> Heartbeat {
        Heartbeat {
            every_ms: config.heartbeat_ms,
            patience_ms: config.patience_ms,
            misses: 1,
        }
    }

    fn hear(&self, socket: &mut Socket, text: &str, _: i64) -> Option<ClientFrame> {
        let frame: Option<Frame> = serde_json::from_str(text).ok();
        if frame.is_some_and(|frame| frame.kind.eq_ignore_ascii_case("pong")) {
            socket.pong();
        }
        None
    }
}
