//! Binary data: records without separators, in either byte order.

use super::header::{Header, Property, Role, Scalar};
use super::vertex::Vertex;
use crate::collect::Collector;
use crate::{Format, ScanError};

/// Reads binary data.
#[derive(Debug)]
pub struct BinaryReader {
    big_endian: bool,
    elements: Vec<Layout>,
    /// The element, its record and the step of it that come next.
    element: usize,
    record: u64,
    step: usize,
    /// The beginning of a step that the last chunk cut.
    partial: Vec<u8>,
    /// Bytes of a list's items that are still to come.
    skip: u64,
    vertex: Vertex,
    line: u64,
}

/// How the records of an element lie.
#[derive(Debug)]
struct Layout {
    is_vertex: bool,
    count: u64,
    steps: Vec<Step>,
}

/// A part of a record whose length is known when it begins.
#[derive(Debug)]
enum Step {
    /// Scalars up to the next list or the end of the record; most records are one such step.
    Scalars { len: usize, fields: Vec<Field> },
    /// The length of a list, whose items are skipped.
    List { length: Scalar, item_len: u64 },
}

/// A value that is wanted.
#[derive(Debug)]
struct Field {
    offset: usize,
    kind: Scalar,
    role: Role,
}

impl Step {
    fn len(&self) -> usize {
        match self {
            Self::Scalars { len, .. } => *len,
            Self::List { length, .. } => length.len(),
        }
    }
}

impl BinaryReader {
    pub fn new(header: Header) -> Self {
        let vertex = Vertex::new(&header.elements);
        let layout = |element: &super::header::Element| Layout {
            is_vertex: element.is_vertex,
            count: element.count,
            steps: steps(&element.properties),
        };
        Self {
            big_endian: header.format == Format::PlyBinaryBigEndian,
            elements: header.elements.iter().map(layout).collect(),
            element: 0,
            record: 0,
            step: 0,
            partial: Vec::new(),
            skip: 0,
            vertex,
            line: header.next_line,
        }
    }

    /// Whether the last vertex has been read.
    pub fn is_complete(&self) -> bool {
        self.element == self.elements.len() && self.skip == 0
    }

    pub fn push(&mut self, mut bytes: &[u8], collector: &mut Collector) -> Result<(), ScanError> {
        while !bytes.is_empty() {
            if self.skip > 0 {
                let skipped = usize::try_from(self.skip)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                self.skip -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            let Some(layout) = self.elements.get(self.element) else {
                break;
            };
            let step = &layout.steps[self.step];
            let needed = step.len();
            let whole;
            let values = if self.partial.is_empty() && bytes.len() >= needed {
                (whole, bytes) = bytes.split_at(needed);
                whole
            } else {
                let missing = (needed - self.partial.len()).min(bytes.len());
                self.partial.extend_from_slice(&bytes[..missing]);
                bytes = &bytes[missing..];
                if self.partial.len() < needed {
                    break;
                }
                &self.partial
            };
            match step {
                Step::Scalars { fields, .. } => {
                    for Field { offset, kind, role } in fields {
                        let value = kind.read(&values[*offset..], self.big_endian);
                        self.vertex.set(*role, value);
                    }
                }
                Step::List { length, item_len } => {
                    let length = length.read(values, self.big_endian);
                    if length < 0.0 {
                        let reason = "a list has a negative length";
                        return Err(ScanError::BadPly {
                            line: self.line,
                            reason,
                        });
                    }
                    self.skip = length as u64 * item_len;
                }
            }
            self.partial.clear();
            self.step += 1;
            if self.step == layout.steps.len() {
                self.step = 0;
                self.record += 1;
                if layout.is_vertex {
                    self.vertex.collect(collector);
                }
                if self.record == layout.count {
                    self.record = 0;
                    self.element += 1;
                }
            }
        }
        Ok(())
    }
}

fn steps(properties: &[Property]) -> Vec<Step> {
    let mut steps = Vec::new();
    for property in properties {
        match *property {
            Property::List { length, item } => {
                steps.push(Step::List {
                    length,
                    item_len: item.len() as u64,
                });
            }
            Property::Scalar { kind, role } => {
                if !matches!(steps.last(), Some(Step::Scalars { .. })) {
                    steps.push(Step::Scalars {
                        len: 0,
                        fields: Vec::new(),
                    });
                }
                if let Some(Step::Scalars { len, fields }) = steps.last_mut() {
                    fields.extend(role.map(|role| Field {
                        offset: *len,
                        kind,
                        role,
                    }));
                    *len += kind.len();
                }
            }
        }
    }
    steps
}

impl Scalar {
    /// Reads a value of this type from the beginning of `bytes`, which are enough for it.
    #[inline]
    fn read(self, bytes: &[u8], big_endian: bool) -> f64 {
        match self {
            Self::I8 => f64::from(i8::from_le_bytes(array(bytes, big_endian))),
            Self::U8 => f64::from(u8::from_le_bytes(array(bytes, big_endian))),
            Self::I16 => f64::from(i16::from_le_bytes(array(bytes, big_endian))),
            Self::U16 => f64::from(u16::from_le_bytes(array(bytes, big_endian))),
            Self::I32 => f64::from(i32::from_le_bytes(array(bytes, big_endian))),
            Self::U32 => f64::from(u32::from_le_bytes(array(bytes, big_endian))),
            Self::F32 => f64::from(f32::from_le_bytes(array(bytes, big_endian))),
            Self::F64 => f64::from_le_bytes(array(bytes, big_endian)),
        }
    }
}

/// The first bytes, lowest first; zeros if there are too few, which the layout rules out.
#[inline]
fn array<const N: usize>(bytes: &[u8], big_endian: bool) -> [u8; N] {
    let mut array = bytes.first_chunk().copied().unwrap_or([0; N]);
    if big_endian {
        array.reverse();
    }
    array
}
