//! Socket.IO on the engine: the application's calls, one after the other for each session.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use socket_io::engine::{CloseReason, Configuration, Message};
use socket_io::socket::{self, Limits, Received};
use worker::{Request, Response, Result, State, WebSocket, WebSocketIncomingMessage};

use super::engine::{Engine, Protocol};
use super::{Accept, Application, Connect, Ended, Event, Forbidden, Frame, Refusal};

/// What may wait for the application, per session, before the client is too fast.
const MAX_INBOX_BYTES: usize = 4 << 20;

/// What one who was let into no namespace may send at once and have waiting.
const MAX_STRANGERS_BYTES: usize = 16 << 10;

/// What a CONNECT costs beside its message, in messages: it is looked up in a database.
const CONNECT_COST: u32 = 9;

/// What an event that waits costs beside its text.
const INBOX_OVERHEAD: usize = 64;

/// A socket. Valid while the object stays in memory; after that every id is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId {
    session: u32,
    number: u32,
}

/// Times in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Of the transport.
    pub engine: Configuration,
    /// Of a session.
    pub limits: Limits,
    /// Who is in no namespace for so long is sent away.
    pub connect_timeout: u64,
    /// Sessions of an object that are in no namespace; beyond it handshakes are refused.
    pub max_idle: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            engine: Configuration::default(),
            limits: Limits::default(),
            connect_timeout: 45_000,
            max_idle: 2_000,
        }
    }
}

/// The sockets of an object. A handle: clones are the same host.
pub struct Host<A: Application>(Engine<Io<A>>);

impl<A: Application> Clone for Host<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What lives on the engine.
struct Io<A> {
    application: A,
    options: Options,
}

struct Data<S> {
    handshake: String,
    connect_by: Option<u64>,
    io: socket::Session,
    states: Vec<(u32, S)>,
    inbox: Rc<Inbox<S>>,
}

#[derive(Serialize, Deserialize)]
struct SavedData<H, I, S> {
    handshake: H,
    connect_by: Option<u64>,
    io: I,
    states: S,
}

/// What a message was.
enum Taken {
    Connect,
    Disconnect,
    Other,
}

/// What the application is yet to be told about a session.
struct Inbox<S> {
    calls: RefCell<VecDeque<(Call<S>, usize)>>,
    bytes: Cell<usize>,
    is_running: Cell<bool>,
}

enum Call<S> {
    Received(Received),
    Writable(u32),
    /// The state comes along when nothing else is left of the session.
    Gone(u32, Option<S>, Ended),
}

impl<S> Inbox<S> {
    fn new() -> Rc<Self> {
        Rc::new(Self {
            calls: RefCell::default(),
            bytes: Cell::new(0),
            is_running: Cell::new(false),
        })
    }

    fn add(&self, call: Call<S>, bytes: usize) {
        self.bytes.set(self.bytes.get() + bytes);
        self.calls.borrow_mut().push_back((call, bytes));
    }

    fn next(&self) -> Option<Call<S>> {
        let (call, bytes) = self.calls.borrow_mut().pop_front()?;
        self.bytes.set(self.bytes.get() - bytes);
        Some(call)
    }
}

/// Also when a call panics, the next one gets its turn.
struct Running<S>(Rc<Inbox<S>>);

impl<S> Drop for Running<S> {
    fn drop(&mut self) {
        self.0.is_running.set(false);
    }
}

impl<A: Application> Host<A> {
    /// To be made in the object's constructor. Finds the sockets that survived an eviction:
    /// [`Self::sockets`]. All hibernating WebSockets of the object must be the host's.
    #[must_use]
    pub fn new(state: Rc<State>, options: Options, application: A) -> Self {
        let io = Io {
            application,
            options,
        };
        Self(Engine::new(state, options.engine, io))
    }

    /// The application.
    #[must_use]
    pub fn application(&self) -> &A {
        &self.0.protocol().application
    }

    /// Answers a request under the path of Socket.IO; errors are the protocol's JSON.
    ///
    /// # Errors
    /// When the runtime fails.
    pub async fn request(&self, request: Request) -> Result<Response> {
        self.0.request(request).await
    }

