//! Packets, and payloads of several.

use base64ct::{Base64, Encoding};

/// Between the packets of a payload.
const SEPARATOR: char = '\x1e';

/// What a client has sent as one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Message {
    /// Its size in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A packet from a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// `1`: the end of the session.
    Close,
    /// `2`: from a client only as a probe of a new transport.
    Ping {
        /// `2probe`.
        is_probe: bool,
    },
    /// `3`: the answer to our ping.
    Pong,
    /// `4`, or binary.
    Message(Message),
    /// `5`: the transport that sends this is the session's from now on.
    Upgrade,
    /// `6`: nothing.
    Noop,
}

/// Not a packet, or not one that a client may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl Packet {
    /// Reads one WebSocket message.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(message: Message) -> Result<Self, Malformed> {
        match message {
            Message::Binary(_) => Ok(Self::Message(message)),
            Message::Text(text) => Self::decode_text(&text),
        }
    }

    /// Reads one packet of a payload.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode_text(text: &str) -> Result<Self, Malformed> {
        let mut rest = text.chars();
        let kind = rest.next().ok_or(Malformed)?;
        let rest = rest.as_str();
        match kind {
            '1' => Ok(Self::Close),
            '2' => Ok(Self::Ping {
                is_probe: rest == "probe",
            }),
            '3' => Ok(Self::Pong),
            '4' => Ok(Self::Message(Message::Text(rest.into()))),
            '5' => Ok(Self::Upgrade),
            '6' => Ok(Self::Noop),
            'b' => Base64::decode_vec(rest)
                .map(|bytes| Self::Message(Message::Binary(bytes)))
                .map_err(|_| Malformed),
            _ => Err(Malformed),
        }
    }

    /// Reads all packets of a payload.
    ///
    /// # Errors
    /// [`Malformed`] when one of them is.
    pub fn decode_payload(payload: &str) -> Result<Vec<Self>, Malformed> {
        payload.split(SEPARATOR).map(Self::decode_text).collect()
    }
}

/// A message on its way to a client, as its user likes to hold it; cheap to clone.
pub trait Outgoing: Clone {
    /// The message as it stands in a WebSocket frame.
    fn wire(&self) -> Wire<'_>;
}

/// A frame's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire<'a> {
    /// A whole packet, with its type in front: `4hello`.
    Text(&'a str),
    /// The bytes of a binary message.
    Binary(&'a [u8]),
}

impl Wire<'_> {
    /// What it counts for: its bytes, and what holding and framing it costs.
    pub(super) fn weight(self) -> usize {
        const OVERHEAD: usize = 16;
        OVERHEAD
            + match self {
                Self::Text(text) => text.len(),
                Self::Binary(bytes) => bytes.len(),
            }
    }
}

impl Outgoing for Message {
    /// Text is taken as a whole packet.
    fn wire(&self) -> Wire<'_> {
        match self {
            Self::Text(text) => Wire::Text(text),
            Self::Binary(bytes) => Wire::Binary(bytes),
        }
    }
}

/// Joins packets to the body of an answer to a poll.
pub fn payload<'a>(packets: impl IntoIterator<Item = Wire<'a>>) -> String {
    let mut body = String::new();
    for packet in packets {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
        match packet {
            Wire::Text(text) => body.push_str(text),
            Wire::Binary(bytes) => {
                body.push('b');
                body.push_str(&Base64::encode_string(bytes));
            }
        }
    }
    body
}
