//! The caller of a private route. Asking for a [`Caller`] in a handler's signature is what makes
//! the route private.
//!
//! The token is checked without the database. Whether its session still lives is asked in the
//! same batch that does the handler's work ([`Db::batch_as`]), so it costs no trip of its own.

use access_token::TokenKind;
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde::Deserialize;

use super::tokens::verify;
use crate::context::Context;
use crate::db::{Batch, Db, Statement};
use crate::error::{Error, Result};

/// Somebody with a good access token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user_id: String,
    /// The session that the token belongs to.
    pub session_id: String,
}

impl Caller {
    /// Whose access token this is.
    ///
    /// # Errors
    /// As [`verify`].
    pub async fn of_token(context: &Context, token: &str) -> Result<Self> {
        let claims = verify(context, token, TokenKind::Access).await?;
        context.set_user_id(&claims.sub);
        Ok(Self {
            user_id: claims.sub,
            session_id: claims.sid,
        })
    }
}

/// The credential of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credential) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(credential.trim())
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let context = Context::from_request_parts(parts, state).await?;
        let token = bearer(&parts.headers)
            .ok_or_else(|| Error::TokenInvalid("An access token is required".into()))?;
        Self::of_token(&context, token).await
    }
}

/// The caller's session and account as they are now.
#[derive(Debug, Deserialize)]
pub struct LiveSession {
    /// `live` or `test`, by the API key that opened the session.
    pub environment: String,
    /// The user's tier.
    pub tier: String,
    /// Units a month.
    pub quota_limit: i64,
    /// Units used this month.
    pub quota_used: i64,
    /// When `quota_used` falls to zero, milliseconds since 1970.
    pub quota_resets_at: i64,
}

#[derive(Deserialize)]
struct Presence {
    has_user: i64,
}

impl Db {
    /// Runs the statements as the caller: in one batch with the question whether the session
    /// lives. Statements that write must be guarded by `live_sessions` themselves, since a batch
    /// does not stop at an empty answer.
    ///
    /// # Errors
    /// 401 when the session was revoked or the user is gone.
    pub async fn batch_as(
        &self,
        caller: &Caller,
        now_ms: i64,
        statements: Vec<Statement>,
    ) -> Result<(LiveSession, Batch)> {
        // First, so that a caller may end the own session.
        let mut all = vec![
            live_session(&caller.session_id, now_ms),
            presence(&caller.user_id),
        ];
        all.extend(statements);
        let mut batch = self.batch(all).await?;
        if let Some(session) = batch.first(0)? {
            return Ok((session, batch.without_first(2)));
        }
        let presence: Option<Presence> = batch.first(1)?;
        Err(match presence {
            Some(Presence { has_user: 1 }) => Error::TokenInvalid("Token has been revoked".into()),
            _ => Error::UserNotFound,
        })
    }
}

/// The key of this hash, if it is good and its user active.
pub fn find_live_key(key_hash: &str) -> Statement {
    Statement::new(
        "select k.id
         from api_keys k
         join users u on u.id = k.user_id
         where k.key_hash = ?1 and k.revoked_at is null and u.is_active = 1",
    )
    .bind(key_hash)
}

fn live_session(session_id: &str, now_ms: i64) -> Statement {
    Statement::new(
        "select
           environment,
           tier,
           quota_limit,
           case when quota_resets_at <= ?2 then 0 else quota_used end as quota_used,
           quota_resets_at
         from live_sessions
         where session_id = ?1",
    )
    .bind(session_id)
    .bind(now_ms)
}

fn presence(user_id: &str) -> Statement {
    Statement::new(
        "select exists (select 1 from users where id = ?1 and is_active = 1) as has_user",
    )
    .bind(user_id)
}
