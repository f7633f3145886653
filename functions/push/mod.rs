//! Where people want to be notified (CONTRACT M10), and a notification to try it. Owns
//! `push_devices` together with `src/push`, which sends.

mod db;
mod devices;
mod trial;

use crate::auth::Scope;
use crate::http::{Routes, needs, route};
use crate::limits::{GENERAL, PUSH_TRIAL};

/// The routes of this area.
pub fn routes() -> Routes {
    let read = needs(Scope::Read, &GENERAL);
    let write = needs(Scope::Upload, &GENERAL);
    Routes::new()
        .add(read, route!(devices::list_push_devices))
        .add(write, route!(devices::register_push_device))
        .add(write, route!(devices::unregister_this_device))
        .add(write, route!(devices::unregister_push_device))
        .add(
            needs(Scope::Upload, &PUSH_TRIAL),
            route!(trial::send_test_push),
        )
        .add(read, route!(trial::find_push_message))
}
