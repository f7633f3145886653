//! Login with an API key and a device (CONTRACT R2), or with email and password (Q1).

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use dialect::Dialect;
use serde_json::Value;
use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::answer::{SignedIn, signed_in};
use crate::auth::passwords::{self, Check, Place};
use crate::auth::{LoginRow, NewSession, SessionId, SessionRow, announce_end, find_login};
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::{FieldErrors, Input, JsonValue, Text, read};
use crate::limits::guesses::{self, Source};
use crate::limits::{SIGN_IN, SIGN_IN_BY_ADDRESS, spend};
use crate::openapi::ErrorAnswers;

/// Longest key, device id and password that are looked at.
pub const MAX_CHARACTERS: usize = 256;

/// Either of the two ways in, for the API document.
pub struct Login;

impl PartialSchema for Login {
    fn schema() -> RefOr<Schema> {
        let one_of = OneOfBuilder::new()
            .item(Ref::from_schema_name(KeyLogin::name()))
            .item(Ref::from_schema_name(PasswordLogin::name()));
        one_of.into()
    }
}

impl ToSchema for Login {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((KeyLogin::name().into_owned(), KeyLogin::schema()));
        schemas.push((PasswordLogin::name().into_owned(), PasswordLogin::schema()));
    }
}

/// An API key and the device that uses it.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct KeyLogin {
    /// The key as it was shown when it was created.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    api_key: Text<1, MAX_CHARACTERS>,
    /// The installation's own UUID.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    device_id: Text<1, MAX_CHARACTERS>,
    /// Shown in the list of sessions; by default what the client calls itself.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    device_name: Option<Text<1, MAX_CHARACTERS>>,
}

impl Input for KeyLogin {}

/// An account and its password.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct PasswordLogin {
    /// The account's email address; or else its `username`.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    email: Option<Text<1, MAX_CHARACTERS>>,
    /// Instead of the email address.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    username: Option<Text<1, MAX_CHARACTERS>>,
    /// The account's password.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    password: Text<1, MAX_CHARACTERS>,
    /// The installation's own UUID.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    device_id: Option<Text<1, MAX_CHARACTERS>>,
    /// Shown in the list of sessions; by default what the client calls itself.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    device_name: Option<Text<1, MAX_CHARACTERS>>,
}

impl Input for PasswordLogin {
    const ONE_OF: &'static [&'static str] = &["email", "username"];
}

/// Sign in with an API key, or with email and password; opens a session of this device.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = Login,
    responses((status = 200, body = SignedIn), ErrorAnswers))]
pub async fn login(context: Context, JsonValue(body): JsonValue) -> Result<Response> {
    let row = if is_by_password(&context, &body) {
        by_password(&context, read(body)?).await?
    } else {
        by_key(&context, read(body)?).await?
    };
    signed_in(&context, StatusCode::OK, &row).await
}

/// The body decides; an empty one is told what the apps of its dialect send.
fn is_by_password(context: &Context, body: &Value) -> bool {
    let has = |names: [&str; 2]| names.iter().any(|name| body.get(name).is_some());
    if has(["api_key", "apiKey"]) {
        return false;
    }
    has(["email", "username"]) || has(["password", "password"]) || context.dialect() != Dialect::Api
}

fn spend_address(context: &Context) -> Result<()> {
    if context.has_address() {
        spend(context, &SIGN_IN_BY_ADDRESS, context.address())?;
    }
    Ok(())
}

async fn by_key(context: &Context, login: KeyLogin) -> Result<SessionRow> {
    spend_address(context)?;
    let key_hash = sha256_hex(login.api_key.0.as_bytes());
    spend(context, &SIGN_IN, &key_hash)?;
    let name = login.device_name.map(|name| name.0);
    let session = NewSession::of_request(context, Some(login.device_id.0), name);
    open(context, &session, session.open_by_key(&key_hash))
        .await?
        .ok_or(Error::ApiKeyInvalid)
}

async fn by_password(context: &Context, input: PasswordLogin) -> Result<SessionRow> {
    let login = input.email.or(input.username).map(|login| login.0);
    let login = login.unwrap_or_default().trim().to_lowercase();
    spend_address(context)?;
    spend(context, &SIGN_IN, &login)?;
    let place = Place::take()?;
    let password = input.password.0;
    let device_id = input.device_id.map(|id| id.0);
    let device_id = device_id.or(context.device_id().map(str::to_owned));
    let find = find_login(&login, device_id.as_deref());
    let found: Option<LoginRow> = context.db()?.first(find).await?;

    let identity = found.as_ref().map_or(login.as_str(), |found| &found.id);
    let source = found
        .as_ref()
        .map(|found| found.source(context, device_id.as_deref()));
    let source = source.unwrap_or(Source::Stranger);
    let guess = guesses::begin(context, identity, source).await?;
    let stored = found
        .as_ref()
        .and_then(|found| found.password_hash.as_deref());
    let check = passwords::check(&place, &password, stored)?;
    guess.finish(context, check != Check::Wrong).await?;

    let (Some(found), Some(stored)) = (&found, stored) else {
        return Err(Error::InvalidCredentials);
    };
    let name = input.device_name.map(|name| name.0);
    let session = NewSession::of_request(context, device_id, name);
    let statements = match check {
        Check::Wrong => return Err(Error::InvalidCredentials),
        Check::Right => vec![session.open_by_password(context, &found.id, stored)],
        Check::RightButWeak => {
            let hash = passwords::hash(&place, &password)?;
            vec![
                session.open_by_password(context, &found.id, stored),
                replace_hash(&found.id, stored, &hash),
            ]
        }
    };
    open(context, &session, statements)
        .await?
        .ok_or(Error::UserNotFound)
}

/// The same password, kept better; unless it was changed meanwhile.
fn replace_hash(user_id: &str, old: &str, new: &str) -> Statement {
    Statement::new("update users set password_hash = ?3 where id = ?1 and password_hash = ?2")
        .bind(user_id)
        .bind(old)
        .bind(new)
}

/// Runs what opens the session, and reads it; `None` when it was not opened.
pub async fn open(
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
