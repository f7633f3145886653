//! Engine.IO in a Durable Object: requests, WebSockets and the alarm in, messages out.
//!
//! Sessions are in memory. Those on a WebSocket are also in its attachment, and come back after
//! an eviction; those on polling end with it, and their clients open new ones.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use dialect::Target;
use futures::channel::oneshot;
use serde::{Deserialize, Serialize};
use socket_io::engine::{
    Answer, CloseReason, Configuration, Kind, Message, Output, Refusal, Saved, Session, Transport,
};
use worker::{
    Request, Response, ResponseBuilder, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair,
};

use super::Forbidden;
use super::body::read_text;
use super::frame::{Piece, send_text};

/// What lives on Engine.IO. Its calls come outside of any borrow: they may use the engine.
pub trait Protocol: Sized + 'static {
    /// What belongs to a session.
    type Data;

    /// The id of a new session, made from 128 random bits in base64url.
    fn session_id(&self, random: String) -> String {
        random
    }

    /// Whether one more session may be opened.
    fn has_place(_: &Engine<Self>) -> bool {
        true
    }

    /// A new session.
    ///
    /// # Errors
    /// [`Forbidden`] refuses it.
    fn open(&self, request: &Request, now: u64) -> std::result::Result<Self::Data, Forbidden>;

    /// The data as text, to survive an eviction; `None` when it cannot at this moment.
    fn save(data: &Self::Data) -> Option<String>;

    /// The data again.
    fn restore(saved: &str) -> Option<Self::Data>;

    /// The largest body that is read from the client.
    fn max_body(_: &Self::Data) -> usize {
        usize::MAX
    }

    /// A message from the client.
    fn received(engine: &Engine<Self>, session: u32, message: Message);

    /// A session without room has room again.
    fn writable(engine: &Engine<Self>, session: u32);

    /// The session is over.
    fn closed(engine: &Engine<Self>, session: u32, data: Self::Data, reason: CloseReason);

    /// When [`Self::tick`] has something to do for the session.
    fn next_due(data: &Self::Data) -> Option<u64>;

    /// Time has passed.
    fn tick(engine: &Engine<Self>, session: u32, now: u64);

    /// The object's alarm must ring at this time or before (ms since 1970), and then call
    /// [`Engine::alarm`]. Must not call into the engine.
    fn wake_at(&self, at: u64);
}

/// Data that changed without need to be stored at once is stored after this time. Well below the
/// ten seconds of silence after which an object may be evicted.
const SAVE_AFTER_MS: u64 = 2_000;

/// Whatever happens when the alarm has not rung this long after its time does its work.
const LATE_MS: u64 = 1_000;

/// What an attachment may hold, with room for what the runtime adds.
const MAX_ATTACHMENT_BYTES: usize = 15_000;

/// The attachment of a WebSocket that was closed.
const CLOSED: &str = "";

const TEXT: &str = "text/plain; charset=UTF-8";
const HTML: &str = "text/html";
const JSON: &str = "application/json";

/// The sessions of an object. A handle: clones are the same engine.
pub struct Engine<P: Protocol>(AssertUnwindSafe<Rc<Inner<P>>>);

impl<P: Protocol> Clone for Engine<P> {
    fn clone(&self) -> Self {
        Self(AssertUnwindSafe(Rc::clone(&self.0)))
    }
}

struct Inner<P: Protocol> {
    state: Rc<State>,
    configuration: Configuration,
    protocol: P,
    // Never borrowed across an await or a call of the protocol.
    registry: RefCell<Registry<P>>,
    /// The time last told to [`Protocol::wake_at`].
    wakes_at: Cell<u64>,
    is_ringing: Cell<bool>,
}

struct Registry<P: Protocol> {
    numbers: u32,
    by_sid: BTreeMap<Rc<str>, u32>,
    entries: BTreeMap<u32, Entry<P>>,
    unsaved: Vec<u32>,
}

