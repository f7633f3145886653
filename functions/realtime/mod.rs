//! What happens to a user's things, as it happens (CONTRACT 2).

mod events;
mod faults;
mod own_events;
mod query_socket;
mod socket;
mod status;

use crate::auth::Scope;
use crate::http::{Routes, needs, route};
use crate::limits::{CONNECTING, GENERAL, OWN_EVENTS};

pub use faults::{PUBLISH, QUERY_STREAM, publish, stream_query};

/// The routes of this area.
pub fn routes() -> Routes {
    let connecting = needs(Scope::Read, &CONNECTING).with_query_token();
    Routes::new()
        .add(connecting, route!(socket::connect_events))
        .add(connecting, route!(query_socket::connect_queries))
        .add(connecting, route!(events::stream_events))
        .add(
            needs(Scope::Upload, &OWN_EVENTS),
            route!(own_events::publish_event),
        )
        .add(
            needs(Scope::Read, &GENERAL),
            route!(status::show_realtime_status),
        )
}
