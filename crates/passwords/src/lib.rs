//! Password hashes: Argon2id (RFC 9106) in the PHC string format
//! (<https://github.com/P-H-C/phc-string-format>).
//!
//! Passwords are hashed as the bytes that came, without Unicode normalization: clients send what
//! they sent before, and hashes made by other tools, which do not normalize, must verify.

mod hasher;
mod stored;

pub use hasher::{Hasher, Verdict};

use std::fmt;

/// Why a hash could not be made or checked. A wrong password is no error but a [`Verdict`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// The stored hash is not a PHC string with valid parameters, salt and hash.
    Malformed,
    /// The stored hash is of an algorithm or version that we do not know.
    Unsupported,
    /// The stored hash asks for more memory or time than an isolate may spend on it.
    TooCostly,
    /// There is no memory left for the blocks.
    OutOfMemory,
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "The stored password hash is malformed",
            Self::Unsupported => "The stored password hash is of an unknown algorithm",
            Self::TooCostly => "The stored password hash is too costly to check",
            Self::OutOfMemory => "There is not enough memory to hash a password",
        })
    }
}

impl std::error::Error for PasswordError {}
