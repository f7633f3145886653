//! Plain or gzipped bytes in, plain bytes out, never more than the limits allow.

mod gzip;

use crate::{Limits, ScanError};
use gzip::Gunzip;

/// The first two bytes of every gzip member (RFC 1952, 2.3.1).
const MAGIC: [u8; 2] = [0x1F, 0x8B];

/// Unpacking starts to be suspicious only after this many bytes: a million equal points are an
/// honest scan of 14 MB, and shrink a thousandfold.
const RATIO_FREE_BYTES: u64 = 32 << 20;

/// The layer that receives the bytes from the wire.
#[derive(Debug)]
pub struct Unpacker {
    stage: Stage,
    meter: Meter,
}

#[derive(Debug)]
enum Stage {
    /// Nothing has come yet.
    Start,
    /// The first byte was that of gzip; the second tells.
    HalfMagic,
    Plain,
    Gzip(Box<Gunzip>),
}

/// What went through, for the [`Scan`](crate::Scan).
pub struct Unpacked {
    pub compressed: bool,
    pub received_bytes: u64,
    pub unpacked_bytes: u64,
}

impl Unpacker {
    pub fn new(limits: Limits) -> Self {
        Self {
            stage: Stage::Start,
            meter: Meter {
                limits,
                received: 0,
                unpacked: 0,
            },
        }
    }

    /// Unpacks `chunk` and passes what comes out to `sink`, in pieces.
    pub fn push(
        &mut self,
        mut chunk: &[u8],
        sink: &mut impl FnMut(&[u8]) -> Result<(), ScanError>,
    ) -> Result<(), ScanError> {
        while let Some(&first) = chunk.first() {
            match &mut self.stage {
                Stage::Start if first == MAGIC[0] => {
                    self.stage = Stage::HalfMagic;
                    self.meter.receive(1)?;
                    chunk = &chunk[1..];
                }
                Stage::Start => self.stage = Stage::Plain,
                Stage::HalfMagic if first == MAGIC[1] => {
                    self.meter.receive(1)?;
                    chunk = &chunk[1..];
                    self.stage = Stage::Gzip(Box::new(Gunzip::after_magic()));
                }
                Stage::HalfMagic => {
                    self.stage = Stage::Plain;
                    self.meter.pass(&MAGIC[..1], sink)?;
                }
                Stage::Plain => {
                    self.meter.received += chunk.len() as u64;
                    return self.meter.pass(chunk, sink);
                }
                Stage::Gzip(gunzip) => return gunzip.push(chunk, &mut self.meter, sink),
            }
        }
        Ok(())
    }

    /// Ends the stream.
    pub fn finish(
        mut self,
        sink: &mut impl FnMut(&[u8]) -> Result<(), ScanError>,
    ) -> Result<Unpacked, ScanError> {
        match &self.stage {
            Stage::HalfMagic => self.meter.pass(&MAGIC[..1], sink)?,
            Stage::Gzip(gunzip) if !gunzip.is_complete() => return Err(ScanError::Truncated),
            _ => {}
        }
        Ok(Unpacked {
            compressed: matches!(self.stage, Stage::Gzip(_)),
            received_bytes: self.meter.received,
            unpacked_bytes: self.meter.unpacked,
        })
    }
}

/// Counts the bytes on both sides and enforces the limits while they flow.
#[derive(Debug)]
struct Meter {
    limits: Limits,
    received: u64,
    unpacked: u64,
}

impl Meter {
    /// Counts bytes consumed from the wire.
    fn receive(&mut self, count: usize) -> Result<(), ScanError> {
        self.received += count as u64;
        if self.received > self.limits.max_unpacked_bytes {
            return Err(self.too_large());
        }
        Ok(())
    }

    /// Passes unpacked bytes on, up to the limit and not a byte more.
    fn pass(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(&[u8]) -> Result<(), ScanError>,
    ) -> Result<(), ScanError> {
        let room = self.limits.max_unpacked_bytes - self.unpacked;
        let fits = usize::try_from(room).map_or(bytes.len(), |room| room.min(bytes.len()));
        self.unpacked += fits as u64;
        sink(&bytes[..fits])?;
        if fits < bytes.len() {
            return Err(self.too_large());
        }
        Ok(())
    }

    /// Refuses what unpacks to more than its size can honestly explain.
    fn check_ratio(&self) -> Result<(), ScanError> {
        let limit = self.limits.max_ratio;
        let explained = self.received.saturating_mul(limit).max(RATIO_FREE_BYTES);
        if self.unpacked > explained {
            return Err(ScanError::RatioExceeded { limit });
        }
        Ok(())
    }

    fn too_large(&self) -> ScanError {
        ScanError::TooLarge {
            limit: self.limits.max_unpacked_bytes,
        }
    }
}
