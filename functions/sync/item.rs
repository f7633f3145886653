//! Operations as devices queue them, made into operations of the core (CONTRACT 6.1, 6.2, 6.5).

use serde_json::{Map, Value};
use sync_core::{Action, Digest, Identity, Key, Operation, Outcome, Rejection};

use super::call::Call;
use super::collection::Collection;
use super::fields::{Draft, is_id, parse_time};
use super::records::{base_of, key, operation, progress};
use crate::error::{Error, FieldError, Result};

/// An operation of a batch, and how its result is told.
pub struct Item {
    /// As the client knows it.
    pub id: Value,
    /// Of the record that it is about.
    pub collection: Option<Collection>,
    pub operation: Operation,
    /// The route that carries it out, if it is none on a record.
    pub call: Option<Call>,
    /// Why it is not carried out.
    pub error: Option<Error>,
}

/// What an operation stands for, before it is known whether it makes sense.
enum Request {
    Record(RecordRequest),
    Call(Call),
}

struct RecordRequest {
    verb: Verb,
    collection: Collection,
    id: Option<String>,
    data: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Put,
    /// Whole if it has all that a whole record needs, else in part.
    Update,
    Patch,
    Delete,
    Progress,
}

/// Reads an operation of a sync batch.
pub fn read_operation(user_id: &str, device_id: &str, now: i64, value: &Value) -> Item {
    let object = snake(value);
    let id = object.get("id").cloned().unwrap_or_default();
    let identity = match object.get("idempotency_key").and_then(Value::as_str) {
        Some(name) => Identity::Named(Digest::of(&["key", name])),
        None => identity_of(device_id, &id),
    };
    let data = object.get("data").cloned().unwrap_or_default();
    let content = Digest::of(&[text(&object, "operation"), text(&object, "endpoint")]).value(&data);
    let request = route(text(&object, "operation"), text(&object, "endpoint"), data);
    let needs = match object.get("depends_on") {
        Some(Value::Array(ids)) => ids.iter().map(|id| identity_of(device_id, id)).collect(),
        Some(id) => vec![identity_of(device_id, id)],
        None => Vec::new(),
    };
    let mut item = make(user_id, now, request, content, &object);
    item.id = id;
    let operation = &mut item.operation;
    operation.identity = identity;
    operation.depends_on = needs;
    operation.priority = object
        .get("priority")
        .and_then(Value::as_u64)
        .map_or(0, |priority| priority.min(4) as u8);
    if let Some(call) = &mut item.call {
        // A key of the client's is the same one that the request has outside of a batch.
        call.key = match text(&object, "idempotency_key") {
            "" => key_of(operation, user_id, device_id),
            key => Some(key.to_owned()),
        };
        call.fault = text(&object, "fault").to_owned();
    }
    item
}

/// By what the route knows a resend: of this user only, also where the route asks for nobody.
fn key_of(operation: &Operation, user_id: &str, device_id: &str) -> Option<String> {
    let created_at = operation.created_at.unwrap_or_default().cast_unsigned();
    let digest = match operation.identity {
        Identity::None => return None,
        Identity::Named(name) => Digest::of(&["named", user_id, &name.to_string()]),
        Identity::Number(number) => Digest::of(&["numbered", user_id, device_id])
            .number(number)
            .number(created_at)
            .number(operation.content.short()),
    };
    Some(format!("sync {digest}"))
}

/// Reads an event of an outbox.
pub fn read_event(user_id: &str, now: i64, value: &Value) -> Item {
    let object = snake(value);
    let id = object.get("event_id").cloned().unwrap_or_default();
    let kind = text(&object, "event_type");
    let payload = object.get("payload").cloned().unwrap_or_default();
    let content = Digest::of(&[kind]).value(&payload);
    let mut item = make(user_id, now, event(kind, payload), content, &object);
    item.operation.identity = match id.as_str() {
        // The ids of a client are the same in either case.
        Some(name) => Identity::Named(Digest::of(&["event", &name.to_ascii_lowercase()])),
        None => Identity::None,
    };
    if let Some(call) = &mut item.call {
        call.key = key_of(&item.operation, user_id, "");
    }
    item.id = id;
    item
}

