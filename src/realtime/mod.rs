//! Each user has a room: a Durable Object with an ordered log of events, pushed to whoever
//! listens. Issue by issue it learns more protocols; server-sent events are the first.

mod event;
mod room;
mod rooms;
pub mod socket_io;

pub use event::Event;
pub use rooms::{RoomStream, Rooms};
