//! The caller of a private route.
//!
//! The guard checks the token without the database. Whether its session still lives is asked in
//! the same batch that does the handler's work ([`Db::batch_as`]), so it costs no trip of its own.

use access_token::{Claims, TokenKind};
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::access::{Scope, Scopes};
use super::app_key::{assert_live_key, assert_no_app_keys, is_assertion};
use super::revocation::{is_known_dead, remember_dead};
use super::tokens::verify;
use crate::context::Context;
use crate::db::{Batch, Db, SessionCheck, Statement, row};
use crate::error::{Error, Result};

/// Somebody with a good access token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user_id: String,
    /// The session that the token belongs to.
    pub session_id: String,
    /// What the session may do.
    pub scopes: Scopes,
    /// Whether the key that opened the session wants its requests signed.
    pub must_sign: bool,
    /// When somebody proved to be the user, seconds since 1970: the session's start.
    pub authenticated_at: i64,
    /// Hash of the `X-API-Key` header, which must be good as well.
    pub(super) app_key_hash: Option<String>,
    /// Whether the route is for administrators only.
    pub must_be_administrator: bool,
    /// Whether the route wants the key of an app, where the deployment has such keys.
    must_have_app_key: bool,
}

impl Caller {
    /// Whose access token this is.
    ///
    /// # Errors
    /// As [`verify`]; also for a session that is known to have ended.
    pub async fn of_token(context: &Context, token: &str) -> Result<Self> {
        Self::of_claims(context, verify(context, token, TokenKind::Access).await?)
    }

    /// Whose realtime connection a browser's cookie opens.
    ///
    /// # Errors
    /// As [`Self::of_token`].
    pub async fn of_socket_token(context: &Context, token: &str) -> Result<Self> {
        Self::of_claims(context, verify(context, token, TokenKind::Socket).await?)
    }

    fn of_claims(context: &Context, claims: Claims) -> Result<Self> {
        context.set_user_id(&claims.sub);
        if is_known_dead(&claims.sid) {
            return Err(revoked());
        }
        Ok(Self {
            scopes: Scopes::parse(&claims.scope),
            must_sign: claims.sig,
            authenticated_at: claims.auth_time,
            user_id: claims.sub,
            session_id: claims.sid,
            app_key_hash: None,
            must_be_administrator: false,
            must_have_app_key: false,
        })
    }

    /// The caller, if the request came with a token.
    ///
    /// # Errors
    /// When it did, and the token is not good.
    pub async fn of_optional_token(context: &Context, token: Option<&str>) -> Result<Option<Self>> {
        match token {
            Some(token) => Self::of_token(context, token).await.map(Some),
            None => Ok(None),
        }
    }

    /// Refuses a session without the scope.
    ///
    /// # Errors
    /// 403, never 401: clients would sign in again, for ever.
    pub fn expect_scope(&self, scope: Scope) -> Result<()> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        Err(Error::PermissionDenied(format!(
            "This needs the scope {}",
            scope.as_str()
        )))
    }

    /// The same caller, who counts only with the key of an app, if the deployment has such keys
    /// (CONTRACT 3.2).
    pub fn expect_app_key(self) -> Self {
        Self {
            must_have_app_key: true,
            ..self
        }
    }

    /// Whether the request names an app.
    pub fn has_app_key(&self) -> bool {
        self.app_key_hash.is_some()
    }

    /// The same caller, who counts only with the role `admin`.
    pub fn expect_administrator(self) -> Self {
        Self {
            must_be_administrator: true,
            ..self
        }
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

/// Whom the guard let in.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Error::internal("the route is not declared to need a caller"))
    }
}

/// Whom the guard let in, where nobody in particular may come too.
impl<S: Send + Sync> axum::extract::OptionalFromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

row! {
    /// The caller's session and account as they are now.
    #[derive(Debug)]
    pub struct LiveSession {
        /// `live` or `test`, by the API key that opened the session.
        pub environment: String,
        /// `user` or `admin`.
        pub role: String,
        /// The user's tier.
        pub tier: String,
        /// Units a month.
        pub quota_limit: i64,
        /// Units used this month.
        pub quota_used: i64,
        /// When `quota_used` falls to zero, milliseconds since 1970.
        pub quota_resets_at: i64,
    }
}

row! {
    struct Presence {
        has_user: i64,
    }
}

impl Db {
    /// Runs the statements as the caller: in one batch with the question whether the session
    /// lives. Statements that write must be guarded by `live_sessions` themselves, those of
    /// administrators by its role, since a batch does not stop at an empty answer.
    ///
    /// # Errors
    /// 401 when the session was revoked or the user is gone, or when the app's key is not good;
    /// 403 when the route wants an administrator.
    pub async fn batch_as(
        &self,
        caller: &Caller,
        now_ms: i64,
        statements: Vec<Statement>,
    ) -> Result<(LiveSession, Batch)> {
        let app_key = match caller.app_key_hash.as_deref() {
            Some(key_hash) => Some(assert_live_key(key_hash)),
            None => caller.must_have_app_key.then(assert_no_app_keys),
        };
        let asserts = app_key.is_some();
        let check = SessionCheck {
            name: format!(
                "{} {} {}",
                caller.session_id,
                caller.app_key_hash.as_deref().unwrap_or_default(),
                caller.must_have_app_key
            ),
            session: live_session(&caller.session_id, now_ms),
            assertion: app_key,
        };
        let (mut session, batch) = match self.batch_checked(check, statements).await {
            Err(Error::Database(text)) if asserts && is_assertion(&text) => {
                return Err(Error::ApiKeyInvalid);
            }
            other => other?,
        };
        let Some(session) = session.first::<LiveSession>(0)? else {
            return Err(self.why_dead(caller).await?);
        };
        if caller.must_be_administrator && session.role != "admin" {
            return Err(Error::PermissionDenied(
                "This is for administrators only".into(),
            ));
        }
        Ok((session, batch))
    }

    /// Why there is no live session: asked only then, so that a good one costs a row less.
    async fn why_dead(&self, caller: &Caller) -> Result<Error> {
        let presence: Option<Presence> = self.first(presence(&caller.user_id)).await?;
        Ok(match presence {
            Some(Presence { has_user: 1 }) => {
                remember_dead(&caller.session_id);
                revoked()
            }
            // A user who is disabled may come back.
            _ => Error::UserNotFound,
        })
    }
}

fn revoked() -> Error {
    Error::TokenInvalid("Token has been revoked".into())
}

fn live_session(session_id: &str, now_ms: i64) -> Statement {
    Statement::new(
        "select
           environment,
           role,
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
