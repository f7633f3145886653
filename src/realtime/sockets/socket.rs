//! One socket of a room.

use js_sys::JsString;
use rate_limit::{Rate, admit};
use wasm_bindgen::prelude::*;
use worker::WebSocket;

use super::window::Window;
use super::{Heartbeat, Reason, Seat};
use crate::config::RealtimeConfig;

/// Frames from a client. A page that was asleep sends its heartbeats and subscriptions at once.
const FRAMES: Rate = Rate::per_second(20).burst(200);

/// An open socket.
pub struct Socket {
    /// What is known of it also after a sleep.
    pub seat: Seat,
    socket: WebSocket,
    window: Window,
    heard: i64,
    is_open: bool,
}

impl Socket {
    /// A socket that was just accepted.
    pub fn new(socket: WebSocket, seat: Seat) -> Self {
        Self {
            seat,
            socket,
            window: Window::default(),
            heard: 0,
            is_open: true,
        }
    }

    /// A socket that the runtime held while the object slept; none if it was being closed.
    pub fn awake(socket: WebSocket) -> Option<Self> {
        let text: String = socket.deserialize_attachment().ok()??;
        let seat = serde_json::from_str(&text).ok()?;
        Some(Self::new(socket, seat))
    }

    /// Whether it was not closed, and takes frames.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether nothing more may be sent until the client has read.
    pub fn is_full(&self) -> bool {
        self.window.is_full()
    }

    /// Counts a frame from the client; false when there are too many.
    pub fn admits(&mut self, now: i64) -> bool {
        let decision = admit(self.heard, &FRAMES, now, 1);
        self.heard = decision.state;
        decision.admitted
    }

    /// Answers the client. One that does not read gets no answers.
    pub fn reply(&mut self, text: &str) {
        if !self.is_full() {
            self.send(&JsString::from(text), text.len());
        }
    }

    /// Sends a frame of so many bytes. A socket that does not take it is gone.
    pub fn send(&mut self, frame: &JsString, bytes: usize) {
        self.window.add(bytes);
        let sender: &Sender = self.socket.as_ref().unchecked_ref();
        self.is_open &= sender.send(frame).is_ok();
    }

    /// Asks whether the client is there.
    pub fn ping(&mut self, now: i64) {
        let text = self.seat.kind.protocol().ping(now);
        self.window.ping();
        self.send(&JsString::from(text.as_str()), 0);
        self.seat.pinged_at = now;
        self.seat.is_asked = true;
        self.save();
    }

    /// Takes the client's answer to a ping.
    pub fn pong(&mut self) {
        self.window.pong();
        self.is_heard();
    }

    /// Notes that the client has said something, whatever it was: the dead say nothing.
    pub fn is_heard(&mut self) {
        if self.seat.is_asked || self.seat.missed > 0 {
            self.seat.is_asked = false;
            self.seat.missed = 0;
            self.save();
        }
    }

    /// When to ask again, or to give up.
    pub fn due(&self, config: &RealtimeConfig) -> i64 {
        let Heartbeat {
            every_ms,
            patience_ms,
            ..
        } = self.seat.kind.protocol().heartbeat(config);
        let wait = if self.seat.is_asked {
            patience_ms
        } else {
            every_ms
        };
        self.seat.pinged_at + wait
    }

    /// Stores what must outlive a sleep.
    pub fn save(&self) {
        if let (true, Ok(text)) = (self.is_open, serde_json::to_string(&self.seat)) {
            // A socket that is gone has no use for it.
            let _ = self.socket.serialize_attachment(text);
        }
    }

    /// Closes it.
    pub fn close(&mut self, (code, reason): Reason) {
        self.is_open = false;
        // Until the client has answered, the runtime still lists it.
        let _ = self.socket.serialize_attachment("");
        let _ = self.socket.close(Some(code), Some(reason));
    }
}

#[wasm_bindgen]
extern "C" {
    type Sender;

    /// With a text that was made once for many.
    #[wasm_bindgen(method, catch)]
    fn send(this: &Sender, text: &JsString) -> Result<(), JsValue>;
}
