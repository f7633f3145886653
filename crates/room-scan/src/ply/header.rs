//! The header: what the data holds, and how.

use crate::{Format, ScanError};

/// Longest header read, bytes; it is the only part of a PLY whose size in memory the sender has a
/// say in.
const MAX_BYTES: usize = 64 * 1024;

/// What a header declares, up to the vertices.
#[derive(Debug)]
pub struct Header {
    pub format: Format,
    /// The elements that hold data, of which the last is the vertices.
    pub elements: Vec<Element>,
    /// Number of the line that follows the header, from 1.
    pub next_line: u64,
}

/// A kind of element, and how many there are.
#[derive(Debug)]
pub struct Element {
    pub is_vertex: bool,
    pub count: u64,
    pub properties: Vec<Property>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    Scalar {
        kind: Scalar,
        role: Option<Role>,
    },
    /// A length and then as many items.
    List {
        length: Scalar,
        item: Scalar,
    },
}

/// What a property of a vertex means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// x, y or z.
    Axis(usize),
    /// Red, green or blue.
    Channel(usize),
}

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
}

impl Scalar {
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"char" | b"int8" => Self::I8,
            b"uchar" | b"uint8" => Self::U8,
            b"short" | b"int16" => Self::I16,
            b"ushort" | b"uint16" => Self::U16,
            b"int" | b"int32" => Self::I32,
            b"uint" | b"uint32" => Self::U32,
            b"float" | b"float32" => Self::F32,
            b"double" | b"float64" => Self::F64,
            _ => return None,
        })
    }

    /// Bytes of a value in binary data.
    pub fn len(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }
}

/// Reads a header line by line.
#[derive(Debug)]
pub struct HeaderReader {
    /// The line so far, without its end.
    line: Vec<u8>,
    line_number: u64,
    length: usize,
    format: Option<Format>,
    elements: Vec<Element>,
}

impl HeaderReader {
    pub fn new() -> Self {
        Self {
            line: Vec::new(),
            line_number: 1,
            length: 0,
            format: None,
            elements: Vec::new(),
        }
    }

    /// Takes bytes up to the end of the header; returns how many, and the header if it is complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(usize, Option<Header>), ScanError> {
        for (at, &byte) in bytes.iter().enumerate() {
            self.length += 1;
            if self.length > MAX_BYTES {
                return Err(self.bad("the header is longer than 64 KiB"));
            }
            if byte != b'\n' {
                self.line.push(byte);
                self.check_magic()?;
                continue;
            }
            let line = std::mem::take(&mut self.line);
            if self.end_line(line.trim_ascii_end())? {
                return Ok((at + 1, Some(self.end_header()?)));
            }
            self.line_number += 1;
        }
        Ok((bytes.len(), None))
    }

    /// Refuses what is no PLY before a line of it has come.
    fn check_magic(&self) -> Result<(), ScanError> {
        let begins_well = self.line.iter().zip(b"ply").all(|(a, b)| a == b);
        if self.line_number > 1 || begins_well {
            Ok(())
        } else {
            Err(ScanError::UnknownFormat)
        }
    }

    /// Reads a line; returns true if it is the last.
    fn end_line(&mut self, line: &[u8]) -> Result<bool, ScanError> {
        if self.line_number == 1 {
            return if line == b"ply" {
                Ok(false)
            } else {
                Err(ScanError::UnknownFormat)
            };
        }
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let mut word = || words.next().unwrap_or_default();
        match word() {
            b"end_header" => return Ok(true),
            b"" | b"comment" | b"obj_info" => {}
            b"format" => self.format = Some(self.format(word())?),
            b"element" => {
                let is_vertex = word() == b"vertex";
                let count = std::str::from_utf8(word())
                    .ok()
                    .and_then(|text| text.parse().ok());
                let count = count.ok_or_else(|| self.bad("an element needs a name and a count"))?;
                self.elements.push(Element {
                    is_vertex,
                    count,
                    properties: Vec::new(),
                });
            }
            b"property" => {
                let property = match word() {
                    b"list" => {
                        let length = self.scalar(word())?;
                        if length.is_float() {
                            return Err(self.bad("the length of a list must be an integer"));
                        }
                        Property::List {
                            length,
                            item: self.scalar(word())?,
                        }
                    }
                    kind => Property::Scalar {
                        kind: self.scalar(kind)?,
                        role: role(word()),
                    },
                };
                match self.elements.last_mut() {
                    Some(element) => element.properties.push(property),
                    None => return Err(self.bad("a property comes before any element")),
                }
            }
            _ => return Err(self.bad("unknown keyword in the header")),
        }
        Ok(false)
    }

    fn format(&self, name: &[u8]) -> Result<Format, ScanError> {
        match name {
            b"ascii" => Ok(Format::PlyAscii),
            b"binary_little_endian" => Ok(Format::PlyBinaryLittleEndian),
            b"binary_big_endian" => Ok(Format::PlyBinaryBigEndian),
            _ => Err(self.bad("unknown format")),
        }
    }

    fn scalar(&self, name: &[u8]) -> Result<Scalar, ScanError> {
        Scalar::named(name).ok_or_else(|| self.bad("unknown property type"))
    }

    fn end_header(&mut self) -> Result<Header, ScanError> {
        let format = self
            .format
            .ok_or_else(|| self.bad("the header names no format"))?;
        let mut elements = std::mem::take(&mut self.elements);
        let Some(vertex) = elements.iter().position(|element| element.is_vertex) else {
            return Err(self.bad("the header declares no vertices"));
        };
        let has_axis = |axis| {
            let mut roles = elements[vertex]
                .properties
                .iter()
                .map(|property| property.role());
            roles.any(|role| role == Some(Role::Axis(axis)))
        };
        if !(0..3).all(has_axis) {
            return Err(self.bad("a vertex needs the properties x, y and z"));
        }
        elements.truncate(vertex + 1);
        // An element without properties takes no room, however many of it there are.
        elements.retain(|element| element.count > 0 && !element.properties.is_empty());
        Ok(Header {
            format,
            elements,
            next_line: self.line_number + 1,
        })
    }

    fn bad(&self, reason: &'static str) -> ScanError {
        ScanError::BadPly {
            line: self.line_number,
            reason,
        }
    }
}

impl Property {
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Scalar { role, .. } => role,
            Self::List { .. } => None,
        }
    }
}

/// Looks up a property's name; it means something only in a vertex.
fn role(name: &[u8]) -> Option<Role> {
    Some(match name {
        b"x" => Role::Axis(0),
        b"y" => Role::Axis(1),
        b"z" => Role::Axis(2),
        b"r" | b"red" | b"diffuse_red" => Role::Channel(0),
        b"g" | b"green" | b"diffuse_green" => Role::Channel(1),
        b"b" | b"blue" | b"diffuse_blue" => Role::Channel(2),
        _ => return None,
    })
}
