//! Gzip (RFC 1952): any number of members, each with its header, CRC and length checked.
//!
//! Deflate itself is `flate2`'s. The framing is ours, because we need to tell a file that was cut
//! off from one that is damaged, accept the zero padding that tar-like tools append, and stop a
//! bomb between two pieces of output rather than after the last.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{MAGIC, Meter};
use crate::ScanError;

/// Unpacked bytes handed on at a time.
const PIECE_BYTES: usize = 32 * 1024;

/// Most members. Beginning one costs far more than the 20 bytes it may take, so without a limit empty
/// members could keep us busy for minutes; a tool that packs 100 MB in blocks makes some 1,600.
const MAX_MEMBERS: u32 = 10_000;

/// Compression method 8, the only one defined.
const DEFLATE: u8 = 8;

// Bits of the header's FLG byte; bit 0 is a hint that the content is text.
const HAS_HEADER_CRC: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// Unpacks a gzip stream.
pub struct Gunzip {
    state: State,
    members: u32,
    flags: u8,
    /// Over the member's header so far, for its optional CRC.
    header_crc: Crc,
    /// Over the member's unpacked bytes so far.
    data_crc: Crc,
    inflate: Decompress,
    piece: Box<[u8]>,
}

/// What the next byte is part of. Numbers count the bytes of the part that have come already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Second byte of the magic number of a further member.
    SecondMagic,
    /// The eight fixed bytes after the magic number.
    Fixed(u8),
    ExtraLength {
        seen: u8,
        length: u16,
    },
    Extra {
        left: u16,
    },
    Name,
    Comment,
    HeaderCrc {
        seen: u8,
        sum: u16,
    },
    Data,
    Trailer {
        seen: u8,
        value: u64,
    },
    /// A member is complete; another may follow, or padding.
    Between,
    Padding,
}

