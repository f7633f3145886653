//! SQL of administrators.
//!
//! `num_id` is compared as a number with a text that is one, so a user may be named by either id.

use super::input::ChangeAccount;
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::http::Paging;

/// Above every text that begins with a prefix, when appended to it.
const LAST_CHARACTER: char = '\u{10FFFF}';

row! {
    /// A user as administrators see it.
    #[derive(Debug)]
    pub struct UserRow {
        pub id: String,
        pub num_id: i64,
        pub email: Option<String>,
        pub username: Option<String>,
        pub name: Option<String>,
        pub role: String,
        pub is_active: i64,
        pub tier: String,
        pub quota_limit: i64,
        pub quota_used: i64,
        pub created_at: i64,
        pub updated_at: i64,
        pub erased_at: Option<i64>,
    }
}

macro_rules! select_users {
    ($rest:literal) => {
        concat!(
            "select u.id, u.num_id, u.email, u.username, u.name, u.role, u.is_active, u.tier,
               u.quota_limit,
               case when u.quota_resets_at <= ?1 then 0 else u.quota_used end as quota_used,
               u.created_at, u.updated_at, u.erased_at
             from ",
            $rest
        )
    };
}

/// The user of this UUID or integer id.
pub fn find_account(user: &str, now: i64) -> Statement {
    Statement::new(select_users!("users u where u.id = ?2 or u.num_id = ?2"))
        .bind(now)
        .bind(user)
}

/// A page of everybody, newest first.
pub fn list_users(paging: &Paging, now: i64) -> Statement {
    Statement::new(select_users!(
        "users u where u.num_id > 0 order by u.num_id desc limit ?2 offset ?3"
    ))
    .bind(now)
    .bind(paging.per_page())
    .bind(paging.offset())
}

/// How many users there are.
pub fn count_users(paging: &Paging) -> Statement {
    Statement::new("select count(*) as total from (select 1 from users where num_id > 0 limit ?1)")
        .bind(paging.count_limit())
}

/// A page of the users whose email begins so, and of those behind them whose username does. Both
/// come from an index; a page is the first of these rows, one list after the other.
pub fn search_users(prefix: &str, paging: &Paging, now: i64) -> [Statement; 2] {
    let last = format!("{prefix}{LAST_CHARACTER}");
    let by_email = Statement::new(select_users!(
        "users u where u.email >= ?2 and u.email < ?3 order by u.email limit ?4 offset ?5"
    ));
    let by_username = Statement::new(select_users!(
        "users u
         where u.username >= ?2 collate nocase
           and u.username < ?3 collate nocase
           and u.username is not null
           and not (u.email is not null and u.email >= ?2 and u.email < ?3)
         order by u.username collate nocase
         limit ?4
         offset max(0, ?5 - (select count(*) from users where email >= ?2 and email < ?3))"
    ));
    [by_email, by_username].map(|statement| {
        statement
            .bind(now)
            .bind(prefix)
            .bind(&last)
            .bind(paging.per_page())
            .bind(paging.offset())
    })
}

/// How many [`search_users`] has.
pub fn count_found(prefix: &str, paging: &Paging) -> Statement {
    Statement::new(
        "select
           (
             select count(*)
             from (select 1 from users where email >= ?1 and email < ?2 limit ?3)
           ) + (
             select count(*)
             from (
               select 1
               from users
               where username >= ?1 collate nocase
                 and username < ?2 collate nocase
                 and username is not null
                 and not (email is not null and email >= ?1 and email < ?2)
               limit ?3
             )
           ) as total",
    )
    .bind(prefix)
    .bind(format!("{prefix}{LAST_CHARACTER}"))
    .bind(paging.count_limit())
}

row! {
    /// A number of rows.
    #[derive(Debug)]
    pub struct Count {
        pub total: i64,
    }
}

/// Something an administrator does to somebody; its row is the permission for the rest of the
/// batch.
pub struct Action<'a> {
    pub id: &'a str,
    pub caller: &'a Caller,
    /// UUID or integer id.
    pub user: &'a str,
    pub now: i64,
}

