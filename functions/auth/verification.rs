//! Showing that an address is the user's.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use deserr::Deserr;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Done;
use super::forgotten::{MAX_TOKEN, refused_link};
use crate::auth::Caller;
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, Json, JsonBody, NoContent, Text};
use crate::jobs::wake_later;
use crate::limits::{MAIL, spend};
use crate::mail::{MAILS_PERIOD_MS, NewMail, read_link_token};
use crate::openapi::ErrorAnswers;

/// The link's token.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct VerifyEmail {
    /// What follows `#token=` in the link.
    #[schema(value_type = String, min_length = 1, max_length = 4096)]
    token: Text<1, MAX_TOKEN>,
}

impl Input for VerifyEmail {}

/// Verify an address with the token of a mail. Again, it is the same success.
#[utoipa::path(post, path = "/api/v1/auth/email/verify", tag = "auth",
    request_body = VerifyEmail, responses((status = 200, body = Done), ErrorAnswers))]
pub async fn verify_email(
    context: Context,
    JsonBody(input): JsonBody<VerifyEmail>,
) -> Result<Json<Done>> {
    let token_id = read_link_token(&context, input.token.0.trim()).await?;
    let token_id = token_id.ok_or_else(refused_link)?;
    let statements = verify(&token_id, context.now_ms());
    let mut batch = context.db()?.batch(statements).await?;
    if batch.first::<Value>(2)?.is_none() {
        return Err(refused_link());
    }
    Ok(Json(Done::new("The address is verified")))
}

/// Verifies the address, uses up the token, and says whether the token has done so, now or before.
fn verify(token_id: &str, now: i64) -> Vec<Statement> {
    let set = Statement::new(
        "update users
         set email_verified_at = ?2
         where id = (select user_id from one_time_tokens where id = ?1)
           and is_active = 1
           and email_verified_at is null
           and exists (
             select 1
             from one_time_tokens t
             where t.id = ?1
               and t.purpose = 'verify_email'
               and t.used_at is null
               and t.voided_at is null
               and t.expires_at > ?2
               and t.email = users.email
           )",
    );
    let use_token = Statement::new(
        "update one_time_tokens
         set used_at = ?2
         where id = ?1
           and purpose = 'verify_email'
           and used_at is null
           and voided_at is null
           and expires_at > ?2
           and exists (
             select 1
             from users u
             where u.id = one_time_tokens.user_id
               and u.email = one_time_tokens.email
               and u.email_verified_at is not null
           )",
    );
    let find_used = Statement::new(
        "select t.id
         from one_time_tokens t
         join users u on u.id = t.user_id
         where t.id = ?1
           and t.purpose = 'verify_email'
           and t.used_at is not null
           and u.email = t.email
           and u.email_verified_at is not null
           and u.is_active = 1",
    );
    vec![
        set.bind(token_id).bind(now),
        use_token.bind(token_id).bind(now),
        find_used.bind(token_id),
    ]
}

row! {
    struct AddressRow {
        email: Option<String>,
        email_verified_at: Option<i64>,
        first_unused_at: Option<i64>,
    }
}

/// Ask for another mail that verifies the caller's address; 204 when that was done already.
#[utoipa::path(post, path = "/api/v1/auth/email/verification", tag = "auth",
    responses((status = 202, body = Done), (status = 204), ErrorAnswers))]
pub async fn send_verification(context: Context, caller: Caller) -> Result<Response> {
    spend(&context, &MAIL, &caller.user_id)?;
    let now = context.now_ms();
    let mail = NewMail::of_request(&context);
    let mut statements = vec![find_address(&caller, now)];
    statements.extend(mail.verification_for(&caller.user_id, &caller.session_id));
    let job = statements.len() - 1;
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let address: AddressRow = batch.first(0)?.ok_or(Error::UserNotFound)?;
    if address.email.is_none() {
        return Err(Error::Conflict(
            "The account has no email address yet".into(),
        ));
    }
    if address.email_verified_at.is_some() {
        return Ok(NoContent.into_response());
    }
    if batch.first::<Value>(job)?.is_none() {
        let first = address.first_unused_at.unwrap_or(now);
        return Err(Error::RateLimited {
            retry_after_ms: first + MAILS_PERIOD_MS - now,
        });
    }
    wake_later(&context, mail.id);
    let done = Done::new("A mail is on its way to the account's address");
    Ok((StatusCode::ACCEPTED, Json(done)).into_response())
}

fn find_address(caller: &Caller, now: i64) -> Statement {
    Statement::new(
        "select
           u.email,
           u.email_verified_at,
           (
             select min(t.created_at)
             from one_time_tokens t
             where t.email = u.email
               and t.purpose = 'verify_email'
               and t.created_at > ?2
               and t.used_at is null
           ) as first_unused_at
         from users u
         where u.id = ?1",
    )
    .bind(&caller.user_id)
    .bind(now - MAILS_PERIOD_MS)
}
