//! A batch that exists for tests only, with `FAULTS`: lanes of inner requests, as they come.

use axum::extract::Request;
use axum::response::Response;
use axum::{RequestExt, response::IntoResponse};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{InnerAnswer, InnerCalls, InnerRequest, Json, JsonValue};

/// Where it is.
pub const BATCH: &str = "/api/v1/faults/batch";

#[derive(Deserialize)]
struct Operation {
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
}

#[derive(Serialize)]
struct Outcome {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Option<Value>,
}

/// Runs `[[operation, ...], ...]` and answers in the same shape.
pub async fn run_batch(context: Context, request: Request) -> Result<Response> {
    if !context.config().allows_faults {
        return Err(Error::NotFound("There is nothing at this address".into()));
    }
    let caller = Caller::of_headers(&context, request.headers()).await?;
    let calls = InnerCalls::new(&context, caller.as_ref())?;
    let JsonValue(body) = request.extract().await?;
    let lanes: Vec<Vec<Operation>> =
        serde_json::from_value(body).map_err(|error| Error::InvalidFormat(error.to_string()))?;
    let lanes = lanes.into_iter().map(|lane| run_lane(&calls, lane));
    let outcomes = calls.side_by_side(lanes.collect()).await?;
    Ok(Json(outcomes).into_response())
}

async fn run_lane(calls: &InnerCalls, lane: Vec<Operation>) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(lane.len());
    for operation in lane {
        outcomes.push(Outcome::of(calls.call(operation.into_request()).await));
    }
    outcomes
}

impl Operation {
    fn into_request(self) -> InnerRequest {
        let headers = self.headers.into_iter().filter_map(|(name, value)| {
            Some((
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value).ok()?,
            ))
        });
        InnerRequest {
            method: Method::from_bytes(self.method.as_bytes()).unwrap_or_default(),
            path: self.path,
            headers: headers.collect::<HeaderMap>(),
            body: self.body,
        }
    }
}

impl Outcome {
    fn of(answer: InnerAnswer) -> Self {
        let headers = answer
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        Self {
            status: answer.status.as_u16(),
            headers: headers.collect(),
            body: answer.body,
        }
    }
}
