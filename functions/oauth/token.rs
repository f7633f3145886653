//! Codes and refresh tokens against tokens (RFC 6749, sections 4.1.3 and 6).

use access_token::{IsExpired, TokenKind};
use axum::extract::Request;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::client::{Client, find_client};
use super::code::{Grant, claim, end_session_of_reused, find_grant};
use super::form::Parameters;
use super::pkce;
use super::refusal::{OAuthError, OAuthErrorCode, Refusal};
use super::request::scopes_of;
use crate::auth::{
    NewSession, Presented, Scopes, SessionId, SessionRow, Successor, announce_end, issue_pair,
    verify_ignoring_expiry,
};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::Json;
use crate::limits::{REFRESH, SIGN_IN, spend};

/// Those that count; none may stand there twice.
const PARAMETERS: [&str; 7] = [
    "grant_type",
    "client_id",
    "code",
    "code_verifier",
    "redirect_uri",
    "refresh_token",
    "scope",
];

/// What is exchanged.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub struct TokenRequest {
    /// `authorization_code` or `refresh_token`.
    grant_type: String,
    /// The app.
    client_id: String,
    /// With `authorization_code`: the code.
    code: Option<String>,
    /// With `authorization_code`: what the challenge was made of, 43 to 128 characters.
    code_verifier: Option<String>,
    /// With `authorization_code`: the one that the code was sent to.
    redirect_uri: Option<String>,
    /// With `refresh_token`: the newest one.
    refresh_token: Option<String>,
    /// With `refresh_token`: no more than was granted. A smaller one is not given.
    scope: Option<String>,
}

/// The tokens of a session (RFC 6749, section 5.1).
#[derive(Serialize, ToSchema)]
pub struct OAuthTokens {
    /// For every call.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds that the access token is good for.
    expires_in: i64,
    /// For the next tokens; used once.
    refresh_token: String,
    /// What was granted.
    scope: String,
}

/// Exchange a code, or a refresh token, for tokens.
///
/// A code counts once. When it comes a second time, the session that it opened ends, and the app
/// has to ask for a new one. Refresh tokens are used once too, but one whose successor was never
/// used may come again: replies get lost.
#[utoipa::path(post, path = "/api/v1/oauth/token", tag = "oauth",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = OAuthTokens),
        (status = "4XX", body = OAuthError, description = "The request is wrong"),
        (status = "5XX", body = OAuthError, description = "The service failed; try again"),
    ))]
pub async fn issue_tokens(context: Context, request: Request) -> Response {
    let issued = exchange(&context, request).await;
    issued.unwrap_or_else(|refusal| refusal.answer(&context))
}

async fn exchange(context: &Context, request: Request) -> Result<Response, Refusal> {
    let form = Parameters::of_body(request).await?;
    if form.has_unusable(&PARAMETERS) {
        let why = "A parameter stands there more than once, or is too long";
        return Err(Refusal::Protocol(OAuthErrorCode::InvalidRequest, why));
    }
    let grant_type = required(&form, "grant_type", "grant_type is missing")?;
    let client_id = required(&form, "client_id", "client_id is missing")?;
    let row = match grant_type {
        "authorization_code" => by_code(context, &form, client_id).await?,
        "refresh_token" => by_refresh_token(context, &form, client_id).await?,
        _ => {
            let why = "grant_type must be authorization_code or refresh_token";
            return Err(Refusal::Protocol(OAuthErrorCode::UnsupportedGrantType, why));
        }
    };
    context.set_user_id(&row.user_id);
    let pair = issue_pair(context, &row).await?;
    let tokens = OAuthTokens {
        access_token: pair.access,
        token_type: "Bearer",
        expires_in: pair.expires_in,
        refresh_token: pair.refresh,
        scope: row.scopes,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(tokens)).into_response())
}

