//! SQL of `organizations`.

use super::input::search_name;
use super::{MAX_JOINED, MAX_OWNED};
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::http::Paging;

/// How long the same creation is taken for a resend, milliseconds.
const RESEND_MS: i64 = 60_000;

/// Above every text that begins with a prefix, when appended to it.
const LAST_CHARACTER: char = '\u{10FFFF}';

row! {
    /// An organization as somebody sees it.
    #[derive(Debug)]
    pub struct OrganizationRow {
        pub id: i64,
        pub name: String,
        pub description: Option<String>,
        /// The owner's integer id.
        pub owner_id: i64,
        pub member_count: i64,
        pub is_public: i64,
        pub created_at: i64,
        pub updated_at: i64,
        /// Of who asks.
        pub my_role: Option<String>,
        pub joined_at: Option<i64>,
    }
}

macro_rules! select_organizations {
    ($rest:literal) => {
        concat!(
            "select o.id, o.name, o.description, owner.num_id as owner_id, o.member_count,
               o.is_public, o.created_at, o.updated_at, m.role as my_role, m.joined_at
             from ",
            $rest
        )
    };
}

/// The organization, if it is public or the user's own.
pub fn find_organization(id: u32, user_id: Option<&str>) -> Statement {
    Statement::new(select_organizations!(
        "organizations o
         join users owner on owner.id = o.owner_id
         left join organization_members m on m.organization_id = o.id and m.user_id = ?2
         where o.id = ?1 and o.deleted_at is null and (o.is_public = 1 or m.role is not null)"
    ))
    .bind(i64::from(id))
    .bind(user_id)
}

/// Names from here on, and names up to there: what begins with the prefix.
fn bind_prefix(statement: Statement, prefix: &str) -> Statement {
    statement
        .bind(prefix)
        .bind(format!("{prefix}{LAST_CHARACTER}"))
}

/// A page of the public organizations by name, as a user sees them.
pub fn list_public(user_id: Option<&str>, prefix: &str, paging: &Paging) -> Statement {
    let list = Statement::new(select_organizations!(
        "organizations o
         join users owner on owner.id = o.owner_id
         left join organization_members m on m.organization_id = o.id and m.user_id = ?3
         where o.is_public = 1
           and o.deleted_at is null
           and o.search_name >= ?1
           and o.search_name < ?2
         order by o.search_name, o.id
         limit ?4 offset ?5"
    ));
    bind_prefix(list, prefix)
        .bind(user_id)
        .bind(paging.per_page())
        .bind(paging.offset())
}

/// How many [`list_public`] has.
pub fn count_public(prefix: &str, paging: &Paging) -> Statement {
    let count = Statement::new(
        "select count(*) as total
         from (
           select 1
           from organizations
           where is_public = 1 and deleted_at is null and search_name >= ?1 and search_name < ?2
           limit ?3
         )",
    );
    bind_prefix(count, prefix).bind(paging.count_limit())
}

/// A page of the organizations that a user belongs to, oldest first.
pub fn list_own(user_id: &str, prefix: &str, paging: &Paging) -> Statement {
    let list = Statement::new(select_organizations!(
        "organization_members m
         cross join organizations o on o.id = m.organization_id
         join users owner on owner.id = o.owner_id
         where m.user_id = ?3
           and o.deleted_at is null
           and o.search_name >= ?1
           and o.search_name < ?2
         order by m.organization_id
         limit ?4 offset ?5"
    ));
    bind_prefix(list, prefix)
        .bind(user_id)
        .bind(paging.per_page())
        .bind(paging.offset())
}

/// How many [`list_own`] has.
pub fn count_own(user_id: &str, prefix: &str) -> Statement {
    let count = Statement::new(
        "select count(*) as total
         from organization_members m
         cross join organizations o on o.id = m.organization_id
         where m.user_id = ?3
           and o.deleted_at is null
           and o.search_name >= ?1
           and o.search_name < ?2",
    );
    bind_prefix(count, prefix).bind(user_id)
}

row! {
    /// A number of rows.
    #[derive(Debug)]
    pub struct Count {
        pub total: i64,
    }
}

/// An organization about to be written.
pub struct NewOrganization<'a> {
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub is_public: bool,
    pub now: i64,
}

