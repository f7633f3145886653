//! Creating an account and signing in to it (CONTRACT Q2, H4).

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use utoipa::ToSchema;

use super::answer::{SignedIn, signed_in};
use super::login::{MAX_CHARACTERS, open};
use crate::auth::passwords::{self, Place};
use crate::auth::{
    Email, NewAccount, NewPassword, NewSession, Taken, Username, find_taken, spend_address,
};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, JsonBody, Text};
use crate::jobs::wake_later;
use crate::limits::{REGISTER, spend};
use crate::mail::NewMail;
use crate::openapi::ErrorAnswers;

const MAX_NAME: usize = 100;

/// A new account.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct Register {
    /// Where its mail goes; also what one signs in with.
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
    /// 8 to 128 characters of any kind.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    password: NewPassword,
    /// What the person is called.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Option<Text<1, MAX_NAME>>,
    /// A unique name: 3 to 30 letters, digits, `_`, `-` or `.`.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 30)]
    username: Option<Username>,
    /// The installation's own UUID.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    device_id: Option<Text<1, MAX_CHARACTERS>>,
    /// Shown in the list of sessions.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    device_name: Option<Text<1, MAX_CHARACTERS>>,
}

impl Input for Register {}

/// Create an account with a password, and sign in to it. Under `/api` also as `signup`.
///
/// A mail asks to verify the address.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", request_body = Register,
    responses((status = 201, body = SignedIn), ErrorAnswers))]
pub async fn register(context: Context, JsonBody(input): JsonBody<Register>) -> Result<Response> {
    spend_address(&context)?;
    spend(&context, &REGISTER, &input.email.0)?;
    let place = Place::take()?;
    let password_hash = passwords::hash(&place, &input.password.0)?;
    let account = NewAccount {
        id: NewAccount::new_id(),
        email: &input.email.0,
        name: input.name.as_ref().map(|name| name.0.trim()),
        username: input.username.as_ref().map(|name| name.0.as_str()),
        password_hash: &password_hash,
        ..NewAccount::default()
    };
    let session = NewSession::of_request(
        &context,
        input.device_id.map(|id| id.0),
        input.device_name.map(|name| name.0),
    );
    let mail = NewMail::of_request(&context);
    let mut statements = vec![
        account.insert(context.now_ms()),
        session.open_by_password(&context, &account.id, &password_hash),
    ];
    statements.extend(mail.verification_for(&account.id, &session.id));
    match open(&context, &session, statements).await? {
        Some(row) => {
            wake_later(&context, mail.id);
            signed_in(&context, StatusCode::CREATED, &row).await
        }
        None => Err(taken(&context, &account).await?),
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
