//! What a client may send.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::field::Field;

/// A longer frame is none; sockets refuse it before it comes here.
pub const MAX_FRAME_BYTES: usize = 1 << 20;
/// The longest id of a query or a workflow; ours are UUIDs.
pub const MAX_ID_BYTES: usize = 64;
/// The longest query (CONTRACT 8.1).
pub const MAX_QUERY_CHARS: usize = 100_000;
/// The longest name of an operation.
pub const MAX_OPERATION_CHARS: usize = 64;
/// The operation of a query that names none.
pub const DEFAULT_OPERATION: &str = "general";

/// A client's frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFrame {
    /// Run a query and stream its answer.
    SubmitQuery {
        /// The text, with something beside blanks in it.
        query: String,
        /// What is to be done with it.
        operation: String,
    },
    /// Follow a query.
    SubscribeQuery {
        /// Which.
        query_id: String,
    },
    /// Follow it no longer.
    UnsubscribeQuery {
        /// Which.
        query_id: String,
    },
    /// Follow a workflow.
    SubscribeWorkflow {
        /// Which.
        workflow_id: String,
    },
    /// Follow it no longer.
    UnsubscribeWorkflow {
        /// Which.
        workflow_id: String,
    },
    /// Hear how the service is.
    SubscribeSystemStatus,
    /// Hear it no longer.
    UnsubscribeSystemStatus,
    /// Send a query's chunks again.
    Resume {
        /// Which query.
        query_id: String,
        /// How many chunks the client has, which is the index of the first one that it wants.
        from_chunk: u32,
    },
    /// The client lives and wants to know whether the server does.
    Heartbeat,
    /// The answer to a ping.
    Pong,
    /// A request that cannot be done as it stands; the client should be told.
    Refused(Refusal),
    /// Nothing that is known. Nothing is answered: Android would take an error for its stream's.
    Ignored,
}

/// Why a request cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Fit for users.
    pub message: String,
}

impl ClientFrame {
    /// Reads a frame, in both spellings of every field. Of a field that stands there twice the
    /// last counts.
    pub fn parse(text: &str) -> Self {
        if text.len() > MAX_FRAME_BYTES {
            return Self::Ignored;
        }
        serde_json::from_str::<Fields>(text)
            .ok()
            .and_then(|fields| fields.kind.text().map(|kind| fields.read(&kind)))
            .map_or(Self::Ignored, |frame| {
                frame.unwrap_or_else(|message| Self::Refused(Refusal { message }))
            })
    }
}

#[derive(Default)]
struct Fields {
    kind: Field,
    query: Field,
    operation: Field,
    query_id: Field,
    workflow_id: Field,
    from_chunk: Field,
}

impl Fields {
    fn read(self, kind: &str) -> Result<ClientFrame, String> {
        Ok(match kind {
            "submit_query" => ClientFrame::SubmitQuery {
                query: self.query()?,
                operation: self.operation()?,
            },
            "subscribe_query" => ClientFrame::SubscribeQuery {
                query_id: id(self.query_id, "queryId")?,
            },
            "resume" => ClientFrame::Resume {
                from_chunk: self.first_chunk()?,
                query_id: id(self.query_id, "queryId")?,
            },
            "subscribe_workflow" => ClientFrame::SubscribeWorkflow {
                workflow_id: id(self.workflow_id, "workflowId")?,
            },
            // To these nothing is ever answered.
            "unsubscribe_query" => id(self.query_id, "queryId")
                .map_or(ClientFrame::Ignored, |query_id| {
                    ClientFrame::UnsubscribeQuery { query_id }
                }),
            "unsubscribe_workflow" => id(self.workflow_id, "workflowId")
                .map_or(ClientFrame::Ignored, |workflow_id| {
                    ClientFrame::UnsubscribeWorkflow { workflow_id }
                }),
            "subscribe_system_status" => ClientFrame::SubscribeSystemStatus,
            "unsubscribe_system_status" => ClientFrame::UnsubscribeSystemStatus,
            "pong" => ClientFrame::Pong,
            // Android's encoder writes the name of its class: `com.example.Message.Heartbeat`.
            kind if last_part(kind).eq_ignore_ascii_case("heartbeat") => ClientFrame::Heartbeat,
            _ => ClientFrame::Ignored,
        })
    }

    fn query(&self) -> Result<String, String> {
        let query = match &self.query {
            Field::Text(query) if !query.trim().is_empty() => query,
            Field::Absent | Field::Text(_) => return Err("query is required".into()),
            _ => return Err("query must be a text".into()),
        };
        if query.chars().count() > MAX_QUERY_CHARS {
            return Err(format!(
                "query must be at most {MAX_QUERY_CHARS} characters"
            ));
        }
        Ok(query.clone())
    }

    fn operation(&self) -> Result<String, String> {
        match &self.operation {
            Field::Text(name) if name.chars().count() > MAX_OPERATION_CHARS => Err(format!(
                "operation must be at most {MAX_OPERATION_CHARS} characters"
            )),
            Field::Text(name) if !name.trim().is_empty() => Ok(name.clone()),
            Field::Absent | Field::Text(_) => Ok(DEFAULT_OPERATION.into()),
            _ => Err("operation must be a text".into()),
        }
    }

    fn first_chunk(&self) -> Result<u32, String> {
        match self.from_chunk {
            Field::Absent => Ok(0),
            // Saturates: what is less than nothing is everything.
            Field::Number(index) => Ok(index as u32),
            _ => Err("from_chunk must be a number".into()),
        }
    }
}

fn last_part(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}

fn id(field: Field, name: &str) -> Result<String, String> {
    match field {
        Field::Absent => Err(format!("{name} is required")),
        Field::Text(id) if (1..=MAX_ID_BYTES).contains(&id.len()) && !has_control(&id) => Ok(id),
        _ => Err(format!("{name} is not an id")),
    }
}

fn has_control(id: &str) -> bool {
    id.chars().any(char::is_control)
}

impl Field {
    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = entries.next_key::<String>()? {
            let field = match name.as_str() {
                "type" => &mut fields.kind,
                "query" => &mut fields.query,
                "operation" => &mut fields.operation,
                "queryId" | "query_id" => &mut fields.query_id,
                "workflowId" | "workflow_id" => &mut fields.workflow_id,
                "fromChunk" | "from_chunk" => &mut fields.from_chunk,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *field = entries.next_value()?;
        }
        Ok(fields)
    }
}
