//! Producers for tests, where faults are allowed; elsewhere there is nothing at their addresses.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::auth::{Caller, bearer};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{JsonValue, present};
use crate::realtime::{Event, QueryStream};

/// Their addresses, in no API document.
pub const PUBLISH: &str = "/api/v1/faults/publish";
pub const QUERY_STREAM: &str = "/api/v1/faults/query-stream";

/// Publishes a list of events, whatever they are, to the caller's room.
pub async fn publish(
    context: Context,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let caller = tester(&context, &headers).await?;
    let events: Vec<Event> = serde_json::from_str(&body.to_string())
        .map_err(|error| Error::InvalidFormat(format!("These are no events: {error}")))?;
    let published = context.rooms()?.publish(&caller.user_id, &events).await?;
    let answer = json!({ "seqs": published.seqs, "added": published.added });
    Ok(present(&context, StatusCode::OK, answer))
}

/// An answer, as a producer would push it.
#[derive(Deserialize)]
struct Produced {
    query_id: String,
    pieces: Vec<String>,
    #[serde(default)]
    confidence: f64,
    /// Why there is no answer in the end.
    error: Option<String>,
    /// Whether the producer dies before the end, having sent what it can.
    #[serde(default)]
    dies: bool,
}

/// Streams an answer to a query of the caller's; says whether there was need to.
pub async fn stream_query(
    context: Context,
    headers: HeaderMap,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    let caller = tester(&context, &headers).await?;
    let produced: Produced = serde_json::from_str(&body.to_string())
        .map_err(|error| Error::InvalidFormat(format!("This is no answer: {error}")))?;
    let stream = QueryStream::open(&context, &caller.user_id, &produced.query_id).await?;
    let is_needed = stream.is_some();
    if let Some(mut stream) = stream {
        for piece in &produced.pieces {
            stream.push(piece).await?;
        }
        match produced.error {
            _ if produced.dies => stream.flush().await?,
            Some(message) => stream.fail("QUERY_PROCESSING_ERROR", &message).await?,
            None => stream.finish(produced.confidence).await?,
        }
    }
    let answer = json!({ "is_needed": is_needed });
    Ok(present(&context, StatusCode::OK, answer))
}

/// Whoever may use these.
async fn tester(context: &Context, headers: &HeaderMap) -> Result<Caller> {
    if !context.config().allows_faults {
        return Err(Error::NotFound("There is nothing at this address".into()));
    }
    let caller = Caller::of_optional_token(context, bearer(headers)).await?;
    caller.ok_or_else(|| Error::TokenInvalid("An access token is required".into()))
}
