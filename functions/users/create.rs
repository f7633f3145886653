//! Creating an account as the app of seed 001 does (CONTRACT A13).

use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use deserr::Deserr;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::account::{UserProfile, present};
use super::fields::{MAX_BIO, MAX_NAME, WebAddress};
use crate::auth::{Email, NewPassword, Registration, Username, issue_pair};
use crate::context::Context;
use crate::error::Result;
use crate::http::{FieldErrors, Input, Json, JsonBody, Text};
use crate::openapi::ErrorAnswers;

/// A new account.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct CreateUser {
    /// Unique: 3 to 30 letters, digits, `_`, `-` or `.`.
    #[schema(value_type = String, min_length = 3, max_length = 30)]
    username: Username,
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
    /// A picture elsewhere.
    #[deserr(default)]
    #[schema(value_type = Option<String>, format = "uri", max_length = 2000)]
    avatar_url: Option<WebAddress>,
    /// A few words about the person.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    bio: Option<Text<0, MAX_BIO>>,
}

impl Input for CreateUser {}

/// The new user, signed in.
#[derive(Serialize, ToSchema)]
pub struct CreatedUser {
    #[serde(flatten)]
    user: UserProfile,
    /// For every call.
    access_token: String,
    /// For the next pair; used once.
    refresh_token: String,
    /// Seconds that the access token is good for.
    expires_in: i64,
}

/// Create an account with a username, and sign in to it.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = CreateUser,
    responses((status = 201, body = CreatedUser), ErrorAnswers))]
pub async fn create_user(
    context: Context,
    JsonBody(input): JsonBody<CreateUser>,
) -> Result<Response> {
    let bio = input.bio.as_ref().map(|bio| bio.0.trim());
    let bio = bio.filter(|bio| !bio.is_empty());
    let avatar_url = input.avatar_url.as_ref().map(|url| url.0.as_str());
    let registration = Registration {
        email: &input.email.0,
        password: &input.password.0,
        name: input.name.as_ref().map(|name| name.0.trim()),
        username: Some(&input.username.0),
        avatar_url,
        bio,
        ..Registration::default()
    };
    let row = registration.complete(&context).await?;
    let pair = issue_pair(&context, &row).await?;
    context.set_user_id(&row.user_id);
    let created = CreatedUser {
        user: UserProfile::of_new(&row, avatar_url.map(str::to_owned), bio.map(str::to_owned)),
        access_token: pair.access,
        refresh_token: pair.refresh,
        expires_in: pair.expires_in,
    };
    let body = present(json!(created), context.dialect());
    Ok((
        StatusCode::CREATED,
        [(CACHE_CONTROL, "no-store")],
        Json(body),
    )
        .into_response())
}
