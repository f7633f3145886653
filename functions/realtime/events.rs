//! The feed of events as server-sent events.

use axum::http::HeaderMap;
use deserr::Deserr;
use utoipa::IntoParams;

use super::socket::MAX_POSITION;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{EventStream, FieldErrors, Input, Query, Text, WholeNumber};
use crate::openapi::ErrorAnswers;
use crate::realtime::Listen;

/// Which events.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The client has everything up to this sequence number; `Last-Event-ID` counts more. Without
    /// both it gets what comes from now on.
    #[deserr(default)]
    #[param(value_type = Option<u64>)]
    after: Option<WholeNumber<0, MAX_POSITION>>,
    /// Names of events with commas between; `job.*` stands for all that begin with `job.`.
    #[deserr(default)]
    #[param(value_type = Option<String>)]
    types: Option<Text<1, 500>>,
}

impl Input for Wanted {}

/// Follow the user's events as server-sent events.
///
/// The id of each can be sent back as `Last-Event-ID` to go on after it. The event `gap` says that
/// events between two positions are gone. The token may also be sent as `?token=`.
#[utoipa::path(get, path = "/api/v1/events", tag = "realtime",
    params(Wanted, ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String), ErrorAnswers))]
pub async fn stream_events(
    context: Context,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<Wanted>,
) -> Result<EventStream> {
    let last_seen = last_seen(&headers)?;
    context
        .db()?
        .batch_as(&caller, context.now_ms(), vec![])
        .await?;
    let listen = Listen {
        after: last_seen.or(query.after.map(|after| after.0)),
        topic: None,
        types: query.types.as_ref().map(|types| types.0.as_str()),
    };
    let stream = context.rooms()?.stream(&caller, listen).await?;
    Ok(EventStream::live(stream))
}

fn last_seen(headers: &HeaderMap) -> Result<Option<u64>> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = id.to_str().ok().and_then(|id| id.trim().parse().ok());
    match number {
        Some(number) if number <= MAX_POSITION => Ok(Some(number)),
        _ => Err(Error::field(FieldError::invalid(
            "last_event_id",
            "Must be the id of an event",
        ))),
    }
}
