//! Mails about to be written. Their statements join the batch of the change that they tell of, so
//! there is no change without its mail and no mail without its change.

use uuid::Uuid;

use super::SEND_MAIL;
use super::link::Purpose;
use crate::context::Context;
use crate::db::Statement;
use crate::jobs::{deadline, first_sweep};

/// Links of one purpose that an address gets within [`MAILS_PERIOD_MS`] while none of them is used.
const MAILS_AT_ONCE: i64 = 5;

/// See [`MAILS_AT_ONCE`].
pub const MAILS_PERIOD_MS: i64 = 3600 * 1000;

/// What clients are told to expect.
const USUAL_TIME_MS: i64 = 5_000;

/// A mail about to be written, with the job that sends it.
pub struct NewMail {
    /// Its own id and that of its job, which exists only if the last statement returned a row.
    pub id: String,
    token_id: String,
    base_url: String,
    now: i64,
}

impl NewMail {
    /// A mail that this request causes.
    pub fn of_request(context: &Context) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            token_id: Uuid::new_v4().to_string(),
            base_url: context.public_url(),
            now: context.now_ms(),
        }
    }

    /// A link for choosing a new password, if somebody has this address.
    pub fn reset_for(&self, email: &str) -> Vec<Statement> {
        let purpose = Purpose::ResetPassword;
        let insert = Statement::new(
            "insert into one_time_tokens (id, user_id, purpose, email, created_at, expires_at)
             select ?2, u.id, ?3, u.email, ?4, ?5
             from users u
             where u.email = ?1
               and u.is_active = 1
               and (
                 select count(*)
                 from one_time_tokens
                 where email = ?1 and purpose = ?3 and created_at > ?6 and used_at is null
               ) < ?7",
        );
        self.with_link(self.bind_token(insert.bind(email), purpose))
    }

    /// A link for verifying the address of the user who has this session, unless that was done.
    pub fn verification_for(&self, user_id: &str, session_id: &str) -> Vec<Statement> {
        let purpose = Purpose::VerifyEmail;
        let insert = Statement::new(
            "insert into one_time_tokens (id, user_id, purpose, email, created_at, expires_at)
             select ?2, u.id, ?3, u.email, ?4, ?5
             from users u
             where u.id = ?1
               and u.email is not null
               and u.email_verified_at is null
               and exists (
                 select 1 from live_sessions where session_id = ?8 and user_id = ?1
               )
               and (
                 select count(*)
                 from one_time_tokens
                 where email = u.email and purpose = ?3 and created_at > ?6 and used_at is null
               ) < ?7",
        );
        let insert = self.bind_token(insert.bind(user_id), purpose);
        self.with_link(insert.bind(session_id))
    }

    /// The news that the password was changed, for the user who has had this hash since this batch.
    pub fn password_changed(&self, user_id: &str, password_hash: &str) -> Vec<Statement> {
        let insert = Statement::new(
            "insert into mails (id, user_id, template, to_address, base_url, created_at)
             select ?3, id, 'password_changed', email, ?4, ?5
             from users
             where id = ?1 and password_hash = ?2 and email is not null",
        );
        let insert = insert
            .bind(user_id)
            .bind(password_hash)
            .bind(&self.id)
            .bind(&self.base_url)
            .bind(self.now);
        vec![insert, self.insert_job()]
    }

    fn bind_token(&self, insert: Statement, purpose: Purpose) -> Statement {
        insert
            .bind(&self.token_id)
            .bind(purpose.as_str())
            .bind(self.now)
            .bind(self.now + purpose.lifetime_seconds() * 1000)
            .bind(self.now - MAILS_PERIOD_MS)
            .bind(MAILS_AT_ONCE)
    }

    /// The rest acts only if the token was written.
    fn with_link(&self, insert_token: Statement) -> Vec<Statement> {
        vec![
            insert_token,
            self.void_older(),
            self.insert_mail_of_link(),
            self.insert_job(),
        ]
    }

    fn void_older(&self) -> Statement {
        Statement::new(
            "update one_time_tokens
             set voided_at = ?2
             where (email, purpose) = (select email, purpose from one_time_tokens where id = ?1)
               and id <> ?1
               and used_at is null
               and voided_at is null",
        )
        .bind(&self.token_id)
        .bind(self.now)
    }

    fn insert_mail_of_link(&self) -> Statement {
        Statement::new(
            "insert into mails (id, user_id, template, to_address, token_id, base_url, created_at)
             select ?2, user_id, purpose, email, id, ?3, created_at
             from one_time_tokens
             where id = ?1",
        )
        .bind(&self.token_id)
        .bind(&self.id)
        .bind(&self.base_url)
    }

    fn insert_job(&self) -> Statement {
        Statement::new(
            "insert into jobs
               (id, kind, user_id, subject_id, stage, cost_estimate, due_at, deadline_at,
                estimated_completion, created_at)
             select id, ?2, user_id, id, 'queued', 0, ?3, ?4, ?5, ?6
             from mails
             where id = ?1
             returning id",
        )
        .bind(&self.id)
        .bind(SEND_MAIL)
        .bind(first_sweep(self.now))
        .bind(deadline(self.now))
        .bind(self.now + USUAL_TIME_MS)
        .bind(self.now)
    }
}
