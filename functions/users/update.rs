//! Changing one's own account (CONTRACT A15).

use axum::response::Response;
use deserr::Deserr;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::account::{
    UserProfile, avatar_path, expect_self, not_yours, parse_preferences, shown_username,
};
use super::accounts::{self, SelfRow, UserRow};
use super::fields::{Change, MAX_BIO, MAX_NAME, Moment, Preferences, WebAddress};
use super::picture::version_of;
use super::proof::expect_owner;
use super::user_id::not_found;
use crate::auth::{Caller, Email, Taken, Username, find_taken};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, JsonBody, Path, Text};
use crate::openapi::ErrorAnswers;

const MAX_PASSWORD: usize = 256;

/// What to change; what is left out stays.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct UpdateUser {
    /// Unique: 3 to 30 letters, digits, `_`, `-` or `.`.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 30)]
    username: Option<Username>,
    /// A new one has to be verified again; needs `current_password`.
    #[deserr(default)]
    #[schema(value_type = Option<String>, format = "email", max_length = 254)]
    email: Option<Email>,
    /// For a new email address.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    current_password: Option<Text<1, MAX_PASSWORD>>,
    /// What the person is called; null for nothing.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Change<Text<1, MAX_NAME>>,
    /// A picture elsewhere, instead of an uploaded one; null for none at all.
    #[deserr(default)]
    #[schema(value_type = Option<String>, format = "uri", max_length = 2000)]
    avatar_url: Change<WebAddress>,
    /// A few words about the person; null for none.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    bio: Change<Text<0, MAX_BIO>>,
    /// Replaces the whole object; at most 64 kB as JSON.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    preferences: Option<Preferences>,
    /// The `updated_at` of the user that was edited: the change is refused if there is a newer one.
    #[deserr(default)]
    #[schema(value_type = Option<String>, format = "date-time")]
    updated_at: Option<Moment>,
}

impl Input for UpdateUser {
    const OPAQUE: &'static [&'static str] = &["preferences"];
}

/// What differs from the account as it is. An outer `None` leaves the column, an inner one empties
/// it.
#[derive(Debug, Default, PartialEq)]
pub struct Changes {
    pub username: Option<String>,
    pub email: Option<String>,
    pub name: Option<Option<String>>,
    pub avatar_url: Option<Option<String>>,
    pub bio: Option<Option<String>>,
    /// As JSON.
    pub preferences: Option<String>,
}

impl Changes {
    /// Apps send back the whole user that they were shown, so what is as shown is no change.
    fn of(input: &UpdateUser, user: &UserRow) -> Self {
        let shown_username = shown_username(user.username.as_deref(), user.num_id);
        let username = input.username.as_ref().map(|name| name.0.clone());
        let email = input.email.as_ref().map(|email| email.0.clone());
        let preferences = input.preferences.as_ref().map(|new| &new.0);
        Self {
            username: username.filter(|name| *name != shown_username),
            email: email.filter(|email| Some(email) != user.email.as_ref()),
            name: changed(text(&input.name), &user.name),
            avatar_url: avatar_change(&input.avatar_url, user),
            bio: changed(text(&input.bio), &user.bio),
            preferences: preferences.and_then(|new| changed_preferences(new, user)),
        }
    }
}

/// The text without the blanks around it; one of nothing but blanks empties the field.
fn text<const MIN: usize, const MAX: usize>(
    change: &Change<Text<MIN, MAX>>,
) -> Option<Option<String>> {
    match change {
        Change::Keep => None,
        Change::Clear => Some(None),
        Change::Set(text) => Some(Some(text.0.trim().to_owned()).filter(|text| !text.is_empty())),
    }
}

fn changed(new: Option<Option<String>>, old: &Option<String>) -> Option<Option<String>> {
    new.filter(|new| new != old)
}

/// The address of the uploaded picture may come back under another name of this service.
fn avatar_change(change: &Change<WebAddress>, user: &UserRow) -> Option<Option<String>> {
    match (change, &user.avatar_key) {
        (Change::Keep, _) => None,
        (Change::Clear, None) => changed(Some(None), &user.avatar_url),
        (Change::Clear, Some(_)) => Some(None),
        (Change::Set(url), None) => changed(Some(Some(url.0.clone())), &user.avatar_url),
        (Change::Set(url), Some(key)) => {
            let is_shown = url.0.ends_with(&avatar_path(user.num_id, version_of(key)));
            (!is_shown).then(|| Some(url.0.clone()))
        }
    }
}

fn changed_preferences(new: &Map<String, Value>, user: &UserRow) -> Option<String> {
    let old = parse_preferences(user.preferences.as_deref().unwrap_or_default());
    (*new != old).then(|| Value::from(new.clone()).to_string())
}

/// Change the caller's account.
#[utoipa::path(put, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    request_body = UpdateUser,
    responses((status = 200, body = UserProfile), ErrorAnswers))]
pub async fn replace_user(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(input): JsonBody<UpdateUser>,
) -> Result<Response> {
    change(&context, &caller, &id, input).await
}

/// Change the caller's account; the same as with PUT.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    request_body = UpdateUser,
    responses((status = 200, body = UserProfile), ErrorAnswers))]
pub async fn update_user(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(input): JsonBody<UpdateUser>,
) -> Result<Response> {
    change(&context, &caller, &id, input).await
}

async fn change(
    context: &Context,
    caller: &Caller,
    id: &str,
    input: UpdateUser,
) -> Result<Response> {
    let row = expect_self(context, caller, id, not_yours).await?;
    let changes = Changes::of(&input, &row.user);
    // Also the answer to a request that comes again because its first answer was lost.
    if changes == Changes::default() {
        return Ok(UserProfile::of(context, row.user).respond(context));
    }
    if changes.email.is_some() {
        let password = input.current_password.as_ref().map(|text| text.0.as_str());
        expect_owner(context, caller, &row, "current_password", password).await?;
    }
    let known_at = input.updated_at.map(|moment| moment.0);
    let user = write(context, caller, &row, &changes, known_at).await?;
    Ok(UserProfile::of(context, user).respond(context))
}

async fn write(
    context: &Context,
    caller: &Caller,
    row: &SelfRow,
    changes: &Changes,
    known_at: Option<i64>,
) -> Result<UserRow> {
    let now = context.now_ms();
    let (email, username) = (changes.email.as_deref(), changes.username.as_deref());
    let statements = vec![
        accounts::find_self(caller),
        find_taken(&caller.user_id, email, username),
        accounts::update_user(caller, row, changes, known_at, now),
        accounts::find_self(caller),
    ];
    let (_, mut batch) = context.db()?.batch_as(caller, now, statements).await?;
    if batch.first::<Value>(2)?.is_none() {
        let taken: Option<Taken> = batch.first(1)?;
        let fields = taken.map(|taken| taken.fields()).unwrap_or_default();
        return Err(if fields.is_empty() {
            Error::Conflict("The account was changed meanwhile; read it again".into())
        } else {
            Error::Taken(fields)
        });
    }
    let before: Option<SelfRow> = batch.first(0)?;
    let after: SelfRow = batch.first(3)?.ok_or_else(not_found)?;
    if let Some(key) = before.and_then(|row| row.user.avatar_key)
        && after.user.avatar_key.is_none()
    {
        // The change is made; what stays behind goes with the next picture or with the account.
        let _ = context.files()?.delete(vec![key]).await;
    }
    Ok(after.user)
}
