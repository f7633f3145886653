//! Each user has a room: a Durable Object with an ordered log of events, pushed to whoever
//! listens: raw sockets, server-sent events, and the lobbies of Socket.IO.

mod alarm;
mod dispatch;
mod event;
mod lobbies;
mod log;
mod queries;
mod query_stream;
mod room;
mod rooms;
mod socket_io;
mod sockets;
mod streams;

pub use event::{Channel, Event};
pub use query_stream::QueryStream;
pub use rooms::{Listen, LogPage, RoomSocket, RoomStream, Rooms};
pub use socket_io::{enter, is_entrance};
