//! One scan as it comes: points, or a room that the phone measured itself.

use std::io::Read;

use captured_room::MOST_BYTES;
use flate2::read::MultiGzDecoder;
use room_geometry::RoomGeometry;
use room_scan::summary::Light;
use room_scan::{Format, Limits, PointCloud, Points, ScanReader};

/// What a scan holds.
pub enum Scanned {
    /// Points.
    Points {
        /// The points.
        cloud: PointCloud,
        /// The light readings beside them.
        light: Light,
    },
    /// A room that the phone measured.
    Captured(Box<RoomGeometry>),
}

/// A scan that is being read.
pub struct Reading {
    scan: ScanReader,
    /// All that came, while it may still be a captured room: those are small.
    document: Option<Vec<u8>>,
}

impl Reading {
    pub fn new(max_bytes: u64, max_points: usize) -> Self {
        let limits = Limits {
            max_unpacked_bytes: max_bytes,
            max_ratio: u64::MAX,
        };
        Self {
            scan: ScanReader::new(limits, Points::Keep { max: max_points }),
            document: Some(Vec::new()),
        }
    }

    pub fn push(&mut self, chunk: &[u8]) -> Result<(), String> {
        self.document = self
            .document
            .take()
            .filter(|held| held.len() + chunk.len() <= MOST_BYTES);
        if let Some(held) = &mut self.document {
            held.extend_from_slice(chunk);
        }
        self.scan.push(chunk).map_err(damaged)
    }

    pub fn finish(self) -> Result<Scanned, String> {
        let scan = self.scan.finish().map_err(damaged)?;
        let has_points = scan.cloud.given > 0;
        if let Some(document) = self
            .document
            .filter(|_| scan.format == Format::Json && !has_points)
            && let Some(room) = captured(&document)?
        {
            return Ok(Scanned::Captured(Box::new(room)));
        }
        Ok(Scanned::Points {
            cloud: scan.cloud,
            light: scan.summary.light,
        })
    }
}

/// The captured room of a document, if it is or holds one.
fn captured(document: &[u8]) -> Result<Option<RoomGeometry>, String> {
    let mut unpacked = Vec::new();
    let text = if document.starts_with(&[0x1f, 0x8b]) {
        let mut limited = MultiGzDecoder::new(document).take(MOST_BYTES as u64);
        if limited.read_to_end(&mut unpacked).is_err() {
            return Ok(None);
        }
        &unpacked
    } else {
        document
    };
    let Ok(value) = serde_json::from_slice(text) else {
        return Ok(None);
    };
    let Some(capture) = captured_room::find(&value) else {
        return Ok(None);
    };
    match captured_room::read(capture) {
        Ok(captured) => Ok(Some(captured.geometry)),
        Err(fault) => Err(format!("The captured room cannot be read: {fault}")),
    }
}

fn damaged(error: room_scan::ScanError) -> String {
    format!("The scan's data is damaged: {error}")
}
