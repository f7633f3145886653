//! ASCII data: numbers with white space between them.
//!
//! The format puts each record on a line of its own, but line breaks are taken for any other white
//! space: files whose long lines were wrapped exist, and the header alone tells where a record ends.

use super::header::{Element, Header, Property};
use super::vertex::Vertex;
use crate::ScanError;
use crate::collect::Collector;
use crate::number;

/// Reads ASCII data.
#[derive(Debug)]
pub struct AsciiReader {
    elements: Vec<Element>,
    /// The element, its record and the property of it that come next.
    element: usize,
    record: u64,
    property: usize,
    /// Items of a list that are still to come.
    skip: u64,
    /// The beginning of a number that the last chunk may have cut.
    partial: Vec<u8>,
    vertex: Vertex,
    line: u64,
}

impl AsciiReader {
    pub fn new(header: Header) -> Self {
        let vertex = Vertex::new(&header.elements);
        Self {
            elements: header.elements,
            element: 0,
            record: 0,
            property: 0,
            skip: 0,
            partial: Vec::new(),
            vertex,
            line: header.next_line,
        }
    }

    /// Whether the last vertex has been read.
    fn is_complete(&self) -> bool {
        self.element == self.elements.len()
    }

    pub fn push(&mut self, mut bytes: &[u8], collector: &mut Collector) -> Result<(), ScanError> {
        while let Some(&first) = bytes.first()
            && !self.is_complete()
        {
            let len = bytes.iter().position(u8::is_ascii_whitespace);
            let (word, rest) = bytes.split_at(len.unwrap_or(bytes.len()));
            if self.partial.len() + word.len() > number::MAX_BYTES {
                return Err(self.bad("a number has more than 1,000 characters"));
            }
            if len.is_none() {
                self.partial.extend_from_slice(word);
            } else if !self.partial.is_empty() {
                let mut partial = std::mem::take(&mut self.partial);
                partial.extend_from_slice(word);
                self.word(&partial, collector)?;
                // Gives the buffer back for the next chunk.
                partial.clear();
                self.partial = partial;
            } else if !word.is_empty() {
                self.word(word, collector)?;
            } else {
                self.line += u64::from(first == b'\n');
                bytes = &rest[1..];
                continue;
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Ends the data; returns whether it was complete.
    pub fn finish(&mut self, collector: &mut Collector) -> Result<bool, ScanError> {
        let last = std::mem::take(&mut self.partial);
        if !last.is_empty() {
            self.word(&last, collector)?;
        }
        Ok(self.is_complete())
    }

    /// Takes the next number.
    #[inline]
    fn word(&mut self, word: &[u8], collector: &mut Collector) -> Result<(), ScanError> {
        let Some(element) = self.elements.get(self.element) else {
            return Ok(());
        };
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            match element.properties[self.property] {
                Property::Scalar { role: None, .. } => {}
                Property::Scalar {
                    role: Some(role), ..
                } => {
                    let value = number(word).ok_or_else(|| self.bad("a number is expected"))?;
                    self.vertex.set(role, value);
                }
                Property::List { .. } => {
                    let length = std::str::from_utf8(word)
                        .ok()
                        .and_then(|text| text.parse().ok());
                    self.skip =
                        length.ok_or_else(|| self.bad("the length of a list is expected"))?;
                }
            }
        }
        if self.skip > 0 {
            return Ok(());
        }
        self.property += 1;
        if self.property == element.properties.len() {
            self.property = 0;
            self.record += 1;
            if element.is_vertex {
                self.vertex.collect(collector);
            }
            if self.record == element.count {
                self.record = 0;
                self.element += 1;
            }
        }
        Ok(())
    }

    fn bad(&self, reason: &'static str) -> ScanError {
        ScanError::BadPly {
            line: self.line,
            reason,
        }
    }
}

/// Reads a number as JSON writes it, or else in one of the forms that other programs print: `.5`,
/// `5.`, `+5`, `nan`, `inf`.
#[inline]
fn number(word: &[u8]) -> Option<f64> {
    match number::scan(word) {
        Ok(number) if number.len == word.len() => Some(number.value),
        _ => std::str::from_utf8(word).ok()?.parse().ok(),
    }
}
