//! What an HTTP request asks of the server.

/// How a session's packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Requests that wait for data, and posts.
    Polling,
    /// A WebSocket.
    WebSocket,
}

/// Why a request is refused, with its number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The transport has no known name.
    TransportUnknown = 0,
    /// No such session, or not any more.
    SessionUnknown = 1,
    /// A session is opened with GET.
    BadHandshakeMethod = 2,
    /// Against the rules, in whatever way.
    BadRequest = 3,
    /// By decision of the application.
    Forbidden = 4,
    /// Not protocol 4.
    UnsupportedVersion = 5,
    /// A body larger than allowed; has no number, but HTTP status 413.
    TooLarge = 6,
    /// No place at this moment; has the number of [`Self::Forbidden`], but HTTP status 503. Stock
    /// clients come back after a while, as after every failed handshake.
    Busy = 7,
}

impl Refusal {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::Busy => 503,
            _ => 400,
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn body(self) -> String {
        let (code, message) = match self {
            Self::TransportUnknown => (0, "Transport unknown"),
            Self::SessionUnknown => (1, "Session ID unknown"),
            Self::BadHandshakeMethod => (2, "Bad handshake method"),
            Self::BadRequest => (3, "Bad request"),
            Self::Forbidden => (4, "Forbidden"),
            Self::UnsupportedVersion => (5, "Unsupported protocol version"),
            Self::TooLarge => (3, "Payload too large"),
            Self::Busy => (4, "Too many sessions"),
        };
        format!(r#"{{"code":{code},"message":"{message}"}}"#)
    }
}

/// A request that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// A new session.
    Open(Transport),
    /// Something for a session.
    Session(String, Kind),
}

/// What is wanted of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// GET: wait for packets.
    Poll,
    /// POST: packets.
    Post,
    /// A WebSocket that wants to replace polling.
    Upgrade,
}

impl Request {
    /// Reads a request: its method, whether it asks for a WebSocket, and its decoded query.
    ///
    /// # Errors
    /// [`Refusal`], as the reference server would.
    pub fn parse<K: AsRef<str>, V: AsRef<str>>(
        method: &str,
        is_websocket: bool,
        query: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Refusal> {
        let (mut version, mut transport, mut sid) = (None, None, None);
        for (key, value) in query {
            let place = match key.as_ref() {
                "EIO" => &mut version,
                "transport" => &mut transport,
                "sid" => &mut sid,
                _ => continue,
            };
            place.get_or_insert_with(|| value.as_ref().to_owned());
        }
        let transport = match transport.as_deref() {
            Some("polling") => Transport::Polling,
            Some("websocket") => Transport::WebSocket,
            _ => return Err(Refusal::TransportUnknown),
        };
        if let Some(sid) = sid {
            return Kind::of(transport, method, is_websocket).map(|kind| Self::Session(sid, kind));
        }
        if method != "GET" {
            return Err(Refusal::BadHandshakeMethod);
        }
        if is_websocket != (transport == Transport::WebSocket) {
            return Err(Refusal::BadRequest);
        }
        match version.as_deref() {
            Some("4") => Ok(Self::Open(transport)),
            _ => Err(Refusal::UnsupportedVersion),
        }
    }
}

impl Kind {
    fn of(transport: Transport, method: &str, is_websocket: bool) -> Result<Self, Refusal> {
        match (transport, method, is_websocket) {
            (Transport::Polling, "GET", false) => Ok(Self::Poll),
            (Transport::Polling, "POST", false) => Ok(Self::Post),
            (Transport::WebSocket, "GET", true) => Ok(Self::Upgrade),
            _ => Err(Refusal::BadRequest),
        }
    }
}
