//! One file of a scan as it comes, read once: its points, and the room that the phone measured itself
//! if there is one.

use captured_room::MOST_BYTES;
use room_scan::{Format, Limits, Points, Scan, ScanError, ScanReader};

/// A captured room, or why it cannot be read.
pub type Captured = Result<captured_room::Captured, String>;

/// What a file holds, and the captured room that it is or holds.
pub type Read = (Scan, Option<Captured>);

/// A file that is being read.
pub struct Reading {
    scan: ScanReader,
    document: Document,
}

/// The text, while it may still turn out to be a captured room: those are small.
enum Document {
    Held(Vec<u8>),
    /// It has points.
    Dropped,
    TooLarge,
}

impl Reading {
    pub fn new(limits: Limits, points: Points) -> Self {
        Self {
            scan: ScanReader::new(limits, points),
            document: Document::Held(Vec::new()),
        }
    }

    pub fn push(&mut self, chunk: &[u8]) -> Result<(), ScanError> {
        let document = &mut self.document;
        self.scan
            .push_beside(chunk, &mut |text| document.add(text))?;
        if matches!(self.document, Document::Held(_)) && !self.scan.is_without_points() {
            self.document = Document::Dropped;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<Read, ScanError> {
        let scan = self.scan.finish()?;
        let is_captured =
            scan.format == Format::Json && scan.is_captured_room && scan.cloud.given == 0;
        let captured = match self.document {
            Document::Held(text) if is_captured => captured(&text),
            Document::TooLarge if is_captured => Some(Err(TOO_LARGE.to_owned())),
            _ => None,
        };
        Ok((scan, captured))
    }
}

impl Document {
    fn add(&mut self, text: &[u8]) {
        match self {
            Self::Held(held) if held.len() + text.len() <= MOST_BYTES => {
                held.extend_from_slice(text);
            }
            Self::Held(_) => *self = Self::TooLarge,
            Self::Dropped | Self::TooLarge => {}
        }
    }
}

const TOO_LARGE: &str = "The captured room cannot be read: its document is larger than 8 MiB";

/// The captured room of a document that looks like one.
fn captured(text: &[u8]) -> Option<Captured> {
    let read = captured_room::parse(text).and_then(|document| {
        let found = captured_room::find(&document);
        found.map(captured_room::read).transpose()
    });
    read.map_err(|fault| format!("The captured room cannot be read: {fault}"))
        .transpose()
}
