//! A producer for tests, where faults are allowed; elsewhere there is nothing at its address.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::auth::{Caller, bearer};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{JsonValue, present};
use crate::realtime::Event;

/// Its address, in no API document.
pub const PUBLISH: &str = "/api/v1/faults/publish";

/// Publishes a list of events, whatever they are, to the caller's room.
pub async fn publish(
    context: Context,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    if !context.config().allows_faults {
        return Err(Error::NotFound("There is nothing at this address".into()));
    }
    let caller = Caller::expect(&context, bearer(&headers)).await?;
    let events: Vec<Event> = serde_json::from_value(body)
        .map_err(|error| Error::InvalidFormat(format!("These are no events: {error}")))?;
    let published = context.rooms()?.publish(&caller.user_id, &events).await?;
    let answer = json!({ "seqs": published.seqs, "added": published.added });
    Ok(present(&context, StatusCode::OK, answer))
}
