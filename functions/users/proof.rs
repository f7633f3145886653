//! Proving to be oneself once more, before what cannot be taken back.

use super::accounts::SelfRow;
use crate::auth::Caller;
use crate::auth::passwords::{self, Check};
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::limits::guesses::{self, Source};

/// How long a new session proves who opened it.
const FRESH_SECONDS: i64 = 10 * 60;

/// Whether the caller is the account's owner: by the password, or, for an account without one, by
/// having signed in just now. An app that was granted access has proven nothing.
///
/// # Errors
/// 400 for `field` when the password is missing or wrong, 403 when the session is too old, 429
/// after too many wrong passwords.
pub async fn expect_owner(
    context: &Context,
    caller: &Caller,
    row: &SelfRow,
    field: &'static str,
    password: Option<&str>,
) -> Result<()> {
    let Some(stored) = &row.password_hash else {
        return expect_fresh(context, caller, row);
    };
    let password = password.ok_or_else(|| Error::field(FieldError::missing(field)))?;
    // A stolen session must not become a way to guess without limits.
    let source = Source::Device(&caller.session_id);
    let guess = guesses::begin(context, &caller.user_id, source).await?;
    let check = passwords::check(password, Some(stored))?;
    guess.finish(context, check != Check::Wrong).await?;
    match check {
        // Not 401: the session is good, and clients would sign in again.
        Check::Wrong => Err(Error::field(FieldError::invalid(
            field,
            "This is not the current password",
        ))),
        Check::Right | Check::RightButWeak => Ok(()),
    }
}

fn expect_fresh(context: &Context, caller: &Caller, row: &SelfRow) -> Result<()> {
    let age = context.now_ms() / 1000 - caller.authenticated_at;
    if row.session_kind != "oauth" && age <= FRESH_SECONDS {
        return Ok(());
    }
    Err(Error::PermissionDenied(
        "Sign in again first: this needs a session that is not older than 10 minutes".into(),
    ))
}
