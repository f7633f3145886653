//! Authorization codes: what a browser carries from our page to the app. A code is good for a
//! minute and opens one session; who has it still needs the verifier.

use serde_json::Value;

use super::pkce;
use super::request::AuthorizationRequest;
use crate::auth::{Proven, address_hash};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::hash::{secret_text, sha256_hex};

const CHARACTERS: usize = 32;

const LIFE_MS: i64 = 60_000;

/// A second use is noticed for so long after a code has expired.
const KEPT_MS: i64 = 24 * 3600 * 1000;

/// A new code for what the user was asked; `None` when the app was disabled meanwhile, or the user
/// was, or has another password now.
pub async fn issue(
    context: &Context,
    request: &AuthorizationRequest,
    user: &Proven,
) -> Result<Option<String>> {
    let code = secret_text(CHARACTERS).map_err(Error::internal)?;
    let now = context.now_ms();
    let insert = Statement::new(
        "insert into oauth_codes
           (code_hash, client_id, user_id, redirect_uri, scopes, code_challenge, address_hash,
            created_at, expires_at)
         select ?1, c.id, u.id, ?4, ?5, ?6, ?7, ?8, ?9
         from users u
         join oauth_clients c on c.id = ?2
         where u.id = ?3
           and u.is_active = 1
           and u.password_hash = ?10
           and c.disabled_at is null
         returning code_hash",
    )
    .bind(sha256_hex(code.as_bytes()))
    .bind(&request.client.id)
    .bind(&user.user_id)
    .bind(&request.target.redirect_uri)
    .bind(request.scopes.to_string())
    .bind(&request.code_challenge)
    .bind(address_hash(context, &user.user_id))
    .bind(now)
    .bind(now + LIFE_MS)
    .bind(&user.password_hash);
    let mut statements = vec![insert];
    statements.extend(user.keep_better());
    let mut batch = context.db()?.batch(statements).await?;
    Ok(batch.first::<Value>(0)?.map(|_| code))
}

row! {
    /// What a code stands for.
    pub struct Grant {
        /// Who allowed it.
        pub user_id: String,
        client_id: String,
        redirect_uri: String,
        code_challenge: String,
    }
}

impl Grant {
    /// Whether this is the app that the code was made for: it repeats what it said then, and knows
    /// what only it can know.
    pub fn is_for(&self, client_id: &str, redirect_uri: &str, verifier: &str) -> bool {
        let is_proven = pkce::matches(&self.code_challenge, verifier);
        is_proven && self.client_id == client_id && self.redirect_uri == redirect_uri
    }
}

/// Reads a code, whether or not it is still good.
pub fn find_grant(code_hash: &str) -> Statement {
    Statement::new(
        "select user_id, client_id, redirect_uri, code_challenge
         from oauth_codes
         where code_hash = ?1",
    )
    .bind(code_hash)
}

/// Uses up a code for a session that is to be opened in the same batch.
pub fn claim(code_hash: &str, session_id: &str, now: i64) -> Statement {
    Statement::new(
        "update oauth_codes
         set session_id = ?2
         where code_hash = ?1
           and session_id is null
           and expires_at > ?3
           and exists (
             select 1 from oauth_clients c
             where c.id = oauth_codes.client_id and c.disabled_at is null
           )",
    )
    .bind(code_hash)
    .bind(session_id)
    .bind(now)
}

/// Ends the session that a code was used for, unless it is `session_id`, which has just claimed
/// it: a second use means that two parties hold the code.
pub fn end_session_of_reused(code_hash: &str, session_id: &str, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'authorization code was used twice'
         where id = (
             select session_id from oauth_codes where code_hash = ?1 and session_id <> ?2
           )
           and revoked_at is null
         returning id",
    )
    .bind(code_hash)
    .bind(session_id)
    .bind(now)
}

/// Forgets the codes that are long over.
pub fn forget_codes(now: i64) -> Statement {
    Statement::new("delete from oauth_codes where expires_at < ?1").bind(now - KEPT_MS)
}