struct Entry<P: Protocol> {
    sid: Rc<str>,
    session: Session<Piece>,
    /// The session's WebSocket.
    socket: Option<Connection>,
    /// The one that wants to replace polling.
    candidate: Option<Connection>,
    connections: u32,
    poll: Option<oneshot::Sender<Answer>>,
    /// Waits for the alarm to be stored.
    is_unsaved: bool,
    /// Until the session is over.
    data: Option<P::Data>,
}

struct Connection {
    number: u32,
    socket: WebSocket,
}

#[derive(Serialize, Deserialize)]
struct Attachment {
    connection: u32,
    session: Saved,
    data: String,
}

/// What the protocol is to be told.
enum News<D> {
    Message(Message),
    Writable,
    Closed(D, CloseReason),
}

impl<P: Protocol> Engine<P> {
    /// The object's engine, with the sessions that survived in attachments. All hibernating
    /// WebSockets of the object must be its own.
    #[must_use]
    pub fn new(state: Rc<State>, configuration: Configuration, protocol: P) -> Self {
        let engine = Self(AssertUnwindSafe(Rc::new(Inner {
            registry: RefCell::new(Registry::restored(&state, configuration)),
            state,
            configuration,
            protocol,
            wakes_at: Cell::new(u64::MAX),
            is_ringing: Cell::new(false),
        })));
        if let Some(at) = engine.next_due() {
            engine.wake_at(at);
        }
        engine
    }

    /// What lives on it.
    #[must_use]
    pub fn protocol(&self) -> &P {
        &self.0.protocol
    }

    /// The object's state.
    #[must_use]
    pub fn state(&self) -> &Rc<State> {
        &self.0.state
    }

    /// Sessions that are not over.
    #[must_use]
    pub fn sessions(&self) -> Vec<u32> {
        let registry = self.0.registry.borrow();
        let open = registry.entries.iter().filter(|(_, it)| it.data.is_some());
        open.map(|(session, _)| *session).collect()
    }

    /// Whether there are `count` sessions whose data is like this, or that are over and wait for
    /// their last poll.
    #[must_use]
    pub fn has_many(&self, count: usize, is_meant: impl Fn(&P::Data) -> bool) -> bool {
        let registry = self.0.registry.borrow();
        if registry.entries.len() < count {
            return false;
        }
        let all = registry.entries.values();
        let meant = all.filter(|entry| entry.data.as_ref().is_none_or(&is_meant));
        meant.count() >= count
    }

    /// Looks at a session's data; `use_it` must not call into the engine.
    pub fn with_data<R>(&self, session: u32, use_it: impl FnOnce(&mut P::Data) -> R) -> Option<R> {
        let mut registry = self.0.registry.borrow_mut();
        let entry = registry.entries.get_mut(&session)?;
        entry.data.as_mut().map(use_it)
    }

    /// The session's data has changed: store it now.
    pub fn save(&self, session: u32) {
        let mut registry = self.0.registry.borrow_mut();
        let due = registry.entries.get_mut(&session).and_then(|entry| {
            entry.save();
            entry.next_due()
        });
        drop(registry);
        if let Some(at) = due {
            self.wake_at(at);
        }
    }

    /// The session's data has changed: store it soon.
    pub fn save_soon(&self, session: u32) {
        let mut registry = self.0.registry.borrow_mut();
        match registry.entries.get_mut(&session) {
            Some(entry) if !entry.is_unsaved => entry.is_unsaved = true,
            _ => return,
        }
        registry.unsaved.push(session);
        drop(registry);
        self.wake_at(now() + SAVE_AFTER_MS);
    }

    /// Sends messages, in this order and together where the transport can.
    pub fn send(&self, session: u32, messages: &[Piece]) {
        self.input(session, |entry, now, out| {
            for message in messages {
                entry.session.send(message.clone(), now, out);
            }
            entry.session.flush(now, out);
        });
    }

    /// Bytes that may be sent until the client must prove that it reads.
    #[must_use]
    pub fn room(&self, session: u32) -> usize {
        let registry = self.0.registry.borrow();
        let entry = registry.entries.get(&session);
        entry.map_or(0, |entry| entry.session.room())
    }

