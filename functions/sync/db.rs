//! SQL of `records`, `sync_devices`, `sync_keys` and `conflicts`.
//!
//! `+collection` keeps SQLite from answering by the primary key, which knows all users' records.

use serde_json::{Map, Value, json};
use sync_core::{
    Fields, KEY_LIFE_MS, Key, Loser, Millis, Record, Stored, Table, Transition, Version, Versions,
};

use super::collection::Collection;
use super::cursor::Cursor;
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::http::Paging;

/// How long tombstones are kept.
const TOMBSTONE_LIFE_MS: Millis = KEY_LIFE_MS;

/// How long losers are kept.
pub const CONFLICT_LIFE_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// Expired rows that one clean-up deletes of a table, so that it ends in time.
const CLEANED_AT_ONCE: i64 = 20_000;

/// Bytes of the records of a batch that are read at once: an isolate has 128 MB, and holds them
/// several times. One record at least.
const MAX_READ_BYTES: i64 = 4_000_000;

/// The same for a page of changes, which comes as one value: D1's bound for it is 2 MB, and a record
/// may take half of that.
const MAX_PAGE_BYTES: i64 = 300_000;

/// A JSON parameter grows to this, well below D1's bound for a value (2 MB).
const MAX_PARAMETER_BYTES: usize = 1_000_000;

row! {
    /// A record as it is stored.
    pub struct RecordRow {
        pub collection: String,
        pub id: String,
        pub user_id: String,
        pub version: Version,
        pub body: String,
        pub versions: String,
        pub created_at: i64,
        pub updated_at: i64,
        pub deleted_at: Option<i64>,
    }
}

impl RecordRow {
    /// Reads what [`list_changes`] lists.
    pub fn of_list(list: &mut [Value]) -> Option<Self> {
        let [
            _,
            collection,
            id,
            user_id,
            version,
            body,
            versions,
            created_at,
            updated_at,
            deleted_at,
        ] = list
        else {
            return None;
        };
        let text = |value: &mut Value| match value.take() {
            Value::String(text) => Some(text),
            _ => None,
        };
        Some(Self {
            collection: text(collection)?,
            id: text(id)?,
            user_id: text(user_id)?,
            version: version.as_i64()?,
            body: text(body)?,
            versions: text(versions)?,
            created_at: created_at.as_i64()?,
            updated_at: updated_at.as_i64()?,
            deleted_at: deleted_at.as_i64(),
        })
    }

    pub fn key(&self) -> Key {
        Key {
            collection: self.collection.clone(),
            id: self.id.clone(),
        }
    }

    pub fn body(&self) -> Result<Fields> {
        serde_json::from_str(&self.body).map_err(Error::internal)
    }

    pub fn record(&self) -> Result<Record> {
        let versions = Versions::of_text(&self.versions).ok_or_else(unreadable)?;
        Ok(Record {
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            deleted_at: self.deleted_at,
            body: self.body()?,
            versions,
        })
    }
}

/// When what is stored is not what this program stores.
pub fn unreadable() -> Error {
    Error::internal("what is stored cannot be read")
}

macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "select r.collection, r.id, r.user_id, r.version, r.body, r.versions, r.created_at,
               r.updated_at, r.deleted_at
             from ",
            $rest
        )
    };
}

row! {
    /// The number of a user's last change.
    pub struct VersionRow {
        pub sync_version: Version,
    }
}

pub fn find_version(user_id: &str) -> Statement {
    Statement::new("select sync_version from users where id = ?1").bind(user_id)
}

/// The records of these keys, whosever they are; of those that are too many bytes together only
/// the keys.
pub fn find_records(keys: &[&Key]) -> Statement {
    let pairs: Vec<_> = keys.iter().map(|key| [&key.collection, &key.id]).collect();
    Statement::new(
        "select collection, id, user_id, version,
           case when before <= ?2 then body else '' end as body,
           case when before <= ?2 then versions else '' end as versions,
           created_at, updated_at, deleted_at
         from (
           select r.collection, r.id, r.user_id, r.version, r.body, r.versions, r.created_at,
             r.updated_at, r.deleted_at,
             coalesce(sum(octet_length(r.body) + octet_length(r.versions)) over (
               rows between unbounded preceding and 1 preceding
             ), 0) as before
           from json_each(?1) k
           cross join records r on r.collection = k.value ->> 0 and r.id = k.value ->> 1
         )",
    )
    .bind(json!(pairs).to_string())
    .bind(MAX_READ_BYTES)
}

