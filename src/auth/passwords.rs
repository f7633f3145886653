//! Passwords in this isolate.
//!
//! Hashing runs to its end without giving way, so one block of memory serves all logins; but those
//! that wait would keep every other request waiting with them, so only so many may.

use std::cell::{Cell, RefCell};

use passwords::Hasher;

use crate::error::{Error, Result};
use crate::hash::secret_bytes;

/// Logins that may be under way in an isolate, each of about 50 ms of hashing.
const MAX_UNDER_WAY: u32 = 1_000;

thread_local! {
    static HASHER: RefCell<Hasher> = const { RefCell::new(Hasher::new()) };
    static UNDER_WAY: Cell<u32> = const { Cell::new(0) };
}

/// A place among the logins that are under way; kept until it is dropped.
pub struct Place(());

impl Place {
    /// Takes a place.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the isolate has enough to do.
    pub fn take() -> Result<Self> {
        let under_way = UNDER_WAY.get();
        if under_way >= MAX_UNDER_WAY {
            return Err(Error::Unavailable("too many logins at once".into()));
        }
        UNDER_WAY.set(under_way + 1);
        Ok(Self(()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        UNDER_WAY.set(UNDER_WAY.get().saturating_sub(1));
    }
}

/// The password as it is stored (a PHC string).
///
/// # Errors
/// When the runtime has no randomness.
pub fn hash(_: &Place, password: &str) -> Result<String> {
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
pub fn check(_: &Place, password: &str, stored: Option<&str>) -> Result<Check> {
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
