//! SHA-256 (FIPS 180-4) that can be put down between two requests and taken up again, so that a
//! backup that comes in parts is never read twice.

use sha2::compress256;
use sha2::digest::generic_array::GenericArray;

use crate::hash::hex;

const BLOCK_BYTES: usize = 64;

/// FIPS 180-4, section 5.3.3.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A digest in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    state: [u32; 8],
    /// Bytes that do not fill a block yet.
    rest: Vec<u8>,
    length: u64,
}

impl Digest {
    /// Of nothing so far.
    pub fn new() -> Self {
        Self {
            state: INITIAL,
            rest: Vec::new(),
            length: 0,
        }
    }

    /// Takes in what follows.
    pub fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let missing = (BLOCK_BYTES - self.rest.len()) % BLOCK_BYTES;
        let (first, bytes) = bytes.split_at(missing.min(bytes.len()));
        self.rest.extend_from_slice(first);
        if self.rest.len() == BLOCK_BYTES {
            let block = std::mem::take(&mut self.rest);
            self.compress(&block);
        }
        let (blocks, rest) = bytes.split_at(bytes.len() - bytes.len() % BLOCK_BYTES);
        self.compress(blocks);
        self.rest.extend_from_slice(rest);
    }

    /// Lower-case hex.
    pub fn finish(mut self) -> String {
        let bits = self.length * 8;
        let mut end = vec![0x80];
        // Zeroes, so that the length ends a block.
        let used = self.rest.len() + 1 + size_of::<u64>();
        end.resize(1 + used.next_multiple_of(BLOCK_BYTES) - used, 0);
        end.extend_from_slice(&bits.to_be_bytes());
        self.update(&end);
        hex(&self.state.map(u32::to_be_bytes).concat())
    }

    /// Whole blocks.
    fn compress(&mut self, blocks: &[u8]) {
        for block in blocks.chunks_exact(BLOCK_BYTES) {
            compress256(&mut self.state, &[*GenericArray::from_slice(block)]);
        }
    }

    /// As it is put down: the state and the rest, in hex.
    pub fn to_text(&self) -> String {
        let state = self.state.map(u32::to_be_bytes).concat();
        hex(&state) + &hex(&self.rest)
    }

    /// As it was put down after `length` bytes.
    pub fn of_text(text: &str, length: u64) -> Option<Self> {
        let bytes = unhex(text)?;
        let (words, rest) = bytes.split_at_checked(32)?;
        let mut state = [0; 8];
        for (word, bytes) in state.iter_mut().zip(words.chunks_exact(4)) {
            *word = u32::from_be_bytes(bytes.try_into().ok()?);
        }
        let is_whole = rest.len() as u64 == length % BLOCK_BYTES as u64;
        is_whole.then(|| Self {
            state,
            rest: rest.to_vec(),
            length,
        })
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match std::str::from_utf8(pair) {
            Ok(digits) if digits.len() == 2 => u8::from_str_radix(digits, 16).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::sha256_hex;

    proptest! {
        #[test]
        fn it_can_be_put_down_anywhere(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..8)) {
            let mut text = Digest::new().to_text();
            let mut length = 0;
            for part in &parts {
                let mut digest = Digest::of_text(&text, length).unwrap();
                digest.update(part);
                length += part.len() as u64;
                text = digest.to_text();
            }
            let digest = Digest::of_text(&text, length).unwrap();
            prop_assert_eq!(digest.finish(), sha256_hex(&parts.concat()));
        }
    }

    #[test]
    fn a_text_that_is_none_is_known_as_such() {
        let text = Digest::new().to_text();
        assert!(Digest::of_text(&text, 0).is_some());
        assert!(Digest::of_text(&text, 1).is_none());
        assert!(Digest::of_text(&text[1..], 0).is_none());
        assert!(Digest::of_text("zz", 0).is_none());
    }
}