    /// Whether a session's packets travel over a WebSocket.
    #[must_use]
    pub fn is_websocket(&self, session: u32) -> bool {
        let registry = self.0.registry.borrow();
        let entry = registry.entries.get(&session);
        entry.is_some_and(|entry| entry.session.is_websocket())
    }

    /// Counts what a message has caused beside itself, in messages; too much ends the session.
    pub fn spend(&self, session: u32, cost: u32) {
        self.input(session, |entry, now, out| {
            entry.session.spend(cost, now, out);
        });
    }

    /// Ends a session.
    pub fn end(&self, session: u32, reason: CloseReason) {
        self.input(session, |entry, now, out| {
            entry.session.end(reason, now, out);
        });
    }

    /// Answers a request.
    ///
    /// # Errors
    /// When the runtime fails.
    pub async fn request(&self, request: Request) -> Result<Response> {
        let answer = self.dispatch(request).await?;
        answer.or_else(|refusal| respond(refusal.status(), JSON, refusal.body()))
    }

    async fn dispatch(&self, request: Request) -> Result<std::result::Result<Response, Refusal>> {
        let target = Target::of(&request.inner().url());
        let upgrade = request.headers().get("upgrade")?.unwrap_or_default();
        let is_websocket = upgrade.eq_ignore_ascii_case("websocket");
        let method = request.method().to_string();
        use socket_io::engine::Request as Asked;
        let (sid, kind) = match Asked::parse(&method, is_websocket, target.query) {
            Ok(Asked::Open(transport)) => return self.open(&request, transport),
            Ok(Asked::Session(sid, kind)) => (sid, kind),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let found = self.0.registry.borrow().by_sid.get(sid.as_str()).copied();
        let Some(session) = found else {
            return Ok(Err(Refusal::SessionUnknown));
        };
        match kind {
            Kind::Poll => self.poll(session).await,
            Kind::Post => self.post(session, request).await,
            Kind::Upgrade => self.upgrade(session).map(Ok),
        }
    }

    fn open(
        &self,
        request: &Request,
        transport: Transport,
    ) -> Result<std::result::Result<Response, Refusal>> {
        let (now, configuration) = (now(), self.0.configuration);
        if !P::has_place(self) {
            return Ok(Err(Refusal::Busy));
        }
        let Ok(data) = self.0.protocol.open(request, now) else {
            return Ok(Err(Refusal::Forbidden));
        };
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|error| worker::Error::RustError(error.to_string()))?;
        let random = Base64UrlUnpadded::encode_string(&random);
        let sid: Rc<str> = self.0.protocol.session_id(random).into();
        let open_packet = configuration.open_packet(&sid, transport);
        let (session, socket, response) = match transport {
            Transport::Polling => {
                let response = respond(200, TEXT, open_packet)?;
                (Session::polling(configuration, now), None, response)
            }
            Transport::WebSocket => {
                let (connection, response) = self.accept(&sid, 0)?;
                send_text(&connection.socket, &open_packet);
                let session = Session::websocket(configuration, now);
                (session, Some(connection), response)
            }
        };
        let entry = Entry {
            sid: sid.clone(),
            session,
            socket,
            candidate: None,
            connections: 1,
            poll: None,
            is_unsaved: false,
            data: Some(data),
        };
        let session = self.0.registry.borrow_mut().add(entry);
        self.input(session, |_, _, _| ());
        Ok(Ok(response))
    }

    /// Accepts a WebSocket that outlives this object's memory.
    fn accept(&self, sid: &str, number: u32) -> Result<(Connection, Response)> {
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let tags = [sid, &number.to_string()];
        self.0.state.accept_websocket_with_tags(&server, &tags);
        let connection = Connection {
            number,
            socket: server,
        };
        Ok((connection, Response::from_websocket(client)?))
    }

