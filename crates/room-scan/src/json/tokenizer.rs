//! A strict tokenizer for JSON (RFC 8259) that takes its text in pieces.
//!
//! It accepts and refuses what `serde_json` does, except that bytes that are not UTF-8 are refused
//! also in strings that are skipped, and that a number may have 1,000 characters at most.

use super::text::{Text, plain_len};
use super::{Container, Events};
use crate::ScanError;
use crate::number::{self, Number};

/// Bytes of a key that are passed on. Longer than any key that means something here, so a key that
/// was cut is never taken for one.
pub const MAX_KEY_BYTES: usize = 32;

/// Deepest nesting, as `serde_json` has it.
const MAX_DEPTH: u32 = 127;

/// What may come next, or what the last chunk ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Value,
    /// After `[`.
    ValueOrEnd,
    /// After `{`.
    KeyOrEnd,
    /// After a comma in an object.
    Key,
    Colon,
    /// After a value in a container.
    CommaOrEnd,
    /// After the outermost value.
    Done,
    InKey,
    InText,
    /// What is there of it is in `partial`; it began at `start`.
    InNumber {
        start: u64,
    },
    /// The rest of `true`, `false` or `null`.
    InLiteral(&'static [u8]),
}

/// Turns pieces of JSON into [`Events`].
#[derive(Debug)]
pub struct Tokenizer {
    state: State,
    /// Position in the scan of the next byte.
    offset: u64,
    depth: u32,
    /// For each open container a bit, the innermost lowest: 1 for an object.
    objects: u128,
    text: Text,
    /// A number that the last chunk ended in.
    partial: Vec<u8>,
}

impl Tokenizer {
    /// A tokenizer for text that begins `offset` bytes into the scan.
    pub fn new(offset: u64) -> Self {
        Self {
            state: State::Value,
            offset,
            depth: 0,
            objects: 0,
            text: Text::default(),
            partial: Vec::new(),
        }
    }

    pub fn push(&mut self, mut bytes: &[u8], events: &mut impl Events) -> Result<(), ScanError> {
        while let Some(&first) = bytes.first() {
            let consumed = match self.state {
                State::InKey | State::InText => self.resume_text(bytes, events)?,
                State::InNumber { start } => self.resume_number(bytes, start, events)?,
                State::InLiteral(rest) => self.resume_literal(first, rest, events)?,
                _ => self.token(first, bytes, events)?,
            };
            self.offset += consumed as u64;
            bytes = &bytes[consumed..];
        }
        Ok(())
    }

    /// Ends the text.
    pub fn finish(&mut self, events: &mut impl Events) -> Result<(), ScanError> {
        if let State::InNumber { start } = self.state {
            match self.end_number(start, events) {
                // Right so far, and more of it could have come.
                Err(ScanError::NotJson { offset }) if offset == self.offset => {}
                result => result?,
            }
        }
        if self.state == State::Done {
            Ok(())
        } else {
            Err(ScanError::Truncated)
        }
    }

