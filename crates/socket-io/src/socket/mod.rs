//! Socket.IO protocol 5.

mod packet;
mod session;

pub use packet::{
    Header, MAX_ATTACHMENTS, MAX_DEPTH, Packet, Violation, acknowledgement, connect_error,
    connected, disconnect, event,
};
pub use session::{Arguments, Limits, Received, Session};
