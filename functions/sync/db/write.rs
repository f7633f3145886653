//! SQL of what a device changed: the records, after the number of the user's last change.

use serde_json::{Map, Value};
use sync_core::{Key, Millis, Record, Stored, Table, Transition, Version};

use crate::auth::Caller;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::functions::sync::collection::Collection;

/// A JSON parameter grows to this, well below D1's bound for a value (2 MB).
const MAX_PARAMETER_BYTES: usize = 1_000_000;

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
