//! Giving access back (RFC 7009).

use access_token::TokenKind;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;

use super::form::Parameters;
use super::refusal::{OAuthError, OAuthErrorCode, Refusal};
use crate::auth::{SessionId, announce_end, verify_ignoring_expiry};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};

/// Those that count.
const PARAMETERS: [&str; 2] = ["token", "client_id"];

/// What is given back.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub struct RevocationRequest {
    /// An access token or a refresh token, also an old one.
    token: String,
    /// Not needed: we see what it is.
    token_type_hint: Option<String>,
    /// The app, which must be the one that the token was given to.
    client_id: Option<String>,
}

/// End the session of a token, with all its tokens.
///
/// Answers the same for tokens that are unknown, expired or revoked already.
#[utoipa::path(post, path = "/api/v1/oauth/revoke", tag = "oauth",
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is no longer good"),
        (status = "4XX", body = OAuthError, description = "The request is wrong"),
        (status = "5XX", body = OAuthError, description = "The service failed; try again"),
    ))]
pub async fn revoke_token(context: Context, request: Request) -> Response {
    match revoke(&context, request).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.answer(&context),
    }
}

row! {
    struct Owner {
        client_id: Option<String>,
    }
}

async fn revoke(context: &Context, request: Request) -> Result<(), Refusal> {
    let form = Parameters::of_body(request).await?;
    let token = form
        .get("token")
        .filter(|_| !form.has_unusable(&PARAMETERS));
    let token = token.ok_or(Refusal::Protocol(
        OAuthErrorCode::InvalidRequest,
        "token must stand there once, and client_id at most once",
    ))?;
    let Some((user_id, session_id)) = session_of(context, token).await? else {
        return Ok(());
    };
    context.set_user_id(&user_id);
    let client_id = form.get("client_id");
    let statements = vec![
        find_owner(&session_id),
        end_session(&session_id, client_id, context.now_ms()),
    ];
    let mut batch = context.db()?.batch(statements).await?;
    let ended: Vec<SessionId> = batch.all(1)?;
    let ended = ended.into_iter().map(|session| session.id).collect();
    announce_end(context, &user_id, ended);

    let owner = batch.first::<Owner>(0)?;
    let is_foreign = |owner: &Owner| {
        owner.client_id.is_none()
            || client_id.is_some_and(|id| owner.client_id.as_deref() != Some(id))
    };
    if owner.as_ref().is_some_and(is_foreign) {
        let why = "The token was not given to this app";
        return Err(Refusal::Protocol(OAuthErrorCode::InvalidGrant, why));
    }
    Ok(())
}

/// User and session of a token of either kind, also of an old one, since only we can have made it.
async fn session_of(context: &Context, token: &str) -> Result<Option<(String, String)>> {
    for kind in [TokenKind::Refresh, TokenKind::Access] {
        match verify_ignoring_expiry(context, token, kind).await {
            Ok((claims, _)) => return Ok(Some((claims.sub, claims.sid))),
            Err(Error::TokenInvalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn find_owner(session_id: &str) -> Statement {
    Statement::new("select client_id from sessions where id = ?1").bind(session_id)
}

fn end_session(session_id: &str, client_id: Option<&str>, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'revoked by the app'
         where id = ?1
           and client_id = coalesce(?2, client_id)
           and revoked_at is null
         returning id",
    )
    .bind(session_id)
    .bind(client_id)
    .bind(now)
}
