//! Signatures of requests: HMAC-SHA256 (RFC 2104) under a client's API key, over everything that
//! a request says. The caller keeps the nonces, so that no request counts twice.

mod error;
mod hex;
mod signed;

pub use error::SignatureError;
pub use signed::{NONCE_HEADER, NONCE_LIFETIME_MS, SIGNATURE_HEADER, Signed, TIMESTAMP_HEADER};
