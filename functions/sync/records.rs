//! Single records, whatever their collection: what the routes of moods, journals and goals share.

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use sync_core::{Action, Base, Digest, Effect, Identity, Key, Operation, Record, Verdict};
use uuid::Uuid;

use super::collection::{Collection, PROGRESS};
use super::cursor::Cursor;
use super::db::{self, RecordRow};
use super::fields::{Draft, is_id, show};
use super::list::{Times, list};
use super::store::sync;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{Answering, JsonValue, NoContent, Paging, Path, Query, answering, present};
use crate::time::rfc3339;

/// Bytes of a record as it is sent, unpacked.
const MAX_RECORD_BYTES: u64 = 1 << 20;

/// The id of a record in a path.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct RecordId(pub String);

impl TryFrom<String> for RecordId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        is_id(&id).then_some(Self(id)).ok_or("not an id")
    }
}

/// A record as clients read it. One that was deleted has `deleted_at`, and no more of its fields.
pub fn answer(collection: Collection, id: &str, user_id: &str, record: &Record) -> Value {
    let mut object = Map::new();
    object.insert("id".into(), id.into());
    object.insert("user_id".into(), user_id.into());
    if !record.is_deleted() {
        show(collection, &record.body, &mut object);
    }
    object.insert("created_at".into(), rfc3339(record.created_at).into());
    object.insert("updated_at".into(), rfc3339(record.updated_at).into());
    if let Some(at) = record.deleted_at {
        object.insert("deleted_at".into(), rfc3339(at).into());
    }
    object.into()
}

/// What a write was based on, as a draft says.
pub fn base_of(draft: &Draft) -> Option<Base> {
    let cursor = draft.base.as_deref().and_then(Cursor::parse);
    let cursor = cursor.map(|cursor| Base::Version(cursor.complete));
    cursor.or(draft.base_time.map(Base::Time))
}

/// An operation that nothing but its content identifies.
pub fn operation(key: Key, action: Action, content: Digest) -> Operation {
    Operation {
        identity: Identity::None,
        content,
        key,
        action,
        at: None,
        created_at: None,
        made_at: None,
        base: None,
        priority: 0,
        depends_on: Vec::new(),
    }
}

pub fn key(collection: Collection, id: &str) -> Key {
    Key {
        collection: collection.name().to_owned(),
        id: id.to_owned(),
    }
}

/// What a route does with a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    List,
    Create,
    Find,
    Put,
    Patch,
    Delete,
    Progress,
}

/// Answers a request. One for all routes of all collections: what a handler's own parameters cost
/// is paid once.
pub fn act(collection: Collection, act: Act, request: Request) -> Answering {
    answering(carry_out_act(collection, act, request))
}

async fn carry_out_act(collection: Collection, act: Act, request: Request) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let context = Context::from_request_parts(&mut parts, &()).await?;
    let caller = <Caller as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await?;
    let caller = caller.expect_app_key();
    let id = match act {
        Act::List | Act::Create => String::new(),
        _ => {
            let Path(RecordId(id)) = Path::from_request_parts(&mut parts, &()).await?;
            id
        }
    };
    match act {
        Act::List => {
            let Query(times) = Query::<Times>::from_request_parts(&mut parts, &()).await?;
            let Query(paging) = Query::<Paging>::from_request_parts(&mut parts, &()).await?;
            return list(&context, caller, collection, &times, &paging).await;
        }
        Act::Find => return find(&context, caller, collection, &id).await,
        Act::Delete => return delete(&context, caller, collection, &id).await,
        Act::Create | Act::Put | Act::Patch | Act::Progress => {}
    }
    let request = Request::from_parts(parts, body);
    let JsonValue(value) = JsonValue::read(request, MAX_RECORD_BYTES).await?;
    match act {
        Act::Create => put(&context, caller, collection, None, value).await,
        Act::Put => put(&context, caller, collection, Some(id), value).await,
        Act::Progress => add_progress(&context, caller, collection, &id, &value).await,
        _ => patch(&context, caller, collection, &id, value).await,
    }
}

async fn add_progress(
    context: &Context,
    caller: Caller,
    collection: Collection,
    id: &str,
    value: &Value,
) -> Result<Response> {
    let identity = match value.get("id") {
        Some(Value::String(name)) => Identity::Named(Digest::of(&["progress", id, name])),
        _ => Identity::None,
    };
    let content = Digest::default().value(value);
    let operation = Operation {
        identity,
        ..operation(key(collection, id), progress(value)?, content)
    };
    carry_out(context, &caller, collection, operation, false).await
}

