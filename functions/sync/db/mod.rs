//! SQL of offline sync: `records`, `sync_devices`, `sync_keys` and `conflicts`.

mod changes;
mod conflicts;
mod expiry;
mod memory;
mod records;
mod write;

use sync_core::Version;

use crate::db::{Statement, row};
use crate::error::Error;

pub use changes::{ChangesRow, list_changes};
pub use conflicts::{
    ConflictRow, count_conflicts, find_conflict, find_record_of_conflict, list_all_conflicts,
    list_conflicts, settle_conflict, write_conflict,
};
pub use expiry::{CONFLICT_LIFE_MS, erase_the_rest, forget_what_expired};
pub use memory::{
    DeviceRow, TextRow, find_device, find_key_pages, find_memory, write_key_page, write_memory,
};
pub use records::{
    CollectionRow, Filter, RecordRow, count_records, erase_records, find_record, find_records,
    list_all, list_records, sum_up,
};
pub use write::{assert_version, set_version, write_records, written};

row! {
    /// A number of rows.
    pub struct Count {
        pub total: i64,
    }
}

row! {
    /// The number of a user's last change.
    pub struct VersionRow {
        pub sync_version: Version,
    }
}

pub fn find_version(user_id: &str) -> Statement {
    Statement::new("select sync_version from users where id = ?1").bind(user_id)
}

row! {
    /// The user's jobs that go on, and those that failed.
    pub struct JobsRow {
        pub pending: i64,
        pub failed: i64,
    }
}

/// Counts the user's jobs, up to a limit.
pub fn count_jobs(user_id: &str, limit: i64) -> Statement {
    Statement::new(
        "select
           coalesce(sum(state in ('queued', 'processing')), 0) as pending,
           coalesce(sum(state = 'failed'), 0) as failed
         from (select state from jobs where user_id = ?1 limit ?2)",
    )
    .bind(user_id)
    .bind(limit)
}

/// When what is stored is not what this program stores.
pub fn unreadable() -> Error {
    Error::internal("what is stored cannot be read")
}
