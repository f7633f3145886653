//! Sessions: opened by a login, carried on by refreshes, ended by many things.
//!
//! Every refresh token buys one successor. Replies get lost, two tabs ask at once, a phone comes
//! back after a month: so a token whose successor was never used may come again and gets the very
//! same successor. Anything older means that two parties hold the session, and ends it. What
//! counts is use, not time.

use access_token::{Claims, TokenKind};
use serde_json::json;
use uuid::Uuid;

use super::access::Scopes;
use super::tokens::{ACCESS_SECONDS, ACCESS_SECONDS_BY_API_KEY, ISSUER, REFRESH_SECONDS, sign};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::hash::sha256_hex;

/// Sessions that one device may have at a time; a client that loses its tokens opens another.
const SESSIONS_PER_DEVICE: i64 = 5;

/// How long a repeated refresh gives the very same access token.
const SAME_PAIR_MS: i64 = 60_000;

/// An ended or expired session is shown to nobody; after this long its row goes.
const KEPT_AFTER_EXPIRY_MS: i64 = 30 * 24 * 3600 * 1000;

const MAX_DEVICE_NAME: usize = 200;

/// A new session, about to be written.
pub struct NewSession {
    /// Its id.
    pub id: String,
    device_id: String,
    device_name: Option<String>,
    place: Option<String>,
    refresh_jti: String,
    request_id: String,
    now: i64,
}

impl NewSession {
    /// A session of the device that makes this request.
    pub fn of_request(
        context: &Context,
        device_id: Option<String>,
        device_name: Option<String>,
    ) -> Self {
        let told = device_id.or_else(|| context.device_id().map(str::to_owned));
        let name = device_name.or_else(|| context.user_agent().map(str::to_owned));
        Self {
            id: Uuid::new_v4().to_string(),
            device_id: told.unwrap_or_else(|| Uuid::new_v4().to_string()),
            device_name: name.map(|name| name.chars().take(MAX_DEVICE_NAME).collect()),
            place: context.place().map(str::to_owned),
            refresh_jti: Uuid::new_v4().to_string(),
            request_id: context.request_id().to_owned(),
            now: context.now_ms(),
        }
    }

    /// Opens it for the user of an API key, if key and user are good.
    pub fn open_by_key(&self, key_hash: &str) -> Vec<Statement> {
        let open = Statement::new(
            "insert into sessions
               (id, user_id, api_key_id, device_id, device_name, place, refresh_jti, refreshed_by,
                refreshed_at, created_at, expires_at, kind, scopes)
             select ?2, u.id, k.id, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, 'key', k.scopes
             from api_keys k
             join users u on u.id = k.user_id
             where k.key_hash = ?1 and k.revoked_at is null and u.is_active = 1",
        );
        let touch = Statement::new(
            "update api_keys set last_used_at = ?2 where key_hash = ?1 and revoked_at is null",
        );
        let touch = touch.bind(key_hash).bind(self.now);
        vec![self.bind_columns(open.bind(key_hash)), touch]
    }

    /// Opens it for a user who has shown the password that is stored as `password_hash`.
    pub fn open_by_password(
        &self,
        context: &Context,
        user_id: &str,
        password_hash: &str,
    ) -> Statement {
        let open = Statement::new(
            "insert into sessions
               (id, user_id, device_id, device_name, place, refresh_jti, refreshed_by,
                refreshed_at, created_at, expires_at, kind, scopes, address_hash)
             select ?2, id, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, 'password', ?10, ?11
             from users
             where id = ?1 and is_active = 1 and password_hash = ?12",
        );
        self.bind_columns(open.bind(user_id))
            .bind(Scopes::ALL.to_string())
            .bind(address_hash(context, user_id))
            .bind(password_hash)
    }

    /// Opens it for the app that the user has granted access to by a code, given as its hash. The
    /// statement before it in the same batch must have claimed the code for this session; a user
    /// who is disabled, or whose password was changed since, grants nothing.
    pub fn open_by_grant(&self, code_hash: &str) -> Statement {
        let open = Statement::new(
            "insert into sessions
               (id, user_id, device_id, device_name, place, refresh_jti, refreshed_by,
                refreshed_at, created_at, expires_at, kind, scopes, client_id, address_hash)
             select ?2, u.id, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, 'oauth', c.scopes, c.client_id,
               c.address_hash
             from oauth_codes c
             join users u on u.id = c.user_id
             where c.code_hash = ?1
               and c.session_id = ?2
               and u.is_active = 1
               and coalesce(u.password_changed_at, 0) <= c.created_at",
        );
        self.bind_columns(open.bind(code_hash))
    }

    /// `?2` to `?9` of the three statements above.
    fn bind_columns(&self, statement: Statement) -> Statement {
        statement
            .bind(&self.id)
            .bind(&self.device_id)
            .bind(self.device_name.as_ref())
            .bind(self.place.as_ref())
            .bind(&self.refresh_jti)
            .bind(&self.request_id)
            .bind(self.now)
            .bind(self.now + REFRESH_SECONDS * 1000)
    }

