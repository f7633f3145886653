//! R2 for files, KV for short-lived values; both counted.

mod cache;
mod files;
mod parts;
mod upload;

pub use cache::Cache;
pub use files::{Files, StoredFile};
pub use parts::Parts;
pub use upload::Upload;
