//! Events of a user's own: from one device to the others.

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{FieldErrors, Input, JsonBody, Text, present};
use crate::openapi::ErrorAnswers;
use crate::realtime::{Channel, Event};

/// Bytes of JSON that such an event may carry.
const MAX_OWN_DATA: usize = 64 << 10;

/// An event of the user's own.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct OwnEvent {
    /// What happened: `app.` and a name of letters, digits, dots, colons, dashes and underscores.
    #[deserr(rename = "type")]
    #[schema(rename = "type", value_type = String, example = "app.theme-changed")]
    kind: Text<5, 64>,
    /// Anything, up to 64 KiB.
    #[deserr(default)]
    data: Value,
    /// The same id again changes nothing; made up if there is none.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    id: Option<Text<1, 128>>,
}

impl Input for OwnEvent {
    const OPAQUE: &'static [&'static str] = &["data"];

    fn validate(&self) -> Vec<FieldError> {
        let name = self.kind.0.strip_prefix("app.").unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-_".contains(&byte);
        let mut errors = Vec::new();
        if name.is_empty() || !name.bytes().all(is_plain) {
            let message = "Must be app. and a plain name";
            errors.push(FieldError::invalid("type", message));
        }
        if self.data.to_string().len() > MAX_OWN_DATA {
            let message = "Must have at most 65536 bytes";
            errors.push(FieldError {
                kind: "too_long",
                ..FieldError::invalid("data", message)
            });
        }
        errors
    }
}

/// Where an event stands.
#[derive(Serialize, ToSchema)]
struct PublishedEvent {
    /// As sockets and streams show it: `app:` and the id that the client gave.
    id: String,
    /// Its place in the log.
    seq: i64,
}

/// Send an event to the user's own devices.
///
/// It is stored and resumed as all others. The same id again answers 200 with the event that is
/// there.
#[utoipa::path(post, path = "/api/v1/events", tag = "realtime", request_body = OwnEvent,
    responses((status = 201, body = PublishedEvent), (status = 200, body = PublishedEvent),
        ErrorAnswers))]
pub async fn publish_event(
    context: Context,
    caller: Caller,
    JsonBody(input): JsonBody<OwnEvent>,
) -> Result<Response> {
    context
        .db()?
        .batch_as(&caller, context.now_ms(), vec![])
        .await?;
    // The log is not in D1: a request that is carried out again, after the server died between the
    // two, must make the same event again.
    let of_key = || {
        let run = context.keyed_run();
        run.map(|run| format!("key:{}:{}", run.day, run.key_hash))
    };
    let id = input.id.map(|id| id.0).or_else(of_key);
    let id = id.unwrap_or_else(|| Uuid::new_v4().to_string());
    let event = Event {
        // Ids of the service have no such prefix, so a client cannot take one.
        id: format!("app:{id}"),
        topic: "app".into(),
        name: input.kind.0,
        data: input.data,
        is_last: false,
        channel: Channel::Events,
    };
    let events = [event];
    let published = context.rooms()?.publish(&caller.user_id, &events).await?;
    let [event] = events;
    let seq = published.seqs.first().copied();
    let status = match published.added {
        0 => StatusCode::OK,
        _ => StatusCode::CREATED,
    };
    let answer = PublishedEvent {
        id: event.id,
        seq: seq.ok_or_else(|| Error::internal("the room told no place"))?,
    };
    Ok(present(&context, status, answer))
}
