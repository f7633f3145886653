//! A batch that exists for tests only, with `FAULTS`: lanes of inner requests, as they come.

use axum::RequestExt;
use axum::extract::Request;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};

use crate::auth::{Caller, bearer};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{InnerAnswer, InnerCalls, InnerRequest, Json, JsonValue};

/// Where it is.
pub const BATCH: &str = "/api/v1/faults/batch";

/// Runs `[[{method, path, headers, body}, ...], ...]`, the inner lists side by side, and answers
/// `[[{status, headers, body}, ...], ...]`.
pub async fn run_batch(context: Context, request: Request) -> Result<Json<Value>> {
    if !context.config().allows_faults {
        return Err(Error::NotFound("There is nothing at this address".into()));
    }
    let caller = Caller::of_optional_token(&context, bearer(request.headers())).await?;
    let calls = InnerCalls::new(&context, caller.as_ref())?;
    let JsonValue(body) = request.extract().await?;
    let lanes = list(&body).iter().map(|lane| run_lane(&calls, lane));
    let outcomes = calls.side_by_side(lanes.collect()).await?;
    Ok(Json(outcomes.into()))
}

async fn run_lane(calls: &InnerCalls, lane: &Value) -> Value {
    let mut outcomes = Vec::new();
    for operation in list(lane) {
        outcomes.push(outcome(calls.call(request(operation)).await));
    }
    outcomes.into()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn request(operation: &Value) -> InnerRequest {
    let text = |name: &str| operation[name].as_str().unwrap_or_default();
    let named = operation["headers"].as_object().into_iter().flatten();
    let headers = named.filter_map(|(name, value)| {
        Some((
            HeaderName::try_from(name).ok()?,
            HeaderValue::try_from(value.as_str()?).ok()?,
        ))
    });
    InnerRequest {
        method: Method::from_bytes(text("method").as_bytes()).unwrap_or_default(),
        path: text("path").to_owned(),
        headers: headers.collect::<HeaderMap>(),
        body: operation.get("body").cloned(),
    }
}

fn outcome(answer: InnerAnswer) -> Value {
    let headers = answer.headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.to_string(), Value::from(value)))
    });
    json!({
        "status": answer.status.as_u16(),
        "headers": headers.collect::<Map<_, _>>(),
        "body": answer.body,
    })
}
