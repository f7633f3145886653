//! R2 for files, KV for short-lived values; both counted.

mod cache;
mod files;
mod upload;

pub use cache::Cache;
pub use files::{Files, StoredFile};
pub use upload::Upload;