    /// What follows the opening in the same batch: the oldest sessions of the device beyond the
    /// limit end (their ids are returned), rows that are long over go, and the session is read.
    pub fn settle(&self) -> Vec<Statement> {
        let end_surplus = Statement::new(
            "update sessions
             set revoked_at = ?2, revoked_reason = 'replaced by a newer login'
             where id in (
               select old.id
               from sessions new
               join sessions old on old.user_id = new.user_id and old.device_id = new.device_id
               where new.id = ?1 and old.revoked_at is null
               order by old.created_at desc
               limit -1 offset ?3
             )
             returning id",
        );
        let forget_old = Statement::new(
            "delete from sessions
             where user_id = (select user_id from sessions where id = ?1) and expires_at < ?2",
        );
        vec![
            end_surplus
                .bind(&self.id)
                .bind(self.now)
                .bind(SESSIONS_PER_DEVICE),
            forget_old
                .bind(&self.id)
                .bind(self.now - KEPT_AFTER_EXPIRY_MS),
            find_session(&self.id, self.now),
        ]
    }
}

/// An address that a user has signed in from, so that nobody can tell which from the row.
pub fn address_hash(context: &Context, user_id: &str) -> Option<String> {
    context
        .has_address()
        .then(|| sha256_hex(format!("{user_id} {}", context.address()).as_bytes()))
}

row! {
    /// The id of a session.
    #[derive(Debug)]
    pub struct SessionId {
        /// The id.
        pub id: String,
    }
}

row! {
    /// A session with its user, if both are live.
    #[derive(Debug, Clone)]
    pub struct SessionRow {
        /// The session.
        pub session_id: String,
        /// `key`, `password` or `oauth`.
        pub kind: String,
        /// The device that it was opened on.
        pub device_id: String,
        /// The refresh token that was issued last, and the one before it.
        pub refresh_jti: String,
        /// See `refresh_jti`.
        pub previous_jti: Option<String>,
        /// When and by which request the last one was issued.
        pub refreshed_at: i64,
        /// See `refreshed_at`.
        pub refreshed_by: String,
        /// When the session was opened.
        pub created_at: i64,
        /// What it may do.
        pub scopes: String,
        /// The app that it was granted to, for an OAuth session.
        pub client_id: Option<String>,
        /// Whether its requests must be signed.
        pub must_sign: i64,
        /// The user.
        pub user_id: String,
        /// The user's integer id (seed 001).
        pub num_id: i64,
        /// The user's address, if there is one.
        pub email: Option<String>,
        /// What the user is called.
        pub name: Option<String>,
        /// The user's unique name.
        pub username: Option<String>,
        /// `user` or `admin`.
        pub role: String,
        /// The user's tier.
        pub tier: String,
        /// Units a month.
        pub quota_limit: i64,
        /// Units used this month.
        pub quota_used: i64,
        /// When the account was created.
        pub user_created_at: i64,
    }
}

/// Reads a session that lives.
pub fn find_session(session_id: &str, now: i64) -> Statement {
    Statement::new(
        "select
           s.id as session_id, s.kind, s.device_id, s.refresh_jti, s.previous_jti, s.refreshed_at,
           s.refreshed_by, s.created_at, s.scopes, s.client_id,
           coalesce(k.requires_signature, 0) as must_sign,
           u.id as user_id, u.num_id, u.email, u.name, u.username, u.role, u.tier, u.quota_limit,
           case when u.quota_resets_at <= ?2 then 0 else u.quota_used end as quota_used,
           u.created_at as user_created_at
         from sessions s
         join users u on u.id = s.user_id
         left join api_keys k on k.id = s.api_key_id
         where s.id = ?1
           and s.expires_at > ?2
           and exists (select 1 from live_sessions where session_id = ?1)",
    )
    .bind(session_id)
    .bind(now)
}

/// A refresh token as it was presented.
pub struct Presented<'a> {
    /// Its session.
    pub session_id: &'a str,
    /// Its id.
    pub jti: &'a str,
    /// Whether it is too old to be exchanged. It may still ask for a reply that was lost.
    pub is_expired: bool,
    /// The device that presents it, if it says.
    pub device_id: Option<&'a str>,
    /// The app that presents it, for an OAuth session.
    pub client_id: Option<&'a str>,
}

/// What a refresh token is exchanged for, if it is the newest.
pub struct Successor<'a> {
    /// The next token's id.
    pub jti: &'a str,
    /// The request that issues it.
    pub request_id: &'a str,
    /// Where the device is.
    pub place: Option<&'a str>,
    /// Now, milliseconds since 1970.
    pub now: i64,
}

impl<'a> Successor<'a> {
    /// Issued by this request.
    pub fn of_request(context: &'a Context, jti: &'a str) -> Self {
        Self {
            jti,
            request_id: context.request_id(),
            place: context.place(),
            now: context.now_ms(),
        }
    }
}