async fn by_code(
    context: &Context,
    form: &Parameters,
    client_id: &str,
) -> Result<SessionRow, Refusal> {
    let code = required(form, "code", "code is missing")?;
    let redirect_uri = required(form, "redirect_uri", "redirect_uri is missing")?;
    let verifier = required(form, "code_verifier", "code_verifier is missing")?;
    if !pkce::is_verifier(verifier) {
        let why = "code_verifier must be 43 to 128 letters, digits, or - . _ ~";
        return Err(Refusal::Protocol(OAuthErrorCode::InvalidRequest, why));
    }
    spend(
        context,
        &SIGN_IN,
        &format!("{client_id} {}", context.address()),
    )?;

    let code_hash = sha256_hex(code.as_bytes());
    let find = vec![find_client(client_id), find_grant(&code_hash)];
    let mut batch = context.db()?.batch(find).await?;
    let client = batch.first::<Client>(0)?.ok_or(UNKNOWN_CLIENT)?;
    let grant = batch.first::<Grant>(1)?;
    // Whoever cannot prove to be the app neither uses the code up nor ends a session by it.
    let grant = grant.filter(|grant| grant.is_for(client_id, redirect_uri, verifier));
    let grant = grant.ok_or(CODE_REFUSED)?;

    open(context, client, &grant, &code_hash).await
}

/// Uses up the code and opens its session, both or neither; or ends the session that the code was
/// used for before.
async fn open(
    context: &Context,
    client: Client,
    grant: &Grant,
    code_hash: &str,
) -> Result<SessionRow, Refusal> {
    let now = context.now_ms();
    let session = NewSession::of_request(context, None, Some(client.name));
    let mut statements = vec![
        claim(code_hash, &session.id, now),
        session.open_by_grant(code_hash),
        end_session_of_reused(code_hash, &session.id, now),
    ];
    statements.extend(session.settle());
    let mut batch = context.db()?.batch(statements).await?;

    let mut ended: Vec<SessionId> = batch.all(2)?;
    ended.extend(batch.all(3)?);
    let ended = ended.into_iter().map(|session| session.id).collect();
    announce_end(context, &grant.user_id, ended);
    batch.first(5)?.ok_or(CODE_REFUSED)
}

async fn by_refresh_token(
    context: &Context,
    form: &Parameters,
    client_id: &str,
) -> Result<SessionRow, Refusal> {
    let token = required(form, "refresh_token", "refresh_token is missing")?;
    let (claims, IsExpired(is_expired)) =
        match verify_ignoring_expiry(context, token, TokenKind::Refresh).await {
            Ok(verified) => verified,
            Err(Error::TokenInvalid(_)) => return Err(TOKEN_REFUSED),
            Err(error) => return Err(error.into()),
        };
    spend(context, &REFRESH, &claims.sid)?;
    let granted = Scopes::parse(&claims.scope);
    let is_granted = |names: &str| scopes_of(names).is_some_and(|asked| asked.is_within(granted));
    if form.get("scope").is_some_and(|names| !is_granted(names)) {
        let why = "scope may not be more than was granted";
        return Err(Refusal::Protocol(OAuthErrorCode::InvalidScope, why));
    }
    let presented = Presented {
        session_id: &claims.sid,
        jti: &claims.jti,
        is_expired,
        device_id: None,
        client_id: Some(client_id),
    };

    let next_jti = Uuid::new_v4().to_string();
    let mut statements = presented.exchange(&Successor::of_request(context, &next_jti));
    statements.push(find_client(client_id));
    let mut batch = context.db()?.batch(statements).await?;

    if let Some(SessionId { id }) = batch.first(1)? {
        announce_end(context, &claims.sub, vec![id]);
    }
    batch.first::<Client>(3)?.ok_or(UNKNOWN_CLIENT)?;
    let row: SessionRow = batch.first(2)?.ok_or(TOKEN_REFUSED)?;
    if !presented.is_answered_by(&row) {
        return Err(TOKEN_REFUSED);
    }
    Ok(row)
}

const UNKNOWN_CLIENT: Refusal = Refusal::Protocol(
    OAuthErrorCode::InvalidClient,
    "There is no app with this client_id, or no longer",
);

/// Says nothing of why.
const CODE_REFUSED: Refusal = Refusal::Protocol(
    OAuthErrorCode::InvalidGrant,
    "The code is not good: unknown, expired, used, or not for this client_id, redirect_uri and \
     code_verifier",
);

const TOKEN_REFUSED: Refusal = Refusal::Protocol(
    OAuthErrorCode::InvalidGrant,
    "The refresh token is not good: unknown, expired, used, revoked, or not for this client_id",
);

fn required<'a>(
    form: &'a Parameters,
    name: &str,
    missing: &'static str,
) -> Result<&'a str, Refusal> {
    form.get(name)
        .ok_or(Refusal::Protocol(OAuthErrorCode::InvalidRequest, missing))
}
