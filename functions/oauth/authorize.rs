//! The page where a person signs in and allows an app what it asks for, or does not.

use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa::ToSchema;

use super::client::find_client;
use super::code;
use super::form::Parameters;
use super::page::{self, Trouble};
use super::refusal::{OAuthErrorCode, add_retry_after, record, status_of};
use super::request::{AuthorizationRequest, Obstacle};
use crate::auth::{Attempt, LoginRow};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::limits::{SIGN_IN, spend};

/// Longest email address, username and password that are looked at.
const MAX_CHARACTERS: usize = 256;

/// Ask a person to sign in and to allow an app what it asks for.
///
/// For browsers: the answer is a page. An unknown app or redirect URI is told on the page too;
/// whatever else is wrong is told the app, by a redirect with `error`, `state` and `iss`.
#[utoipa::path(get, path = "/api/v1/oauth/authorize", tag = "oauth",
    params(
        ("client_id" = String, Query, description = "The app"),
        ("redirect_uri" = String, Query, description = "One that the app registered"),
        ("response_type" = String, Query, description = "`code`"),
        ("code_challenge" = String, Query, description = "SHA-256 of the verifier, in base64url"),
        ("code_challenge_method" = String, Query, description = "`S256`"),
        ("scope" = Option<String>, Query,
            description = "Out of `read`, `upload`, `admin`, with blanks between; `read` unless said"),
        ("state" = Option<String>, Query, description = "Given back to the app as it is"),
    ),
    responses(
        (status = 200, content_type = "text/html", body = String),
        (status = 303, description = "Back to the app, with an error"),
        (status = 400, content_type = "text/html", body = String),
    ))]
pub async fn show_consent(context: Context, RawQuery(query): RawQuery) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match asked(&context, &parameters).await {
        Ok(request) => page::consent(&request, None),
        Err(obstacle) => answer(&context, obstacle),
    }
}

async fn asked(
    context: &Context,
    parameters: &Parameters,
) -> Result<AuthorizationRequest, Obstacle> {
    let client_id = client_id(context, parameters)?;
    let client = context.db()?.first(find_client(client_id)).await?;
    AuthorizationRequest::read(parameters, client)
}

/// The app that the request names; counted apart for every address, so that nobody can use up what
/// an app's users need.
fn client_id<'a>(context: &Context, parameters: &'a Parameters) -> Result<&'a str> {
    let client_id = parameters.get("client_id").unwrap_or_default();
    spend(
        context,
        &SIGN_IN,
        &format!("{client_id} {}", context.address()),
    )?;
    Ok(client_id)
}

/// What the page's form sends: the app's parameters as they were, and what the person says.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub struct AuthorizationDecision {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    code_challenge: String,
    code_challenge_method: String,
    scope: Option<String>,
    state: Option<String>,
    /// `allow` or `deny`.
    decision: String,
    /// The account's email address or username; not needed to deny.
    email: Option<String>,
    /// Instead of `email`.
    username: Option<String>,
    /// The account's password; not needed to deny.
    password: Option<String>,
}

/// Allow an app what it asks for, or deny it.
///
/// Leads back to the app by a redirect, with a code that is good for a minute; a wrong password
/// shows the page again.
#[utoipa::path(post, path = "/api/v1/oauth/authorize", tag = "oauth",
    request_body(content = AuthorizationDecision, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the app, with a code or an error"),
        (status = "4XX", content_type = "text/html", body = String),
    ))]
pub async fn decide(context: Context, request: Request) -> Response {
    match decided(&context, request).await {
        Ok(response) => response,
        Err(obstacle) => answer(&context, obstacle),
    }
}

async fn decided(context: &Context, request: Request) -> Result<Response, Obstacle> {
    let form = Parameters::of_body(request).await?;
    let find_client = find_client(client_id(context, &form)?);
    let allows = form.get("decision") == Some("allow");
    let attempt = allows.then(|| attempt(context, &form));

    let mut statements = vec![find_client];
    if let Some(Ok(attempt)) = &attempt {
        statements.push(attempt.find());
    }
    let mut batch = context.db()?.batch(statements).await?;
    let request = AuthorizationRequest::read(&form, batch.first(0)?)?;

    let Some(attempt) = attempt else {
        let (code, why) = match form.get("decision") {
            Some("deny") => (OAuthErrorCode::AccessDenied, "The user denied access"),
            _ => (
                OAuthErrorCode::InvalidRequest,
                "decision must be allow or deny",
            ),
        };
        return Err(Obstacle::Refused(request.target, code, why));
    };
    let found = batch.first(1)?;
    match grant(context, &request, attempt, found).await {
        Ok(code) => Ok(request.target.answer(context, &[("code", &code)])),
        Err(error) => Ok(ask_again(context, &request, &form, &error)),
    }
}

/// Who says to be who.
fn attempt(context: &Context, form: &Parameters) -> Result<Attempt> {
    let login = form.get("email").or(form.get("username"));
    let password = form.get("password");
    let is_bounded = |text: &str| text.chars().count() <= MAX_CHARACTERS;
    match (login, password) {
        (Some(login), Some(password)) if is_bounded(login) && is_bounded(password) => {
            let device_id = context.device_id().map(str::to_owned);
            Attempt::begin(context, login, password.to_owned(), device_id)
        }
        _ => Err(Error::InvalidCredentials),
    }
}

/// A code, if the password is right.
async fn grant(
    context: &Context,
    request: &AuthorizationRequest,
    attempt: Result<Attempt>,
    found: Option<LoginRow>,
) -> Result<String> {
    let user = attempt?.check(context, found).await?;
    context.set_user_id(&user.user_id);
    let code = code::issue(context, request, &user).await?;
    code.ok_or(Error::InvalidCredentials)
}

/// The page again, with all that was typed but the password.
fn ask_again(
    context: &Context,
    request: &AuthorizationRequest,
    form: &Parameters,
    error: &Error,
) -> Response {
    record(context, error);
    let login = form.get("email").or(form.get("username"));
    let trouble = Trouble {
        status: status_of(error),
        text: &error.message(),
        login: login.unwrap_or_default(),
    };
    let mut response = page::consent(request, Some(&trouble));
    add_retry_after(context, error, &mut response);
    response
}

fn answer(context: &Context, obstacle: Obstacle) -> Response {
    match obstacle {
        Obstacle::Untrusted(why) => page::problem(StatusCode::BAD_REQUEST, why),
        Obstacle::Refused(target, code, why) => {
            let error = [("error", code.as_str()), ("error_description", why)];
            target.answer(context, &error)
        }
        Obstacle::Platform(error) => {
            record(context, &error);
            let mut response = page::problem(status_of(&error), &error.message());
            add_retry_after(context, &error, &mut response);
            response
        }
    }
}