/// The operation that a request stands for; one that makes no sense becomes its refusal.
fn make(
    user_id: &str,
    now: i64,
    request: Result<Request>,
    content: Digest,
    object: &Map<String, Value>,
) -> Item {
    let mut item = Item {
        id: Value::Null,
        collection: None,
        // About nothing that others are about.
        operation: operation(Key::default(), Action::Elsewhere(None), content),
        call: None,
        error: None,
    };
    item.operation.key.id = content.to_string();
    match request {
        Ok(Request::Call(call)) => item.call = Some(call),
        Ok(Request::Record(request)) => {
            let collection = request.collection;
            match read(user_id, now, request, content) {
                Ok(operation) => {
                    item.operation = operation;
                    item.collection = Some(collection);
                }
                Err(error) => item.error = Some(error),
            }
        }
        Err(error) => item.error = Some(error),
    }
    if let Some(error) = &item.error {
        let outcome = Outcome::Rejected(rejection(error));
        item.operation.action = Action::Elsewhere(Some(outcome));
    }
    item.operation.created_at = object.get("created_at").and_then(queued_at);
    item
}

/// What is remembered of an error.
pub fn rejection(error: &Error) -> Rejection {
    match error {
        Error::PermissionDenied(_) => Rejection::new(403, "AUTH_PERMISSION_DENIED"),
        Error::NotFound(_) => Rejection::NOT_FOUND,
        _ => Rejection::new(400, "VALIDATION_ERROR"),
    }
}

fn read(user_id: &str, now: i64, request: RecordRequest, content: Digest) -> Result<Operation> {
    let RecordRequest {
        verb,
        collection,
        id,
        data,
    } = request;
    if verb == Verb::Progress {
        let action = progress(&data)?;
        return Ok(operation(key(collection, &expect_id(id)?), action, content));
    }
    if verb == Verb::Delete {
        let of_data = || match &data {
            Value::String(id) => Some(id.clone()),
            data => data.get("id").and_then(Value::as_str).map(str::to_owned),
        };
        let id = expect_id(id.or_else(of_data))?;
        let draft = match data {
            data @ Value::Object(_) => Draft::read(collection, user_id, data).ok(),
            _ => None,
        };
        return Ok(Operation {
            base: draft.as_ref().and_then(base_of),
            ..operation(key(collection, &id), Action::Delete, content)
        });
    }
    let draft = Draft::read(collection, user_id, data)?;
    let id = expect_id(id.or_else(|| draft.id.clone()))?;
    let (at, made_at, base) = (draft.updated_at, draft.made_at, base_of(&draft));
    let action = match verb {
        Verb::Put => Action::Put(draft.whole(collection, now)?.fields),
        Verb::Update if has_all(collection, &draft) => {
            Action::Put(draft.whole(collection, now)?.fields)
        }
        _ => Action::Patch(draft.partial(collection)?.fields),
    };
    Ok(Operation {
        at,
        made_at,
        base,
        ..operation(key(collection, &id), action, content)
    })
}

/// Whether every field is named: then it is the whole record that was sent.
fn has_all(collection: Collection, draft: &Draft) -> bool {
    let is_named = |field: &super::fields::Field| draft.fields.contains_key(field.name);
    collection.fields().iter().all(is_named)
}

fn expect_id(id: Option<String>) -> Result<String> {
    id.filter(|id| is_id(id))
        .ok_or_else(|| Error::field(FieldError::missing("id")))
}

