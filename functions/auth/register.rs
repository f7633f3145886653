//! Creating an account and signing in to it (CONTRACT Q2, H4).

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use utoipa::ToSchema;

use super::answer::{SignedIn, signed_in};
use super::login::MAX_CHARACTERS;
use crate::auth::{Email, NewPassword, Registration, Username};
use crate::context::Context;
use crate::error::Result;
use crate::http::{FieldErrors, Input, JsonBody, Text};
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
    let registration = Registration {
        email: &input.email.0,
        password: &input.password.0,
        name: input.name.as_ref().map(|name| name.0.trim()),
        username: input.username.as_ref().map(|name| name.0.as_str()),
        device_id: input.device_id.map(|id| id.0),
        device_name: input.device_name.map(|name| name.0),
        ..Registration::default()
    };
    let row = registration.complete(&context).await?;
    signed_in(&context, StatusCode::CREATED, &row).await
}