/// One record of the user's.
pub fn find_record(user_id: &str, collection: &str, id: &str) -> Statement {
    Statement::new(select_records!(
        "records r
         where r.collection = ?1 and r.id = ?2 and r.user_id = ?3 and r.deleted_at is null"
    ))
    .bind(collection)
    .bind(id)
    .bind(user_id)
}

/// What a list leaves out.
pub struct Filter {
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    pub updated_since: Option<Millis>,
}

impl Filter {
    fn bind(&self, statement: Statement, user_id: &str, collection: &str) -> Statement {
        statement
            .bind(user_id)
            .bind(collection)
            .bind(self.from.unwrap_or(i64::from(i32::MIN) * 100_000))
            .bind(self.to.unwrap_or(i64::from(i32::MAX) * 1_000_000))
            .bind(self.updated_since.unwrap_or(0))
    }
}

/// A page of a collection, what changed last first.
pub fn list_records(
    user_id: &str,
    collection: &str,
    filter: &Filter,
    paging: &Paging,
) -> Statement {
    let list = Statement::new(select_records!(
        "records r
         where r.user_id = ?1
           and +r.collection = ?2
           and r.deleted_at is null
           and r.day between ?3 and ?4
           and max(r.updated_at, r.changed_at) >= ?5
         order by r.version desc
         limit ?6 offset ?7"
    ));
    filter
        .bind(list, user_id, collection)
        .bind(paging.per_page())
        .bind(paging.offset())
}

/// How many [`list_records`] has.
pub fn count_records(
    user_id: &str,
    collection: &str,
    filter: &Filter,
    paging: &Paging,
) -> Statement {
    let count = Statement::new(
        "select count(*) as total
         from (
           select 1
           from records
           where user_id = ?1
             and +collection = ?2
             and deleted_at is null
             and day between ?3 and ?4
             and max(updated_at, changed_at) >= ?5
           limit ?6
         )",
    );
    filter
        .bind(count, user_id, collection)
        .bind(paging.count_limit())
}

row! {
    /// A number of rows.
    pub struct Count {
        pub total: i64,
    }
}

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

row! {
    /// A text of JSON.
    pub struct TextRow {
        pub text: String,
    }
}

pub fn find_memory(user_id: &str, device_id: &str) -> Statement {
    Statement::new("select memory as text from sync_devices where user_id = ?1 and device_id = ?2")
        .bind(user_id)
        .bind(device_id)
}

/// The pages of named operations of some days.
pub fn find_key_pages(user_id: &str, days: &[i64], now: Millis) -> Statement {
    Statement::new(
        "select k.page as text
         from json_each(?2) d
         cross join sync_keys k on k.user_id = ?1 and k.day = d.value
         where k.expires_at >= ?3",
    )
    .bind(user_id)
    .bind(json!(days).to_string())
    .bind(now)
}

