//! What changed since a device pulled last (CONTRACT 6.4).

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;

use super::collection::{Collection, ORGANIZATIONS};
use super::cursor::Cursor;
use super::db::{self, ChangesRow, RecordRow};
use super::fields::show_some;
use super::records::answer;
use super::schema::Changes;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{FieldErrors, Input, Query, Text, WholeNumber, present};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

const DEFAULT_LIMIT: u64 = 100;
const MAX_LIMIT: u64 = 1000;

/// Which changes.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The cursor of the last pull; without it everything is told.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    since: Option<Text<0, 100>>,
    /// Names with commas between them; all unless said. A cursor is for the collections that it
    /// was told for.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    collections: Option<Text<0, 200>>,
    /// `changed`: of a record that the device has only what is new.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    fields: Option<Text<0, 20>>,
    /// 1 to 1000; 100 unless said.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    #[deserr(default)]
    limit: Option<WholeNumber<1, MAX_LIMIT>>,
}

impl Input for Wanted {}

/// Read what changed since the last pull, oldest first.
///
/// Page after page until `has_more` is false; each page goes on where the cursor of the one before
/// says. What the user may no longer see comes as a deletion.
#[utoipa::path(get, path = "/api/v1/sync/changes", tag = "sync", params(Wanted),
    responses((status = 200, body = Changes), ErrorAnswers))]
pub async fn list_changes(
    context: Context,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let now = context.now_ms();
    let limit = wanted.limit.map_or(DEFAULT_LIMIT, |limit| limit.0) as usize;
    let collections = collections_of(&wanted)?;
    let said = match wanted.since.as_ref().filter(|text| !text.0.is_empty()) {
        Some(text) => Some(Cursor::parse(&text.0).ok_or_else(|| {
            let message = "Must be the cursor of an earlier answer";
            Error::field(FieldError::invalid("since", message))
        })?),
        None => None,
    };
    let mut since = said.unwrap_or(Cursor::START);
    let mut page = read(&context, &caller, since, &collections, limit).await?;
    let is_reset = !since.holds(page.latest, now);
    if is_reset {
        since = Cursor::START;
        page = read(&context, &caller, since, &collections, limit).await?;
    }
    let Page {
        latest,
        found,
        mut rows,
    } = page;
    rows.truncate(limit);
    let has_more = found > rows.len();
    let cursor = match rows.last() {
        Some(last) if has_more => Cursor {
            version: last.version,
            complete: since.complete,
            ..Cursor::latest(latest, now)
        },
        _ => Cursor::latest(latest, now),
    };
    let is_differential = wanted.fields.is_some_and(|fields| fields.0 == "changed");
    let mut changes = Vec::with_capacity(rows.len());
    for row in &rows {
        let base = is_differential.then_some(since.complete);
        changes.push(change(&caller.user_id, row, base)?);
    }
    let answer = json!({
        "changes": changes,
        "cursor": cursor.to_text(),
        "has_more": has_more,
        "reset": is_reset,
    });
    Ok(present(&context, StatusCode::OK, answer))
}

fn collections_of(wanted: &Wanted) -> Result<Vec<&'static str>> {
    let all = Collection::ALL.map(Collection::name);
    let known = || all.into_iter().chain([ORGANIZATIONS]);
    let Some(names) = wanted
        .collections
        .as_ref()
        .filter(|text| !text.0.is_empty())
    else {
        return Ok(known().collect());
    };
    let find = |name: &str| {
        known().find(|other| *other == name.trim()).ok_or_else(|| {
            let message = format!("{} is not known", name.trim());
            Error::field(FieldError::invalid("collections", message))
        })
    };
    names.0.split(',').map(find).collect()
}

/// A part of what changed.
struct Page {
    /// The user's last change.
    latest: i64,
    /// How many changes were there, up to one more than are shown.
    found: usize,
    /// The first of them.
    rows: Vec<RecordRow>,
}

async fn read(
    context: &Context,
    caller: &Caller,
    since: Cursor,
    collections: &[&str],
    limit: usize,
) -> Result<Page> {
    let find = db::list_changes(&caller.session_id, collections, since, limit as i64 + 1);
    let db = context.db()?;
    // As `batch_as`, but where nothing changed every row counts: devices ask often.
    let mut batch = match caller.has_app_key() {
        true => db.batch_as(caller, context.now_ms(), vec![find]).await?.1,
        false => db.batch(vec![find]).await?,
    };
    let Some(ChangesRow { sync_version, page }) = batch.first(0)? else {
        // Says why.
        db.batch_as(caller, context.now_ms(), Vec::new()).await?;
        return Err(Error::UserNotFound);
    };
    let page = page.as_deref().unwrap_or("[]");
    let lists: Vec<Vec<Value>> = serde_json::from_str(page).map_err(Error::internal)?;
    let found = lists.first().and_then(|list| list.first()?.as_u64());
    let mut rows = Vec::with_capacity(lists.len());
    for mut list in lists {
        let row = RecordRow::of_list(&mut list);
        rows.push(row.ok_or_else(|| Error::internal("a change cannot be read"))?);
    }
    // SQLite lists them in order, but does not promise to.
    rows.sort_by_key(|row| row.version);
    Ok(Page {
        latest: sync_version,
        found: found.unwrap_or(0) as usize,
        rows,
    })
}

fn change(user_id: &str, row: &RecordRow, base: Option<i64>) -> Result<Value> {
    let mut change = Map::new();
    let is_deleted = row.deleted_at.is_some();
    change.insert("collection".into(), row.collection.as_str().into());
    change.insert(
        "op".into(),
        if is_deleted { "delete" } else { "upsert" }.into(),
    );
    change.insert("updated_at".into(), rfc3339(row.updated_at).into());
    let Some(collection) =
        Collection::find(&row.collection).filter(|_| row.collection != ORGANIZATIONS)
    else {
        // The id names the member too.
        let id = row.id.split(':').next().unwrap_or_default();
        change.insert("id".into(), id.into());
        if !is_deleted {
            change.insert("data".into(), membership(row)?);
        }
        return Ok(change.into());
    };
    change.insert("id".into(), row.id.as_str().into());
    if is_deleted {
        return Ok(change.into());
    }
    let record = row.record()?;
    let newer = base.and_then(|base| record.changed_since(base));
    let data = match &newer {
        Some(some) => {
            let mut data = Map::new();
            data.insert("id".into(), row.id.as_str().into());
            show_some(collection, some, &mut data);
            data.insert("updated_at".into(), rfc3339(record.updated_at).into());
            data.into()
        }
        None => answer(collection, &row.id, user_id, &record),
    };
    change.insert("data".into(), data);
    if newer.is_some() {
        change.insert("is_partial".into(), true.into());
    }
    Ok(change.into())
}

/// `{id, role, joined_at}` of an organization that the user belongs to.
fn membership(row: &RecordRow) -> Result<Value> {
    let body = row.body()?;
    let joined_at = body.get("joined_at").and_then(Value::as_i64).unwrap_or(0);
    Ok(json!({
        "id": body.get("id"),
        "role": body.get("role"),
        "joined_at": rfc3339(joined_at),
    }))
}
