//! Socket.IO in a Durable Object, without a word about any product: this folder is also compiled
//! into the small Worker that the official protocol suites run against.
//!
//! [`Application`] is what a product implements, [`Host`] what it gets. [`engine`] is the layer
//! below, for products that want messages and nothing else.

mod application;
mod body;
pub mod engine;
mod frame;
mod socket_io;

pub use application::{Accept, Application, Connect, Ended, Event, Forbidden, Refusal};
pub use frame::{Frame, Piece};
pub use socket_io::{Host, Options, SocketId};

pub use ::socket_io::engine::{CloseReason, Configuration, Message, Rate};
pub use ::socket_io::socket::{Arguments, Limits};
