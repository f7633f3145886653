//! Which namespaces a client is in, and what its messages mean.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::packet::{Header, Packet, Violation};
use crate::engine::Message;

/// Bounds of one session.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Namespaces at a time.
    pub namespaces: usize,
    /// Bytes of one packet with its attachments.
    pub packet_bytes: usize,
    /// Acknowledgements that a socket may owe us; older ones are given up.
    pub asked: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            namespaces: 8,
            packet_bytes: 4 << 20,
            asked: 64,
        }
    }
}

/// What came with an event or an acknowledgement.
#[derive(Debug, Default)]
pub struct Arguments {
    /// One JSON text each; `{"_placeholder":true,"num":n}` stands for attachment n.
    pub values: Vec<Box<RawValue>>,
    /// The binary parts; every placeholder's number is in range.
    pub attachments: Vec<Vec<u8>>,
}

/// What a message meant. Sockets are numbered within the session.
#[derive(Debug)]
pub enum Received {
    /// The client asks for a namespace; to be decided by [`Session::accept`] or
    /// [`Session::refuse`].
    Connect {
        /// The number of the socket that it would be.
        socket: u32,
        /// The client's credentials.
        auth: Option<Box<RawValue>>,
    },
    /// An event.
    Event {
        /// Of this socket.
        socket: u32,
        /// Its name.
        name: String,
        /// What came with it.
        arguments: Arguments,
        /// The number under which it is to be acknowledged.
        ack: Option<u64>,
    },
    /// Our event of this number was acknowledged.
    Acknowledgement {
        /// By this socket.
        socket: u32,
        /// The number of our event.
        ack: u64,
        /// What came with it.
        arguments: Arguments,
    },
    /// The client has left the namespace.
    Disconnect {
        /// It was this socket.
        socket: u32,
    },
}

