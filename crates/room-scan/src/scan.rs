//! What reading a scan gives.

use crate::{PointCloud, ScanSummary};

/// What the unpacked bytes of a scan are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The app's JSON.
    Json,
    /// PLY, `format ascii`.
    PlyAscii,
    /// PLY, `format binary_little_endian`.
    PlyBinaryLittleEndian,
    /// PLY, `format binary_big_endian`.
    PlyBinaryBigEndian,
}

/// Elements in each of the five arrays of `sensor_data`; 0 for an array that is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SensorCounts {
    /// `lidar_points`, or the vertices of a PLY; valid or not.
    pub lidar_points: u64,
    /// `distance_measurements`.
    pub distance_measurements: u64,
    /// `motion_data`.
    pub motion_data: u64,
    /// `audio_data`.
    pub audio_data: u64,
    /// `environmental_data`.
    pub environmental_data: u64,
}

/// A scan that was read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// What the points came as.
    pub format: Format,
    /// Whether it came gzipped.
    pub compressed: bool,
    /// Bytes as they came over the wire.
    pub received_bytes: u64,
    /// Bytes after unpacking; the same if it was not gzipped.
    pub unpacked_bytes: u64,
    /// SHA-256 of the unpacked bytes, so that a scan resent with other compression is the same.
    pub sha256: [u8; 32],
    /// What the app says about the scan; empty for a PLY.
    pub summary: ScanSummary,
    /// Whether there is a `room_scan` object. Without one everything below it is absent.
    pub has_room_scan: bool,
    /// Whether it is, or holds, a room that the phone measured itself, as far as its outline tells:
    /// a list `walls` and another of a captured room's lists at the top, or a member
    /// `captured_room`. Without a `room_scan` its `identifier` is the id.
    pub is_captured_room: bool,
    /// Elements in the sensor arrays.
    pub counts: SensorCounts,
    /// The points; none if they were discarded, but `given` and `invalid` are counted either way.
    pub cloud: PointCloud,
}
