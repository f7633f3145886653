//! What our JSON Web Tokens say and when they count. Signatures are made and checked by the
//! caller (the runtime's WebCrypto, 25 times faster than RSA in Wasm), so this crate has none.

mod check;
mod claims;
mod compact;

pub use check::{IsExpired, Refusal, check, check_ignoring_expiry};
pub use claims::{Claims, TokenKind};
pub use compact::{MAX_TOKEN_BYTES, UnverifiedToken, attach_signature, unsigned};
