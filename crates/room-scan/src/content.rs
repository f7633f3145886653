//! The unpacked bytes: hashed, told apart by how they begin, and handed to their parser.

use sha2::{Digest, Sha256};

use crate::collect::Collector;
use crate::json::JsonReader;
use crate::ply::PlyReader;
use crate::{Format, PointCloud, Points, ScanError, ScanSummary, SensorCounts};

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The unpacked bytes of a scan.
#[derive(Debug)]
pub struct Content {
    sha256: Sha256,
    parser: Parser,
    points: Points,
}

/// Who reads on. The parsers are boxed because they are large and move with the reader.
#[derive(Debug)]
enum Parser {
    /// Nothing but white space so far: `passed` bytes, of which the first `mark` are those of a
    /// byte order mark.
    Undecided {
        passed: u64,
        mark: u8,
    },
    Json(Box<JsonReader>),
    Ply(Box<PlyReader>),
}

/// What the content was.
pub struct Finished {
    /// SHA-256 of all bytes.
    pub sha256: [u8; 32],
    /// What the parser made of them.
    pub body: Body,
}

/// What a parser makes of the bytes.
pub struct Body {
    pub format: Format,
    pub summary: ScanSummary,
    pub has_room_scan: bool,
    pub is_captured_room: bool,
    pub counts: SensorCounts,
    pub cloud: PointCloud,
}

impl Content {
    pub fn new(points: Points) -> Self {
        Self {
            sha256: Sha256::new(),
            parser: Parser::Undecided { passed: 0, mark: 0 },
            points,
        }
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ScanError> {
        self.sha256.update(bytes);
        let rest = self.decide(bytes)?;
        match &mut self.parser {
            Parser::Undecided { .. } => Ok(()),
            Parser::Json(json) => json.push(rest),
            Parser::Ply(ply) => ply.push(rest),
        }
    }

    /// Chooses the parser at the first byte that tells, and gives the bytes it has to read.
    fn decide<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], ScanError> {
        let Parser::Undecided { passed, mark } = &mut self.parser else {
            return Ok(bytes);
        };
        for (at, &byte) in bytes.iter().enumerate() {
            let in_mark = *passed == u64::from(*mark);
            match byte {
                _ if in_mark && BYTE_ORDER_MARK.get(usize::from(*mark)) == Some(&byte) => {
                    *mark += 1
                }
                // A byte order mark that was only begun.
                _ if *mark == 1 || *mark == 2 => return Err(ScanError::UnknownFormat),
                b' ' | b'\t' | b'\n' | b'\r' => {}
                b'p' if *passed == 0 => {
                    let ply = PlyReader::new(Collector::new(self.points));
                    self.parser = Parser::Ply(Box::new(ply));
                    return Ok(&bytes[at..]);
                }
                b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                    let json = JsonReader::new(Collector::new(self.points), *passed);
                    self.parser = Parser::Json(Box::new(json));
                    return Ok(&bytes[at..]);
                }
                _ => return Err(ScanError::UnknownFormat),
            }
            *passed += 1;
        }
        Ok(&[])
    }

    /// Whether it may become JSON, or is JSON, and had no points yet.
    pub fn is_without_points(&self) -> bool {
        match &self.parser {
            Parser::Undecided { .. } => true,
            Parser::Json(json) => json.is_without_points(),
            Parser::Ply(_) => false,
        }
    }

    pub fn finish(self) -> Result<Finished, ScanError> {
        let body = match self.parser {
            Parser::Undecided { .. } => return Err(ScanError::Empty),
            Parser::Json(json) => json.finish()?,
            Parser::Ply(ply) => ply.finish()?,
        };
        Ok(Finished {
            sha256: self.sha256.finalize().into(),
            body,
        })
    }
}
