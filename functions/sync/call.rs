//! Operations that other routes of the API carry out: whatever makes sense in a queue.

use http::header::{HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use sync_core::{Outcome, Rejection};

use super::item::{refused, segments};
use crate::error::Result;
use crate::http::{IDEMPOTENCY_KEY, InnerAnswer, InnerCalls, InnerRequest, REPLAYED};

/// Areas that make no sense in a queue: who signs in is there, and batches do not nest.
const NEVER_QUEUED: [&str; 6] = ["", "auth", "health", "oauth", "outbox", "sync"];

/// A request for another route.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// What it is about: none that comes later on the same may overtake it.
    pub resource: String,
    /// Its `Idempotency-Key`.
    pub key: Option<String>,
    /// A failure that a test asks for (`X-Fault`).
    pub fault: String,
    body: Option<Value>,
    /// The client says `update`, which may be PUT or PATCH.
    is_update: bool,
}

impl Call {
    /// Reads an operation as a phone queues it.
    ///
    /// # Errors
    /// When it cannot stand in a batch.
    pub fn read(operation: &str, endpoint: &str, data: Value) -> Result<Self> {
        let word = operation.to_ascii_lowercase();
        let method = match word.as_str() {
            "get" | "head" | "options" => return Err(refused(operation, endpoint)),
            "put" | "update" | "edit" => Method::PUT,
            "patch" => Method::PATCH,
            "delete" | "remove" => Method::DELETE,
            // What else shall happen is said by the path.
            _ => Method::POST,
        };
        // Some queues hold whole addresses.
        let path = match endpoint.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => endpoint,
        };
        let path = path.trim_start_matches('/');
        let area = segments(path).next().unwrap_or_default();
        if NEVER_QUEUED.contains(&area) {
            return Err(refused(operation, endpoint));
        }
        let path = match path.split('/').next() {
            Some("api" | "v1") => format!("/{path}"),
            _ => format!("/api/v1/{path}"),
        };
        let is_empty = data.as_object().is_some_and(Map::is_empty);
        Ok(Self {
            resource: resource(&method, &path),
            body: (method != Method::DELETE || !is_empty).then_some(data),
            is_update: matches!(word.as_str(), "update" | "edit"),
            method,
            path,
            key: None,
            fault: String::new(),
        })
    }

    /// `thing.created` is a POST to `things`, and so on.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of_event(thing: &str, what: &str, id: Option<&str>, data: Value) -> Result<Self> {
        let id = id.unwrap_or_default();
        let (word, path, data) = match what {
            "created" => ("create", format!("{thing}s"), data),
            "updated" => ("update", format!("{thing}s/{id}"), data),
            _ => ("delete", format!("{thing}s/{id}"), json!({})),
        };
        Self::read(word, &path, data)
    }

    /// Whether two in a row on the same resource may happen side by side: when both add to it.
    pub fn may_go_with(&self, other: &Self) -> bool {
        self.method == Method::POST && other.method == Method::POST && self.path == other.path
    }

    /// Carries it out, or only looks up what was answered before.
    pub async fn carry_out(&self, calls: &InnerCalls, is_replay: bool) -> InnerAnswer {
        let answer = calls
            .call(self.request(self.method.clone(), is_replay))
            .await;
        if self.is_update && answer.status == StatusCode::METHOD_NOT_ALLOWED {
            return calls.call(self.request(Method::PATCH, is_replay)).await;
        }
        answer
    }

    fn request(&self, method: Method, is_replay: bool) -> InnerRequest {
        let mut headers = HeaderMap::new();
        if let Some(key) = self.key.as_deref().map(HeaderValue::try_from) {
            // A key that cannot be one is refused where all keys are.
            let key = key.unwrap_or(HeaderValue::from_static(""));
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        if let Ok(fault) = HeaderValue::try_from(&self.fault) {
            headers.insert("x-fault", fault);
        }
        InnerRequest {
            method,
            path: self.path.clone(),
            headers,
            body: self.body.clone(),
            is_replay,
        }
    }
}

/// The thing that a path names, such as `organizations/5`; what creates one is about a new one.
fn resource(method: &Method, path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let named: Vec<_> = segments(path).take(2).collect();
    match named.len() {
        1 if *method == Method::POST => String::new(),
        _ => named.join("/"),
    }
}

/// What became of a call: `None` if it shall be sent again.
pub fn outcome(answer: &InnerAnswer) -> Option<Outcome> {
    let status = answer.status;
    if status.is_success() || is_lost(answer) {
        return Some(Outcome::Applied);
    }
    let code = code(answer);
    let asks_for_time = matches!(status.as_u16(), 401 | 408 | 425 | 429 | 500..);
    if asks_for_time || code == "IDEMPOTENCY_IN_PROGRESS" {
        return None;
    }
    let rejection = Rejection::new(status.as_u16(), code.to_owned());
    Some(Outcome::Rejected(rejection))
}

/// Whether it was carried out, and nobody knows what was answered.
pub fn is_lost(answer: &InnerAnswer) -> bool {
    code(answer) == "IDEMPOTENCY_ANSWER_LOST"
}

/// Whether it was answered before.
pub fn is_replayed(answer: &InnerAnswer) -> bool {
    is_lost(answer) || answer.headers.contains_key(REPLAYED)
}

/// The code of an error.
fn code(answer: &InnerAnswer) -> &str {
    let body = answer.body.as_ref();
    let code = body.and_then(|body| body["error"]["code"].as_str());
    code.unwrap_or_default()
}

/// An error as it stands in a verdict.
pub fn explain(answer: &InnerAnswer) -> Value {
    let error = answer.body.as_ref().map(|body| &body["error"]);
    let error = error.unwrap_or(&Value::Null);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let details = error["details"].as_array().into_iter().flatten();
    let details: Vec<_> = details
        .map(|detail| format!("{}: {}", text(&detail["field"]), text(&detail["message"])))
        .collect();
    let message = match details.is_empty() {
        true => text(&error["message"]),
        false => details.join("; "),
    };
    json!({ "code": error["code"], "message": message })
}
