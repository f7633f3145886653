//! Room scans as they arrive: a push parser for scan JSON and PLY, plain or gzipped.
//!
//! A scan may be 100 MB, a Worker has 128 MB for everything, and a body arrives in chunks. So
//! nothing here ever sees a whole scan: [`ScanReader`] takes each chunk as it comes and passes it
//! through four layers, none of which keeps more than a token of it.
//!
//! | Layer | Module | Turns | Into |
//! |---|---|---|---|
//! | 1 | `unpack` | gzip or plain bytes, within [`Limits`] | plain bytes |
//! | 2 | `content` | plain bytes | a SHA-256, and JSON or PLY by the first byte |
//! | 3 | `json`, `ply` | JSON or PLY | a [`ScanSummary`], and points |
//! | 4 | `collect` | points | a [`PointCloud`] of bounded size, or only their number |
//!
//! How the input is cut into chunks makes no difference to the result.
//!
//! ```
//! use room_scan::{Limits, Points, ScanReader};
//!
//! let mut reader = ScanReader::new(Limits::default(), Points::Keep { max: 1_500_000 });
//! reader.push(br#"{"room_scan": {"id": "a1", "sensor_data": {"lidar_"#)?;
//! reader.push(br#"points": [[0.5, 1.5, 2.5]]}}}"#)?;
//! let scan = reader.finish()?;
//!
//! assert_eq!(scan.summary.id.as_deref(), Some("a1"));
//! assert_eq!(scan.cloud.origin, [0.5, 1.5, 2.5]);
//! # Ok::<(), room_scan::ScanError>(())
//! ```

pub mod cloud;
mod collect;
mod content;
mod error;
mod json;
mod number;
mod ply;
mod reader;
mod scan;
pub mod summary;
mod unpack;

pub use cloud::PointCloud;
pub use error::ScanError;
pub use reader::{Limits, Points, ScanReader};
pub use scan::{Format, Scan, SensorCounts};
pub use summary::{Measurements, ScanSummary};
