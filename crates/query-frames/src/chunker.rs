//! Cuts an answer into chunks while it comes.
//!
//! A chunk ends before a blank, so that the next one begins with it: `"Quantum"`, `" computing
//! is"`. Text without blanks is cut after [`MAX_WORD_BYTES`], between two characters. Joined, the
//! chunks are the text to the byte. Something is always held back for the final frame.

/// Longer than any word, short enough that text without blanks flows.
pub const MAX_WORD_BYTES: usize = 64;

/// The longest answer, in bytes of JSON: the final frame holds all of it, and a room keeps that as
/// one row.
pub const MAX_RESPONSE_BYTES: usize = 448 << 10;

/// What a chunk aims at while the reader keeps up: a few words.
const MIN_CHUNK_BYTES: usize = 24;

/// A long backlog goes out in larger chunks, so that it shrinks by this part with each.
const BACKLOG_PARTS: usize = 100;

/// The answer is longer than [`MAX_RESPONSE_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// The text so far, and how much of it went out.
#[derive(Debug, Clone, Default)]
pub struct Chunker {
    text: String,
    json_bytes: usize,
    sent: usize,
}

impl Chunker {
    /// Adds what came.
    ///
    /// # Errors
    /// When the answer gets too long; nothing changes then.
    pub fn push(&mut self, piece: &str) -> Result<(), TooLong> {
        let json_bytes = self.json_bytes + json_bytes(piece);
        if json_bytes > MAX_RESPONSE_BYTES {
            return Err(TooLong);
        }
        self.json_bytes = json_bytes;
        self.text.push_str(piece);
        Ok(())
    }

    /// All that was added.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Starts over behind this many bytes, which readers have. False, and nothing changes, if no
    /// chunk can start there: it is inside a character, or nothing is left to send.
    pub fn start_at(&mut self, bytes: usize) -> bool {
        let is_possible = bytes < self.text.len() && self.text.is_char_boundary(bytes);
        if is_possible {
            self.sent = bytes;
        }
        is_possible
    }

    /// The next chunk, as soon as one can be cut.
    pub fn chunk(&mut self) -> Option<&str> {
        let start = self.sent;
        let length = cut(&self.text[start..])?;
        self.sent += length;
        Some(&self.text[start..self.sent])
    }

    /// What is left for the final frame; empty only if the text is.
    pub fn rest(&self) -> &str {
        &self.text[self.sent..]
    }
}

/// What a text takes in JSON, at most.
fn json_bytes(text: &str) -> usize {
    let escaped = |byte| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(escaped).sum()
}

/// Where to cut: before the last blank within reach, else before the next one, else anywhere.
fn cut(rest: &str) -> Option<usize> {
    let aim = (rest.len() / BACKLOG_PARTS).max(MIN_CHUNK_BYTES);
    let reach = aim.max(MAX_WORD_BYTES);
    let mut best = None;
    let window = &rest[..rest.floor_char_boundary(2 * reach)];
    for at in word_ends(window).take_while(|at| *at <= reach) {
        if at > aim && best.is_some() {
            break;
        }
        best = Some(at);
    }
    best.or_else(|| (rest.len() > reach).then(|| rest.floor_char_boundary(reach)))
}

/// Every position between a word and a blank that has another word behind it.
fn word_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut end = None;
    let mut is_word = false;
    text.char_indices().filter_map(move |(at, character)| {
        let was_word = std::mem::replace(&mut is_word, !character.is_whitespace());
        match (was_word, is_word) {
            (true, false) => {
                end = Some(at);
                None
            }
            (false, true) => end.take(),
            _ => None,
        }
    })
}