/// What is to be added to a goal's progress.
///
/// # Errors
/// Without an amount.
pub fn progress(value: &Value) -> Result<Action> {
    let amount = value.get("amount").unwrap_or(&Value::Null);
    match amount {
        Value::Number(amount) => Ok(Action::Add {
            field: PROGRESS.to_owned(),
            amount: amount.clone(),
        }),
        Value::Null => Err(Error::field(FieldError::missing("amount"))),
        _ => Err(Error::field(FieldError::invalid(
            "amount",
            "Must be a number",
        ))),
    }
}

/// POST and PUT: writes a whole record; 201 for a new one.
async fn put(
    context: &Context,
    caller: Caller,
    collection: Collection,
    id: Option<String>,
    value: Value,
) -> Result<Response> {
    let content = Digest::default().value(&value);
    let draft = Draft::read(collection, &caller.user_id, value)?;
    let draft = draft.whole(collection, context.now_ms())?;
    if let (Some(path), Some(body)) = (&id, &draft.id)
        && path != body
    {
        let message = "Must be the id in the path";
        return Err(Error::field(FieldError::invalid("id", message)));
    }
    let id = id
        .or_else(|| draft.id.clone())
        .unwrap_or_else(|| Uuid::new_v4().to_string());
    write(context, &caller, collection, &id, draft, content, true).await
}

/// PATCH: writes some fields of a record.
async fn patch(
    context: &Context,
    caller: Caller,
    collection: Collection,
    id: &str,
    value: Value,
) -> Result<Response> {
    let content = Digest::default().value(&value);
    let draft = Draft::read(collection, &caller.user_id, value)?.partial(collection)?;
    write(context, &caller, collection, id, draft, content, false).await
}

async fn write(
    context: &Context,
    caller: &Caller,
    collection: Collection,
    id: &str,
    draft: Draft,
    content: Digest,
    is_whole: bool,
) -> Result<Response> {
    let base = base_of(&draft);
    let action = match is_whole {
        true => Action::Put(draft.fields),
        false => Action::Patch(draft.fields),
    };
    let operation = Operation {
        at: draft.updated_at,
        made_at: draft.made_at,
        base,
        ..operation(key(collection, id), action, content)
    };
    carry_out(context, caller, collection, operation, is_whole).await
}

/// Carries out a single operation and answers with the record as it is now.
async fn carry_out(
    context: &Context,
    caller: &Caller,
    collection: Collection,
    operation: Operation,
    may_be_deleted: bool,
) -> Result<Response> {
    let device = context.device_id().unwrap_or_default();
    let synced = sync(context, caller, device, std::slice::from_ref(&operation)).await?;
    let verdict = synced.transition.verdicts.first();
    let status = match verdict {
        Some(Verdict::Applied(Effect::Created)) => StatusCode::CREATED,
        Some(Verdict::Rejected(rejection)) => return Err(refusal(rejection.status)),
        _ => StatusCode::OK,
    };
    let record = synced.record(&operation.key);
    let record = record.filter(|record| may_be_deleted || !record.is_deleted());
    let record = record.ok_or_else(not_found)?;
    let answer = answer(collection, &operation.key.id, &caller.user_id, record);
    Ok(present(context, status, answer))
}

/// A verdict of the core as an answer of its own.
fn refusal(status: u16) -> Error {
    match status {
        404 => not_found(),
        409 => Error::Conflict("This id is taken".into()),
        _ => Error::field(FieldError::invalid("amount", "Cannot be added")),
    }
}

fn not_found() -> Error {
    Error::NotFound("Nothing was found here".into())
}

/// GET of one record.
async fn find(
    context: &Context,
    caller: Caller,
    collection: Collection,
    id: &str,
) -> Result<Response> {
    let statement = db::find_record(&caller.user_id, collection.name(), id);
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, context.now_ms(), vec![statement])
        .await?;
    let row: RecordRow = batch.first(0)?.ok_or_else(not_found)?;
    let answer = answer(collection, id, &caller.user_id, &row.record()?);
    Ok(present(context, StatusCode::OK, answer))
}

/// DELETE: whether the record is there or not, it is gone.
async fn delete(
    context: &Context,
    caller: Caller,
    collection: Collection,
    id: &str,
) -> Result<Response> {
    let operation = operation(key(collection, id), Action::Delete, Digest::default());
    let device = context.device_id().unwrap_or_default();
    sync(context, &caller, device, &[operation]).await?;
    Ok(NoContent.into_response())
}
