//! The feed of events over a WebSocket (CONTRACT 2.3).

use deserr::Deserr;
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, Query, Upgrade, Upgraded, WholeNumber};
use crate::openapi::ErrorAnswers;

/// The largest position that JSON can carry to every client.
pub const MAX_POSITION: u64 = (1 << 53) - 1;

/// Where to go on.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The client has everything up to this sequence number; without it, it gets what comes from
    /// now on.
    #[deserr(default)]
    #[param(value_type = Option<u64>)]
    after: Option<WholeNumber<0, MAX_POSITION>>,
}

impl Input for After {}

/// Open a WebSocket on which the user's events come.
///
/// Frames are `{type, data, timestamp, seq, id}`. The first is `connection_established`; `gap` says
/// that events between two positions are gone; `ping` wants a `{"type": "pong"}`. The token may
/// also be sent as `?token=`. Who comes back with `?after=` and the last `seq` misses nothing.
#[utoipa::path(get, path = "/api/v1/ws/events", tag = "realtime", params(After),
    responses((status = 101, description = "The connection is a WebSocket"), ErrorAnswers))]
pub async fn connect_events(
    context: Context,
    caller: Caller,
    upgrade: Option<Upgrade>,
    Query(query): Query<After>,
) -> Result<Upgraded> {
    context
        .db()?
        .batch_as(&caller, context.now_ms(), vec![])
        .await?;
    if upgrade.is_none() {
        return Err(Error::UpgradeRequired);
    }
    let after = query.after.map(|after| after.0);
    let device_id = context.device_id();
    let rooms = context.rooms()?;
    let socket = rooms.connect(&caller, "events", device_id, after).await?;
    Ok(Upgraded(socket))
}
