//! SQL of `conflicts`: what lost, until it was decided on.

use sync_core::{Loser, Millis, Stored};

use super::records::select_records;
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::error::Result;
use crate::http::Paging;

pub fn write_conflict(caller: &Caller, loser: &Loser, now: Millis) -> Result<Statement> {
    let lost = loser.lost.to_text();
    Ok(Statement::new(
        "insert into conflicts
           (user_id, id, collection, record_id, lost, written_at, kept_at)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7
         where exists (select 1 from live_sessions where session_id = ?8)
         on conflict (user_id, id) do nothing",
    )
    .bind(&caller.user_id)
    .bind(loser.id.to_string())
    .bind(&loser.key.collection)
    .bind(&loser.key.id)
    .bind(lost)
    .bind(loser.at)
    .bind(now)
    .bind(&caller.session_id))
}

row! {
    /// Something that lost.
    pub struct ConflictRow {
        pub id: String,
        pub collection: String,
        pub record_id: String,
        pub lost: String,
        pub written_at: i64,
        pub kept_at: i64,
        pub resolved_at: Option<i64>,
    }
}

macro_rules! select_conflicts {
    ($rest:literal) => {
        concat!(
            "select id, collection, record_id, lost, written_at, kept_at, resolved_at
             from conflicts ",
            $rest
        )
    };
}

/// A page of what lost and was not decided on, the latest first.
pub fn list_conflicts(user_id: &str, paging: &Paging) -> Statement {
    Statement::new(select_conflicts!(
        "where user_id = ?1 and resolved_at is null
         order by kept_at desc, id desc
         limit ?2 offset ?3"
    ))
    .bind(user_id)
    .bind(paging.per_page())
    .bind(paging.offset())
}

/// How many [`list_conflicts`] has, up to a limit.
pub fn count_conflicts(user_id: &str, limit: i64) -> Statement {
    Statement::new(
        "select count(*) as total
         from (
           select 1 from conflicts where user_id = ?1 and resolved_at is null limit ?2
         )",
    )
    .bind(user_id)
    .bind(limit)
}

pub fn find_conflict(user_id: &str, id: &str) -> Statement {
    Statement::new(select_conflicts!("where user_id = ?1 and id = ?2"))
        .bind(user_id)
        .bind(id)
}

/// The record that something lost to.
pub fn find_record_of_conflict(user_id: &str, id: &str) -> Statement {
    Statement::new(select_records!(
        "conflicts c
         cross join records r on r.collection = c.collection and r.id = c.record_id
         where c.user_id = ?1 and c.id = ?2 and r.user_id = ?1"
    ))
    .bind(user_id)
    .bind(id)
}

pub fn settle_conflict(caller: &Caller, id: &str, now: Millis) -> Statement {
    Statement::new(
        "update conflicts
         set resolved_at = ?3
         where user_id = ?1
           and id = ?2
           and resolved_at is null
           and exists (select 1 from live_sessions where session_id = ?4)",
    )
    .bind(&caller.user_id)
    .bind(id)
    .bind(now)
    .bind(&caller.session_id)
}

/// All that lost, for an export.
pub fn list_all_conflicts(user_id: &str, after: &str, limit: i64) -> Statement {
    Statement::new(select_conflicts!(
        "where user_id = ?1 and id > ?2
         order by id
         limit ?3"
    ))
    .bind(user_id)
    .bind(after)
    .bind(limit)
}
