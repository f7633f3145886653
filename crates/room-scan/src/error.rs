//! Why a scan cannot be read.

use thiserror::Error;

/// Why a scan cannot be read. All of these are the sender's doing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScanError {
    /// There is nothing but white space, or nothing at all.
    #[error("the scan is empty")]
    Empty,
    /// The first byte begins neither JSON nor PLY.
    #[error("the scan is neither JSON nor PLY")]
    UnknownFormat,
    /// The scan ends in the middle.
    #[error("the scan ends too early")]
    Truncated,
    /// The text breaks the grammar of JSON (RFC 8259).
    #[error("the scan is not valid JSON at byte {offset}")]
    NotJson {
        /// Position in the unpacked scan, from 0.
        offset: u64,
    },
    /// Arrays and objects are nested more than 127 deep.
    #[error("the scan's JSON is nested too deeply at byte {offset}")]
    TooDeep {
        /// Position in the unpacked scan, from 0.
        offset: u64,
    },
    /// A number has more than 1,000 characters.
    #[error("the scan has a number of more than 1,000 characters at byte {offset}")]
    NumberTooLong {
        /// Position of the number in the unpacked scan, from 0.
        offset: u64,
    },
    /// A field that must be right is not.
    #[error("{field} {reason}")]
    BadField {
        /// Path of the field, with dots.
        field: &'static str,
        /// What is wrong with it, as the end of a sentence.
        reason: &'static str,
    },
    /// The header or an ASCII line of a PLY file is wrong.
    #[error("the scan is not a valid PLY file: line {line}: {reason}")]
    BadPly {
        /// Line of the file, from 1; for binary data the first line after the header.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The gzip framing or the compressed data is damaged.
    #[error("the scan's gzip data is damaged: {reason}")]
    CorruptGzip {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The scan is larger than [`Limits::max_unpacked_bytes`](crate::Limits).
    #[error("the scan is larger than {limit} bytes")]
    TooLarge {
        /// The limit that was passed, bytes.
        limit: u64,
    },
    /// The scan unpacks to suspiciously many times its size: a zip bomb.
    #[error("the scan unpacks to more than {limit} times its size")]
    RatioExceeded {
        /// The ratio that was passed.
        limit: u64,
    },
}

impl ScanError {
    /// The variant's name for machines; stable.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnknownFormat => "unknown_format",
            Self::Truncated => "truncated",
            Self::NotJson { .. } => "not_json",
            Self::TooDeep { .. } => "too_deep",
            Self::NumberTooLong { .. } => "number_too_long",
            Self::BadField { .. } => "bad_field",
            Self::BadPly { .. } => "bad_ply",
            Self::CorruptGzip { .. } => "corrupt_gzip",
            Self::TooLarge { .. } => "too_large",
            Self::RatioExceeded { .. } => "ratio_exceeded",
        }
    }
}
