//! SQL of `users`: as others see them, and as they see themselves.

use super::update::Changes;
use crate::auth::Caller;
use crate::db::{Statement, row};

row! {
    /// A user. What only the user may see is null for everybody else.
    #[derive(Debug)]
    pub struct UserRow {
        pub id: String,
        pub num_id: i64,
        pub username: Option<String>,
        pub name: Option<String>,
        pub bio: Option<String>,
        pub avatar_url: Option<String>,
        pub avatar_key: Option<String>,
        pub created_at: i64,
        pub updated_at: i64,
        pub email: Option<String>,
        pub email_verified_at: Option<i64>,
        pub preferences: Option<String>,
        pub role: Option<String>,
        pub tier: Option<String>,
    }
}

/// The active user with this UUID or number, as the caller may see it.
pub fn find_user(uuid: Option<&str>, number: Option<i64>, caller: Option<&Caller>) -> Statement {
    Statement::new(
        "select id, num_id, username, name, bio, avatar_url, avatar_key, created_at, updated_at,
           case when id = ?3 then email end as email,
           case when id = ?3 then email_verified_at end as email_verified_at,
           case when id = ?3 then preferences end as preferences,
           case when id = ?3 then role end as role,
           case when id = ?3 then tier end as tier
         from users
         where (id = ?1 or num_id = ?2) and is_active = 1",
    )
    .bind(uuid)
    .bind(number)
    .bind(caller.map(|caller| &caller.user_id))
}

row! {
    /// The caller's own account, with what proves that a request is really the caller's.
    #[derive(Debug)]
    pub struct SelfRow {
        pub user: UserRow,
        /// PHC string; null for an account that signs in by key only.
        pub password_hash: Option<String>,
        /// `key`, `password` or `oauth`.
        pub session_kind: String,
    }
}

/// The caller's account and session.
pub fn find_self(caller: &Caller) -> Statement {
    Statement::new(
        "select u.id, u.num_id, u.username, u.name, u.bio, u.avatar_url, u.avatar_key,
           u.created_at, u.updated_at, u.email, u.email_verified_at, u.preferences, u.role,
           u.tier, u.password_hash, s.kind as session_kind
         from sessions s
         join users u on u.id = s.user_id
         where s.id = ?1 and s.user_id = ?2",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
}

/// Changes the caller's account, unless it is newer than the caller knows, or email or username
/// are taken. What a change moves on is visible in whole seconds, so that no two versions of an
/// account look alike.
pub fn update_user(
    caller: &Caller,
    row: &SelfRow,
    changes: &Changes,
    known_at: Option<i64>,
    now: i64,
) -> Statement {
    Statement::new(
        "update users
         set username = coalesce(?3, username),
           email = coalesce(?4, email),
           email_verified_at = case when ?4 is null then email_verified_at end,
           name = case when ?5 = 1 then ?6 else name end,
           avatar_url = case when ?7 = 1 then ?8 else avatar_url end,
           avatar_key = case when ?7 = 1 then null else avatar_key end,
           bio = case when ?9 = 1 then ?10 else bio end,
           preferences = coalesce(?11, preferences),
           updated_at = max(?12, updated_at - updated_at % 1000 + 1000)
         where id = ?1
           and exists (select 1 from live_sessions where session_id = ?2)
           and (?13 is null or updated_at / 1000 <= ?13)
           and (?4 is null or password_hash is ?14)
           and not exists (select 1 from users where email = ?4 and id <> ?1)
           and not exists (select 1 from users where username = ?3 collate nocase and id <> ?1)
         returning id",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(changes.username.as_ref())
    .bind(changes.email.as_ref())
    .bind(changes.name.is_some())
    .bind(changes.name.clone().flatten())
    .bind(changes.avatar_url.is_some())
    .bind(changes.avatar_url.clone().flatten())
    .bind(changes.bio.is_some())
    .bind(changes.bio.clone().flatten())
    .bind(changes.preferences.as_ref())
    .bind(now)
    .bind(known_at.map(|ms| ms.div_euclid(1000)))
    .bind(row.password_hash.as_ref())
}

row! {
    /// The picture of an active user.
    #[derive(Debug)]
    pub struct AvatarRow {
        pub avatar_key: Option<String>,
    }
}

/// Where the picture of a user lies.
pub fn find_avatar(uuid: Option<&str>, number: Option<i64>) -> Statement {
    Statement::new("select avatar_key from users where (id = ?1 or num_id = ?2) and is_active = 1")
        .bind(uuid)
        .bind(number)
}

/// Gives the caller this picture, or none.
pub fn set_avatar(caller: &Caller, key: Option<&str>, now: i64) -> Statement {
    Statement::new(
        "update users
         set avatar_key = ?3, avatar_url = null,
           updated_at = max(?4, updated_at - updated_at % 1000 + 1000)
         where id = ?1
           and exists (select 1 from live_sessions where session_id = ?2)
           and (?3 is not null or avatar_key is not null or avatar_url is not null)",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(key)
    .bind(now)
}
