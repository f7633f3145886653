//! The `X-API-Key` header (CONTRACT 3.2): it names the app, the token names the user. Where it is
//! sent it must be good.

use http::HeaderMap;

use super::caller::Caller;
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;

const HEADER: &str = "x-api-key";

/// Checks the header of a request. With a caller it is left to [`crate::db::Db::batch_as`], which
/// makes the trip to the database anyway.
///
/// # Errors
/// [`Error::ApiKeyInvalid`].
pub async fn check_app_key(
    context: &Context,
    caller: Option<Caller>,
    headers: &HeaderMap,
) -> Result<Option<Caller>> {
    let Some(key_hash) = app_key_hash(headers) else {
        return Ok(caller);
    };
    if let Some(mut caller) = caller {
        caller.app_key_hash = Some(key_hash);
        return Ok(Some(caller));
    }
    match context.db()?.batch(vec![assert_live_key(&key_hash)]).await {
        Ok(_) => Ok(None),
        Err(Error::Database(text)) if is_assertion(&text) => Err(Error::ApiKeyInvalid),
        Err(error) => Err(error),
    }
}

/// The hash of the header's key.
pub(super) fn app_key_hash(headers: &HeaderMap) -> Option<String> {
    let key = headers.get(HEADER)?.as_bytes();
    Some(sha256_hex(key))
}

/// Fails, and with it the whole batch, unless the key of this hash is good: SQLite refuses to read
/// what is no JSON.
pub(super) fn assert_live_key(key_hash: &str) -> Statement {
    Statement::new(
        "select case
           when exists (
             select 1
             from api_keys k
             join users u on u.id = k.user_id
             where k.key_hash = ?1 and k.revoked_at is null and u.is_active = 1
           ) or exists (
             select 1 from app_keys where key_hash = ?1 and revoked_at is null
           ) then 1
           else json('the key is not good')
         end as is_good",
    )
    .bind(key_hash)
}

/// As [`assert_live_key`] for a request without a key: good as long as there are no keys of apps.
pub(super) fn assert_no_app_keys() -> Statement {
    Statement::new(
        "select case
           when not exists (
             select 1 from app_keys where revoked_at is null and created_at > 0
           ) then 1
           else json('a key is wanted')
         end as is_good",
    )
}

/// Whether a database error is the failure of [`assert_live_key`].
pub(super) fn is_assertion(error: &str) -> bool {
    error.contains("malformed JSON")
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
