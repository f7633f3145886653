//! Setting a new password without the old one, by a link in a mail.

use axum::http::StatusCode;
use deserr::Deserr;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Done;
use crate::auth::passwords::{self, Check};
use crate::auth::{Email, NewPassword, SessionId, announce_end, spend_address};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, FieldError, Result};
use crate::http::{FieldErrors, Input, Json, JsonBody, Text};
use crate::jobs::wake_later;
use crate::limits::guesses::{self, Source};
use crate::limits::{MAIL, spend};
use crate::mail::{NewMail, read_link_token};
use crate::openapi::ErrorAnswers;

/// Longer than any token of ours.
pub const MAX_TOKEN: usize = 4096;

/// Whose password was forgotten.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct ForgotPassword {
    /// The account's address.
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
}

impl Input for ForgotPassword {}

/// Ask for a mail with a link to choose a new password.
///
/// The answer is the same whether there is such an account or not. An address gets at most five
/// mails an hour.
#[utoipa::path(post, path = "/api/v1/auth/password/forgot", tag = "auth",
    request_body = ForgotPassword, responses((status = 202, body = Done), ErrorAnswers))]
pub async fn forgot_password(
    context: Context,
    JsonBody(input): JsonBody<ForgotPassword>,
) -> Result<(StatusCode, Json<Done>)> {
    spend_address(&context)?;
    spend(&context, &MAIL, &input.email.0)?;
    let mail = NewMail::of_request(&context);
    let statements = mail.reset_for(&input.email.0);
    let job = statements.len() - 1;
    let mut batch = context.db()?.batch(statements).await?;
    if batch.first::<Value>(job)?.is_some() {
        wake_later(&context, mail.id);
    }
    let done = Done::new("If there is an account with this address, a mail is on its way to it");
    Ok((StatusCode::ACCEPTED, Json(done)))
}

/// The link's token and the new password.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct ResetPassword {
    /// What follows `#token=` in the link.
    #[schema(value_type = String, min_length = 1, max_length = 4096)]
    token: Text<1, MAX_TOKEN>,
    /// 8 to 128 characters of any kind.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    new_password: NewPassword,
}

impl Input for ResetPassword {}

row! {
    struct ResetRow {
        user_id: String,
        password_hash: Option<String>,
        is_good: i64,
        has_set_password: i64,
    }
}

/// Choose a new password with the token of a mail. All devices are signed out.
#[utoipa::path(post, path = "/api/v1/auth/password/reset", tag = "auth",
    request_body = ResetPassword, responses((status = 200, body = Done), ErrorAnswers))]
pub async fn reset_password(
    context: Context,
    JsonBody(input): JsonBody<ResetPassword>,
) -> Result<Json<Done>> {
    let token_id = read_link_token(&context, input.token.0.trim()).await?;
    let token_id = token_id.ok_or_else(refused_link)?;
    let now = context.now_ms();
    let found: Option<ResetRow> = context.db()?.first(find_reset(&token_id, now)).await?;
    let found = found.ok_or_else(refused_link)?;
    context.set_user_id(&found.user_id);
    if found.is_good == 0 {
        return repeat(&context, &found, &input.new_password.0).await;
    }

    let hash = passwords::hash(&input.new_password.0)?;
    let mail = NewMail::of_request(&context);
    let mut statements = vec![
        set_password(&found.user_id, &token_id, &hash, now),
        use_token(&found.user_id, &token_id, &hash, now),
        end_sessions(&found.user_id, &hash, now),
    ];
    statements.extend(mail.password_changed(&found.user_id, &hash));
    let job = statements.len() - 1;
    let mut batch = context.db()?.batch(statements).await?;
    if batch.first::<Value>(0)?.is_none() {
        return Err(refused_link());
    }
    let ended: Vec<SessionId> = batch.all(2)?;
    let ended = ended.into_iter().map(|session| session.id).collect();
    announce_end(&context, &found.user_id, ended);
    if batch.first::<Value>(job)?.is_some() {
        wake_later(&context, mail.id);
    }
    Ok(Json(password_is_set()))
}

/// The reply may have been lost: the same password again, set by the same token, is the same
/// success. It must not become a way to guess without limits.
async fn repeat(context: &Context, found: &ResetRow, password: &str) -> Result<Json<Done>> {
    let stored = found.password_hash.as_deref();
    let (1, Some(stored)) = (found.has_set_password, stored) else {
        return Err(refused_link());
    };
    let guess = guesses::begin(context, &found.user_id, Source::Stranger).await?;
    let check = passwords::check(password, Some(stored))?;
    guess.finish(context, check != Check::Wrong).await?;
    if check == Check::Wrong {
        return Err(refused_link());
    }
    Ok(Json(password_is_set()))
}

fn password_is_set() -> Done {
    Done::new("The password is set. Sign in with it")
}

/// A token that was used, is too old, was replaced by a newer one, or never was one.
pub fn refused_link() -> Error {
    let message = "This link was used or is too old; ask for a new one";
    Error::field(FieldError::invalid("token", message))
}

fn find_reset(token_id: &str, now: i64) -> Statement {
    Statement::new(
        "select
           t.user_id,
           u.password_hash,
           t.used_at is null
             and t.voided_at is null
             and t.expires_at > ?2
             and t.email = u.email
             and t.created_at > coalesce(u.password_changed_at, 0) as is_good,
           t.used_at is not null and t.used_at = u.password_changed_at as has_set_password
         from one_time_tokens t
         join users u on u.id = t.user_id
         where t.id = ?1 and t.purpose = 'reset_password' and u.is_active = 1",
    )
    .bind(token_id)
    .bind(now)
}

/// Sets the password if the token counts: an address that a mail reached is verified as well.
fn set_password(user_id: &str, token_id: &str, hash: &str, now: i64) -> Statement {
    Statement::new(
        "update users
         set password_hash = ?3, password_changed_at = ?4, updated_at = ?4,
           email_verified_at = coalesce(email_verified_at, ?4)
         where id = ?1
           and is_active = 1
           and exists (
             select 1
             from one_time_tokens t
             where t.id = ?2
               and t.user_id = users.id
               and t.purpose = 'reset_password'
               and t.used_at is null
               and t.voided_at is null
               and t.expires_at > ?4
               and t.email = users.email
               and t.created_at > coalesce(users.password_changed_at, 0)
           )
         returning id",
    )
    .bind(user_id)
    .bind(token_id)
    .bind(hash)
    .bind(now)
}

/// The hash is salted, so it is there only if this very batch has set it.
fn use_token(user_id: &str, token_id: &str, hash: &str, now: i64) -> Statement {
    Statement::new(
        "update one_time_tokens
         set used_at = ?4
         where id = ?2 and exists (select 1 from users where id = ?1 and password_hash = ?3)",
    )
    .bind(user_id)
    .bind(token_id)
    .bind(hash)
    .bind(now)
}

/// Ends all sessions of the user who has this hash since this batch.
fn end_sessions(user_id: &str, hash: &str, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'password was reset'
         where user_id = ?1
           and revoked_at is null
           and exists (select 1 from users where id = ?1 and password_hash = ?2)
         returning id",
    )
    .bind(user_id)
    .bind(hash)
    .bind(now)
}
