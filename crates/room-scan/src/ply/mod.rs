//! PLY point clouds, ASCII or binary.
//!
//! After G. Turk, "The PLY Polygon File Format" (1994): a text header declares elements and their
//! properties, and the data follows in that order. Only the vertices matter here. What comes
//! before them is skipped, what comes after them is not even looked at.

mod ascii;
mod binary;
mod header;
mod vertex;

use crate::collect::Collector;
use crate::content::Body;
use crate::{Format, ScanError, ScanSummary, SensorCounts};
use ascii::AsciiReader;
use binary::BinaryReader;
use header::{Header, HeaderReader};

/// Reads a PLY.
#[derive(Debug)]
pub struct PlyReader {
    stage: Stage,
    /// What the header said, once it is complete.
    format: Format,
    collector: Collector,
}

#[derive(Debug)]
enum Stage {
    Header(HeaderReader),
    Ascii(AsciiReader),
    Binary(BinaryReader),
}

impl PlyReader {
    pub fn new(collector: Collector) -> Self {
        Self {
            stage: Stage::Header(HeaderReader::new()),
            format: Format::PlyAscii,
            collector,
        }
    }

    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), ScanError> {
        if let Stage::Header(reader) = &mut self.stage {
            let (consumed, header) = reader.push(bytes)?;
            bytes = &bytes[consumed..];
            if let Some(header) = header {
                self.begin_data(header);
            }
        }
        match &mut self.stage {
            Stage::Header(_) => Ok(()),
            Stage::Ascii(reader) => reader.push(bytes, &mut self.collector),
            Stage::Binary(reader) => reader.push(bytes, &mut self.collector),
        }
    }

    fn begin_data(&mut self, header: Header) {
        self.format = header.format;
        self.stage = match header.format {
            Format::PlyAscii => Stage::Ascii(AsciiReader::new(header)),
            _ => Stage::Binary(BinaryReader::new(header)),
        };
    }

    pub fn finish(mut self) -> Result<Body, ScanError> {
        let complete = match &mut self.stage {
            Stage::Header(_) => false,
            Stage::Ascii(reader) => reader.finish(&mut self.collector)?,
            Stage::Binary(reader) => reader.is_complete(),
        };
        if !complete {
            return Err(ScanError::Truncated);
        }
        let cloud = self.collector.finish();
        Ok(Body {
            format: self.format,
            summary: ScanSummary::default(),
            has_room_scan: false,
            is_captured_room: false,
            counts: SensorCounts {
                lidar_points: cloud.given,
                ..SensorCounts::default()
            },
            cloud,
        })
    }
}
