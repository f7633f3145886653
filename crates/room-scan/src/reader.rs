//! The front door: chunks in, a [`Scan`] out.

use crate::content::Content;
use crate::unpack::Unpacker;
use crate::{Scan, ScanError};

/// What a scan may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes after unpacking. The bytes received are held to it too, or a gzip file could go on
    /// for ever without unpacking to anything, in its headers or in the padding at its end.
    pub max_unpacked_bytes: u64,
    /// Most bytes that one received byte may unpack to, on average from the start; enforced
    /// beyond 32 MiB, because a scan of many equal points shrinks a lot.
    pub max_ratio: u64,
}

impl Default for Limits {
    /// 100 MiB, and 200 to 1: the app expects to save 70 %, which is about 3 to 1, and the most that
    /// deflate can do is 1,032 to 1.
    fn default() -> Self {
        Self {
            max_unpacked_bytes: 104_857_600,
            max_ratio: 200,
        }
    }
}

/// What becomes of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Points {
    /// They are counted and forgotten.
    Discard,
    /// They are kept. Of more than `max` every second, fourth, eighth... is: at least half of
    /// `max`, evenly spread over the scan, and the same ones every time. A point takes 12 bytes,
    /// and 3 more if it has a color.
    Keep {
        /// Most points kept.
        max: usize,
    },
}

/// Reads one scan, chunk by chunk.
#[derive(Debug)]
pub struct ScanReader {
    unpacker: Unpacker,
    content: Content,
    failed: Option<ScanError>,
}

impl ScanReader {
    /// A reader for one scan.
    pub fn new(limits: Limits, points: Points) -> Self {
        Self {
            unpacker: Unpacker::new(limits),
            content: Content::new(points),
            failed: None,
        }
    }

    /// Takes the next bytes as they came over the wire, however they were cut.
    ///
    /// Gzip, JSON and PLY are told by their first bytes, whatever the upload was labelled as.
    ///
    /// # Errors
    ///
    /// As soon as it is certain that the scan cannot be read. An error is final: any further call
    /// gives it again.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), ScanError> {
        self.push_beside(chunk, &mut |_| {})
    }

    /// As [`push`](Self::push), and shows the unpacked bytes to somebody else as well.
    ///
    /// # Errors
    ///
    /// Those of `push`.
    pub fn push_beside(
        &mut self,
        chunk: &[u8],
        other: &mut dyn FnMut(&[u8]),
    ) -> Result<(), ScanError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let content = &mut self.content;
        let result = self.unpacker.push(chunk, &mut |bytes| {
            other(bytes);
            content.push(bytes)
        });
        self.failed = result.as_ref().err().cloned();
        result
    }

    /// Whether what came so far is the beginning of a document without points.
    pub fn is_without_points(&self) -> bool {
        self.content.is_without_points()
    }

    /// Ends the scan and tells what it was.
    ///
    /// A scan without `room_scan` or without an id is none of this reader's business; the caller
    /// sees both in the [`Scan`] and can name everything that is missing at once.
    ///
    /// # Errors
    ///
    /// The error of an earlier `push`, [`ScanError::Truncated`] if more had to come, and
    /// [`ScanError::BadField`] for an id longer than 256 characters.
    pub fn finish(self) -> Result<Scan, ScanError> {
        let Self {
            unpacker,
            mut content,
            failed,
        } = self;
        if let Some(error) = failed {
            return Err(error);
        }
        let unpacked = unpacker.finish(&mut |bytes| content.push(bytes))?;
        let content = content.finish()?;
        Ok(Scan {
            format: content.body.format,
            compressed: unpacked.compressed,
            received_bytes: unpacked.received_bytes,
            unpacked_bytes: unpacked.unpacked_bytes,
            sha256: content.sha256,
            summary: content.body.summary,
            has_room_scan: content.body.has_room_scan,
            is_captured_room: content.body.is_captured_room,
            counts: content.body.counts,
            cloud: content.body.cloud,
        })
    }
}
