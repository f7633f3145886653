//! SQL of `backups`.

use serde_json::{Map, Value};

use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::http::Paging;

/// Bytes of one backup, by tier.
const MAX_BYTES: [(&str, u64); 4] = [
    ("free", 64 << 20),
    ("basic", 128 << 20),
    ("professional", 256 << 20),
    ("enterprise", 512 << 20),
];

/// All versions of a user together may have as many times the bytes of one.
const MAX_TOTAL: u64 = 4;

/// Versions of a device, and of all devices of a user.
const VERSIONS_OF_DEVICE: i64 = 10;
const VERSIONS_OF_USER: i64 = 100;

/// Uploads of a user that are under way; another one ends the oldest.
const UPLOADS_AT_ONCE: i64 = 5;

/// An upload that gets no part for so long is abandoned.
const UPLOAD_KEPT_MS: i64 = 24 * 3600 * 1000;

/// By then no request that knew the row is still at work.
pub const SETTLED_AFTER_MS: i64 = 3600 * 1000;

/// Bytes that a user of this tier may have in one backup.
pub fn max_bytes(tier: &str) -> u64 {
    let known = MAX_BYTES.iter().find(|(name, _)| *name == tier);
    known.unwrap_or(&MAX_BYTES[0]).1
}

/// When an upload that got something now is abandoned.
pub fn expiry(now: i64) -> i64 {
    now + UPLOAD_KEPT_MS
}

row! {
    /// An upload, or the version that became of it.
    #[derive(Debug)]
    pub struct UploadRow {
        pub id: String,
        pub device_id: String,
        pub size_bytes: u64,
        pub received_bytes: u64,
        pub parts: String,
        pub expected_sha256: Option<String>,
        pub sha256_state: String,
        pub completed_at: Option<i64>,
        pub same_as: Option<String>,
        pub purge_at: Option<i64>,
    }

    /// A version.
    #[derive(Debug)]
    pub struct BackupRow {
        pub id: String,
        pub device_id: String,
        pub size_bytes: u64,
        pub parts: String,
        pub sha256: String,
        pub completed_at: i64,
    }

    /// A backup whose files go.
    #[derive(Debug)]
    pub struct GoneRow {
        pub id: String,
        pub user_id: String,
    }

    /// How many versions there are.
    #[derive(Debug)]
    pub struct Count {
        pub total: i64,
    }
}

/// An upload about to begin.
pub struct NewUpload<'a> {
    pub id: &'a str,
    /// The session's unless the request says.
    pub device_id: Option<&'a str>,
    pub size_bytes: u64,
    pub expected_sha256: Option<&'a str>,
    pub sha256_state: &'a str,
    /// Begin nothing if this is the content of the device's newest version.
    pub unless_sha256: &'a str,
    /// Whether it comes in parts.
    pub is_resumable: bool,
    pub now: i64,
}

