//! Who is calling: accounts, sessions, tokens, the keys that sign them, what a caller may do, and
//! the check that a session still lives.

mod access;
mod accounts;
mod app_key;
mod caller;
mod keys;
pub mod passwords;
mod revocation;
mod sessions;
mod signature;
mod tokens;

pub use access::{Access, Scope, Scopes};
pub use accounts::{
    Email, LoginRow, NewAccount, NewPassword, Taken, User, Username, find_login, find_taken,
};
pub use app_key::{check_app_key, find_live_key};
pub use caller::{Caller, LiveSession, bearer};
pub use keys::public_keys;
pub use revocation::announce_end;
pub use sessions::{
    NewSession, Presented, SessionId, SessionRow, Successor, TokenPair, find_session, is_live,
    issue_pair, refused_refresh,
};
pub use signature::{
    BodyDigest, PendingSignature, check_signature, forget_nonces, settle_signature,
};
pub use tokens::verify_ignoring_expiry;
