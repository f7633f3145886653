//! What was sent before, and what became of it.

mod device;
mod epoch;
mod keys;
mod numbers;

use std::borrow::Cow;

use serde_json::Value;

use crate::Stored;

pub use device::DeviceMemory;
pub use keys::{KEY_LIFE_MS, KeyMemory, KeyPage};

/// What became of an operation, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect.
    Applied,
    /// It lost, or part of it did.
    Conflict,
    /// It can never take effect.
    Rejected(Rejection),
}

/// Why an operation can never take effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The HTTP status that says the same.
    pub status: u16,
    /// The code of the error envelope.
    pub code: Cow<'static, str>,
}

impl Rejection {
    /// Longer codes are cut.
    const MAX_CODE: usize = 64;

    /// Its record is not there.
    pub const NOT_FOUND: Self = Self::of(404, "NOT_FOUND");
    /// It adds to what is no number, or so much that the sum would be none.
    pub const NOT_A_NUMBER: Self = Self::of(400, "VALIDATION_ERROR");
    /// It needs one that was rejected.
    pub const DEPENDENCY_FAILED: Self = Self::of(424, "DEPENDENCY_FAILED");
    /// It needs itself.
    pub const DEPENDENCY_CIRCLE: Self = Self::of(400, "DEPENDENCY_CIRCLE");
    /// It is so old that nobody knows whether it came before, and twice would be wrong.
    pub const TOO_OLD: Self = Self::of(409, "OPERATION_TOO_OLD");

    const fn of(status: u16, code: &'static str) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
        }
    }

    /// A rejection for a reason of the caller's.
    pub fn new(status: u16, code: impl Into<Cow<'static, str>>) -> Self {
        let code = code.into();
        let code = match code.char_indices().nth(Self::MAX_CODE) {
            Some((end, _)) => Cow::Owned(code[..end].to_owned()),
            None => code,
        };
        Self { status, code }
    }
}

/// The statuses of what is no rejection.
const APPLIED: u16 = 0;
const CONFLICT: u16 = 1;

impl Stored for Outcome {
    fn write(&self, text: &mut String) {
        let (status, code) = match self {
            Self::Applied => (APPLIED, ""),
            Self::Conflict => (CONFLICT, ""),
            Self::Rejected(rejection) => (rejection.status, &*rejection.code),
        };
        (status, code.to_owned()).write(text);
    }

    fn read(value: &Value) -> Option<Self> {
        let (status, code): (u16, String) = Stored::read(value)?;
        Some(match status {
            APPLIED => Self::Applied,
            CONFLICT => Self::Conflict,
            _ => Self::Rejected(Rejection {
                status,
                code: code.into(),
            }),
        })
    }
}

/// Whether an operation came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall {
    /// It did not. With the numbering that it belongs to.
    Fresh(u32),
    /// It did, and this became of it.
    Known(Outcome),
    /// Too long ago to tell. With the numbering that it would belong to.
    Unsure(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_stored_as_a_status_and_a_code() {
        for (outcome, text) in [
            (Outcome::Applied, r#"[0,""]"#),
            (Outcome::Conflict, r#"[1,""]"#),
            (
                Outcome::Rejected(Rejection::NOT_FOUND),
                r#"[404,"NOT_FOUND"]"#,
            ),
        ] {
            assert_eq!(outcome.to_text(), text);
            assert_eq!(Outcome::of_text(text), Some(outcome));
        }
        let long = Rejection::new(400, "ü".repeat(100));
        assert_eq!(long.code.chars().count(), 64);
    }
}