/// Begins an upload, if it is within the limits of the caller's tier: each device keeps its newest
/// version whatever comes.
pub fn begin_upload(caller: &Caller, upload: &NewUpload<'_>) -> Statement {
    let mut limits = Map::new();
    for (tier, bytes) in MAX_BYTES {
        limits.insert(tier.into(), bytes.into());
    }
    Statement::new(
        "insert into backups
           (id, user_id, device_id, size_bytes, expected_sha256, sha256_state, created_at, purge_at,
            is_resumable)
         select ?3, l.user_id, coalesce(?4, l.device_id), ?5, ?6, ?7, ?8, ?9, ?13
         from live_sessions l
         where l.session_id = ?1
           and l.user_id = ?2
           and ?5 <= json_extract(?10, '$.' || l.tier)
           and ?5 + (
             select coalesce(sum(n.size_bytes), 0)
             from (
               select device_id, size_bytes,
                 row_number() over (partition by device_id order by completed_at desc, id) as age
               from kept_backups
               where user_id = ?2
             ) n
             where n.age = 1 and n.device_id <> coalesce(?4, l.device_id)
           ) <= ?11 * json_extract(?10, '$.' || l.tier)
           and not exists (
             select 1
             from (
               select device_id, sha256,
                 row_number() over (partition by device_id order by completed_at desc, id) as age
               from kept_backups
               where user_id = ?2
             ) n
             where n.age = 1 and n.device_id = coalesce(?4, l.device_id) and n.sha256 = ?12
           )",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(upload.id)
    .bind(upload.device_id)
    .bind(upload.size_bytes as i64)
    .bind(upload.expected_sha256)
    .bind(upload.sha256_state)
    .bind(upload.now)
    .bind(expiry(upload.now))
    .bind(Value::Object(limits).to_string())
    .bind(MAX_TOTAL as i64)
    .bind(upload.unless_sha256)
    .bind(upload.is_resumable)
}

/// Ends the oldest uploads beyond the limit; returns them.
pub fn end_surplus_uploads(caller: &Caller, now: i64) -> Statement {
    Statement::new(
        "update backups
         set deleted_at = ?3, purge_at = ?3
         where id in (
           select id
           from backups
           where user_id = ?1
             and completed_at is null
             and is_resumable = 1
             and deleted_at is null
             and purge_at > ?3
           order by created_at desc, id
           limit -1 offset ?4
         )
           and exists (select 1 from live_sessions where session_id = ?2)
         returning id, user_id",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(now)
    .bind(UPLOADS_AT_ONCE)
}

/// An upload of the caller's, under way or complete.
pub fn find_upload(caller: &Caller, id: &str, now: i64) -> Statement {
    Statement::new(
        "select id, device_id, size_bytes, received_bytes, parts, expected_sha256, sha256_state,
           completed_at, same_as, purge_at
         from backups
         where id = ?1
           and user_id = ?2
           and deleted_at is null
           and (purge_at is null or purge_at > ?3)",
    )
    .bind(id)
    .bind(&caller.user_id)
    .bind(now)
}

/// The version of a device, the session's unless said, that is the newest.
pub fn find_newest(caller: &Caller, device_id: Option<&str>) -> Statement {
    Statement::new(
        "select id, device_id, size_bytes, parts, sha256, completed_at
         from kept_backups
         where user_id = ?1
           and device_id = coalesce(
             ?3, (select device_id from live_sessions where session_id = ?2)
           )
         order by completed_at desc, id
         limit 1",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(device_id)
}

/// A part that is stored and not named yet.
pub struct NewPart<'a> {
    pub upload: &'a UploadRow,
    /// The name of its file, unlike any other.
    pub name: &'a str,
    pub bytes: u64,
    /// The digest, put down after this part.
    pub sha256_state: &'a str,
    pub now: i64,
}

/// Names a part, if nothing has come since the upload was read.
pub fn append(caller: &Caller, part: &NewPart<'_>) -> Statement {
    Statement::new(
        "update backups
         set received_bytes = received_bytes + ?5,
           parts = json_insert(parts, '$[#]', json_array(?6, cast(?5 as integer))),
           sha256_state = ?7,
           purge_at = ?8
         where id = ?1
           and user_id = ?2
           and received_bytes = ?4
           and received_bytes + ?5 <= size_bytes
           and completed_at is null
           and deleted_at is null
           and purge_at > ?9
           and exists (select 1 from live_sessions where session_id = ?3)
         returning id, user_id",
    )
    .bind(&part.upload.id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(part.upload.received_bytes as i64)
    .bind(part.bytes as i64)
    .bind(part.name)
    .bind(part.sha256_state)
    .bind(expiry(part.now))
    .bind(part.now)
}

/// Makes an upload a version, if its last part is this one; or the same as the device's newest, if
/// that has this content.
pub fn complete(caller: &Caller, part: &NewPart<'_>, sha256: &str) -> Statement {
    Statement::new(
        "update backups
         set completed_at = ?5,
           sha256 = ?6,
           same_as = newest.id,
           purge_at = case when newest.id is null then null else ?7 end
         from (
           select (
             select n.id
             from (
               select id, sha256
               from kept_backups
               where user_id = ?2 and device_id = ?8
               order by completed_at desc, id
               limit 1
             ) n
             where n.sha256 = ?6
           ) as id
         ) newest
         where backups.id = ?1
           and user_id = ?2
           and received_bytes = size_bytes
           and json_extract(parts, '$[#-1][0]') = ?4
           and completed_at is null
           and deleted_at is null
           and exists (select 1 from live_sessions where session_id = ?3)",
    )
    .bind(&part.upload.id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(part.name)
    .bind(part.now)
    .bind(sha256)
    .bind(expiry(part.now))
    .bind(&part.upload.device_id)
}

/// Lets go of the oldest versions beyond the limits; returns them. The newest of a device stays
/// however little room there is.
pub fn prune(caller: &Caller, tier: &str, now: i64) -> Statement {
    Statement::new(
        "update backups
         set deleted_at = ?3, purge_at = ?3
         where id in (
           select id
           from (
             select id, age, sum(size_bytes) over kept as bytes, count(*) over kept as versions
             from (
               select id, size_bytes, completed_at,
                 row_number() over (partition by device_id order by completed_at desc, id) as age
               from kept_backups
               where user_id = ?1
             )
             window kept as (order by age > 1, completed_at desc, id rows unbounded preceding)
           )
           where age > ?4 or versions > ?5 or (age > 1 and bytes > ?6)
         )
           and exists (select 1 from live_sessions where session_id = ?2)
         returning id, user_id",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(now)
    .bind(VERSIONS_OF_DEVICE)
    .bind(VERSIONS_OF_USER)
    .bind((MAX_TOTAL * max_bytes(tier)) as i64)
}

/// A version of the caller's.
pub fn find_backup(caller: &Caller, id: &str) -> Statement {
    Statement::new(
        "select id, device_id, size_bytes, parts, sha256, completed_at
         from kept_backups
         where id = ?1 and user_id = ?2",
    )
    .bind(id)
    .bind(&caller.user_id)
}

/// The caller's versions, all or those of a device, newest first.
pub fn list_backups(caller: &Caller, device_id: Option<&str>, paging: &Paging) -> Statement {
    Statement::new(
        "select id, device_id, size_bytes, '[]' as parts, sha256, completed_at
         from kept_backups
         where user_id = ?1 and (?2 is null or device_id = ?2)
         order by completed_at desc, id
         limit ?3 offset ?4",
    )
    .bind(&caller.user_id)
    .bind(device_id)
    .bind(paging.per_page())
    .bind(paging.offset())
}

/// How many [`list_backups`] lists in all.
pub fn count_backups(caller: &Caller, device_id: Option<&str>) -> Statement {
    Statement::new(
        "select count(*) as total
         from kept_backups
         where user_id = ?1 and (?2 is null or device_id = ?2)",
    )
    .bind(&caller.user_id)
    .bind(device_id)
}

/// Deletes a version (`is_complete`) or an upload that is under way; returns it.
pub fn delete(caller: &Caller, id: &str, is_complete: bool, now: i64) -> Statement {
    Statement::new(
        "update backups
         set deleted_at = ?4, purge_at = ?4
         where id = ?1
           and user_id = ?2
           and deleted_at is null
           and same_as is null
           and (completed_at is not null) = ?5
           and exists (select 1 from live_sessions where session_id = ?3)
         returning id, user_id",
    )
    .bind(id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(now)
    .bind(is_complete)
}

/// What the clean-up deletes, a hundred at a time.
pub fn list_gone(until: i64) -> Statement {
    Statement::new(
        "select id, user_id
         from backups
         where purge_at <= ?1
         order by purge_at
         limit 100",
    )
    .bind(until)
}

/// Forgets rows whose files were deleted.
pub fn forget_gone(ids: String, until: i64) -> Statement {
    Statement::new(
        "delete from backups
         where id in (select value from json_each(?1)) and purge_at <= ?2",
    )
    .bind(ids)
    .bind(until)
}

/// Every version of a user, for an export.
pub fn list_to_export(user_id: &str) -> Statement {
    Statement::new(
        "select id, device_id, size_bytes, parts, sha256, completed_at
         from kept_backups
         where user_id = ?1",
    )
    .bind(user_id)
}

/// Every row of a user.
pub fn erase(user_id: &str) -> Statement {
    Statement::new("delete from backups where user_id = ?1").bind(user_id)
}
