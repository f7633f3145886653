//! Passwords in this isolate.
//!
//! Hashing runs to its end without giving way, one password after the other, so one block of memory
//! serves a storm of logins. Other requests get their turn between two of them.

use std::cell::RefCell;

use passwords::Hasher;

use crate::error::{Error, Result};
use crate::hash::secret_bytes;

thread_local! {
    static HASHER: RefCell<Hasher> = const { RefCell::new(Hasher::new()) };
}

/// The password as it is stored (a PHC string).
///
/// # Errors
/// When the runtime has no randomness.
pub fn hash(password: &str) -> Result<String> {
    let salt = secret_bytes().map_err(Error::internal)?;
    HASHER
        .with_borrow_mut(|hasher| hasher.hash(password, &salt))
        .map_err(Error::internal)
}

/// How a password compares with what is stored.
#[derive(Debug, PartialEq, Eq)]
pub enum Check {
    /// It is another one, or there is none.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and what is stored should be made anew with today's parameters.
    RightButWeak,
}

/// Compares a password with a stored hash. Without one the same work is done for nothing, so that
/// nobody learns from the time which accounts exist.
///
/// # Errors
/// When what is stored is no hash.
pub fn check(password: &str, stored: Option<&str>) -> Result<Check> {
    HASHER.with_borrow_mut(|hasher| {
        let Some(stored) = stored else {
            hasher.verify_nobody(password);
            return Ok(Check::Wrong);
        };
        let verdict = hasher.verify(password, stored).map_err(Error::internal)?;
        Ok(match (verdict.matches, verdict.needs_rehash) {
            (false, _) => Check::Wrong,
            (true, false) => Check::Right,
            (true, true) => Check::RightButWeak,
        })
    })
}
