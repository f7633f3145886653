//! Each user has a room: a Durable Object with an ordered log of events, pushed to whoever
//! listens: raw sockets, server-sent events, and the lobbies of Socket.IO.

mod event;
mod lobbies;
mod log;
mod room;
mod rooms;
mod sockets;
mod streams;

pub use event::{Channel, Event};
pub use rooms::{Listen, RoomSocket, RoomStream, Rooms};
