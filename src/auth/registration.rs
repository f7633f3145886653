//! Opening sessions, and accounts that are created together with their first one.

use super::accounts::{NewAccount, Taken, find_taken};
use super::credentials::spend_address;
use super::passwords;
use super::revocation::announce_end;
use super::sessions::{NewSession, SessionId, SessionRow};
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::jobs::wake_later;
use crate::limits::{REGISTER, spend};
use crate::mail::NewMail;

/// Somebody who wants an account.
#[derive(Default)]
pub struct Registration<'a> {
    /// Where mail goes; also what one signs in with.
    pub email: &'a str,
    /// As it was typed.
    pub password: &'a str,
    /// What the person is called.
    pub name: Option<&'a str>,
    /// A unique name.
    pub username: Option<&'a str>,
    /// A picture elsewhere.
    pub avatar_url: Option<&'a str>,
    /// A few words about the person.
    pub bio: Option<&'a str>,
    /// The installation that registers, and its name.
    pub device_id: Option<String>,
    /// See `device_id`.
    pub device_name: Option<String>,
}

impl Registration<'_> {
    /// Creates the account, opens its first session and has the address verified by a mail: all or
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Taken`] when somebody else has the email or the username.
    pub async fn complete(self, context: &Context) -> Result<SessionRow> {
        spend_address(context)?;
        spend(context, &REGISTER, self.email)?;
        let password_hash = passwords::hash(self.password)?;
        let account = NewAccount {
            id: NewAccount::new_id(),
            email: self.email,
            name: self.name,
            username: self.username,
            password_hash: &password_hash,
            avatar_url: self.avatar_url,
            bio: self.bio,
        };
        let session = NewSession::of_request(context, self.device_id, self.device_name);
        let mail = NewMail::of_request(context);
        let mut statements = vec![
            account.insert(context.now_ms()),
            session.open_by_password(context, &account.id, &password_hash),
        ];
        statements.extend(mail.verification_for(&account.id, &session.id));
        match open_session(context, &session, statements).await? {
            Some(row) => {
                wake_later(context, mail.id);
                Ok(row)
            }
            None => Err(taken(context, &account).await?),
        }
    }
}

/// Why the account was not created.
async fn taken(context: &Context, account: &NewAccount<'_>) -> Result<Error> {
    let question = find_taken(&account.id, Some(account.email), account.username);
    let taken: Option<Taken> = context.db()?.first(question).await?;
    let fields = taken.map(|taken| taken.fields()).unwrap_or_default();
    Ok(if fields.is_empty() {
        // Whoever had it has left between the two trips.
        Error::Conflict("Please try again".into())
    } else {
        Error::Taken(fields)
    })
}

/// Runs what opens the session, and reads it; `None` when it was not opened.
///
/// # Errors
/// When the database does not answer.
pub async fn open_session(
    context: &Context,
    session: &NewSession,
    mut statements: Vec<Statement>,
) -> Result<Option<SessionRow>> {
    let opened = statements.len();
    statements.extend(session.settle());
    let mut batch = context.db()?.batch(statements).await?;
    let ended: Vec<SessionId> = batch.all(opened)?;
    let row: Option<SessionRow> = batch.first(opened + 2)?;
    if let Some(row) = &row {
        let ended = ended.into_iter().map(|session| session.id).collect();
        announce_end(context, &row.user_id, ended);
    }
    Ok(row)
}
