//! The three ways to name a user in a path (CONTRACT K13).

use uuid::Uuid;

use super::accounts::SelfRow;
use crate::auth::Caller;
use crate::error::{Error, Result};

/// Above this, doubles and so the database's parameters skip numbers.
const MAX_NUMBER: i64 = 1 << 53;

/// A user as a path names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserId {
    /// `me`: the caller.
    Me,
    /// The integer of seed 001.
    Number(i64),
    /// The UUID, as everybody else has it.
    Uuid(String),
}

impl UserId {
    /// Reads it.
    ///
    /// # Errors
    /// 404 for what can be nobody's id.
    pub fn parse(text: &str) -> Result<Self> {
        if text == "me" {
            return Ok(Self::Me);
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let number = text.parse().ok().filter(|number| *number < MAX_NUMBER);
            return number.map(Self::Number).ok_or_else(not_found);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| not_found())?;
        Ok(Self::Uuid(uuid.hyphenated().to_string()))
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The UUID, if it is one or the caller's.
    ///
    /// # Errors
    /// 401 for `me` without a caller.
    pub fn uuid(&self, caller: Option<&Caller>) -> Result<Option<String>> {
        match (self, caller) {
            (Self::Me, None) => Err(Error::TokenInvalid("An access token is required".into())),
            (Self::Me, Some(caller)) => Ok(Some(caller.user_id.clone())),
            (Self::Uuid(uuid), _) => Ok(Some(uuid.clone())),
            (Self::Number(_), _) => Ok(None),
        }
    }

    /// Whether it names this user, who is asking.
    pub fn is(&self, row: &SelfRow) -> bool {
        match self {
            Self::Me => true,
            Self::Number(number) => *number == row.user.num_id,
            Self::Uuid(uuid) => *uuid == row.user.id,
        }
    }
}

/// What is said of nobody, and of everybody who left.
pub fn not_found() -> Error {
    Error::NotFound("User not found".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_name_a_user() {
        let uuid = "6f1c1e9c-3c39-4f6f-9a53-0f5b4c6d7e8f";
        assert_eq!(UserId::parse("me").unwrap(), UserId::Me);
        assert_eq!(UserId::parse("42").unwrap(), UserId::Number(42));
        assert_eq!(
            UserId::parse(&uuid.to_uppercase()).unwrap(),
            UserId::Uuid(uuid.into())
        );
        for nobody in ["", "Me", "-1", "4.2", "９", "9007199254740993", "no-uuid"] {
            assert!(UserId::parse(nobody).is_err(), "{nobody}");
        }
    }
}
