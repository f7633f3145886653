//! What the tests share.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use room_scan::{Limits, Points, Scan, ScanError, ScanReader};

pub const KEEP: Points = Points::Keep { max: 1_000 };

/// Reads a scan that comes in one piece.
pub fn read(scan: impl AsRef<[u8]>) -> Result<Scan, ScanError> {
    read_chunks([scan.as_ref()], KEEP)
}

/// Reads a scan that comes in `chunks`.
pub fn read_chunks<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    points: Points,
) -> Result<Scan, ScanError> {
    let mut reader = ScanReader::new(Limits::default(), points);
    for chunk in chunks {
        reader.push(chunk)?;
    }
    reader.finish()
}

/// Reads a scan that is cut into chunks of the sizes in `sizes`, over and over.
pub fn read_cut(mut scan: &[u8], sizes: &[usize]) -> Result<Scan, ScanError> {
    let mut sizes = sizes.iter().cycle();
    let chunks = std::iter::from_fn(|| {
        let size = sizes
            .next()
            .copied()
            .unwrap_or(1)
            .clamp(1, scan.len().max(1));
        let (chunk, rest) = scan.split_at_checked(size)?;
        scan = rest;
        Some(chunk)
    });
    read_chunks(chunks, KEEP)
}

pub fn gzip(bytes: impl AsRef<[u8]>) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes.as_ref())?;
    encoder.finish()
}

/// The body of an upload with these points.
pub fn scan_of(points: &str) -> String {
    format!(r#"{{"room_scan":{{"id":"a","sensor_data":{{"lidar_points":{points}}}}}}}"#)
}

/// The points of a scan in its own coordinates.
pub fn positions(scan: &Scan) -> Vec<[f64; 3]> {
    let [ox, oy, oz] = scan.cloud.origin;
    let positions = scan.cloud.positions.iter();
    positions
        .map(|&[x, y, z]| [ox + x as f64, oy + y as f64, oz + z as f64])
        .collect()
}