/// What a path names, and what shall be done with it.
fn route(operation: &str, endpoint: &str, data: Value) -> Result<Request> {
    let path = endpoint.split(['?', '#']).next().unwrap_or_default();
    let mut segments = segments(path);
    let name = segments.next().unwrap_or_default();
    let id = segments.next().map(str::to_owned);
    let below = segments.next();
    let data = unpack(data)?;
    let Some(collection) = Collection::find(name) else {
        return Call::read(operation, endpoint, data).map(Request::Call);
    };
    let verb = match (operation.to_ascii_lowercase().as_str(), below) {
        ("post" | "create" | "add" | "insert" | "progress", Some("progress"))
            if collection == Collection::Goals =>
        {
            Some(Verb::Progress)
        }
        (_, Some(_)) => None,
        ("post" | "put" | "create" | "add" | "insert" | "upsert" | "save", None) => Some(Verb::Put),
        ("update" | "edit", None) => Some(Verb::Update),
        ("patch", None) => Some(Verb::Patch),
        ("delete" | "remove", None) => Some(Verb::Delete),
        _ => None,
    };
    Ok(Request::Record(RecordRequest {
        verb: verb.ok_or_else(|| refused(operation, endpoint))?,
        collection,
        id,
        data,
    }))
}

/// The parts of a path behind the prefix, if it has one.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .skip_while(|segment| matches!(*segment, "api" | "v1"))
}

/// What cannot stand in a batch.
pub fn refused(operation: &str, endpoint: &str) -> Error {
    let message = format!("{operation} {endpoint} cannot stand in a batch");
    Error::field(FieldError::invalid("endpoint", message))
}

/// `mood.created` and the like.
fn event(kind: &str, payload: Value) -> Result<Request> {
    let unknown = || {
        let message = format!("{kind} is not known");
        Error::field(FieldError::invalid("event_type", message))
    };
    let (name, what) = kind.split_once('.').ok_or_else(unknown)?;
    let verb = match what {
        "created" => Verb::Put,
        "updated" => Verb::Update,
        "deleted" => Verb::Delete,
        "progressed" if name == "goal" => Verb::Progress,
        _ => return Err(unknown()),
    };
    let data = match payload {
        // The id alone, of what is deleted.
        Value::String(id) if verb == Verb::Delete && is_id(&id) => Value::String(id),
        payload => unpack(payload)?,
    };
    let id = data.as_str().or_else(|| data.get("id")?.as_str());
    let id = id.map(str::to_owned);
    let Some(collection) = Collection::find(name) else {
        return Call::of_event(name, what, id.as_deref(), data).map(Request::Call);
    };
    Ok(Request::Record(RecordRequest {
        verb,
        collection,
        id,
        data,
    }))
}

/// When something was queued: a time, or milliseconds since 1970 as Android counts them.
fn queued_at(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_time(text),
        value => value.as_i64().filter(|ms| *ms >= 0),
    }
}

/// Phones store bodies as text.
fn unpack(data: Value) -> Result<Value> {
    match data {
        Value::String(text) if text.trim().is_empty() => Ok(Value::Object(Map::new())),
        Value::String(text) => serde_json::from_str(&text).map_err(|_| {
            Error::field(FieldError::invalid(
                "data",
                "Must be an object, or one as text",
            ))
        }),
        Value::Null => Ok(Value::Object(Map::new())),
        other => Ok(other),
    }
}

