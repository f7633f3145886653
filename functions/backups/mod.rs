//! Backups of the apps' local databases (CONTRACT F12): opaque bytes, kept as versions.
//!
//! A small backup comes in one piece, a large one by resumable upload (tus 1.0.0: creation,
//! expiration, termination). Each part is a file of its own under a name that nobody else writes
//! to; the row names the parts that count, and moves from offset to offset. So a part that comes
//! twice, late, or beside another never does harm, and a version is complete in the same statement
//! that names its last part. Owns `backups`.

mod clean_up;
mod db;
mod digest;
mod privacy;
mod put;
mod store;
mod tus;
mod upload;
mod versions;

use crate::auth::Scope;
use crate::http::{Routes, needs, public, route};
use crate::limits::{BACKUP, GENERAL};

pub use clean_up::purge_backups;
pub use privacy::{erase_user, export_user};

/// The routes of this area.
pub fn routes() -> Routes {
    let read = needs(Scope::Read, &GENERAL);
    let write = needs(Scope::Upload, &BACKUP);
    Routes::new()
        .add(read, route!(versions::list_backups))
        .add(write.streaming(), route!(put::put_backup))
        .add(read, route!(versions::find_backup))
        .add(read, route!(versions::download_backup))
        .add(write, route!(versions::delete_backup))
        .add(public(&GENERAL), route!(upload::describe_uploads))
        .add(write, route!(upload::create_upload))
        .add(read, route!(upload::find_upload))
        .add(write.streaming(), route!(upload::append_to_upload))
        .add(write, route!(upload::abandon_upload))
}
