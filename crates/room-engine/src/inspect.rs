//! What an upload brings, told while it arrives and without measuring: the Worker stores the bytes
//! and writes down what is said here.

use room_scan::{Format, Limits, Points, Scan, ScanSummary};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Refusal;
use crate::reading::Reading;

/// A file of an upload while it arrives.
pub struct Inspection(Reading);

impl Inspection {
    /// Of a file of at most so many bytes, unpacked, each of which that came makes at most `max_ratio`.
    pub fn new(max_bytes: u64, max_ratio: u64) -> Self {
        let limits = Limits {
            max_unpacked_bytes: max_bytes,
            max_ratio,
        };
        Self(Reading::new(limits, Points::Discard))
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// As soon as it is certain that the file is refused.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        Ok(self.0.push(chunk)?)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it is refused.
    pub fn finish(self) -> Result<Inspected, Refusal> {
        let (scan, captured) = self.0.finish()?;
        Ok(Inspected::of(scan, captured.and_then(Result::err)))
    }
}

/// What a file of an upload is, or both files of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspected {
    /// Whether it is a JSON document, and not a point cloud.
    pub is_document: bool,
    /// Whether it came gzipped.
    pub is_gzip: bool,
    /// Bytes as they came over the wire.
    pub received_bytes: u64,
    /// Bytes after unpacking.
    pub unpacked_bytes: u64,
    /// SHA-256 of the unpacked bytes.
    pub sha256: [u8; 32],
    /// Its points, valid or not.
    pub points: u64,
    /// Whether there is a `room_scan` object.
    pub has_room_scan: bool,
    /// Whether it is, or holds, a room that the phone measured itself.
    pub is_captured_room: bool,
    /// Why that room cannot be read, if it cannot.
    pub captured_fault: Option<String>,
    /// What the app says about the scan.
    pub summary: ScanSummary,
}

impl Inspected {
    fn of(scan: Scan, captured_fault: Option<String>) -> Self {
        Self {
            is_document: scan.format == Format::Json,
            is_gzip: scan.compressed,
            received_bytes: scan.received_bytes,
            unpacked_bytes: scan.unpacked_bytes,
            sha256: scan.sha256,
            points: scan.cloud.given,
            has_room_scan: scan.has_room_scan,
            is_captured_room: scan.is_captured_room,
            captured_fault,
            summary: scan.summary,
        }
    }

    /// Joins a document with the point cloud that came beside it. The points are the cloud's, if it
    /// has any; whatever else is said of the room is the document's. The digest is the SHA-256 over both digests,
    /// the document's first.
    pub fn with_cloud(self, cloud: &Self) -> Self {
        let digests = Sha256::new()
            .chain_update(self.sha256)
            .chain_update(cloud.sha256);
        Self {
            received_bytes: self.received_bytes + cloud.received_bytes,
            unpacked_bytes: self.unpacked_bytes + cloud.unpacked_bytes,
            sha256: digests.finalize().into(),
            points: if cloud.points > 0 {
                cloud.points
            } else {
                self.points
            },
            ..self
        }
    }

    /// As JSON. The light is left out: it is for the analysis.
    pub fn to_json(&self) -> Vec<u8> {
        let summary = &self.summary;
        let measured = &summary.measurements;
        json!({
            "is_document": self.is_document,
            "is_gzip": self.is_gzip,
            "received_bytes": self.received_bytes,
            "unpacked_bytes": self.unpacked_bytes,
            "sha256": self.sha256,
            "points": self.points,
            "has_room_scan": self.has_room_scan,
            "is_captured_room": self.is_captured_room,
            "captured_fault": self.captured_fault,
            "texts": [summary.id, summary.name, summary.timestamp, summary.platform,
                summary.model, summary.os_version],
            "measurements": [measured.length, measured.width, measured.height, measured.area,
                measured.volume],
        })
        .to_string()
        .into_bytes()
    }

    /// Reads what [`to_json`](Self::to_json) wrote; `None` for anything else.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(json).ok()?;
        let is = |key| value.get(key).and_then(Value::as_bool);
        let count = |key| value.get(key).and_then(Value::as_u64);
        let mut inspected = Self {
            is_document: is("is_document")?,
            is_gzip: is("is_gzip")?,
            received_bytes: count("received_bytes")?,
            unpacked_bytes: count("unpacked_bytes")?,
            sha256: [0; 32],
            points: count("points")?,
            has_room_scan: is("has_room_scan")?,
            is_captured_room: is("is_captured_room")?,
            captured_fault: text(value.get("captured_fault")?),
            summary: ScanSummary::default(),
        };
        let digest = value.get("sha256")?.as_array()?;
        for (byte, number) in inspected.sha256.iter_mut().zip(digest) {
            *byte = number.as_u64()? as u8;
        }
        let summary = &mut inspected.summary;
        let texts = [
            &mut summary.id,
            &mut summary.name,
            &mut summary.timestamp,
            &mut summary.platform,
            &mut summary.model,
            &mut summary.os_version,
        ];
        for (field, value) in texts.into_iter().zip(value.get("texts")?.as_array()?) {
            *field = text(value);
        }
        let measured = &mut summary.measurements;
        let figures = [
            &mut measured.length,
            &mut measured.width,
            &mut measured.height,
            &mut measured.area,
            &mut measured.volume,
        ];
        for (field, value) in figures
            .into_iter()
            .zip(value.get("measurements")?.as_array()?)
        {
            *field = value.as_f64();
        }
        Some(inspected)
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
