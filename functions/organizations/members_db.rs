//! SQL of `organization_members`.
//!
//! `num_id` is compared as a number with a text that is one, so a user may be named by either id.

use super::input::Role;
use super::{MAX_JOINED, MAX_MEMBERS, MAX_OWNED};
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::http::Paging;

/// Makes the caller a member, if the organization lets everybody in or the code is right, and
/// there is room.
pub fn join(caller: &Caller, id: u32, code_hash: Option<&str>, now: i64) -> Statement {
    Statement::new(
        "insert into organization_members (organization_id, user_id, role, joined_at)
         select o.id, l.user_id, 'member', ?5
         from live_sessions l
         join organizations o on o.id = ?1
         where l.session_id = ?2
           and l.user_id = ?3
           and o.deleted_at is null
           and (o.is_public = 1 or o.invite_code_hash = ?4)
           and o.member_count < ?6
           and (select count(*) from organization_members where user_id = ?3) < ?7
         on conflict do nothing",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(code_hash)
    .bind(now)
    .bind(MAX_MEMBERS)
    .bind(MAX_JOINED)
}

/// Takes the caller out, but not an owner whom others would miss.
pub fn leave(caller: &Caller, id: u32) -> Statement {
    Statement::new(
        "delete from organization_members
         where organization_id = ?1
           and user_id = ?3
           and exists (select 1 from live_sessions where session_id = ?2)
           and (role <> 'owner' or not exists (
             select 1
             from organization_members other
             where other.organization_id = ?1 and other.user_id <> ?3
           ))",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
}

/// Takes a member out: for the owner anybody else, for an admin mere members.
pub fn remove(caller: &Caller, id: u32, user: &str) -> Statement {
    Statement::new(
        "delete from organization_members
         where organization_id = ?1
           and user_id = (select id from users where id = ?4 or num_id = ?4)
           and role <> 'owner'
           and exists (select 1 from live_sessions where session_id = ?2)
           and exists (
             select 1
             from organization_members mine
             where mine.organization_id = ?1
               and mine.user_id = ?3
               and (
                 mine.role = 'owner'
                 or (mine.role = 'admin' and organization_members.role = 'member')
               )
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(user)
}

/// What follows a change of members in the same batch: they are counted, and an organization that
/// nobody belongs to is deleted.
pub fn settle(caller: &Caller, id: u32, now: i64) -> Statement {
    Statement::new(
        "update organizations
         set member_count = counted.members,
           deleted_at = case when counted.members = 0 then ?3 end
         from (
           select count(*) as members from organization_members where organization_id = ?1
         ) counted
         where id = ?1
           and deleted_at is null
           and member_count <> counted.members
           and exists (select 1 from live_sessions where session_id = ?2)",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(now)
}

/// The organization, if it lets everybody in or the code is right.
pub fn find_admission(id: u32, code_hash: Option<&str>) -> Statement {
    Statement::new(
        "select member_count
         from organizations
         where id = ?1 and deleted_at is null and (is_public = 1 or invite_code_hash = ?2)",
    )
    .bind(i64::from(id))
    .bind(code_hash)
}

row! {
    /// The answer of [`find_admission`].
    #[derive(Debug)]
    pub struct Admission {
        pub member_count: i64,
    }
}

row! {
    /// A member as others see it.
    #[derive(Debug)]
    pub struct MemberRow {
        pub num_id: i64,
        pub username: Option<String>,
        pub avatar_url: Option<String>,
        pub name: Option<String>,
        pub role: String,
        pub joined_at: i64,
    }
}

/// A page of the members, in the order in which they joined.
pub fn list_members(caller: &Caller, id: u32, paging: &Paging) -> Statement {
    Statement::new(
        "select u.num_id, u.username, u.avatar_url, u.name, m.role, m.joined_at
         from organization_members m
         cross join users u on u.id = m.user_id
         where m.organization_id = ?1
           and exists (
             select 1
             from organizations o
             where o.id = ?1
               and (o.is_public = 1 or exists (
                 select 1
                 from organization_members
                 where organization_id = ?1 and user_id = ?2
               ))
           )
         order by m.joined_at, m.user_id
         limit ?3 offset ?4",
    )
    .bind(i64::from(id))
    .bind(&caller.user_id)
    .bind(paging.per_page())
    .bind(paging.offset())
}

/// A member, for others of the organization.
pub fn find_member(caller: &Caller, id: u32, user: &str) -> Statement {
    Statement::new(
        "select u.num_id, u.username, u.avatar_url, u.name, m.role, m.joined_at
         from users u
         join organization_members m on m.organization_id = ?1 and m.user_id = u.id
         where (u.id = ?3 or u.num_id = ?3)
           and exists (
             select 1 from organization_members where organization_id = ?1 and user_id = ?2
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.user_id)
    .bind(user)
}

/// Gives somebody else a role below the owner's, for the owner.
pub fn set_role(caller: &Caller, id: u32, user: &str, role: Role) -> Statement {
    Statement::new(
        "update organization_members
         set role = ?5
         where organization_id = ?1
           and user_id = (select id from users where id = ?4 or num_id = ?4)
           and role <> 'owner'
           and role <> ?5
           and exists (select 1 from live_sessions where session_id = ?2)
           and exists (
             select 1
             from organization_members mine
             where mine.organization_id = ?1 and mine.user_id = ?3 and mine.role = 'owner'
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(user)
    .bind(role.as_str())
}

/// Hands the organization to another member. The owner steps down only if the other may take over;
/// the rest follows only if there is no owner, which nothing else brings about.
pub fn hand_over(caller: &Caller, id: u32, user: &str) -> Vec<Statement> {
    let step_down = Statement::new(
        "update organization_members
         set role = 'admin'
         where organization_id = ?1
           and user_id = ?3
           and role = 'owner'
           and exists (select 1 from live_sessions where session_id = ?2)
           and exists (
             select 1
             from users u
             join organization_members heir on heir.organization_id = ?1 and heir.user_id = u.id
             where (u.id = ?4 or u.num_id = ?4)
               and u.id <> ?3
               and u.is_active = 1
               and (
                 select count(*)
                 from organizations
                 where owner_id = u.id and deleted_at is null
               ) < ?5
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(user)
    .bind(MAX_OWNED);
    let step_up = Statement::new(
        "update organization_members
         set role = 'owner'
         where organization_id = ?1
           and user_id = (select id from users where id = ?3 or num_id = ?3)
           and exists (select 1 from live_sessions where session_id = ?2)
           and not exists (
             select 1
             from organization_members owner
             where owner.organization_id = ?1 and owner.role = 'owner'
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(user);
    let note = Statement::new(
        "update organizations
         set owner_id = owner.user_id
         from organization_members owner
         where id = ?1
           and deleted_at is null
           and owner.organization_id = ?1
           and owner.role = 'owner'
           and owner.user_id <> owner_id
           and exists (select 1 from live_sessions where session_id = ?2)",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id);
    vec![step_down, step_up, note]
}