    /// For the object's `websocket_message`.
    pub fn websocket_message(&self, socket: &WebSocket, message: WebSocketIncomingMessage) {
        self.0.websocket_message(socket, message);
    }

    /// For the object's `websocket_close` and `websocket_error`.
    pub fn websocket_closed(&self, socket: &WebSocket) {
        self.0.websocket_closed(socket);
    }

    /// For the object's `alarm`, whatever it rang for: heartbeats, deadlines, storing. Asks for
    /// the next one by [`Application::wake_at`].
    pub fn alarm(&self) {
        self.0.alarm();
    }

    /// When [`Self::alarm`] has something to do (ms since 1970).
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        self.0.next_due()
    }

    /// Sends a frame. Nothing happens when the socket is gone; without [`Self::room`] it waits,
    /// and when too much waits the session is closed.
    pub fn send(&self, socket: SocketId, frame: &Frame) {
        self.0.send(socket.session, frame.pieces());
    }

    /// Sends one after the other, together where the transport can.
    pub fn send_all(&self, socket: SocketId, frames: &[Frame]) {
        let pieces: Vec<_> = frames.iter().flat_map(Frame::pieces).cloned().collect();
        self.0.send(socket.session, &pieces);
    }

    /// Sends a frame to many sockets of its namespace.
    pub fn broadcast(&self, sockets: impl IntoIterator<Item = SocketId>, frame: &Frame) {
        for socket in sockets {
            self.send(socket, frame);
        }
    }

    /// Bytes that may be sent before the client must prove that it reads. At 0 stop, remember
    /// where, and go on in [`Application::writable`].
    #[must_use]
    pub fn room(&self, socket: SocketId) -> usize {
        self.0.room(socket.session)
    }

    /// Sends an event that wants an acknowledgement, and returns its number; arguments are JSON.
    pub fn ask(&self, socket: SocketId, name: &str, arguments: &[&str]) -> Option<u64> {
        let limits = self.0.protocol().options.limits;
        let (ack, packet) = self.with_data(socket, |data| {
            let ack = data.io.next_ack(socket.number, &limits)?;
            let namespace = data.io.namespace(socket.number)?;
            Some((ack, socket::event(namespace, name, arguments, Some(ack), 0)))
        })??;
        self.0.save_soon(socket.session);
        self.send(socket, &Frame::text(packet));
        Some(ack)
    }

    /// Acknowledges an event of the client's; arguments are JSON.
    pub fn acknowledge(
        &self,
        socket: SocketId,
        ack: u64,
        arguments: &[&str],
        attachments: Vec<Vec<u8>>,
    ) {
        let Some(namespace) = self.namespace(socket) else {
            return;
        };
        let header = socket::acknowledgement(&namespace, ack, arguments, attachments.len());
        self.send(socket, &Frame::with_attachments(header, attachments));
    }

    /// Puts a socket out of its namespace; its session stays. The client does not come back by
    /// itself.
    pub fn disconnect(&self, socket: SocketId) {
        let connect_by = self.0.protocol().connect_by(now());
        let put_out = self.with_data(socket, |data| {
            let namespace = data.io.namespace(socket.number)?.to_owned();
            data.io.put_out(socket.number).then_some(())?;
            data.leave(socket.number, Ended::ByServer, connect_by);
            Some(namespace)
        });
        if let Some(Some(namespace)) = put_out {
            self.send(socket, &Frame::text(socket::disconnect(&namespace)));
            self.0.save(socket.session);
            self.run(socket.session);
        }
    }

    /// Ends the whole session of a socket. The client comes back by itself.
    pub fn close_session(&self, socket: SocketId) {
        self.0.end(socket.session, CloseReason::ByServer);
    }

    /// Uses a socket's state, which is stored within two seconds if changed or not; `None` when
    /// the socket is gone. `use_it` must not call into the host.
    pub fn with_state<R>(
        &self,
        socket: SocketId,
        use_it: impl FnOnce(&mut A::State) -> R,
    ) -> Option<R> {
        let result = self.with_data(socket, |data| data.state(socket.number).map(use_it))??;
        self.0.save_soon(socket.session);
        Some(result)
    }

    /// Changes a socket's state, to be stored by [`Self::save`] before anything is awaited.
    pub fn change_state(&self, socket: SocketId, change: impl FnOnce(&mut A::State)) {
        self.with_data(socket, |data| data.state(socket.number).map(change));
    }

    /// Looks at a socket's state.
    pub fn look_at_state<R>(
        &self,
        socket: SocketId,
        look: impl FnOnce(&A::State) -> R,
    ) -> Option<R> {
        let found = self.with_data(socket, |data| {
            data.state(socket.number).map(|state| look(state))
        });
        found?
    }

    /// Stores a socket's state now.
    pub fn save(&self, socket: SocketId) {
        self.0.save(socket.session);
    }

    /// All sockets that are in a namespace.
    #[must_use]
    pub fn sockets(&self) -> Vec<SocketId> {
        let sessions = self.0.sessions().into_iter();
        let sockets = sessions.flat_map(|session| {
            let numbers = self.0.with_data(session, |data| {
                let ids = data.io.sockets().map(|number| SocketId { session, number });
                ids.collect::<Vec<_>>()
            });
            numbers.unwrap_or_default()
        });
        sockets.collect()
    }

    /// The namespace of a socket.
    #[must_use]
    pub fn namespace(&self, socket: SocketId) -> Option<String> {
        let name = |data: &mut Data<A::State>| data.io.namespace(socket.number).map(Into::into);
        self.with_data(socket, name)?
    }

    /// Whether a socket's packets travel over a WebSocket.
    #[must_use]
    pub fn is_websocket(&self, socket: SocketId) -> bool {
        self.0.is_websocket(socket.session)
    }

    /// Sessions that are open, with sockets or without.
    #[must_use]
    pub fn session_count(&self) -> usize {
        self.0.sessions().len()
    }

    fn with_data<R>(
        &self,
        socket: SocketId,
        use_it: impl FnOnce(&mut Data<A::State>) -> R,
    ) -> Option<R> {
        self.0.with_data(socket.session, use_it)
    }

    /// Lets the application work off what has come in, unless it is at it.
    fn run(&self, session: u32) {
        if let Some(inbox) = self.0.with_data(session, |data| data.inbox.clone()) {
            self.run_inbox(session, inbox);
        }
    }

    fn run_inbox(&self, session: u32, inbox: Rc<Inbox<A::State>>) {
        if inbox.calls.borrow().is_empty() || inbox.is_running.replace(true) {
            return;
        }
        let host = self.clone();
        let running = Running(inbox);
        self.0.state().wait_until(async move {
            while let Some(call) = running.0.next() {
                host.call(session, call).await;
            }
            drop(running);
        });
    }

    async fn call(&self, session: u32, call: Call<A::State>) {
        let id = |number| SocketId { session, number };
        let application = self.application();
        match call {
            Call::Received(Received::Connect { socket, auth }) => {
                self.connect(id(socket), auth).await;
            }
            Call::Received(Received::Event {
                socket,
                name,
                arguments,
                ack,
            }) if self.is_inside(id(socket)) => {
                let event = Event {
                    name,
                    arguments,
                    ack,
                };
                application.event(self, id(socket), event).await;
            }
            Call::Received(Received::Acknowledgement {
                socket,
                ack,
                arguments,
            }) if self.is_inside(id(socket)) => {
                let socket = id(socket);
                application.acknowledged(self, socket, ack, arguments).await;
            }
            Call::Received(_) => {}
            Call::Writable(socket) => application.writable(self, id(socket)).await,
            Call::Gone(socket, state, why) => {
                let socket = id(socket);
                let take = || self.with_data(socket, |data| data.take_state(socket.number))?;
                if let Some(state) = state.or_else(take) {
                    application.disconnected(self, socket, state, why).await;
                }
            }
        }
    }

    /// Whether the socket is there, or has been until its session ended: the client did send this.
    fn is_inside(&self, socket: SocketId) -> bool {
        let is_inside = self.with_data(socket, |data| data.state(socket.number).is_some());
        is_inside.unwrap_or(true)
    }

    async fn connect(&self, socket: SocketId, auth: Option<Box<RawValue>>) {
        let asked = self.with_data(socket, |data| {
            Some(Connect {
                namespace: data.io.namespace(socket.number)?.into(),
                auth,
                handshake: data.handshake.clone(),
            })
        });
        let Some(Some(connect)) = asked else {
            return;
        };
        let namespace = connect.namespace.clone();
        match self.application().connect(self, connect).await {
            Ok(accept) => self.accept(socket, &namespace, accept).await,
            Err(refusal) if refusal.is_for_now => {
                self.0.end(socket.session, CloseReason::ByServer);
            }
            Err(refusal) => self.refuse(socket, &namespace, &refusal),
        }
    }

    async fn accept(&self, socket: SocketId, namespace: &str, accept: Accept<A::State>) {
        let Accept { sid, pid, state } = accept;
        let is_inside = self.with_data(socket, |data| {
            let is_inside = data.io.accept(socket.number);
            if is_inside {
                data.states.push((socket.number, state));
                data.connect_by = None;
            }
            is_inside
        });
        if is_inside != Some(true) {
            return;
        }
        let sid = sid.unwrap_or_else(random_id);
        let answer = socket::connected(namespace, &sid, pid.as_deref());
        self.send(socket, &Frame::text(answer));
        self.0.save(socket.session);
        self.application().connected(self, socket).await;
    }

    fn refuse(&self, socket: SocketId, namespace: &str, refusal: &Refusal) {
        let data = refusal.data.as_deref();
        let answer = socket::connect_error(namespace, &refusal.message, data);
        self.with_data(socket, |data| data.io.refuse(socket.number));
        self.send(socket, &Frame::text(answer));
        self.0.save(socket.session);
    }
}