    async fn poll(&self, session: u32) -> Result<std::result::Result<Response, Refusal>> {
        let (sender, receiver) = oneshot::channel();
        let is_waiting = self.input(session, |entry, now, out| {
            entry.session.poll(now, out)?;
            entry.poll = Some(sender);
            Ok(())
        });
        match is_waiting {
            Some(Ok(())) => {}
            Some(Err(refusal)) => return Ok(Err(refusal)),
            None => return Ok(Err(Refusal::SessionUnknown)),
        }
        match receiver.await {
            Ok(Answer::Payload(body)) => respond(200, TEXT, body).map(Ok),
            Ok(Answer::Refused(refusal)) => Ok(Err(refusal)),
            Err(oneshot::Canceled) => Ok(Err(Refusal::SessionUnknown)),
        }
    }

    async fn post(
        &self,
        session: u32,
        mut request: Request,
    ) -> Result<std::result::Result<Response, Refusal>> {
        let begun = self.input(session, |entry, now, out| {
            entry.session.begin_post(now, out)
        });
        match begun {
            Some(Ok(())) => {}
            Some(Err(refusal)) => return Ok(Err(refusal)),
            None => return Ok(Err(Refusal::SessionUnknown)),
        }
        let limit = self.with_data(session, |data| P::max_body(data));
        let limit = limit.map_or(0, |limit| limit.min(self.0.configuration.max_payload));
        let body = read_text(&mut request, limit).await;
        let taken = self.input(session, |entry, now, out| match &body {
            Ok(body) => entry.session.end_post(body, now, out),
            Err(reason) => {
                entry.session.fail_post(*reason, now, out);
                Err(match reason {
                    CloseReason::TooLarge => Refusal::TooLarge,
                    _ => Refusal::BadRequest,
                })
            }
        });
        match taken {
            Some(Ok(())) => respond(200, HTML, "ok".into()).map(Ok),
            Some(Err(refusal)) => Ok(Err(refusal)),
            None => Ok(Err(Refusal::SessionUnknown)),
        }
    }

    /// A second WebSocket is let in and closed: a refusal looks like an error of the network.
    fn upgrade(&self, session: u32) -> Result<Response> {
        let may_try = self.input(session, |entry, now, out| {
            entry.session.add_candidate(now, out).then(|| {
                entry.connections += 1;
                (entry.sid.clone(), entry.connections)
            })
        });
        let Some(Some((sid, number))) = may_try else {
            let WebSocketPair { client, server } = WebSocketPair::new()?;
            server.accept()?;
            server.close(Some(1000), Some("not wanted"))?;
            return Response::from_websocket(client);
        };
        let (connection, response) = self.accept(&sid, number)?;
        if let Some(entry) = self.0.registry.borrow_mut().entries.get_mut(&session) {
            entry.candidate = Some(connection);
        }
        Ok(response)
    }

    /// A WebSocket has received something.
    pub fn websocket_message(&self, socket: &WebSocket, message: WebSocketIncomingMessage) {
        let message = match message {
            WebSocketIncomingMessage::String(text) => Message::Text(text),
            WebSocketIncomingMessage::Binary(bytes) => Message::Binary(bytes),
        };
        let Some((session, number)) = self.find(socket) else {
            // Its session is over.
            close(socket, 1000, "over");
            return;
        };
        self.input(session, |entry, now, out| {
            if is_number(entry.socket.as_ref(), number) {
                entry.session.message(message, now, out);
            } else if is_number(entry.candidate.as_ref(), number) {
                entry.session.candidate_message(message, now, out);
            }
        });
    }

    /// A WebSocket is gone, for whatever reason.
    pub fn websocket_closed(&self, socket: &WebSocket) {
        let Some((session, number)) = self.find(socket) else {
            close(socket, 1000, "over");
            return;
        };
        self.input(session, |entry, now, out| {
            if is_number(entry.socket.as_ref(), number) {
                entry.session.lost(now, out);
            } else if is_number(entry.candidate.as_ref(), number) {
                entry.candidate = None;
                entry.session.candidate_lost(now, out);
            }
        });
    }

    /// The session of a WebSocket, and the WebSocket's number there.
    fn find(&self, socket: &WebSocket) -> Option<(u32, u32)> {
        let tags = self.0.state.get_tags(socket);
        let [sid, number] = tags.as_slice() else {
            return None;
        };
        let session = *self.0.registry.borrow().by_sid.get(sid.as_str())?;
        Some((session, number.parse().ok()?))
    }

