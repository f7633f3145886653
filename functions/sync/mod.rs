//! Offline sync: moods, journals and goals, batches, changes, conflicts (CONTRACT 6, M1 to M9).
//!
//! What else stands in a batch is carried out by its own route, through the router.
//!
//! Owns `records`, `sync_devices`, `sync_keys` and `conflicts`, and `users.sync_version`. What
//! becomes of a write is decided by `sync-core`; every write is one transaction that fails if
//! another device was faster, and is then decided anew.

mod batch;
mod call;
mod changes;
mod collection;
mod conflicts;
mod cursor;
mod db;
mod fields;
mod goals;
mod hint;
mod item;
mod journals;
mod list;
mod moods;
mod privacy;
mod records;
mod run;
mod schema;
mod status;
mod store;

pub use db::forget_what_expired;
pub use privacy::{erase_user, export_user};

use crate::auth::Scope;
use crate::http::{Routes, needs, route};
use crate::limits::SYNC;

/// The routes of this area.
pub fn routes() -> Routes {
    let read = needs(Scope::Read, &SYNC);
    let write = needs(Scope::Upload, &SYNC);
    Routes::new()
        .add(read, route!(= moods::list_moods))
        .add(write, route!(= moods::create_mood))
        .add(read, route!(= moods::find_mood))
        .add(write, route!(= moods::put_mood))
        .add(write, route!(= moods::update_mood))
        .add(write, route!(= moods::delete_mood))
        .add(read, route!(= journals::list_journals))
        .add(write, route!(= journals::create_journal))
        .add(read, route!(= journals::find_journal))
        .add(write, route!(= journals::put_journal))
        .add(write, route!(= journals::update_journal))
        .add(write, route!(= journals::delete_journal))
        .add(read, route!(= goals::list_goals))
        .add(write, route!(= goals::create_goal))
        .add(read, route!(= goals::find_goal))
        .add(write, route!(= goals::put_goal))
        .add(write, route!(= goals::update_goal))
        .add(write, route!(= goals::delete_goal))
        .add(write, route!(= goals::add_progress))
        .add(write.repeatable(), route!(= batch::sync_batch))
        .add(write.repeatable(), route!(= batch::outbox_batch))
        .add(read, route!(changes::list_changes))
        .add(read, route!(status::sync_status))
        .add(read, route!(conflicts::list_conflicts))
        .add(write, route!(conflicts::resolve_conflict))
}