fn now() -> u64 {
    worker::Date::now().as_millis()
}

/// Whoever guesses it gains nothing.
fn random_id() -> String {
    let mut random = [0; 15];
    let _ = getrandom::fill(&mut random);
    Base64UrlUnpadded::encode_string(&random)
}

impl<S> Data<S> {
    fn state(&mut self, socket: u32) -> Option<&mut S> {
        let mut states = self.states.iter_mut();
        let found = states.find(|(number, _)| *number == socket);
        found.map(|(_, state)| state)
    }

    fn take_state(&mut self, socket: u32) -> Option<S> {
        let mut states = self.states.iter();
        let place = states.position(|(number, _)| *number == socket)?;
        Some(self.states.remove(place).1)
    }

    /// The socket is gone; its state stays for the calls that come before the application hears
    /// of it. After the last one the client has to come back into a namespace by then.
    fn leave(&mut self, socket: u32, why: Ended, connect_by: u64) {
        self.inbox.add(Call::Gone(socket, None, why), 0);
        if !self.io.is_inside() {
            self.connect_by.get_or_insert(connect_by);
        }
    }

    /// Takes in a message of the client's; an error ends the session.
    fn take(
        &mut self,
        message: Message,
        limits: &Limits,
        connect_by: u64,
    ) -> std::result::Result<Taken, CloseReason> {
        let bytes = message.len() + INBOX_OVERHEAD;
        self.admit(bytes)?;
        let received = self.io.receive(message, limits);
        let Some(received) = received.map_err(|socket::Violation| CloseReason::ProtocolError)?
        else {
            return Ok(Taken::Other);
        };
        if let Received::Disconnect { socket } = received {
            self.leave(socket, Ended::ByClient, connect_by);
            return Ok(Taken::Disconnect);
        }
        let is_connect = matches!(received, Received::Connect { .. });
        self.inbox.add(Call::Received(received), bytes);
        Ok(if is_connect {
            Taken::Connect
        } else {
            Taken::Other
        })
    }