/// A number, also one in a text, counts up on the device; any other text occurs there once.
fn identity_of(device_id: &str, id: &Value) -> Identity {
    let number = match id {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match (number, id) {
        (Some(number), _) => Identity::Number(number),
        (None, Value::String(name)) if !name.is_empty() => {
            Identity::Named(Digest::of(&["id", device_id, name]))
        }
        _ => Identity::None,
    }
}

fn snake(value: &Value) -> Map<String, Value> {
    let opaque = ["data", "payload"];
    match dialect::snake_case_keys(value.clone(), &opaque) {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Item {
        read_operation("u", "d", 1_700_000_000_000, &value)
    }

    #[test]
    fn paths_and_words_of_all_clients_are_read() {
        let data = json!({"id": "a", "mood": "happy"});
        for (operation, endpoint) in [
            ("POST", "/api/v1/moods"),
            ("create", "moods"),
            ("PUT", "/v1/moods/a"),
            ("upsert", "//api/v1//mood/a/?x=1"),
        ] {
            let item = read(
                json!({"id": 1, "operation": operation, "endpoint": endpoint, "data": data.to_string()}),
            );
            assert!(item.error.is_none(), "{:?}", item.error);
            assert_eq!(item.operation.key, key(Collection::Moods, "a"));
            assert!(matches!(item.operation.action, Action::Put(_)));
        }
        let item = read(
            json!({"id": "7", "operation": "update", "endpoint": "moods/a", "data": {"note": "x"}}),
        );
        assert!(matches!(item.operation.action, Action::Patch(_)));
        assert_eq!(item.operation.identity, Identity::Number(7));
        let item = read(json!({"id": "q", "operation": "DELETE", "endpoint": "journals/j"}));
        assert_eq!(item.operation.action, Action::Delete);
        let item = read(
            json!({"id": 8, "operation": "POST", "endpoint": "goals/g/progress", "data": {"amount": 2}}),
        );
        assert!(matches!(item.operation.action, Action::Add { .. }));
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_keeps_its_name() {
        for value in [
            json!({}),
            json!(7),
            json!({"id": 3, "operation": "POST", "endpoint": "/api/v1/sync/batch"}),
            json!({"id": 3, "operation": "GET", "endpoint": "users/me"}),
            json!({"id": 3, "operation": "POST", "endpoint": "moods", "data": "{"}),
            json!({"id": 3, "operation": "POST", "endpoint": "moods", "data": {"id": "a"}}),
            json!({"id": 3, "operation": "POST", "endpoint": "moods", "data": {"mood": "x"}}),
            json!({"id": 3, "operation": "GET", "endpoint": "moods/a"}),
            json!({"id": 3, "operation": "POST", "endpoint": "moods", "data": {"id": "a", "mood": "x", "user_id": "other"}}),
        ] {
            let item = read(value.clone());
            assert!(item.error.is_some(), "{value}");
            assert!(matches!(
                item.operation.action,
                Action::Elsewhere(Some(Outcome::Rejected(_)))
            ));
        }
    }

    #[test]
    fn any_other_path_is_a_call_of_its_route() {
        for (operation, endpoint, method, path) in [
            (
                "join",
                "organizations/5/join",
                "POST",
                "/api/v1/organizations/5/join",
            ),
            ("PATCH", "/v1/users/me?x=1", "PATCH", "/v1/users/me?x=1"),
            (
                "leave",
                "https://a.example/api/v1/organizations/5/leave",
                "POST",
                "/api/v1/organizations/5/leave",
            ),
            ("remove", "assets/5", "DELETE", "/api/v1/assets/5"),
        ] {
            let item = read(json!({"id": 3, "operation": operation, "endpoint": endpoint}));
            let call = item.call.unwrap();
            assert_eq!((call.method.as_str(), call.path.as_str()), (method, path));
            assert_eq!(item.operation.action, Action::Elsewhere(None));
            assert!(call.key.unwrap().starts_with("sync "));
        }
    }

    #[test]
    fn events_are_operations_too() {
        let event = |value| read_event("u", 0, &value);
        let created = event(
            json!({"eventId": "E", "eventType": "mood.created", "payload": {"id": "a", "mood": "x"}, "createdAt": "2024-12-13T10:30:00Z"}),
        );
        assert!(created.error.is_none());
        assert_eq!(created.operation.created_at, Some(1_734_085_800_000));
        let again = event(json!({"event_id": "e", "event_type": "mood.deleted", "payload": "a"}));
        assert_eq!(again.operation.action, Action::Delete);
        assert_eq!(again.operation.identity, created.operation.identity);
        assert!(
            event(json!({"event_id": "e", "event_type": "mood.eaten", "payload": {}}))
                .error
                .is_some()
        );
    }
}
