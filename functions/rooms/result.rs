//! The result of an analysis as clients read it (CONTRACT R6, 5.4). Every key is always present.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::jobs::State;

/// The name of our own engine, as `provider_used` says it.
pub const BUILTIN: &str = "builtin";

/// A finished analysis. Stored as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomResult<'a> {
    pub processing_id: &'a str,
    /// Always `completed`.
    pub status: State,
    /// The scan's display name.
    pub name: Option<&'a str>,
    /// What was found out, as the room engine wrote it.
    #[schema(value_type = room_engine::Analysis)]
    pub result: &'a RawValue,
    pub metadata: Metadata,
}

/// How the result came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// When the room was measured.
    pub completed_at: String,
    /// From the first consumer's start to the result.
    pub processing_time_ms: i64,
    pub provider_used: String,
    /// US dollars.
    pub cost_actual: f64,
    pub quota_consumed: i64,
    /// Size of the Worker's memory after the analysis; not in production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_memory_bytes: Option<u64>,
}