    /// Whether the client may have so much more waiting.
    fn admit(&self, bytes: usize) -> std::result::Result<(), CloseReason> {
        let waiting = self.inbox.bytes.get();
        match self.io.was_admitted() {
            false if bytes > MAX_STRANGERS_BYTES => Err(CloseReason::TooLarge),
            false if waiting + bytes > MAX_STRANGERS_BYTES => Err(CloseReason::TooFast),
            true if waiting > 0 && waiting + bytes > MAX_INBOX_BYTES => Err(CloseReason::TooFast),
            _ => Ok(()),
        }
    }
}

impl<A> Io<A> {
    /// With some patience for what came in time and waits for its turn on a busy machine.
    fn connect_by(&self, now: u64) -> u64 {
        const MAX_PATIENCE_MS: u64 = 2_000;
        let timeout = self.options.connect_timeout;
        now + timeout + (timeout / 4).min(MAX_PATIENCE_MS)
    }
}

impl<A: Application> Protocol for Io<A> {
    type Data = Data<A::State>;

    fn has_place(engine: &Engine<Self>) -> bool {
        let max_idle = engine.protocol().options.max_idle;
        !engine.has_many(max_idle, |data| !data.io.is_inside())
    }

    fn session_id(&self, random: String) -> String {
        self.application.session_id(random)
    }