/// Fails, and with it the whole batch, unless the session lives and the user's last change is
/// still this one: SQLite refuses to read what is no JSON.
pub fn assert_version(caller: &Caller, version: Version) -> Statement {
    Statement::new(
        "select case
           when exists (
             select 1
             from live_sessions
             where session_id = ?1 and user_id = ?2 and sync_version = ?3
           ) then 1
           else json('somebody else was faster')
         end as is_unchanged",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(version)
}

/// Counts the user's changes up, after [`assert_version`].
pub fn set_version(caller: &Caller, version: Version) -> Statement {
    Statement::new(
        "update users
         set sync_version = ?2
         where id = ?1 and exists (select 1 from live_sessions where session_id = ?3)",
    )
    .bind(&caller.user_id)
    .bind(version)
    .bind(&caller.session_id)
}

/// Writes records, after [`assert_version`]. Fails, and with it the whole batch, if an id has
/// become somebody else's.
pub fn write_records(
    caller: &Caller,
    records: &Table<Key, Record>,
    now: Millis,
) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    let mut rows = Vec::new();
    let mut bytes = 0;
    for (key, record) in records.iter() {
        let row = row_of(key, record)?;
        bytes += row.to_string().len();
        rows.push(row);
        if bytes > MAX_PARAMETER_BYTES {
            statements.push(write_rows(caller, std::mem::take(&mut rows), now));
            bytes = 0;
        }
    }
    if !rows.is_empty() {
        statements.push(write_rows(caller, rows, now));
    }
    Ok(statements)
}

/// The collections that [`write_records`] writes to.
pub fn written(transition: &Transition) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (key, _) in transition.changed.iter() {
        if !names.contains(&key.collection) {
            names.push(key.collection.clone());
        }
    }
    names
}

fn row_of(key: &Key, record: &Record) -> Result<Value> {
    let text = |value: serde_json::Result<String>| value.map_err(Error::internal);
    let day = Collection::find(&key.collection).map_or(record.created_at, |collection| {
        collection.day(&record.body, record.created_at)
    });
    let mut row = Map::new();
    row.insert("c".into(), key.collection.as_str().into());
    row.insert("i".into(), key.id.as_str().into());
    row.insert("n".into(), record.version.into());
    row.insert(
        "b".into(),
        text(serde_json::to_string(&record.body))?.into(),
    );
    row.insert("v".into(), record.versions.to_text().into());
    row.insert("y".into(), day.into());
    row.insert("m".into(), record.created_at.into());
    row.insert("u".into(), record.updated_at.into());
    row.insert("d".into(), record.deleted_at.into());
    Ok(row.into())
}

fn write_rows(caller: &Caller, rows: Vec<Value>, now: Millis) -> Statement {
    Statement::new(
        "insert into records
           (collection, id, user_id, version, body, versions, day, created_at, updated_at,
            changed_at, deleted_at)
         select j.value ->> 'c', j.value ->> 'i', ?1, j.value ->> 'n', j.value ->> 'b',
           j.value ->> 'v', j.value ->> 'y', j.value ->> 'm', j.value ->> 'u', ?3,
           j.value ->> 'd'
         from json_each(?2) j
         where exists (select 1 from live_sessions where session_id = ?4)
         on conflict (collection, id) do update set
           user_id = case user_id when excluded.user_id then user_id end,
           version = excluded.version,
           body = excluded.body,
           versions = excluded.versions,
           day = excluded.day,
           created_at = excluded.created_at,
           updated_at = excluded.updated_at,
           changed_at = excluded.changed_at,
           deleted_at = excluded.deleted_at",
    )
    .bind(&caller.user_id)
    .bind(Value::Array(rows).to_string())
    .bind(now)
    .bind(&caller.session_id)
}

pub fn write_memory(caller: &Caller, device_id: &str, memory: String, now: Millis) -> Statement {
    Statement::new(
        "insert into sync_devices (user_id, device_id, memory, synced_at)
         select ?1, ?2, ?3, ?4
         where exists (select 1 from live_sessions where session_id = ?5)
         on conflict (user_id, device_id) do update set
           memory = excluded.memory, synced_at = excluded.synced_at",
    )
    .bind(&caller.user_id)
    .bind(device_id)
    .bind(memory)
    .bind(now)
    .bind(&caller.session_id)
}

pub fn write_key_page(
    caller: &Caller,
    day: i64,
    version: Version,
    page: String,
    expires_at: Millis,
) -> Statement {
    Statement::new(
        "insert into sync_keys (user_id, day, version, page, expires_at)
         select ?1, ?2, ?3, ?4, ?5
         where exists (select 1 from live_sessions where session_id = ?6)",
    )
    .bind(&caller.user_id)
    .bind(day)
    .bind(version)
    .bind(page)
    .bind(expires_at)
    .bind(&caller.session_id)
}

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

