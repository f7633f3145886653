//! Socket.IO for stock clients (CONTRACT 2.2).
//!
//! A stock client says who it is only in its CONNECT packet, after the handshake, and polls must be
//! answered by whoever holds the session. So sessions live in objects of their own, the lobbies,
//! which are told what happens by the rooms of the users who are here. `host` is the protocol in an
//! object and knows nothing of Outpost.

mod address;
mod application;
mod audience;
mod entrance;
#[allow(
    dead_code,
    unused_imports,
    reason = "the Worker of the official suites uses more of it"
)]
mod host;
mod identity;
mod lobby;
mod reading;
mod recovery;
mod view;
mod wire;

pub use entrance::{enter, is_entrance};
