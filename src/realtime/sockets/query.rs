//! The query socket (CONTRACT 2.1): the frames of `query-frames` over a socket of the room.
//!
//! A socket follows at most [`MAX_FOLLOWED`] topics, which must fit into its attachment; to follow
//! one more is refused with an error until one of the queries is over. What the log has of a query
//! is sent a frame at a time, since web drops what comes faster than it draws; what happens
//! meanwhile waits in the log for its turn. Workflow updates go to every query socket.

use std::rc::Rc;

use js_sys::JsString;
use query_frames::{ClientFrame, Failure, Kind, ServerFrame, SystemStatus, frame};
use wasm_bindgen_futures::spawn_local;
use worker::{Delay, Result};

use super::hub::send;
use super::{CLOSE_INTERNAL, Followed, Heartbeat, Opened, Protocol, Seat, Socket};
use crate::config::RealtimeConfig;
use crate::context::{Context, Origin};
use crate::realtime::dispatch::{SubmittedQuery, submit_query};
use crate::realtime::event::{Channel, Gap, Logged};
use crate::realtime::log::Size;
use crate::realtime::queries::Wanted;
use crate::realtime::query_stream::{FRAME_GAP, topic_of};
use crate::realtime::room::{Room, now_ms};
use crate::telemetry::Level;

/// Topics that a socket may follow at a time.
const MAX_FOLLOWED: usize = 32;

/// Unanswered pings in a row that close a socket.
const MISSES: u32 = 2;

/// The topic of how the service is.
const SYSTEM: &str = "system";

const ONE_EVENT: Size = Size {
    events: 1,
    bytes: 1,
};

/// The protocol.
pub struct Query;

impl Protocol for Query {
    fn channel(&self) -> Channel {
        Channel::Frames
    }

    fn wants(&self, seat: &Seat, event: &Logged) -> bool {
        let is_live = |it: &Followed| !it.is_catching_up && it.after < event.seq;
        event.name == Kind::WorkflowUpdate.name()
            || seat.following(&event.topic).is_some_and(is_live)
    }

    fn frame(&self, event: &Logged) -> String {
        frame(&event.name, Some(&event.data), event.at)
    }

    fn greeting(&self, opened: &Opened<'_>) -> String {
        ServerFrame::ConnectionEstablished(opened.user_id).to_json(opened.now)
    }

    fn gap(&self, _: Gap, _: i64) -> Option<String> {
        // There is no such frame; the final one has the whole answer.
        None
    }

    fn ping(&self, now: i64) -> String {
        ServerFrame::Ping.to_json(now)
    }

    fn heartbeat(&self, config: &RealtimeConfig) -> Heartbeat {
        Heartbeat {
            every_ms: config.query_ping_ms,
            patience_ms: config.query_patience_ms,
            misses: MISSES,
        }
    }

    fn hear(&self, socket: &mut Socket, text: &str, now: i64) -> Option<ClientFrame> {
        socket.is_heard();
        match ClientFrame::parse(text) {
            ClientFrame::Pong => socket.pong(),
            ClientFrame::Heartbeat => socket.reply(&ServerFrame::Heartbeat.to_json(now)),
            request => return Some(request),
        }
        None
    }
}

impl Room {
    /// Does what a client of the query socket asks for.
    pub(in crate::realtime) async fn serve(
        self: &Rc<Self>,
        socket: &str,
        request: ClientFrame,
    ) -> Result<()> {
        match request {
            ClientFrame::SubmitQuery { query, operation } => {
                self.submit(socket, query, operation).await?;
            }
            ClientFrame::SubscribeQuery { query_id } => {
                if self.follow_query(socket, &query_id, Wanted::News)? {
                    self.tell(socket, &ServerFrame::QuerySubscribed(&query_id));
                }
            }
            ClientFrame::Resume {
                query_id,
                from_chunk,
            } => {
                self.follow_query(socket, &query_id, Wanted::Chunks(from_chunk))?;
            }
            ClientFrame::UnsubscribeQuery { query_id } => self.leave(socket, &topic_of(&query_id)),
            ClientFrame::SubscribeWorkflow { workflow_id } => {
                self.tell(socket, &ServerFrame::WorkflowSubscribed(&workflow_id));
            }
            ClientFrame::SubscribeSystemStatus => self.follow_system_status(socket)?,
            ClientFrame::UnsubscribeSystemStatus => self.leave(socket, SYSTEM),
            ClientFrame::Refused(refusal) => {
                self.refuse(
                    socket,
                    &self.context(),
                    "VALIDATION_ERROR",
                    &refusal.message,
                );
            }
            ClientFrame::Ignored => self
                .context()
                .record(Level::Info, "A frame that means nothing was ignored")
                .write(),
            ClientFrame::UnsubscribeWorkflow { .. }
            | ClientFrame::Heartbeat
            | ClientFrame::Pong => {}
        }
        Ok(())
    }

    /// Goes on with what sockets were being sent when the object was evicted.
    pub(in crate::realtime) fn go_on(self: &Rc<Self>) {
        for socket in self.sockets.borrow().list() {
            let seat = &socket.seat;
            for it in seat.followed.iter().filter(|it| it.is_catching_up) {
                self.send_missed(&seat.id, &it.topic);
            }
        }
    }

