//! Room scans as they arrive: streaming readers for scan JSON, PLY and gzip.

pub mod cloud;
pub mod summary;

pub use cloud::PointCloud;
pub use summary::{Measurements, ScanSummary};
