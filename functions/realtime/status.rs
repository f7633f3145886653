//! Who is connected in the caller's name.

use axum::http::StatusCode;
use axum::response::Response;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::http::present;
use crate::openapi::ErrorAnswers;

/// The caller's connections and the log that they read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct RealtimeStatus {
    /// How many connections there are.
    count: u64,
    limits: ConnectionLimits,
    /// The oldest event that can be read.
    oldest: u64,
    /// The newest event; 0 before the first.
    newest: u64,
    connections: Vec<RealtimeConnection>,
}

/// How many there may be.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct ConnectionLimits {
    /// Raw sockets and event streams that may be open.
    connections: u64,
    /// How many of them are.
    own: u64,
}

/// An open socket or stream.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct RealtimeConnection {
    id: String,
    /// `events`, `query`, `socket.io`.
    protocol: String,
    /// `websocket`, `polling`, `sse`.
    transport: String,
    /// Of Socket.IO only.
    namespace: Option<String>,
    connected_at: String,
    session_id: String,
    /// The app's installation, if it said.
    device_id: Option<String>,
    /// It has everything up to this sequence number.
    position: i64,
    /// How far that is from the newest.
    behind: i64,
}

/// Show the caller's open connections.
#[utoipa::path(get, path = "/api/v1/realtime/status", tag = "realtime",
    responses((status = 200, body = RealtimeStatus), ErrorAnswers))]
pub async fn show_realtime_status(context: Context, caller: Caller) -> Result<Response> {
    context
        .db()?
        .batch_as(&caller, context.now_ms(), vec![])
        .await?;
    let status = context.rooms()?.status(&caller).await?;
    Ok(present(&context, StatusCode::OK, status))
}