impl std::fmt::Debug for Gunzip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gunzip")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Gunzip {
    /// A stream whose first two bytes were [`MAGIC`].
    pub fn after_magic() -> Self {
        let mut header_crc = Crc::new();
        header_crc.update(&MAGIC);
        Self {
            state: State::Fixed(0),
            members: 1,
            flags: 0,
            header_crc,
            data_crc: Crc::new(),
            inflate: Decompress::new(false),
            piece: vec![0; PIECE_BYTES].into(),
        }
    }

    /// Whether the stream may end here.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, State::Between | State::Padding)
    }

    pub fn push(
        &mut self,
        mut chunk: &[u8],
        meter: &mut Meter,
        sink: &mut impl FnMut(&[u8]) -> Result<(), ScanError>,
    ) -> Result<(), ScanError> {
        while let Some(&first) = chunk.first() {
            let consumed = if self.state == State::Data {
                self.data(chunk, meter, sink)?
            } else {
                meter.receive(1)?;
                self.framing(first)?;
                1
            };
            chunk = &chunk[consumed..];
        }
        Ok(())
    }

    /// Inflates from `chunk` until the member's data or the chunk ends; returns the bytes consumed.
    fn data(
        &mut self,
        chunk: &[u8],
        meter: &mut Meter,
        sink: &mut impl FnMut(&[u8]) -> Result<(), ScanError>,
    ) -> Result<usize, ScanError> {
        let mut consumed = 0;
        loop {
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(&chunk[consumed..], &mut self.piece, FlushDecompress::None)
                .map_err(|_| corrupt("the compressed data is invalid"))?;
            // Both are bounded by the lengths of slices.
            let read = (self.inflate.total_in() - read) as usize;
            let written = (self.inflate.total_out() - written) as usize;
            consumed += read;

            meter.receive(read)?;
            let piece = &self.piece[..written];
            self.data_crc.update(piece);
            meter.pass(piece, sink)?;
            meter.check_ratio()?;

            if status == Status::StreamEnd {
                self.state = State::Trailer { seen: 0, value: 0 };
                return Ok(consumed);
            }
            // With room left in the piece, the inflater holds nothing back.
            if consumed == chunk.len() && written < self.piece.len() {
                return Ok(consumed);
            }
            if read == 0 && written == 0 {
                return Err(corrupt("the compressed data is invalid"));
            }
        }
    }

    /// Takes one byte of anything but the compressed data.
    fn framing(&mut self, byte: u8) -> Result<(), ScanError> {
        if !matches!(self.state, State::HeaderCrc { .. } | State::Trailer { .. }) {
            self.header_crc.update(&[byte]);
        }
        self.state = match self.state {
            State::Fixed(0) if byte != DEFLATE => return Err(corrupt("unknown method")),
            State::Fixed(1) if byte & RESERVED != 0 => return Err(corrupt("unknown flags")),
            State::Fixed(at) => {
                if at == 1 {
                    self.flags = byte;
                }
                // Modification time, extra flags and operating system tell us nothing.
                if at < 7 {
                    State::Fixed(at + 1)
                } else {
                    self.next_header_part()
                }
            }
            State::ExtraLength { seen: 0, .. } => State::ExtraLength {
                seen: 1,
                length: u16::from(byte),
            },
            State::ExtraLength { length, .. } => match length | u16::from(byte) << 8 {
                0 => self.next_header_part(),
                left => State::Extra { left },
            },
            State::Extra { left } if left > 1 => State::Extra { left: left - 1 },
            State::Extra { .. } => self.next_header_part(),
            State::Name | State::Comment if byte != 0 => self.state,
            State::Name | State::Comment => self.next_header_part(),
            State::HeaderCrc { seen: 0, .. } => State::HeaderCrc {
                seen: 1,
                sum: u16::from(byte),
            },
            State::HeaderCrc { sum, .. } => {
                // The header's CRC is the lower half of a CRC-32.
                if u32::from(sum | u16::from(byte) << 8) != self.header_crc.sum() & 0xFFFF {
                    return Err(corrupt("the header's checksum is wrong"));
                }
                State::Data
            }
            State::Trailer { seen, value } => {
                let value = value | u64::from(byte) << (8 * u32::from(seen));
                if seen < 7 {
                    State::Trailer {
                        seen: seen + 1,
                        value,
                    }
                } else {
                    self.end_member(value)?;
                    State::Between
                }
            }
            State::Between if byte == MAGIC[0] => {
                self.begin_member()?;
                State::SecondMagic
            }
            State::SecondMagic if byte == MAGIC[1] => State::Fixed(0),
            State::Between | State::Padding if byte == 0 => State::Padding,
            State::Between | State::Padding | State::SecondMagic => {
                return Err(corrupt("something else follows the last member"));
            }
            // Data is not framing; `push` never passes it here.
            State::Data => State::Data,
        };
        Ok(())
    }

    /// The part of the header after the one that just ended: each optional part that is there
    /// loses its flag when its turn comes, in the order the format prescribes.
    fn next_header_part(&mut self) -> State {
        let parts = [
            (HAS_EXTRA, State::ExtraLength { seen: 0, length: 0 }),
            (HAS_NAME, State::Name),
            (HAS_COMMENT, State::Comment),
            (HAS_HEADER_CRC, State::HeaderCrc { seen: 0, sum: 0 }),
        ];
        for (flag, state) in parts {
            if self.flags & flag != 0 {
                self.flags &= !flag;
                return state;
            }
        }
        State::Data
    }

    fn begin_member(&mut self) -> Result<(), ScanError> {
        self.members += 1;
        if self.members > MAX_MEMBERS {
            return Err(corrupt("it has too many members"));
        }
        self.header_crc.reset();
        self.header_crc.update(&MAGIC[..1]);
        self.data_crc.reset();
        self.inflate.reset(false);
        Ok(())
    }

    /// Compares what came out with the trailer: CRC-32, then the length modulo 2^32.
    fn end_member(&self, trailer: u64) -> Result<(), ScanError> {
        let expected = u64::from(self.data_crc.sum()) | u64::from(self.data_crc.amount()) << 32;
        if trailer != expected {
            return Err(corrupt("the checksum or the length is wrong"));
        }
        Ok(())
    }
}

fn corrupt(reason: &'static str) -> ScanError {
    ScanError::CorruptGzip { reason }
}
