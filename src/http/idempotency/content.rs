//! The digest of a body that is streamed, by which a resend is known.
//!
//! Clients make up a new boundary whenever they send a form, so the boundary does not count.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use sha2::{Digest, Sha256};

/// Takes in a body chunk by chunk.
pub struct ContentDigest {
    digest: Sha256,
    /// Left out wherever it stands; empty if the body is no form.
    boundary: Vec<u8>,
    /// The last bytes, which may be the beginning of a boundary.
    held: Vec<u8>,
}

impl ContentDigest {
    /// For the body of a request with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let boundary = content_type.and_then(|text| multer::parse_boundary(text).ok());
        Self {
            digest: Sha256::new(),
            boundary: boundary.unwrap_or_default().into_bytes(),
            held: Vec::new(),
        }
    }

    /// The next bytes.
    pub fn update(&mut self, chunk: &[u8]) {
        let Some(first) = self.boundary.first().copied() else {
            self.digest.update(chunk);
            return;
        };
        let mut text = std::mem::take(&mut self.held);
        text.extend_from_slice(chunk);
        let mut rest = text.as_slice();
        while let Some(at) = rest.iter().position(|byte| *byte == first) {
            let (before, from) = rest.split_at(at);
            self.digest.update(before);
            if let Some(after) = from.strip_prefix(self.boundary.as_slice()) {
                rest = after;
            } else if self.boundary.starts_with(from) {
                self.held = from.to_vec();
                return;
            } else {
                self.digest.update(&from[..1]);
                rest = &from[1..];
            }
        }
        self.digest.update(rest);
    }

    /// The digest of what was taken in so far.
    pub fn finish(&self) -> [u8; 32] {
        let mut digest = self.digest.clone();
        digest.update(&self.held);
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn digest(content_type: &str, body: &[u8], piece: usize) -> [u8; 32] {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
        let mut digest = ContentDigest::of(&headers);
        body.chunks(piece).for_each(|chunk| digest.update(chunk));
        digest.finish()
    }

    fn form(boundary: &str, content: &str) -> [u8; 32] {
        let body = format!("--{boundary}\r\nA: b\r\n\r\n{content}\r\n--{boundary}--\r\n");
        let content_type = format!("multipart/form-data; boundary={boundary}");
        digest(&content_type, body.as_bytes(), 7)
    }

    #[test]
    fn the_boundary_of_a_form_does_not_count() {
        assert_eq!(form("one-boundary", "x"), form("aa-ab-aab", "x"));
        assert_ne!(form("one-boundary", "x"), form("one-boundary", "y"));
        let plain = |body: &[u8]| digest("application/json", body, 3);
        assert_eq!(
            plain(b"{\"a\": 1}"),
            <[u8; 32]>::from(Sha256::digest(b"{\"a\": 1}"))
        );
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_body_is_cut(
            boundary in "[ab-]{1,6}", body in "[ab\\-\n]{0,60}", one in 1usize..9, two in 1usize..9,
        ) {
            let content_type = format!("multipart/form-data; boundary={boundary}");
            let expected: [u8; 32] =
                Sha256::digest(body.replace(boundary.as_str(), "").as_bytes()).into();
            prop_assert_eq!(digest(&content_type, body.as_bytes(), one), expected);
            prop_assert_eq!(digest(&content_type, body.as_bytes(), two), expected);
        }
    }
}
