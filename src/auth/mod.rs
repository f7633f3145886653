//! Who is calling: accounts, sessions, tokens, the keys that sign them, what a caller may do, and
//! the check that a session still lives.

mod access;
mod accounts;
mod app_key;
mod caller;
mod credentials;
mod keys;
pub mod passwords;
mod registration;
mod revocation;
mod seal;
mod sessions;
mod signature;
mod socket_cookie;
mod tokens;

pub use access::{Access, Scope, Scopes};
pub use accounts::{Email, LoginRow, NewPassword, Taken, User, Username, find_taken};
pub use app_key::{check_app_key, find_live_key};
pub use caller::{Caller, LiveSession, bearer};
pub use credentials::{Attempt, Proven, spend_address, spend_sign_in};
pub use keys::public_keys;
pub use registration::{Registration, open_session};
pub use revocation::announce_end;
pub use seal::Seal;
pub use sessions::{
    NewSession, Presented, SessionId, SessionRow, Successor, TokenPair, address_hash, find_ended,
    find_session, issue_pair, refused_refresh,
};
pub use signature::{
    BodyDigest, PendingSignature, check_signature, forget_nonces, settle_signature,
};
pub use socket_cookie::{no_socket_cookie, socket_cookie, token_of_cookie};
pub use tokens::{ISSUER, sign, verify, verify_ignoring_expiry};
