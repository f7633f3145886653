//! What is made of a room scan: its analysis, and the drawings of a result.
//!
//! It runs as a Wasm module of its own beside the Worker's (`docs/decisions`): a job gets a fresh
//! instance, whose memory goes with it, and a request that needs no geometry never loads it. The
//! module's functions stand in `module`; here is what they do, for tests as well.

mod draw;
#[cfg(feature = "module")]
mod module;
mod result;

pub use draw::{Drawing, draw};
pub use result::{Analysis, Placement, ProductRecommendation, RoomAnalysis};

use room_geometry::{Options, analyze};
use room_scan::{Limits, Measurements, Points, ScanReader};

/// Points that are kept for the analysis: 18 MB of positions. Larger clouds are thinned evenly.
const MAX_POINTS: usize = 1_500_000;

/// Reads a scan as it comes, then measures the room.
pub struct Engine(ScanReader);

impl Engine {
    /// For a scan of at most so many bytes, unpacked.
    pub fn new(max_bytes: u64) -> Self {
        let limits = Limits {
            max_unpacked_bytes: max_bytes,
            max_ratio: u64::MAX,
        };
        Self(ScanReader::new(limits, Points::Keep { max: MAX_POINTS }))
    }

    /// Takes the next bytes of the scan.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), String> {
        self.0.push(chunk).map_err(damaged)
    }

    /// Measures the room; `app` are the app's own figures.
    ///
    /// # Errors
    /// Why that cannot be, as a sentence.
    pub fn analyze(self, app: &Measurements) -> Result<Analysis, String> {
        let scan = self.0.finish().map_err(damaged)?;
        let geometry = analyze(&scan.cloud, app, &Options::default()).map_err(|e| e.to_string())?;
        drop(scan);
        Ok(Analysis::of(geometry))
    }
}

fn damaged(error: room_scan::ScanError) -> String {
    format!("The scan's data is damaged: {error}")
}