    fn open(&self, request: &Request, now: u64) -> std::result::Result<Self::Data, Forbidden> {
        Ok(Data {
            handshake: self.application.handshake(request)?,
            connect_by: Some(self.connect_by(now)),
            io: socket::Session::default(),
            states: vec![],
            inbox: Inbox::new(),
        })
    }

    fn save(data: &Self::Data) -> Option<String> {
        let saved = SavedData {
            handshake: &data.handshake,
            connect_by: data.connect_by,
            io: data.io.is_whole().then_some(&data.io)?,
            states: &data.states,
        };
        serde_json::to_string(&saved).ok()
    }

    fn restore(saved: &str) -> Option<Self::Data> {
        let mut saved: SavedData<String, socket::Session, Vec<(u32, A::State)>> =
            serde_json::from_str(saved).ok()?;
        let inside: Vec<u32> = saved.io.sockets().collect();
        saved.states.retain(|(socket, _)| inside.contains(socket));
        Some(Data {
            handshake: saved.handshake,
            connect_by: saved.connect_by,
            io: saved.io,
            states: saved.states,
            inbox: Inbox::new(),
        })
    }

    fn max_body(data: &Self::Data) -> usize {
        if data.io.was_admitted() {
            usize::MAX
        } else {
            MAX_STRANGERS_BYTES
        }
    }

    fn received(engine: &Engine<Self>, session: u32, message: Message) {
        let io = engine.protocol();
        let (limits, connect_by) = (io.options.limits, io.connect_by(now()));
        let result = engine.with_data(session, |data| data.take(message, &limits, connect_by));
        match result {
            None | Some(Ok(Taken::Other)) => {}
            Some(Ok(Taken::Connect)) => {
                // Also one without an answer is not forgotten: its client would wait for ever.
                engine.save(session);
                engine.spend(session, CONNECT_COST);
            }
            // Else the socket would be back after an eviction, and in the client's way.
            Some(Ok(Taken::Disconnect)) => engine.save(session),
            Some(Err(reason)) => return engine.end(session, reason),
        }
        Host(engine.clone()).run(session);
    }

    fn writable(engine: &Engine<Self>, session: u32) {
        engine.with_data(session, |data| {
            for socket in data.io.sockets() {
                data.inbox.add(Call::Writable(socket), 0);
            }
        });
        Host(engine.clone()).run(session);
    }

    fn closed(engine: &Engine<Self>, session: u32, data: Self::Data, reason: CloseReason) {
        for (socket, state) in data.states {
            let gone = Call::Gone(socket, Some(state), Ended::Session(reason));
            data.inbox.add(gone, 0);
        }
        Host(engine.clone()).run_inbox(session, data.inbox);
    }

    fn next_due(data: &Self::Data) -> Option<u64> {
        data.connect_by
    }

    fn tick(engine: &Engine<Self>, session: u32, now: u64) {
        let is_late = engine.with_data(session, |data| {
            data.connect_by.is_some_and(|deadline| now >= deadline)
        });
        if is_late == Some(true) {
            engine.end(session, CloseReason::ByServer);
        }
    }

    fn wake_at(&self, at: u64) {
        self.application.wake_at(at);
    }
}
