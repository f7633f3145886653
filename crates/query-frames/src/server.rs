//! What a client is sent. Android decodes the `data` of updates strictly, so each has a type that
//! knows no other keys than those of the contract.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::json;

/// The type of a frame, by its name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The first frame.
    ConnectionEstablished,
    /// News of a query.
    QueryUpdate,
    /// News of a workflow.
    WorkflowUpdate,
    /// The subscription counts from now on.
    SubscriptionConfirmed,
    /// To be answered with a pong.
    Ping,
    /// The answer to a client's heartbeat.
    Heartbeat,
    /// A request failed.
    Error,
    /// How the service is.
    SystemStatus,
}

impl Kind {
    /// The value of `type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectionEstablished => "connection_established",
            Self::QueryUpdate => "query_update",
            Self::WorkflowUpdate => "workflow_update",
            Self::SubscriptionConfirmed => "subscription_confirmed",
            Self::Ping => "ping",
            Self::Heartbeat => "heartbeat",
            Self::Error => "error",
            Self::SystemStatus => "system_status",
        }
    }
}

/// A frame.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerFrame<'a> {
    /// The user whose socket this is.
    ConnectionEstablished(&'a str),
    /// News of a query.
    QueryUpdate(QueryUpdate<'a>),
    /// News of a workflow.
    WorkflowUpdate(WorkflowUpdate<'a>),
    /// The query that the client now follows.
    QuerySubscribed(&'a str),
    /// The workflow that the client now follows.
    WorkflowSubscribed(&'a str),
    /// To be answered with a pong.
    Ping,
    /// The answer to a client's heartbeat.
    Heartbeat,
    /// A request failed.
    Error(Failure<'a>),
    /// How the service is.
    SystemStatus(SystemStatus<'a>),
}

impl ServerFrame<'_> {
    /// The type.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ConnectionEstablished(_) => Kind::ConnectionEstablished,
            Self::QueryUpdate(_) => Kind::QueryUpdate,
            Self::WorkflowUpdate(_) => Kind::WorkflowUpdate,
            Self::QuerySubscribed(_) | Self::WorkflowSubscribed(_) => Kind::SubscriptionConfirmed,
            Self::Ping => Kind::Ping,
            Self::Heartbeat => Kind::Heartbeat,
            Self::Error(_) => Kind::Error,
            Self::SystemStatus(_) => Kind::SystemStatus,
        }
    }

    /// The value of `data`, which only a ping is without.
    pub fn data(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::ConnectionEstablished(user_id) => json!({ "userId": user_id }),
            Self::QueryUpdate(update) => json!(update),
            Self::WorkflowUpdate(update) => json!(update),
            Self::QuerySubscribed(query_id) => json!({ "queryId": query_id }),
            Self::WorkflowSubscribed(workflow_id) => json!({ "workflowId": workflow_id }),
            Self::Ping => return None,
            Self::Heartbeat => json!({}),
            Self::Error(failure) => json!(failure),
            Self::SystemStatus(status) => json!(status),
        })
    }

    /// The frame as it is sent at this time.
    pub fn to_json(&self, at_ms: i64) -> String {
        let data = self.data().map(|data| data.to_string());
        frame(self.kind().name(), data.as_deref(), at_ms)
    }
}

/// A frame from its parts: a name of [`Kind`], `data` as JSON text, and its time.
pub fn frame(name: &str, data: Option<&str>, at_ms: i64) -> String {
    let (key, data) = data.map_or(("", ""), |data| (r#","data":"#, data));
    let timestamp = timestamp(at_ms);
    format!(r#"{{"type":"{name}"{key}{data},"timestamp":"{timestamp}"}}"#)
}

fn timestamp(ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// News of a query; the constructors are all there is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryUpdate<'a> {
    query_id: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunk: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<Verification>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Verification {
    confidence: f64,
}

impl<'a> QueryUpdate<'a> {
    /// The first news, by which a client learns the id, and the start of every run: chunks that
    /// came before it are void.
    pub const fn processing(query_id: &'a str) -> Self {
        Self {
            query_id,
            status: "processing",
            chunk: None,
            complete: None,
            response_text: None,
            verification: None,
        }
    }

    /// The next chunk.
    pub const fn streaming(query_id: &'a str, chunk: &'a str) -> Self {
        Self {
            status: "streaming",
            chunk: Some(chunk),
            ..Self::processing(query_id)
        }
    }

    /// The end of the answer: its last chunk, and the whole of it. Web leaves its streaming state
    /// only for a frame with both `chunk` and `complete`. A confidence outside 0..1 is cut.
    pub fn completed(
        query_id: &'a str,
        chunk: &'a str,
        response_text: &'a str,
        confidence: f64,
    ) -> Self {
        // JSON has no NaN, and `max` returns the other number.
        let confidence = confidence.max(0.0).clamp(0.0, 1.0);
        Self {
            status: "completed",
            chunk: Some(chunk),
            complete: Some(true),
            response_text: Some(response_text),
            verification: Some(Verification { confidence }),
            ..Self::processing(query_id)
        }
    }

    /// The end of a query without an answer; an error says why.
    pub const fn failed(query_id: &'a str) -> Self {
        Self {
            status: "failed",
            complete: Some(true),
            response_text: Some(""),
            ..Self::processing(query_id)
        }
    }
}

/// News of a workflow.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowUpdate<'a> {
    /// Which workflow.
    pub workflow_id: &'a str,
    /// Which step; `workflow` for the whole.
    pub step_id: &'a str,
    /// What became of it.
    pub status: &'a str,
    /// 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<u8>,
    /// A text, also of an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<&'a str>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure<'a> {
    /// Fit for users.
    pub message: &'a str,
    /// A code of CONTRACT 4.2.
    pub code: &'a str,
    /// By which the request is found in the log.
    pub request_id: &'a str,
}

/// How the service is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemStatus<'a> {
    status: &'a str,
    message: &'a str,
    timestamp: String,
}

impl<'a> SystemStatus<'a> {
    /// How it was at this time.
    pub fn new(status: &'a str, message: &'a str, at_ms: i64) -> Self {
        Self {
            status,
            message,
            timestamp: timestamp(at_ms),
        }
    }
}
