//! The query socket (CONTRACT 2.1).

use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Upgrade, Upgraded};
use crate::openapi::ErrorAnswers;

/// Open a WebSocket on which queries are submitted and their answers come in chunks.
///
/// Frames are `{type, data, timestamp}`. The first is `connection_established`; `ping` wants a
/// `{"type": "pong"}` within 10 seconds, and `heartbeat` is answered by `heartbeat`. Frames of the
/// client: `submit_query`, `subscribe_query`, `unsubscribe_query`, `resume` with the number of
/// chunks that it has, `subscribe_workflow`, `subscribe_system_status`. The token may also be sent
/// as `?token=`.
#[utoipa::path(get, path = "/api/v1/ws/query", tag = "realtime",
    responses((status = 101, description = "The connection is a WebSocket"), ErrorAnswers))]
pub async fn connect_queries(
    context: Context,
    caller: Caller,
    upgrade: Option<Upgrade>,
) -> Result<Upgraded> {
    context
        .db()?
        .batch_as(&caller, context.now_ms(), vec![])
        .await?;
    if upgrade.is_none() {
        return Err(Error::UpgradeRequired);
    }
    let rooms = context.rooms()?;
    let device_id = context.device_id();
    let socket = rooms.connect(&caller, "query", device_id, None).await?;
    Ok(Upgraded(socket))
}
