//! SQL of `records` after a cursor.

use serde_json::json;
use sync_core::Version;

use crate::db::{Statement, row};
use crate::functions::sync::cursor::Cursor;

/// The same for a page of changes, which comes as one value: D1's bound for it is 2 MB, and a record
/// may take half of that.
const MAX_PAGE_BYTES: i64 = 300_000;

row! {
    /// What changed, and the number of the user's last change.
    pub struct ChangesRow {
        pub sync_version: Version,
        /// A list of lists as [`RecordRow::of_list`] reads them; none where nothing changed.
        pub page: Option<String>,
    }
}

/// The number of the user's last change, if the session lives, and with it what changed in these
/// collections after a cursor: as much as fits, and with each change how many there were. A device
/// that has nothing need not hear of what is gone.
///
/// Where nothing changed, two rows are read: the session's and the user's. The records are not even
/// looked for, and a key that was revoked has ended its sessions.
pub fn list_changes(
    session_id: &str,
    collections: &[&str],
    since: Cursor,
    limit: i64,
) -> Statement {
    Statement::new(
        "select u.sync_version, case when u.sync_version > ?2 then (
           select json_group_array(json_array(
             p.found, p.collection, p.id, p.user_id, p.version, p.body, p.versions, p.created_at,
             p.updated_at, p.deleted_at
           ))
           from (
             select q.collection, q.id, q.user_id, q.version, q.body, q.versions, q.created_at,
               q.updated_at, q.deleted_at,
               count(*) over () as found,
               coalesce(sum(octet_length(q.body) + octet_length(q.versions)) over (
                 rows between unbounded preceding and 1 preceding
               ), 0) as before
             from (
               select r.collection, r.id, r.user_id, r.version, r.body, r.versions, r.created_at,
                 r.updated_at, r.deleted_at
               from records r
               where r.user_id = u.id
                 and r.version > ?2
                 and +r.collection in (select value from json_each(?3))
                 and (?4 > 0 or r.deleted_at is null)
               order by r.version
               limit ?5
             ) q
           ) p
           where p.before <= ?6
         ) end as page
         from sessions s
         join users u on u.id = s.user_id
         where s.id = ?1 and s.revoked_at is null and u.is_active = 1",
    )
    .bind(session_id)
    .bind(since.version)
    .bind(json!(collections).to_string())
    .bind(since.complete)
    .bind(limit)
    .bind(MAX_PAGE_BYTES)
}
