//! SQL of `records`, read: one, a list, all.
//!
//! `+collection` keeps SQLite from answering by the primary key, which knows all users' records.

use serde_json::{Value, json};
use sync_core::{Fields, Key, Millis, Record, Stored, Version, Versions};

use super::unreadable;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::http::Paging;

/// Bytes of the records of a batch that are read at once: an isolate has 128 MB, and holds them
/// several times. One record at least.
const MAX_READ_BYTES: i64 = 4_000_000;

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
    /// Reads what [`list_changes`](super::list_changes) lists.
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
pub(super) use select_records;

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