    /// The alarm rang, for whatever reason: does what is due and asks for the next alarm.
    pub fn alarm(&self) {
        if self.0.is_ringing.replace(true) {
            return;
        }
        self.0.wakes_at.set(u64::MAX);
        let unsaved = std::mem::take(&mut self.0.registry.borrow_mut().unsaved);
        for session in unsaved {
            let mut registry = self.0.registry.borrow_mut();
            let entry = registry.entries.get_mut(&session);
            // It may have been stored meanwhile.
            if let Some(entry) = entry.filter(|entry| entry.is_unsaved) {
                entry.save();
            }
        }
        let time = now();
        let all: Vec<u32> = self.0.registry.borrow().entries.keys().copied().collect();
        for session in all {
            self.input(session, |entry, now, out| entry.session.tick(now, out));
            P::tick(self, session, time);
        }
        self.0.is_ringing.set(false);
        self.0.wakes_at.set(u64::MAX);
        if let Some(at) = self.next_due() {
            self.wake_at(at);
        }
    }

    /// When [`Self::alarm`] has something to do.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        let registry = self.0.registry.borrow();
        registry.entries.values().filter_map(Entry::next_due).min()
    }

    fn wake_at(&self, at: u64) {
        if at < self.0.wakes_at.get() {
            self.0.wakes_at.set(at);
            self.0.protocol.wake_at(at);
        }
    }

    /// Lets something happen to a session, and everything that follows from it.
    fn input<R>(
        &self,
        session: u32,
        act: impl FnOnce(&mut Entry<P>, u64, &mut Vec<Output<Piece>>) -> R,
    ) -> Option<R> {
        let mut registry = self.0.registry.borrow_mut();
        let entry = registry.entries.get_mut(&session)?;
        let mut out = Vec::new();
        let result = act(entry, now(), &mut out);
        let news = entry.carry_out(out);
        if entry.session.take_changed() {
            entry.save();
        }
        let due = entry.next_due();
        if entry.session.is_over() {
            registry.remove(session);
        }
        drop(registry);
        if let Some(at) = due {
            self.wake_at(at);
        }
        for piece in news {
            match piece {
                News::Message(message) => P::received(self, session, message),
                News::Writable => P::writable(self, session),
                News::Closed(data, reason) => P::closed(self, session, data, reason),
            }
        }
        // While it rings, what is still to be worked off is late without being lost.
        let is_late = self.0.wakes_at.get().saturating_add(LATE_MS) < now();
        if is_late && !self.0.is_ringing.get() {
            self.alarm();
        }
        Some(result)
    }
}

impl<P: Protocol> Registry<P> {
    fn add(&mut self, entry: Entry<P>) -> u32 {
        self.numbers = self.numbers.wrapping_add(1);
        self.by_sid.insert(entry.sid.clone(), self.numbers);
        self.entries.insert(self.numbers, entry);
        self.numbers
    }

    fn remove(&mut self, session: u32) {
        if let Some(entry) = self.entries.remove(&session) {
            self.by_sid.remove(&entry.sid);
        }
    }

    fn restored(state: &State, configuration: Configuration) -> Self {
        let mut registry = Self {
            numbers: 0,
            by_sid: BTreeMap::new(),
            entries: BTreeMap::new(),
            unsaved: Vec::new(),
        };
        for socket in state.get_websockets() {
            let attachment: Option<String> = socket.deserialize_attachment().ok().flatten();
            if attachment.as_deref() == Some(CLOSED) {
                continue;
            }
            match Entry::restored(state, configuration, &socket, attachment.as_deref()) {
                Some(entry) => {
                    registry.add(entry);
                }
                // The client opens a new session and misses nothing; here it might.
                None => close(&socket, 1012, "lost its session"),
            }
        }
        registry
    }
}

