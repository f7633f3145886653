//! Why a file is refused, in a form that crosses from module to module: a number and a text.

use std::fmt;

use room_scan::ScanError;

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be read, or holds no room: a sentence.
    Unreadable(String),
    /// It is, or unpacks to, more than it may.
    TooLarge,
    /// A field that must be right is not.
    Field {
        /// Path of the field, with dots.
        field: String,
        /// What is wrong with it, as the end of a sentence.
        reason: String,
    },
}

impl Refusal {
    /// Its number, never 0.
    pub fn code(&self) -> u32 {
        match self {
            Self::Unreadable(_) => 1,
            Self::TooLarge => 2,
            Self::Field { .. } => 3,
        }
    }

    /// The refusal with this number and this text.
    pub fn of(code: u32, text: String) -> Self {
        match (code, text.split_once(' ')) {
            (2, _) => Self::TooLarge,
            // A path has no spaces.
            (3, Some((field, reason))) => Self::Field {
                field: field.to_owned(),
                reason: reason.to_owned(),
            },
            _ => Self::Unreadable(text),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unreadable(sentence) => f.write_str(sentence),
            Self::TooLarge => f.write_str("the scan is too large"),
            Self::Field { field, reason } => {
                f.write_str(field)?;
                f.write_str(" ")?;
                f.write_str(reason)
            }
        }
    }
}

impl From<Refusal> for String {
    fn from(refusal: Refusal) -> Self {
        refusal.to_string()
    }
}

impl From<ScanError> for Refusal {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::TooLarge { .. } | ScanError::RatioExceeded { .. } => Self::TooLarge,
            ScanError::BadField { field, reason } => Self::Field {
                field: field.to_owned(),
                reason: reason.to_owned(),
            },
            other => Self::Unreadable(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_from_number_and_text() {
        let field = Refusal::Field {
            field: "room_scan.id".into(),
            reason: "is too long".into(),
        };
        for refusal in [
            Refusal::Unreadable("No room".into()),
            Refusal::TooLarge,
            field,
        ] {
            assert_ne!(refusal.code(), 0);
            assert_eq!(Refusal::of(refusal.code(), refusal.to_string()), refusal);
        }
    }
}