impl Action<'_> {
    /// Permits a change of a user that changes anything.
    pub fn permit_update(&self, input: &ChangeAccount) -> Statement {
        Statement::new(
            "insert into admin_actions (id, actor_id, action, subject_id, detail, at)
             select ?2, l.user_id, 'update_user', u.id, ?4, ?5
             from live_sessions l
             join users u on u.id = ?3 or u.num_id = ?3
             where l.session_id = ?1
               and l.role = 'admin'
               and u.erased_at is null
               and (?6 = 0 or u.id <> l.user_id)
               and (
                 u.is_active <> coalesce(?7, u.is_active)
                 or u.role <> coalesce(?8, u.role)
                 or u.tier <> coalesce(?9, u.tier)
                 or u.quota_limit <> coalesce(?10, u.quota_limit)
               )",
        )
        .bind(&self.caller.session_id)
        .bind(self.id)
        .bind(self.user)
        .bind(input.detail())
        .bind(self.now)
        .bind(input.takes_power())
        .bind(input.is_active)
        .bind(input.role.map(|role| role.as_str()))
        .bind(input.subscription_tier.map(|tier| tier.as_str()))
        .bind(input.quota())
    }

    /// Changes the user, if that was permitted.
    pub fn update(&self, input: &ChangeAccount) -> Statement {
        Statement::new(
            "update users
             set is_active = coalesce(?3, is_active),
               role = coalesce(?4, role),
               tier = coalesce(?5, tier),
               quota_limit = coalesce(?6, quota_limit),
               updated_at = ?7
             where id = (select subject_id from admin_actions where id = ?2)
               and exists (
                 select 1 from live_sessions where session_id = ?1 and role = 'admin'
               )",
        )
        .bind(&self.caller.session_id)
        .bind(self.id)
        .bind(input.is_active)
        .bind(input.role.map(|role| role.as_str()))
        .bind(input.subscription_tier.map(|tier| tier.as_str()))
        .bind(input.quota())
        .bind(self.now)
    }

    /// Permits ending the sessions of a user who has any.
    pub fn permit_end_of_sessions(&self) -> Statement {
        Statement::new(
            "insert into admin_actions (id, actor_id, action, subject_id, at)
             select ?2, l.user_id, 'end_sessions', u.id, ?4
             from live_sessions l
             join users u on u.id = ?3 or u.num_id = ?3
             where l.session_id = ?1
               and l.role = 'admin'
               and exists (select 1 from sessions where user_id = u.id and revoked_at is null)",
        )
        .bind(&self.caller.session_id)
        .bind(self.id)
        .bind(self.user)
        .bind(self.now)
    }

    /// Ends all sessions of the user, if that was permitted.
    pub fn end_sessions(&self) -> Statement {
        Statement::new(
            "update sessions
             set revoked_at = ?3, revoked_reason = 'ended by an administrator'
             where user_id = (select subject_id from admin_actions where id = ?2)
               and revoked_at is null
               and exists (
                 select 1 from live_sessions where session_id = ?1 and role = 'admin'
               )
             returning id",
        )
        .bind(&self.caller.session_id)
        .bind(self.id)
        .bind(self.now)
    }

    /// The sessions that this action has shut out, if it disabled the user.
    pub fn list_shut_out(&self) -> Statement {
        Statement::new(
            "select s.id
             from admin_actions a
             join users u on u.id = a.subject_id
             join sessions s on s.user_id = u.id
             where a.id = ?1 and u.is_active = 0 and s.revoked_at is null and s.expires_at > ?2",
        )
        .bind(self.id)
        .bind(self.now)
    }
}

row! {
    /// Something that was done.
    #[derive(Debug)]
    pub struct ActionRow {
        pub id: String,
        pub actor_id: Option<String>,
        pub action: String,
        pub subject_id: String,
        pub detail: String,
        pub at: i64,
    }
}

/// A page of what was done, newest first.
pub fn list_actions(paging: &Paging) -> Statement {
    Statement::new(
        "select id, actor_id, action, subject_id, detail, at
         from admin_actions
         where at > 0
         order by at desc, id desc
         limit ?1 offset ?2",
    )
    .bind(paging.per_page())
    .bind(paging.offset())
}

/// How much was done.
pub fn count_actions(paging: &Paging) -> Statement {
    Statement::new(
        "select count(*) as total from (select 1 from admin_actions where at > 0 limit ?1)",
    )
    .bind(paging.count_limit())
}
