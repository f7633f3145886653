//! What clients say of the bytes that they send or want: offsets and lengths, byte ranges (RFC 9110),
//! digests (RFC 9530), and the metadata of tus 1.0.0.

mod digest;
mod number;
mod range;

pub use digest::{Unreadable, promised_sha256};
pub use number::{MAX_NUMBER, whole_number};
pub use range::{ByteRange, Unsatisfiable};
