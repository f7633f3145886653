//! Scan JSON: a tokenizer that can be interrupted at any byte, and what listens to it.

mod points;
mod room_scan;
mod slot;
mod text;
mod tokenizer;

use crate::ScanError;
use crate::collect::Collector;
use crate::content::Body;
use room_scan::RoomScanReader;
use tokenizer::Tokenizer;

/// Reads scan JSON.
#[derive(Debug)]
pub struct JsonReader {
    tokenizer: Tokenizer,
    reader: RoomScanReader,
}

impl JsonReader {
    /// A reader of JSON that begins `offset` bytes into the scan.
    pub fn new(points: Collector, offset: u64) -> Self {
        Self {
            tokenizer: Tokenizer::new(offset),
            reader: RoomScanReader::new(points),
        }
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ScanError> {
        self.tokenizer.push(bytes, &mut self.reader)
    }

    pub fn is_without_points(&self) -> bool {
        self.reader.is_without_points()
    }

    pub fn finish(mut self) -> Result<Body, ScanError> {
        self.tokenizer.finish(&mut self.reader)?;
        self.reader.finish()
    }
}

/// What a tokenizer tells its listener, in the order of the text.
trait Events {
    /// `{` or `[`.
    fn begin(&mut self, container: Container);
    /// `}` or `]`.
    fn end(&mut self);
    /// A key of an object, decoded, cut to [`tokenizer::MAX_KEY_BYTES`].
    fn key(&mut self, key: &[u8]);
    /// How many decoded bytes of a string are wanted, if a string comes next.
    fn wanted(&self) -> usize;
    /// A string, decoded, cut to [`Events::wanted`] bytes, maybe within a character.
    fn text(&mut self, text: &[u8]);
    /// A number; infinite if it is out of range. `whole` if it was written without fraction and
    /// exponent.
    fn number(&mut self, value: f64, whole: bool);
    /// `true`, `false` or `null`.
    fn literal(&mut self);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}
