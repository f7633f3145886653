//! The password of an account, checked: in one way for every place that asks for one.
//!
//! An attempt is counted before the password is looked at, takes the same time whether or not the
//! account exists, and says nothing of why it failed.

use super::accounts::{LoginRow, find_login};
use super::passwords::{self, Check};
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::limits::guesses::{self, Source};
use crate::limits::{SIGN_IN, SIGN_IN_BY_ADDRESS, spend};

/// Counts a sign-in as `identity`: what the client says it is, or a hash of that.
///
/// # Errors
/// [`Error::RateLimited`].
pub fn spend_sign_in(context: &Context, identity: &str) -> Result<()> {
    spend_address(context)?;
    spend(context, &SIGN_IN, identity)
}

/// Counts for everybody behind one network address, whoever they say they are.
///
/// # Errors
/// [`Error::RateLimited`].
pub fn spend_address(context: &Context) -> Result<()> {
    if context.has_address() {
        spend(context, &SIGN_IN_BY_ADDRESS, context.address())?;
    }
    Ok(())
}

/// Somebody who says to have an account, and a password that is not checked yet.
pub struct Attempt {
    login: String,
    password: String,
    device_id: Option<String>,
}

impl Attempt {
    /// Counts the attempt. `login` is an email address or a
    /// username; `device_id` the installation, if the client says: one that signed in before is
    /// trusted a little more.
    ///
    /// # Errors
    /// [`Error::RateLimited`].
    pub fn begin(
        context: &Context,
        login: &str,
        password: String,
        device_id: Option<String>,
    ) -> Result<Self> {
        let login = login.trim().to_lowercase();
        spend_sign_in(context, &login)?;
        Ok(Self {
            login,
            password,
            device_id,
        })
    }

    /// Reads the account; the row is for [`Attempt::check`].
    pub fn find(&self) -> Statement {
        find_login(&self.login, self.device_id.as_deref())
    }

    /// Checks the password of the account that was found.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] when it is wrong or there is no such account;
    /// [`Error::RateLimited`] when there were too many wrong ones.
    pub async fn check(self, context: &Context, found: Option<LoginRow>) -> Result<Proven> {
        let identity = found.as_ref().map_or(&self.login, |found| &found.id);
        let device_id = self.device_id.as_deref();
        let source = found.as_ref().map(|found| found.source(context, device_id));
        let source = source.unwrap_or(Source::Stranger);
        let guess = guesses::begin(context, identity, source).await?;
        let stored = found
            .as_ref()
            .and_then(|found| found.password_hash.as_deref());
        let check = passwords::check(&self.password, stored)?;
        guess.finish(context, check != Check::Wrong).await?;

        let (Some(found), true) = (found, check != Check::Wrong) else {
            return Err(Error::InvalidCredentials);
        };
        let better_hash = match check {
            Check::RightButWeak => Some(passwords::hash(&self.password)?),
            Check::Right | Check::Wrong => None,
        };
        Ok(Proven {
            user_id: found.id,
            password_hash: found.password_hash.unwrap_or_default(),
            better_hash,
        })
    }
}

/// Somebody who has shown the password of an account.
pub struct Proven {
    /// The user.
    pub user_id: String,
    /// What was stored of the password: whatever is written for the user now must depend on it,
    /// since the password may be changed meanwhile.
    pub password_hash: String,
    better_hash: Option<String>,
}

impl Proven {
    /// Stores the same password better, where what is stored is of old parameters; unless it was
    /// changed meanwhile. To be run last.
    pub fn keep_better(&self) -> Option<Statement> {
        let better = self.better_hash.as_deref()?;
        Some(replace_hash(&self.user_id, &self.password_hash, better))
    }
}

fn replace_hash(user_id: &str, old: &str, new: &str) -> Statement {
    Statement::new("update users set password_hash = ?3 where id = ?1 and password_hash = ?2")
        .bind(user_id)
        .bind(old)
        .bind(new)
}