row! {
    /// When a device last sent numbered operations.
    pub struct DeviceRow {
        pub synced_at: Option<i64>,
    }
}

pub fn find_device(user_id: &str, device_id: &str) -> Statement {
    Statement::new("select synced_at from sync_devices where user_id = ?1 and device_id = ?2")
        .bind(user_id)
        .bind(device_id)
}

row! {
    /// The user's jobs that go on, and those that failed.
    pub struct JobsRow {
        pub pending: i64,
        pub failed: i64,
    }
}

/// Counts the user's jobs, up to a limit.
pub fn count_jobs(user_id: &str, limit: i64) -> Statement {
    Statement::new(
        "select
           coalesce(sum(state in ('queued', 'processing')), 0) as pending,
           coalesce(sum(state = 'failed'), 0) as failed
         from (select state from jobs where user_id = ?1 limit ?2)",
    )
    .bind(user_id)
    .bind(limit)
}

row! {
    /// A collection at a glance.
    pub struct CollectionRow {
        pub total: i64,
        pub changed_at: Option<i64>,
    }
}

/// How many records a collection has, up to a limit, and when it changed last.
pub fn sum_up(user_id: &str, collection: &str, limit: i64) -> Statement {
    Statement::new(
        "select
           (
             select count(*)
             from (
               select 1
               from records
               where user_id = ?1 and +collection = ?2 and deleted_at is null
               limit ?3
             )
           ) as total,
           (
             select changed_at
             from records
             where user_id = ?1 and +collection = ?2
             order by version desc
             limit 1
           ) as changed_at",
    )
    .bind(user_id)
    .bind(collection)
    .bind(limit)
}

/// All of the user's records of a collection after an id, for an export.
pub fn list_all(user_id: &str, collection: &str, after: Version, limit: i64) -> Statement {
    Statement::new(select_records!(
        "records r
         where r.user_id = ?1
           and +r.collection = ?2
           and r.version > ?3
           and r.deleted_at is null
         order by r.version
         limit ?4"
    ))
    .bind(user_id)
    .bind(collection)
    .bind(after)
    .bind(limit)
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

/// Deletes up to so many of the user's records of a collection; returns their ids.
pub fn erase_records(user_id: &str, collection: &str, limit: i64) -> Statement {
    Statement::new(
        "delete from records
         where collection = ?2
           and id in (
             select id from records where user_id = ?1 and +collection = ?2 limit ?3
           )
         returning id",
    )
    .bind(user_id)
    .bind(collection)
    .bind(limit)
}

/// Deletes what else is there of the user.
pub fn erase_the_rest(user_id: &str) -> Vec<Statement> {
    vec![
        Statement::new("delete from sync_devices where user_id = ?1").bind(user_id),
        Statement::new("delete from sync_keys where user_id = ?1").bind(user_id),
        Statement::new("delete from conflicts where user_id = ?1").bind(user_id),
    ]
}

/// Deletes what is kept for a time only.
pub fn forget_what_expired(now: Millis) -> Vec<Statement> {
    let keys = Statement::new(
        "delete from sync_keys
         where (user_id, day, version) in (
           select user_id, day, version from sync_keys where expires_at < ?1 limit ?2
         )",
    );
    let conflicts = Statement::new(
        "delete from conflicts
         where (user_id, id) in (
           select user_id, id from conflicts where kept_at < ?1 limit ?2
         )",
    );
    let tombstones = Statement::new(
        "delete from records
         where (collection, id) in (
           select collection, id from records where deleted_at < ?1 limit ?2
         )",
    );
    vec![
        keys.bind(now).bind(CLEANED_AT_ONCE),
        conflicts.bind(now - CONFLICT_LIFE_MS).bind(CLEANED_AT_ONCE),
        tombstones
            .bind(now - TOMBSTONE_LIFE_MS)
            .bind(CLEANED_AT_ONCE),
    ]
}
