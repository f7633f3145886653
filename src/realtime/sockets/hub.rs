//! What the room does with its sockets: lets them in, pushes to them, listens, looks after them.

use dialect::Target;
use js_sys::JsString;
use query_frames::ClientFrame;
use serde_json::{Value, json};
use uuid::Uuid;
use worker::{Response, Result, WebSocket, WebSocketIncomingMessage, WebSocketPair};

use super::{
    CLOSE_FLOODING, CLOSE_HEARTBEAT_LOST, CLOSE_TOO_LARGE, Kind, MAX_FRAME_BYTES, Opened, Seat,
    Socket,
};
use crate::auth::find_ended;
use crate::context::{Context, Origin};
use crate::realtime::event::Logged;
use crate::realtime::log::PAGE;
use crate::realtime::room::{Log, Room, now_ms, number, parameter};
use crate::time::rfc3339;

/// How long the announcement of a session's end may have been lost, milliseconds.
const CHECKED_EVERY_MS: i64 = 4 * 60_000;

impl Room {
    /// Whether one more socket or stream may be opened.
    ///
    /// If not, whoever sits here is asked whether it is still there.
    pub(in crate::realtime) fn has_place(&self) -> bool {
        let readers = self.readers.borrow_mut().alive().len();
        let mut sockets = self.sockets.borrow_mut();
        let has_place = readers + sockets.list.len() < self.config.max_connections;
        if !has_place {
            let now = now_ms();
            let silent = sockets.list.iter_mut().filter(|socket| {
                let heartbeat = socket.seat.kind.protocol().heartbeat(self.config);
                now - socket.seat.pinged_at > heartbeat.patience_ms
            });
            silent.for_each(|socket| socket.ping(now));
        }
        has_place
    }

    /// Upgrades a request: `?session=&device=&after=`; without a position it gets what comes.
    pub(in crate::realtime) fn open_socket(&self, url: &Target, kind: Kind) -> Result<Response> {
        if self.has_just_ended(url) {
            return Response::error("the session has ended", 401);
        }
        if !self.has_place() {
            return Response::error("too many connections", 429);
        }
        let log = self.log()?;
        let now = now_ms();
        let pair = WebSocketPair::new()?;
        let seat = Seat {
            id: Uuid::new_v4().to_string(),
            kind,
            session_id: parameter(url, "session").unwrap_or_default(),
            device_id: parameter(url, "device"),
            connected_at: now,
            behind: None,
            pinged_at: now,
            is_asked: false,
            missed: 0,
            checked_at: now,
            followed: Vec::new(),
        };
        self.state
            .accept_websocket_with_tags(&pair.server, &[&seat.id]);
        let mut socket = Socket::new(pair.server, seat);
        let after = number(url, "after");
        let (position, gap) = log.resume(after.unwrap_or(log.newest()));
        let protocol = kind.protocol();
        socket.reply(&protocol.greeting(&Opened {
            user_id: &self.user_id(),
            position,
            oldest: log.oldest(),
            newest: log.newest(),
            now,
        }));
        if let Some(text) = gap.and_then(|gap| protocol.gap(gap, now)) {
            socket.reply(&text);
        }
        socket.seat.behind = Some(position);
        catch_up(&mut socket, &log)?;
        socket.save();
        self.sockets.borrow_mut().list.push(socket);
        Response::from_websocket(pair.client)
    }

    /// Sends new events to every socket that has all before them.
    pub(in crate::realtime) fn push(&self, events: &[Logged]) -> Result<()> {
        let mut sockets = self.sockets.borrow_mut();
        for event in events {
            // Made once for all.
            let mut made: Option<(Kind, JsString, usize)> = None;
            for socket in &mut sockets.list {
                let kind = socket.seat.kind;
                let protocol = kind.protocol();
                if socket.seat.behind.is_some()
                    || protocol.channel() != event.channel
                    || !protocol.wants(&socket.seat, event)
                {
                    continue;
                }
                if socket.is_full() {
                    // It was asked when that happened, and goes on with the answer.
                    socket.seat.behind = Some(event.seq - 1);
                    socket.save();
                    continue;
                }
                if made.as_ref().is_none_or(|(other, ..)| *other != kind) {
                    let text = protocol.frame(event);
                    made = Some((kind, JsString::from(text.as_str()), text.len()));
                }
                if let Some((_, frame, bytes)) = &made {
                    send(socket, frame, *bytes, event);
                }
            }
        }
        sockets.list.retain(Socket::is_open);
        Ok(())
    }