    /// Reads the token that begins with `first`, the first of `bytes`, or a part of it.
    #[inline]
    fn token(
        &mut self,
        first: u8,
        bytes: &[u8],
        events: &mut impl Events,
    ) -> Result<usize, ScanError> {
        use State::{Colon, CommaOrEnd, Key, KeyOrEnd, Value, ValueOrEnd};
        match (first, self.state) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => {}
            (b'-' | b'0'..=b'9', Value | ValueOrEnd) => return self.number(bytes, events),
            (b',', CommaOrEnd) => self.state = if self.in_object() { Key } else { Value },
            (b'[', Value | ValueOrEnd) => {
                self.open(Container::Array, events)?;
                self.state = ValueOrEnd;
            }
            (b'{', Value | ValueOrEnd) => {
                self.open(Container::Object, events)?;
                self.state = KeyOrEnd;
            }
            (b']', ValueOrEnd) => self.close(events),
            (b']', CommaOrEnd) if !self.in_object() => self.close(events),
            (b'}', KeyOrEnd) => self.close(events),
            (b'}', CommaOrEnd) if self.in_object() => self.close(events),
            (b'"', Key | KeyOrEnd) => return Ok(self.key(bytes, events)),
            (b':', Colon) => self.state = Value,
            (b'"', Value | ValueOrEnd) => {
                self.text.begin(events.wanted());
                self.state = State::InText;
            }
            (b't', Value | ValueOrEnd) => self.state = State::InLiteral(b"rue"),
            (b'f', Value | ValueOrEnd) => self.state = State::InLiteral(b"alse"),
            (b'n', Value | ValueOrEnd) => self.state = State::InLiteral(b"ull"),
            _ => return Err(self.invalid(0)),
        }
        Ok(1)
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn open(&mut self, container: Container, events: &mut impl Events) -> Result<(), ScanError> {
        if self.depth == MAX_DEPTH {
            return Err(ScanError::TooDeep {
                offset: self.offset,
            });
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(container == Container::Object);
        events.begin(container);
        Ok(())
    }

    fn close(&mut self, events: &mut impl Events) {
        self.depth -= 1;
        self.objects >>= 1;
        events.end();
        self.end_value();
    }

    fn end_value(&mut self) {
        self.state = if self.depth == 0 {
            State::Done
        } else {
            State::CommaOrEnd
        };
    }

    /// Begins a key; most are read in one go.
    fn key(&mut self, bytes: &[u8], events: &mut impl Events) -> usize {
        let plain = plain_len(&bytes[1..]);
        if bytes.get(1 + plain) == Some(&b'"') {
            events.key(&bytes[1..1 + plain.min(MAX_KEY_BYTES)]);
            self.state = State::Colon;
            return plain + 2;
        }
        self.text.begin(MAX_KEY_BYTES);
        self.state = State::InKey;
        1
    }

    fn resume_text(&mut self, bytes: &[u8], events: &mut impl Events) -> Result<usize, ScanError> {
        match self.text.push(bytes).map_err(|at| self.invalid(at))? {
            None => Ok(bytes.len()),
            Some(consumed) => {
                if self.state == State::InKey {
                    events.key(self.text.decoded());
                    self.state = State::Colon;
                } else {
                    events.text(self.text.decoded());
                    self.end_value();
                }
                Ok(consumed)
            }
        }
    }

    /// Reads a number, or keeps what is there of one that the chunk may cut.
    #[inline]
    fn number(&mut self, bytes: &[u8], events: &mut impl Events) -> Result<usize, ScanError> {
        let window = &bytes[..bytes.len().min(number::MAX_BYTES + 1)];
        match number::scan(window) {
            Ok(Number { value, whole, len }) if len < window.len() => {
                events.number(value, whole);
                self.end_value();
                Ok(len)
            }
            Err(at) if at < window.len() => Err(self.invalid(at)),
            _ => {
                self.check_number_length(window, self.offset)?;
                self.partial.clear();
                self.partial.extend_from_slice(window);
                self.state = State::InNumber { start: self.offset };
                Ok(window.len())
            }
        }
    }

    fn resume_number(
        &mut self,
        bytes: &[u8],
        start: u64,
        events: &mut impl Events,
    ) -> Result<usize, ScanError> {
        let room = number::MAX_BYTES + 1 - self.partial.len();
        let taken = bytes
            .iter()
            .take(room)
            .take_while(|b| number::is_number_byte(**b))
            .count();
        self.partial.extend_from_slice(&bytes[..taken]);
        if taken < bytes.len() || taken == room {
            self.end_number(start, events)?;
        }
        Ok(taken)
    }

    /// Reads the number in `partial`, after which another token has begun.
    fn end_number(&mut self, start: u64, events: &mut impl Events) -> Result<(), ScanError> {
        let invalid_at = match number::scan(&self.partial) {
            Ok(Number { value, whole, len }) if len == self.partial.len() => {
                self.check_number_length(&self.partial, start)?;
                events.number(value, whole);
                self.end_value();
                return Ok(());
            }
            Ok(Number { len, .. }) => len,
            // Broken inside, it is no number however long; cut short, it may be one that is too long.
            Err(at) if at < self.partial.len() => at,
            Err(at) => {
                self.check_number_length(&self.partial, start)?;
                at
            }
        };
        Err(ScanError::NotJson {
            offset: start + invalid_at as u64,
        })
    }

    fn check_number_length(&self, number: &[u8], offset: u64) -> Result<(), ScanError> {
        let too_long = number.len() > number::MAX_BYTES;
        if too_long {
            Err(ScanError::NumberTooLong { offset })
        } else {
            Ok(())
        }
    }

    fn resume_literal(
        &mut self,
        byte: u8,
        rest: &'static [u8],
        events: &mut impl Events,
    ) -> Result<usize, ScanError> {
        match rest.split_first() {
            Some((expected, rest)) if *expected == byte => {
                self.state = State::InLiteral(rest);
                if rest.is_empty() {
                    events.literal();
                    self.end_value();
                }
                Ok(1)
            }
            _ => Err(self.invalid(0)),
        }
    }

    /// The error for the byte `ahead` of the current one.
    fn invalid(&self, ahead: usize) -> ScanError {
        ScanError::NotJson {
            offset: self.offset + ahead as u64,
        }
    }
}
