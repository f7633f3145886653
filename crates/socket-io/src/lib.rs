//! The server side of Engine.IO 4 and Socket.IO 5 without any input or output of its own: who
//! uses it hands in what arrived together with the time (milliseconds of any clock), and carries
//! out what comes back.
//!
//! [`engine`] is the transport: one session over HTTP long-polling, over a WebSocket, or on its
//! way from one to the other. [`socket`] is what lives on it: namespaces, events,
//! acknowledgements, binary attachments.
//!
//! Sources: the protocol descriptions in the `docs` folder of the socketio/socket.io repository.

pub mod engine;
pub mod socket;