    /// Takes a frame from a client; if it asks for something, gives it with the socket's id.
    pub(in crate::realtime) fn hear(
        &self,
        socket: &WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<Option<(String, ClientFrame)>> {
        let Some(id) = self.state.get_tags(socket).into_iter().next() else {
            return Ok(None);
        };
        let log = self.log()?;
        let now = now_ms();
        let mut sockets = self.sockets.borrow_mut();
        let Some(socket) = sockets.find(&id) else {
            return Ok(None);
        };
        let bytes = match &message {
            WebSocketIncomingMessage::String(text) => text.len(),
            WebSocketIncomingMessage::Binary(bytes) => bytes.len(),
        };
        let mut request = None;
        if bytes > MAX_FRAME_BYTES {
            socket.close(CLOSE_TOO_LARGE);
        } else if !socket.admits(now) {
            socket.close(CLOSE_FLOODING);
        } else if let WebSocketIncomingMessage::String(text) = message {
            // Binary frames mean nothing in any of the protocols.
            request = socket.seat.kind.protocol().hear(socket, &text, now);
            catch_up(socket, &log)?;
            // What was sent after the ping that was answered may fill the window by itself.
            if socket.is_full() && !socket.seat.is_asked {
                socket.ping(now);
            }
        }
        sockets.list.retain(Socket::is_open);
        Ok(request.map(|request| (id, request)))
    }

    /// Forgets a socket whose client has closed it, or is gone.
    pub(in crate::realtime) fn part(&self, socket: &WebSocket, code: usize) {
        let id = self.state.get_tags(socket).into_iter().next();
        let mut sockets = self.sockets.borrow_mut();
        sockets.list.retain(|it| Some(&it.seat.id) != id.as_ref());
        // These are never sent, only reported.
        if !matches!(code, 1005 | 1006 | 1015) {
            let _ = socket.close(u16::try_from(code).ok(), Some(""));
        }
    }

    /// Asks who is still there, closes who is not, and looks up whether the sessions live.
    pub(in crate::realtime) async fn beat(&self) -> Result<()> {
        let now = now_ms();
        let mut unchecked = Vec::new();
        {
            let mut sockets = self.sockets.borrow_mut();
            for socket in &mut sockets.list {
                self.look_after(socket, now);
                if now - socket.seat.checked_at >= self.config.heartbeat_ms.min(CHECKED_EVERY_MS) {
                    socket.seat.checked_at = now;
                    socket.save();
                    unchecked.push(socket.seat.session_id.clone());
                }
            }
            sockets.list.retain(Socket::is_open);
        }
        if !unchecked.is_empty() {
            let ended = self.ended_among(unchecked).await;
            self.end_sessions(&ended);
        }
        Ok(())
    }

    fn look_after(&self, socket: &mut Socket, now: i64) {
        let heartbeat = socket.seat.kind.protocol().heartbeat(self.config);
        let since = now - socket.seat.pinged_at;
        if socket.seat.is_asked && since >= heartbeat.patience_ms {
            socket.seat.is_asked = false;
            socket.seat.missed += 1;
            if socket.seat.missed >= heartbeat.misses {
                return socket.close(CLOSE_HEARTBEAT_LOST);
            }
            socket.save();
        }
        // A little early, so that sockets share their alarms.
        if !socket.seat.is_asked && since >= heartbeat.every_ms - heartbeat.every_ms / 6 {
            socket.ping(now);
        }
    }

    /// Those sessions that have surely ended. A database that does not answer ends none.
    pub(in crate::realtime) async fn ended_among(&self, sessions: Vec<String>) -> Vec<String> {
        let origin = Origin {
            method: "ROOM".into(),
            path: "/sessions".into(),
            ..Origin::default()
        };
        let context = Context::new(self.env.clone(), None, origin);
        find_ended(&context, &sessions).await.unwrap_or_default()
    }

    /// Who is connected to this object.
    pub(in crate::realtime) fn connections(&self, log: &Log) -> Vec<Value> {
        let connection = |id: &str, protocol, transport, since, session: &str, position: i64| {
            json!({
                "id": id,
                "protocol": protocol,
                "transport": transport,
                "connected_at": rfc3339(since),
                "session_id": session,
                "device_id": null,
                "position": position,
                "behind": log.newest() - position,
            })
        };
        let sockets = self.sockets.borrow();
        let of_sockets = sockets.list.iter().map(|socket| {
            let seat = &socket.seat;
            let position = seat.behind.unwrap_or(log.newest());
            let kind = seat.kind.as_str();
            let since = seat.connected_at;
            let mut shown = connection(
                &seat.id,
                kind,
                "websocket",
                since,
                &seat.session_id,
                position,
            );
            shown["device_id"] = json!(seat.device_id);
            shown
        });
        let mut all: Vec<_> = of_sockets.collect();
        all.extend(self.readers.borrow_mut().alive().iter().map(|reader| {
            let position = reader.position.get();
            let (since, session) = (reader.connected_at, &reader.session_id);
            connection(&reader.id, "events", "sse", since, session, position)
        }));
        all
    }
}

/// Sends the frame of an event; the one that fills the window is followed by a ping.
pub(super) fn send(socket: &mut Socket, frame: &JsString, bytes: usize, event: &Logged) {
    socket.send(frame, bytes);
    if socket.is_full() && !socket.seat.is_asked {
        socket.ping(now_ms());
    }
    if event.is_last && socket.seat.leave(&event.topic).is_some() {
        socket.save();
    }
}

/// Goes on from the log where a socket is behind, until it has everything or its window is full.
fn catch_up(socket: &mut Socket, log: &Log) -> Result<()> {
    let Some(was_behind) = socket.seat.behind else {
        return Ok(());
    };
    let protocol = socket.seat.kind.protocol();
    let mut position = was_behind;
    while position < log.newest() && !socket.is_full() && socket.is_open() {
        let (start, gap) = log.resume(position);
        if let Some(text) = gap.and_then(|gap| protocol.gap(gap, now_ms())) {
            socket.reply(&text);
        }
        let page = log.page(start, protocol.channel(), None, PAGE)?;
        position = page.through;
        for event in &page.events {
            if socket.is_full() {
                position = event.seq - 1;
                break;
            }
            if protocol.wants(&socket.seat, event) {
                let text = protocol.frame(event);
                send(socket, &JsString::from(text.as_str()), text.len(), event);
            }
        }
    }
    socket.seat.behind = (position < log.newest()).then_some(position);
    if socket.seat.behind != Some(was_behind) {
        socket.save();
    }
    if socket.is_full() && !socket.seat.is_asked {
        socket.ping(now_ms());
    }
    Ok(())
}
