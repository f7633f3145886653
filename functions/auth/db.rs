//! SQL of `sessions`, and of `api_keys` where they open one.

use crate::auth::REFRESH_SECONDS;
use crate::db::Statement;

/// Sessions that one device may have at a time; a client that loses its tokens opens another.
const SESSIONS_PER_DEVICE: i64 = 5;

/// A new session, about to be written.
pub struct NewSession<'a> {
    pub id: &'a str,
    pub device_id: &'a str,
    pub refresh_jti: &'a str,
    pub request_id: &'a str,
    pub now: i64,
}

/// Opens a session for the key's user, if the key is good: in one batch with
/// [`touch_key`], [`end_surplus_sessions`] and [`find_session`].
pub fn open_session(key_hash: &str, session: &NewSession<'_>) -> Statement {
    Statement::new(
        "insert into sessions
           (id, user_id, api_key_id, device_id, refresh_jti, refreshed_at, refreshed_by,
            created_at, expires_at)
         select ?2, u.id, k.id, ?3, ?4, ?6, ?5, ?6, ?7
         from api_keys k
         join users u on u.id = k.user_id
         where k.key_hash = ?1 and k.revoked_at is null and u.is_active = 1",
    )
    .bind(key_hash)
    .bind(session.id)
    .bind(session.device_id)
    .bind(session.refresh_jti)
    .bind(session.request_id)
    .bind(session.now)
    .bind(session.now + REFRESH_SECONDS * 1000)
}

/// Notes that a key was used.
pub fn touch_key(key_hash: &str, now: i64) -> Statement {
    Statement::new(
        "update api_keys set last_used_at = ?2 where key_hash = ?1 and revoked_at is null",
    )
    .bind(key_hash)
    .bind(now)
}

/// Ends the oldest sessions of the new session's device beyond the limit.
pub fn end_surplus_sessions(session_id: &str, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?2, revoked_reason = 'replaced by a newer login'
         where id in (
           select old.id
           from sessions new
           join sessions old on old.user_id = new.user_id and old.device_id = new.device_id
           where new.id = ?1 and old.revoked_at is null
           order by old.created_at desc
           limit -1 offset ?3
         )",
    )
    .bind(session_id)
    .bind(now)
    .bind(SESSIONS_PER_DEVICE)
}

/// The session with its user, if both are live.
pub fn find_session(session_id: &str, now: i64) -> Statement {
    Statement::new(
        "select
           l.session_id, l.user_id, l.device_id, s.refresh_jti, s.previous_jti, s.refreshed_at,
           s.refreshed_by, l.tier, l.quota_limit,
           case when l.quota_resets_at <= ?2 then 0 else l.quota_used end as quota_used
         from live_sessions l
         join sessions s on s.id = l.session_id
         where l.session_id = ?1 and l.expires_at > ?2",
    )
    .bind(session_id)
    .bind(now)
}

/// A refresh token as it was presented.
pub struct Presented<'a> {
    pub session_id: &'a str,
    pub jti: &'a str,
    pub device_id: Option<&'a str>,
}

/// Replaces the newest refresh token by `next_jti`. Changes nothing for any other token.
pub fn rotate(presented: &Presented<'_>, next_jti: &str, request_id: &str, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set previous_jti = refresh_jti, refresh_jti = ?3, refreshed_at = ?4, refreshed_by = ?5,
           expires_at = ?6
         where id = ?1
           and refresh_jti = ?2
           and revoked_at is null
           and expires_at > ?4
           and (?7 is null or device_id = ?7)",
    )
    .bind(presented.session_id)
    .bind(presented.jti)
    .bind(next_jti)
    .bind(now)
    .bind(request_id)
    .bind(now + REFRESH_SECONDS * 1000)
    .bind(presented.device_id)
}

/// Ends the session when the token is neither the newest nor the one before it: it was used
/// already and its successor too, so two parties hold it.
pub fn revoke_on_reuse(presented: &Presented<'_>, now: i64) -> Statement {
    Statement::new(
        "update sessions
         set revoked_at = ?3, revoked_reason = 'refresh token was used twice'
         where id = ?1
           and revoked_at is null
           and refresh_jti <> ?2
           and (previous_jti is null or previous_jti <> ?2)
           and (?4 is null or device_id = ?4)",
    )
    .bind(presented.session_id)
    .bind(presented.jti)
    .bind(now)
    .bind(presented.device_id)
}