    async fn submit(self: &Rc<Self>, socket: &str, query: String, operation: String) -> Result<()> {
        let Some(session_id) = self.with(socket, |it| it.seat.session_id.clone()) else {
            return Ok(());
        };
        let context = self.context();
        let submitted = SubmittedQuery {
            user_id: self.user_id(),
            session_id,
            query,
            operation,
        };
        match submit_query(&context, &submitted).await {
            Some(Ok(query_id)) => {
                self.follow_query(socket, &query_id, Wanted::Chunks(0))?;
            }
            Some(Err(error)) => self.refuse(socket, &context, error.code(), &error.message()),
            None => {
                let message = "There is nobody here who answers queries";
                self.refuse(socket, &context, "QUERY_ROUTING_ERROR", message);
            }
        }
        Ok(())
    }

    /// Lets a socket follow a query; false if it follows too much, which it is told.
    fn follow_query(self: &Rc<Self>, socket: &str, query_id: &str, wanted: Wanted) -> Result<bool> {
        let topic = topic_of(query_id);
        let is_followed = self.with(socket, |it| it.seat.following(&topic).is_some());
        if matches!((is_followed, wanted), (Some(true), Wanted::News)) {
            // It has got, or is getting, what there is.
            return Ok(true);
        }
        let after = self.start_for(query_id, wanted)?;
        self.follow(socket, topic, after)
    }

    fn follow_system_status(self: &Rc<Self>, socket: &str) -> Result<()> {
        let newest = self.newest_frame(SYSTEM)?.map_or(0, |frame| frame.seq);
        if self.follow(socket, SYSTEM.to_owned(), newest - 1)? && newest == 0 {
            let now = now_ms();
            let status = SystemStatus::new("operational", "Updates are delivered", now);
            self.tell(socket, &ServerFrame::SystemStatus(status));
        }
        Ok(())
    }

    /// Sends a socket what the log has of a topic after an event, and then what comes.
    fn follow(self: &Rc<Self>, socket: &str, topic: String, after: i64) -> Result<bool> {
        let outcome = self.with(socket, |it| {
            let was_catching_up = it.seat.leave(&topic).is_some_and(|it| it.is_catching_up);
            let has_place = it.seat.followed.len() < MAX_FOLLOWED;
            if has_place {
                it.seat.followed.push(Followed {
                    topic: topic.clone(),
                    after,
                    is_catching_up: true,
                });
                it.save();
            }
            (has_place, was_catching_up)
        });
        match outcome {
            Some((true, was_catching_up)) => {
                if !was_catching_up {
                    self.send_missed(socket, &topic);
                }
                Ok(true)
            }
            Some((false, _)) => {
                let message = format!("A socket follows at most {MAX_FOLLOWED} queries at a time");
                self.refuse(socket, &self.context(), "SYSTEM_RATE_LIMITED", &message);
                Ok(false)
            }
            None => Ok(false),
        }
    }

    fn leave(&self, socket: &str, topic: &str) {
        self.with(socket, |it| {
            if it.seat.leave(topic).is_some() {
                it.save();
            }
        });
    }

    fn send_missed(self: &Rc<Self>, socket: &str, topic: &str) {
        let (room, socket, topic) = (self.clone(), socket.to_owned(), topic.to_owned());
        spawn_local(async move {
            loop {
                match room.send_next(&socket, &topic) {
                    Ok(true) => Delay::from(FRAME_GAP).await,
                    Ok(false) => break,
                    Err(error) => {
                        let context = room.context();
                        let text = format!("A query socket cannot go on: {error}");
                        context.record(Level::Error, text).write();
                        room.with(&socket, |it| it.close(CLOSE_INTERNAL));
                        break;
                    }
                }
            }
        });
    }

    /// Sends a socket the next event of a topic; false if there is nothing more to send it so.
    fn send_next(&self, socket: &str, topic: &str) -> Result<bool> {
        let next = self.with(socket, |socket| {
            let followed = socket.seat.following(topic).filter(|it| it.is_catching_up);
            let Some(after) = followed.map(|it| it.after) else {
                return Ok(false);
            };
            if socket.is_full() {
                // It was asked when that happened; with the answer this goes on.
                return Ok(socket.is_open());
            }
            // Not before: in a room that was erased there is nobody, and no log.
            let page = self
                .log()?
                .page(after, Channel::Frames, Some(topic), ONE_EVENT)?;
            let next = page.events.first();
            for it in &mut socket.seat.followed {
                if it.topic == topic {
                    it.after = next.map_or(after, |event| event.seq);
                    it.is_catching_up = next.is_some();
                }
            }
            if let Some(event) = next {
                let text = Query.frame(event);
                send(socket, &JsString::from(text.as_str()), text.len(), event);
            }
            socket.save();
            Ok(next.is_some() && socket.is_open())
        });
        next.unwrap_or(Ok(false))
    }

    fn tell(&self, socket: &str, frame: &ServerFrame<'_>) {
        self.with(socket, |it| it.reply(&frame.to_json(now_ms())));
    }

    fn refuse(&self, socket: &str, context: &Context, code: &str, message: &str) {
        let reason = Failure {
            message,
            code,
            request_id: context.request_id(),
        };
        let text = format!("A request on a query socket failed: {message}");
        context.record(Level::Info, text).write();
        self.tell(socket, &ServerFrame::Error(reason));
    }

    /// A context for what a client asks for.
    fn context(&self) -> Context {
        let origin = Origin {
            method: "SOCKET".into(),
            path: "/v1/ws/query".into(),
            ..Origin::default()
        };
        let context = Context::new(self.env.clone(), None, origin);
        context.set_user_id(&self.user_id());
        context
    }

    /// Does something with a socket that is still there.
    fn with<T>(&self, id: &str, act: impl FnOnce(&mut Socket) -> T) -> Option<T> {
        let mut sockets = self.sockets.borrow_mut();
        sockets.find(id).map(act)
    }
}