/// A session's Socket.IO state. Serialize it only when it [`Session::is_whole`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Session {
    sockets: Vec<Socket>,
    numbers: u32,
    #[serde(skip)]
    partial: Option<Partial>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Socket {
    number: u32,
    namespace: String,
    standing: Standing,
    asked: Vec<u64>,
    acks: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Standing {
    /// Asked for, not decided.
    Asking,
    Inside,
    /// Put out by the server; what the client sent before it knew is ignored.
    PutOut,
}

/// A packet whose attachments are not all here.
#[derive(Debug)]
struct Partial {
    header: Header,
    attachments: Vec<Vec<u8>>,
    bytes: usize,
}

impl Session {
    /// Whether it can be serialized: not while the application decides about a CONNECT. A packet
    /// without its attachments is lost, and the next attachment then is a [`Violation`].
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let is_decided = |socket: &Socket| socket.standing != Standing::Asking;
        self.sockets.iter().all(is_decided)
    }

    /// Whether the client is in any namespace.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.sockets().next().is_some()
    }

    /// Whether the client has shown that it may be here: it was let into a namespace, and has
    /// not left it by itself.
    #[must_use]
    pub fn was_admitted(&self) -> bool {
        let is_decided = |socket: &Socket| socket.standing != Standing::Asking;
        self.sockets.iter().any(is_decided)
    }

    /// The numbers of the sockets inside.
    pub fn sockets(&self) -> impl Iterator<Item = u32> {
        let inside = |socket: &&Socket| socket.standing == Standing::Inside;
        self.sockets
            .iter()
            .filter(inside)
            .map(|socket| socket.number)
    }

    /// The namespace of a socket.
    #[must_use]
    pub fn namespace(&self, socket: u32) -> Option<&str> {
        self.find(socket).map(|socket| socket.namespace.as_str())
    }

    fn find(&self, number: u32) -> Option<&Socket> {
        self.sockets.iter().find(|socket| socket.number == number)
    }

    fn find_mut(&mut self, number: u32) -> Option<&mut Socket> {
        self.sockets
            .iter_mut()
            .find(|socket| socket.number == number)
    }

    /// Takes in a message; nothing comes out until a packet has all its attachments, which only
    /// those who were let into its namespace may send.
    ///
    /// # Errors
    /// [`Violation`]: the session must end.
    pub fn receive(
        &mut self,
        message: Message,
        limits: &Limits,
    ) -> Result<Option<Received>, Violation> {
        let partial = match (self.partial.take(), message) {
            (None, Message::Text(text)) => Partial {
                bytes: text.len(),
                header: Header::decode(&text)?,
                attachments: vec![],
            },
            (Some(mut partial), Message::Binary(bytes)) => {
                partial.bytes = partial.bytes.saturating_add(bytes.len());
                partial.attachments.push(bytes);
                partial
            }
            _ => return Err(Violation),
        };
        if partial.bytes > limits.packet_bytes {
            return Err(Violation);
        }
        if partial.attachments.len() < partial.header.attachments {
            if !self.takes_attachments(&partial.header.namespace) {
                return Err(Violation);
            }
            self.partial = Some(partial);
            return Ok(None);
        }
        self.packet(partial.header, partial.attachments, limits)
    }

    fn takes_attachments(&self, namespace: &str) -> bool {
        let found = self.sockets.iter().find(|it| it.namespace == namespace);
        found.is_some_and(|socket| socket.standing != Standing::Asking)
    }

    fn packet(
        &mut self,
        header: Header,
        attachments: Vec<Vec<u8>>,
        limits: &Limits,
    ) -> Result<Option<Received>, Violation> {
        let namespace = header.namespace;
        let known = self.sockets.iter().position(|it| it.namespace == namespace);
        let standing = known.map(|index| self.sockets[index].standing);
        match (header.packet, known, standing) {
            (Packet::Connect(auth), index, None | Some(Standing::PutOut)) => {
                if let Some(index) = index {
                    self.sockets.remove(index);
                }
                let socket = self.ask(namespace, limits)?;
                Ok(Some(Received::Connect { socket, auth }))
            }
            (Packet::Connect(_), ..) | (_, None, _) => Err(Violation),
            (_, _, Some(Standing::PutOut)) => Ok(None),
            (packet, Some(index), _) => Ok(self.packet_of(index, packet, attachments)),
        }
    }

    fn ask(&mut self, namespace: String, limits: &Limits) -> Result<u32, Violation> {
        if self.sockets.len() >= limits.namespaces {
            return Err(Violation);
        }
        self.numbers = self.numbers.wrapping_add(1);
        self.sockets.push(Socket {
            number: self.numbers,
            namespace,
            standing: Standing::Asking,
            asked: vec![],
            acks: 0,
        });
        Ok(self.numbers)
    }

    fn packet_of(
        &mut self,
        index: usize,
        packet: Packet,
        attachments: Vec<Vec<u8>>,
    ) -> Option<Received> {
        let socket = self.sockets[index].number;
        match packet {
            Packet::Event(name, values, ack) => Some(Received::Event {
                socket,
                name,
                arguments: Arguments {
                    values,
                    attachments,
                },
                ack,
            }),
            Packet::Acknowledgement(ack, values) => {
                let asked = &mut self.sockets[index].asked;
                let place = asked.iter().position(|asked| *asked == ack)?;
                asked.remove(place);
                Some(Received::Acknowledgement {
                    socket,
                    ack,
                    arguments: Arguments {
                        values,
                        attachments,
                    },
                })
            }
            Packet::Disconnect => {
                self.sockets.remove(index);
                Some(Received::Disconnect { socket })
            }
            Packet::Connect(_) => None,
        }
    }

    /// Grants what the client asked for; false when it has left meanwhile.
    #[must_use]
    pub fn accept(&mut self, socket: u32) -> bool {
        let found = self.find_mut(socket);
        found.is_some_and(|socket| {
            socket.standing = Standing::Inside;
            true
        })
    }

    /// Refuses what the client asked for.
    pub fn refuse(&mut self, socket: u32) {
        self.sockets.retain(|other| other.number != socket);
    }

    /// Puts a socket out of its namespace; false when it is not inside.
    #[must_use]
    pub fn put_out(&mut self, socket: u32) -> bool {
        let found = self.find_mut(socket);
        found.is_some_and(|socket| {
            let was_inside = socket.standing == Standing::Inside;
            socket.standing = Standing::PutOut;
            was_inside
        })
    }

    /// A number for an event that wants an acknowledgement.
    pub fn next_ack(&mut self, socket: u32, limits: &Limits) -> Option<u64> {
        let socket = self.find_mut(socket)?;
        if socket.asked.len() >= limits.asked {
            socket.asked.remove(0);
        }
        let ack = socket.acks;
        socket.acks += 1;
        socket.asked.push(ack);
        Some(ack)
    }
}
