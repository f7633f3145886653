//! The frames of the query socket (CONTRACT 2.1) without a socket: what clients may send, what
//! they are sent, and how an answer is cut into chunks. No clock of its own: every time is an
//! argument, in milliseconds since 1970.

mod chunker;
mod client;
mod field;
mod server;

pub use chunker::{Chunker, MAX_RESPONSE_BYTES, MAX_WORD_BYTES, TooLong};
pub use client::{
    ClientFrame, DEFAULT_OPERATION, MAX_FRAME_BYTES, MAX_ID_BYTES, MAX_OPERATION_CHARS,
    MAX_QUERY_CHARS, Refusal,
};
pub use server::{Failure, Kind, QueryUpdate, ServerFrame, SystemStatus, WorkflowUpdate, frame};
