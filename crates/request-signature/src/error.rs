//! Why a signature does not count.

use std::fmt;

use crate::signed::SIGNATURE_HEADER;

/// Why a signature does not count; the texts are fit for users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// The request is signed but lacks this header.
    Missing(&'static str),
    /// This header is not of the form it must have.
    Malformed(&'static str),
    /// The request was signed too long ago, or its clock is too far ahead of ours.
    OutsideWindow,
    /// The signature is not that of this request under this key.
    Mismatch,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(header) => {
                write!(f, "{header} is required when {SIGNATURE_HEADER} is sent")
            }
            Self::Malformed(header) => write!(f, "{header} is malformed"),
            Self::OutsideWindow => f.write_str("Request timestamp is outside the allowed window"),
            Self::Mismatch => f.write_str("Request signature does not match"),
        }
    }
}

impl std::error::Error for SignatureError {}