impl<P: Protocol> Entry<P> {
    fn restored(
        state: &State,
        configuration: Configuration,
        socket: &WebSocket,
        attachment: Option<&str>,
    ) -> Option<Self> {
        let saved: Attachment = serde_json::from_str(attachment?).ok()?;
        let sid = state.get_tags(socket).into_iter().next()?;
        Some(Self {
            sid: sid.into(),
            session: Session::restored(configuration, saved.session),
            socket: Some(Connection {
                number: saved.connection,
                socket: socket.clone(),
            }),
            candidate: None,
            connections: saved.connection,
            poll: None,
            is_unsaved: false,
            data: Some(P::restore(&saved.data)?),
        })
    }

    /// Puts what must survive into the attachment: nothing, when something would be missing.
    fn save(&mut self) {
        self.is_unsaved = false;
        let (Some(connection), Some(data)) = (&self.socket, &self.data) else {
            return;
        };
        let attachment = self.session.saved().and_then(|session| {
            let attachment = Attachment {
                connection: connection.number,
                session,
                data: P::save(data)?,
            };
            let text = serde_json::to_string(&attachment).ok()?;
            (text.len() <= MAX_ATTACHMENT_BYTES).then_some(text)
        });
        let _ = connection.socket.serialize_attachment(attachment);
    }

    fn next_due(&self) -> Option<u64> {
        let own = self.session.next_due();
        let of_protocol = self.data.as_ref().and_then(P::next_due);
        own.into_iter().chain(of_protocol).min()
    }

    fn carry_out(&mut self, out: Vec<Output<Piece>>) -> Vec<News<P::Data>> {
        let mut news = Vec::new();
        for output in out {
            match output {
                Output::Send(message) => {
                    if let Some(connection) = &self.socket {
                        message.send_to(&connection.socket);
                    }
                }
                Output::Control(packet) => say(self.socket.as_ref(), packet),
                Output::Probe(packet) => say(self.candidate.as_ref(), packet),
                Output::Poll(answer) => {
                    if let Some(poll) = self.poll.take() {
                        // Nobody there: the client is gone, and no pong will come.
                        let _ = poll.send(answer);
                    }
                }
                Output::Message(message) => news.push(News::Message(message)),
                Output::Upgraded => self.socket = self.candidate.take(),
                Output::CloseCandidate => part(self.candidate.take(), 1000, "not wanted"),
                Output::Writable => news.push(News::Writable),
                Output::Closed(reason) => {
                    let (code, text) = farewell(reason);
                    part(self.socket.take(), code, text);
                    if let Some(data) = self.data.take() {
                        news.push(News::Closed(data, reason));
                    }
                }
            }
        }
        news
    }
}

fn say(connection: Option<&Connection>, packet: &str) {
    if let Some(connection) = connection {
        send_text(&connection.socket, packet);
    }
}

fn part(connection: Option<Connection>, code: u16, reason: &str) {
    if let Some(connection) = connection {
        close(&connection.socket, code, reason);
    }
}

fn close(socket: &WebSocket, code: u16, reason: &str) {
    // Until the client has answered, the runtime still lists it.
    let _ = socket.serialize_attachment(CLOSED);
    // It fails when the client closed first.
    let _ = socket.close(Some(code), Some(reason));
}

fn farewell(reason: CloseReason) -> (u16, &'static str) {
    match reason {
        CloseReason::ByClient | CloseReason::ByServer | CloseReason::TransportLost => (1000, ""),
        CloseReason::ProtocolError | CloseReason::Overlap => (1002, "protocol error"),
        CloseReason::TooLarge => (1009, "too large"),
        CloseReason::TooFast => (4429, "too many messages"),
        CloseReason::PingTimeout => (4408, "ping timeout"),
        CloseReason::TooSlow => (4408, "reads too slowly"),
    }
}

fn is_number(connection: Option<&Connection>, number: u32) -> bool {
    connection.is_some_and(|connection| connection.number == number)
}

fn respond(status: u16, content_type: &str, body: String) -> Result<Response> {
    ResponseBuilder::new()
        .with_status(status)
        .with_header("content-type", content_type)?
        .with_header("cache-control", "no-store")
        .map(|builder| builder.fixed(body.into_bytes()))
}

fn now() -> u64 {
    worker::Date::now().as_millis()
}
