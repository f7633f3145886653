//! Who is calling: tokens, the keys that sign them, and the check that a session still lives.

mod caller;
mod keys;
mod tokens;

pub use caller::{Caller, LiveSession, bearer, find_live_key};
pub use keys::public_keys;
pub use tokens::{ACCESS_SECONDS_BY_API_KEY, REFRESH_SECONDS, Subject, issue, verify};
