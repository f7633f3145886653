//! What a person may ask for (CONTRACT 10.9): a copy of everything, or that nothing stays.
//!
//! Both are jobs. Each area offers `export_user` and `erase_user` for what it owns; the lists of
//! them stand in `src/jobs/dispatch.rs`. What belongs to no area, the jobs themselves and the
//! user's room, is looked after here.

mod archive;
mod erasure;
mod export;

pub use archive::{Archive, folder_name, page_name};
pub use erasure::{finish_erasure, repeat_erasures};
pub use export::{delete_expired_exports, finish_export};

/// The kind of a job that deletes everything of its user.
pub const ERASE_ACCOUNT: &str = "account.erase";

/// The kind of a job that copies everything of its user.
pub const EXPORT_ACCOUNT: &str = "account.export";

/// How long an archive can be downloaded.
pub const EXPORT_KEPT_MS: i64 = 7 * 24 * 3600 * 1000;