impl Presented<'_> {
    /// The batch of a refresh: the newest token is replaced (one row changes), a token that was
    /// used up ends the session (and its id is returned), and the session is read as it then is.
    pub fn exchange(&self, successor: &Successor<'_>) -> Vec<Statement> {
        vec![
            self.rotate(successor),
            self.revoke_on_reuse(successor.now),
            find_session(self.session_id, successor.now),
        ]
    }

    /// Replaces the newest refresh token. Changes nothing for any other one.
    fn rotate(&self, next: &Successor<'_>) -> Statement {
        Statement::new(
            "update sessions
             set previous_jti = refresh_jti, refresh_jti = ?3, refreshed_at = ?4,
               refreshed_by = ?5, expires_at = ?6, place = coalesce(?7, place)
             where id = ?1
               and refresh_jti = ?2
               and revoked_at is null
               and expires_at > ?4
               and ?8 = 0
               and (?9 is null or device_id = ?9)
               and client_id is ?10",
        )
        .bind(self.session_id)
        .bind(self.jti)
        .bind(next.jti)
        .bind(next.now)
        .bind(next.request_id)
        .bind(next.now + REFRESH_SECONDS * 1000)
        .bind(next.place)
        .bind(self.is_expired)
        .bind(self.device_id)
        .bind(self.client_id)
    }

    /// Ends the session when the token is neither the newest nor the one before it: its successor
    /// was used, so two parties hold it. An expired token proves nothing any more.
    fn revoke_on_reuse(&self, now: i64) -> Statement {
        Statement::new(
            "update sessions
             set revoked_at = ?3, revoked_reason = 'refresh token was used twice'
             where id = ?1
               and revoked_at is null
               and refresh_jti <> ?2
               and (previous_jti is null or previous_jti <> ?2)
               and ?4 = 0
               and (?5 is null or device_id = ?5)
               and client_id is ?6
             returning id",
        )
        .bind(self.session_id)
        .bind(self.jti)
        .bind(now)
        .bind(self.is_expired)
        .bind(self.device_id)
        .bind(self.client_id)
    }

    /// Whether the session, read after the exchange, answers this token: it is the one that the
    /// newest was issued for.
    pub fn is_answered_by(&self, row: &SessionRow) -> bool {
        row.previous_jti.as_deref() == Some(self.jti)
            && self.device_id.is_none_or(|id| id == row.device_id)
            && self.client_id == row.client_id.as_deref()
    }
}

/// What a login or refresh hands out.
pub struct TokenPair {
    /// For every call.
    pub access: String,
    /// For the next pair.
    pub refresh: String,
    /// Seconds that the access token is good for.
    pub expires_in: i64,
}

/// Signs the newest pair of a session. A pair that is repeated after a lost reply is the same to
/// the letter; much later its access token would be old or dead, and only the refresh token is
/// the same.
///
/// # Errors
/// When the signing keys are missing.
pub async fn issue_pair(context: &Context, row: &SessionRow) -> Result<TokenPair> {
    let now = context.now_ms();
    let is_fresh = now - row.refreshed_at < SAME_PAIR_MS;
    let issued_ms = if is_fresh { row.refreshed_at } else { now };
    let seconds = match row.kind.as_str() {
        "key" => ACCESS_SECONDS_BY_API_KEY,
        _ => ACCESS_SECONDS,
    };
    let access = claims_of(row, TokenKind::Access);
    let refresh = claims_of(row, TokenKind::Refresh);
    Ok(TokenPair {
        access: sign(context, &access, issued_ms, seconds).await?,
        refresh: sign(context, &refresh, row.refreshed_at, REFRESH_SECONDS).await?,
        expires_in: seconds - (now - issued_ms) / 1000,
    })
}

/// The claims of a session's token of this kind.
pub(super) fn claims_of(row: &SessionRow, kind: TokenKind) -> Claims {
    let jti = match kind {
        TokenKind::Access => format!("{}.a", row.refresh_jti),
        TokenKind::Socket => format!("{}.s", row.refresh_jti),
        _ => row.refresh_jti.clone(),
    };
    let roles: &[&str] = match row.role.as_str() {
        "admin" => &["user", "admin"],
        _ => &["user"],
    };
    Claims {
        sub: row.user_id.clone(),
        kind,
        iss: ISSUER.into(),
        aud: ISSUER.into(),
        jti,
        rid: row.refreshed_by.clone(),
        sid: row.session_id.clone(),
        did: row.device_id.clone(),
        tier: row.tier.clone(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        scope: row.scopes.clone(),
        auth_time: row.created_at / 1000,
        sig: row.must_sign == 1,
    }
}

/// Those sessions that have ended, for who holds no batch to ask in.
///
/// # Errors
/// When the database does not answer.
pub async fn find_ended(context: &Context, session_ids: &[String]) -> Result<Vec<String>> {
    let find = Statement::new(
        "select value as id
         from json_each(?1)
         where not exists (
           select 1 from live_sessions where session_id = value and expires_at > ?2
         )",
    )
    .bind(json!(session_ids).to_string())
    .bind(context.now_ms());
    let ended: Vec<SessionId> = context.db()?.all(find).await?;
    Ok(ended.into_iter().map(|session| session.id).collect())
}

/// The refusal of a refresh token, which says nothing of why: clients answer
/// `AUTH_TOKEN_EXPIRED` by refreshing, for ever.
pub fn refused_refresh() -> Error {
    Error::TokenInvalid("Token has been revoked".into())
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
