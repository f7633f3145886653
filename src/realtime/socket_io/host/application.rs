//! What a product implements to live on the host.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use socket_io::engine::CloseReason;
use worker::Request;

use super::{Arguments, Host, SocketId};

/// A product's side of Socket.IO in one Durable Object.
///
/// All calls about one session come one after the other, in the order of what the client sent,
/// and none overlaps another; calls about different sessions interleave at awaits. No call may
/// hold a `RefCell` borrow across an await.
#[allow(async_fn_in_trait)] // An object has one thread: nobody needs these futures to be Send.
pub trait Application: Sized + 'static {
    /// What is kept for each socket. Stored with the socket, so that it survives an eviction;
    /// together with the handshake it must stay below 8 kB as JSON.
    type State: Serialize + DeserializeOwned;

    /// The id of a new Engine.IO session, made from 128 random bits in base64url. Not logged.
    fn session_id(&self, random: String) -> String {
        random
    }

    /// What is kept of a session's first request for its CONNECTs: 4 kB at most.
    ///
    /// # Errors
    /// [`Forbidden`] refuses the session (400, code 4).
    fn handshake(&self, request: &Request) -> Result<String, Forbidden>;

    /// A client asks for a namespace. Nothing is sent to the socket before this returns, and the
    /// client may be gone by then: effects outside belong into [`Self::connected`].
    async fn connect(
        &self,
        host: &Host<Self>,
        connect: Connect,
    ) -> Result<Accept<Self::State>, Refusal>;

    /// The socket exists and its CONNECT was answered. Events of the client wait until this
    /// returns, so what is sent here comes first.
    async fn connected(&self, host: &Host<Self>, socket: SocketId);

    /// The client sent an event. To acknowledge it: [`Host::acknowledge`] with its `ack`.
    async fn event(&self, host: &Host<Self>, socket: SocketId, event: Event);

    /// The client acknowledged what [`Host::ask`] sent under this number.
    async fn acknowledged(
        &self,
        host: &Host<Self>,
        socket: SocketId,
        ack: u64,
        arguments: Arguments,
    );

    /// The socket is gone, whatever the reason; comes once for each [`Self::connected`].
    async fn disconnected(
        &self,
        host: &Host<Self>,
        socket: SocketId,
        state: Self::State,
        reason: Ended,
    );

    /// A socket that had no room ([`Host::room`] was 0) has room again: send on from the log.
    async fn writable(&self, host: &Host<Self>, socket: SocketId);

    /// The host has something to do at this time (ms since 1970): the object's alarm must ring
    /// no later, and then call [`Host::alarm`]. Called only with a time earlier than those
    /// before. Must not call into the host.
    fn wake_at(&self, at: u64);
}

/// The session's first request is refused.
#[derive(Debug)]
pub struct Forbidden;

/// A client asks for a namespace.
#[derive(Debug)]
pub struct Connect {
    /// `/`, `/scans`, ...
    pub namespace: String,
    /// The `auth` of the client; a JSON object when it gave any.
    pub auth: Option<Box<RawValue>>,
    /// What [`Application::handshake`] kept.
    pub handshake: String,
}

/// A namespace is granted.
#[derive(Debug)]
pub struct Accept<State> {
    /// The socket's public id; made by the host when `None`.
    pub sid: Option<String>,
    /// The private id for connection state recovery; the client stores it and the last string
    /// argument of each event, and sends both in `auth` when it comes back.
    pub pid: Option<String>,
    /// Kept for the socket.
    pub state: State,
}

/// A namespace is refused; the client gets `connect_error`.
#[derive(Debug)]
pub struct Refusal {
    /// Told the client.
    pub message: String,
    /// More for the client, as JSON: `connect_error`'s `data`.
    pub data: Option<String>,
    /// Whether it may be otherwise soon. A refused client stays away, so the session ends instead,
    /// and it comes back by itself.
    pub is_for_now: bool,
}

impl Refusal {
    /// No such namespace.
    #[must_use]
    pub fn invalid_namespace() -> Self {
        Self::because("Invalid namespace")
    }

    /// With a message only.
    #[must_use]
    pub fn because(message: &str) -> Self {
        Self {
            message: message.into(),
            data: None,
            is_for_now: false,
        }
    }

    /// For a failure of ours.
    #[must_use]
    pub fn for_now() -> Self {
        Self {
            is_for_now: true,
            ..Self::because("Try again")
        }
    }
}

/// An event of the client's.
#[derive(Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// What came with it, without the name.
    pub arguments: Arguments,
    /// The number under which the client wants an acknowledgement.
    pub ack: Option<u64>,
}

/// Why a socket is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client left the namespace.
    ByClient,
    /// [`Host::disconnect`].
    ByServer,
    /// Its session ended.
    Session(CloseReason),
}