impl NewOrganization<'_> {
    /// Writes the organization unless it was just created, or its creator has too many.
    pub fn insert(&self, caller: &Caller) -> Statement {
        Statement::new(
            "insert into organizations
               (name, search_name, description, is_public, owner_id, member_count, created_at,
                updated_at)
             select ?3, ?4, ?5, ?6, l.user_id, 1, ?7, ?7
             from live_sessions l
             where l.session_id = ?1
               and l.user_id = ?2
               and not exists (
                 select 1
                 from organizations
                 where owner_id = ?2 and deleted_at is null and created_at > ?8 and name = ?3
               )
               and (
                 select count(*) from organizations where owner_id = ?2 and deleted_at is null
               ) < ?9
               and (select count(*) from organization_members where user_id = ?2) < ?10
             returning id",
        )
        .bind(&caller.session_id)
        .bind(&caller.user_id)
        .bind(self.name)
        .bind(search_name(self.name))
        .bind(self.description)
        .bind(self.is_public)
        .bind(self.now)
        .bind(self.now - RESEND_MS)
        .bind(MAX_OWNED)
        .bind(MAX_JOINED)
    }

    /// Makes the creator the owner, right after [`Self::insert`]: no other organization is without
    /// members.
    pub fn insert_owner(&self, caller: &Caller) -> Statement {
        Statement::new(
            "insert into organization_members (organization_id, user_id, role, joined_at)
             select o.id, o.owner_id, 'owner', o.created_at
             from organizations o
             where o.owner_id = ?1
               and o.deleted_at is null
               and o.created_at = ?2
               and o.name = ?3
               and exists (select 1 from live_sessions where session_id = ?4)
               and not exists (
                 select 1 from organization_members where organization_id = o.id
               )",
        )
        .bind(&caller.user_id)
        .bind(self.now)
        .bind(self.name)
        .bind(&caller.session_id)
    }

    /// What this request or the one before it has created.
    pub fn find(&self, caller: &Caller) -> Statement {
        Statement::new(select_organizations!(
            "organizations o
             join users owner on owner.id = o.owner_id
             join organization_members m on m.organization_id = o.id and m.user_id = ?1
             where o.owner_id = ?1 and o.deleted_at is null and o.created_at > ?2 and o.name = ?3
             order by o.created_at desc
             limit 1"
        ))
        .bind(&caller.user_id)
        .bind(self.now - RESEND_MS)
        .bind(self.name)
    }
}

/// How many organizations a user owns.
pub fn count_owned(user_id: &str) -> Statement {
    Statement::new(
        "select count(*) as total from organizations where owner_id = ?1 and deleted_at is null",
    )
    .bind(user_id)
}

/// What is to change; `None` stays, an empty description goes.
pub struct Changes<'a> {
    pub name: Option<&'a str>,
    pub description: Option<&'a str>,
    pub is_public: Option<bool>,
}

/// Changes the organization, for its owner or an admin.
pub fn update(caller: &Caller, id: u32, changes: &Changes<'_>, now: i64) -> Statement {
    Statement::new(
        "update organizations
         set name = coalesce(?4, name),
           search_name = coalesce(?5, search_name),
           description = nullif(coalesce(?6, description), ''),
           is_public = coalesce(?7, is_public),
           updated_at = ?8
         where id = ?1
           and deleted_at is null
           and exists (select 1 from live_sessions where session_id = ?2)
           and exists (
             select 1
             from organization_members
             where organization_id = ?1 and user_id = ?3 and role in ('owner', 'admin')
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(changes.name)
    .bind(changes.name.map(search_name))
    .bind(changes.description)
    .bind(changes.is_public)
    .bind(now)
}

/// Sets the hash of the invite code, or removes it, for the owner or an admin.
pub fn set_invite_code(caller: &Caller, id: u32, hash: Option<&str>) -> Statement {
    Statement::new(
        "update organizations
         set invite_code_hash = ?4
         where id = ?1
           and deleted_at is null
           and exists (select 1 from live_sessions where session_id = ?2)
           and exists (
             select 1
             from organization_members
             where organization_id = ?1 and user_id = ?3 and role in ('owner', 'admin')
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(hash)
}

/// Deletes the organization, for its owner.
pub fn delete(caller: &Caller, id: u32, now: i64) -> Vec<Statement> {
    let delete = Statement::new(
        "update organizations
         set deleted_at = ?4, member_count = 0, invite_code_hash = null
         where id = ?1
           and owner_id = ?3
           and deleted_at is null
           and exists (select 1 from live_sessions where session_id = ?2)",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(now);
    let let_go = Statement::new(
        "delete from organization_members
         where organization_id = ?1
           and exists (select 1 from live_sessions where session_id = ?2)
           and exists (
             select 1
             from organizations
             where id = ?1 and owner_id = ?3 and deleted_at is not null
           )",
    )
    .bind(i64::from(id))
    .bind(&caller.session_id)
    .bind(&caller.user_id);
    vec![delete, let_go]
}

/// Whether the user has deleted the organization.
pub fn find_deleted(caller: &Caller, id: u32) -> Statement {
    Statement::new(
        "select count(*) as total
         from organizations
         where id = ?1 and owner_id = ?2 and deleted_at is not null",
    )
    .bind(i64::from(id))
    .bind(&caller.user_id)
}
