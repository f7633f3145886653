//! JSON strings, decoded as they come.

/// A string of which more may come.
///
/// A lone surrogate escape reads as U+FFFD: RFC 8259 (section 8.2) allows it, `serde_json` accepts
/// it in strings that are skipped, and a name with half an emoji is no reason to lose a scan.
#[derive(Debug, Default)]
pub struct Text {
    decoded: Vec<u8>,
    /// How many decoded bytes are kept.
    wanted: usize,
    escape: Escape,
    /// The first half of a surrogate pair whose second half may follow.
    high: Option<u16>,
    utf8: Utf8,
}

#[derive(Debug, Default, Clone, Copy)]
enum Escape {
    #[default]
    None,
    /// After the backslash.
    Begun,
    /// Within the four digits after `\u`.
    Hex { digits: u8, unit: u16 },
}

impl Text {
    /// Begins a string, after its opening quote.
    pub fn begin(&mut self, wanted: usize) {
        // Keeps the buffer: strings come by the million.
        self.decoded.clear();
        self.wanted = wanted;
    }

    /// What was kept of the string.
    pub fn decoded(&self) -> &[u8] {
        &self.decoded
    }

    /// Reads on; returns how many bytes it took if the closing quote is among them.
    ///
    /// # Errors
    ///
    /// The position of the byte that cannot be there.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<usize>, usize> {
        let mut at = 0;
        while at < bytes.len() {
            if let Escape::None = self.escape
                && self.utf8.left == 0
            {
                let plain = plain_len(&bytes[at..]);
                self.keep(&bytes[at..at + plain]);
                at += plain;
                match bytes.get(at) {
                    None => break,
                    Some(b'"') => {
                        self.resolve_surrogate();
                        return Ok(Some(at + 1));
                    }
                    Some(b'\\') => self.escape = Escape::Begun,
                    Some(&lead) => {
                        self.utf8 = Utf8::after(lead).ok_or(at)?;
                        self.keep(&[lead]);
                    }
                }
            } else if self.utf8.left > 0 {
                self.utf8 = self.utf8.then(bytes[at]).ok_or(at)?;
                self.keep(&bytes[at..=at]);
            } else {
                self.escape = self.unescape(bytes[at]).ok_or(at)?;
            }
            at += 1;
        }
        Ok(None)
    }

    /// Takes the next byte of an escape sequence.
    fn unescape(&mut self, byte: u8) -> Option<Escape> {
        if let Escape::Hex { digits, unit } = self.escape {
            let digit = char::from(byte).to_digit(16)?;
            let unit = unit << 4 | digit as u16;
            if digits < 3 {
                return Some(Escape::Hex {
                    digits: digits + 1,
                    unit,
                });
            }
            self.keep_unit(unit);
            return Some(Escape::None);
        }
        let character = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return Some(Escape::Hex { digits: 0, unit: 0 }),
            _ => return None,
        };
        self.keep(&[character]);
        Some(Escape::None)
    }

    /// Keeps the character of a `\u` escape, once both halves of a surrogate pair are there.
    fn keep_unit(&mut self, unit: u16) {
        if (0xD800..0xDC00).contains(&unit) {
            self.resolve_surrogate();
            self.high = Some(unit);
            return;
        }
        for decoded in char::decode_utf16(self.high.take().into_iter().chain([unit])) {
            let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.keep(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Leaves a first half alone, if there is one.
    fn resolve_surrogate(&mut self) {
        if self.high.take().is_some() {
            self.keep("\u{FFFD}".as_bytes());
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.high.is_some() && !bytes.is_empty() {
            self.resolve_surrogate();
        }
        let room = self.wanted - self.decoded.len();
        self.decoded
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// Number of bytes up to the first one that needs a closer look: a quote, a backslash, a control
/// character, or anything that is not ASCII.
#[inline]
pub fn plain_len(bytes: &[u8]) -> usize {
    let is_plain = |byte: &u8| matches!(byte, 0x20..=0x7F) && *byte != b'"' && *byte != b'\\';
    bytes
        .iter()
        .position(|byte| !is_plain(byte))
        .unwrap_or(bytes.len())
}

/// Position within a UTF-8 sequence (Unicode 15, table 3-7).
#[derive(Debug, Default, Clone, Copy)]
struct Utf8 {
    /// Continuation bytes that must follow.
    left: u8,
    /// Range of the next one; only the second byte of a sequence is ever restricted further, which
    /// is what keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
    low: u8,
    high: u8,
}

impl Utf8 {
    /// After the first byte of a character that is not ASCII.
    fn after(lead: u8) -> Option<Self> {
        let (left, low, high) = match lead {
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xE1..=0xEC | 0xEE | 0xEF => (2, 0x80, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return None,
        };
        Some(Self { left, low, high })
    }

    fn then(self, byte: u8) -> Option<Self> {
        let fits = (self.low..=self.high).contains(&byte);
        fits.then_some(Self {
            left: self.left - 1,
            low: 0x80,
            high: 0xBF,
        })
    }
}
