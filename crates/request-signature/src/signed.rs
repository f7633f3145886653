//! A signed request: its three headers, and what they must match.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{SignatureError, hex};

/// When the request was signed, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "X-Timestamp";

/// What makes the request differ from all others of the key: 1 to 128 characters of
/// `[A-Za-z0-9_.:-]`.
pub const NONCE_HEADER: &str = "X-Nonce";

/// The signature: `v1=` and 64 hexadecimal digits, in either case.
pub const SIGNATURE_HEADER: &str = "X-Signature";

/// How far the client's clock may be from ours, either way, in milliseconds.
const WINDOW_MS: i64 = 300_000;

/// How long a nonce must be remembered, in milliseconds, the last one included: a request may be
/// signed as far ahead of our clock as it may later be behind it.
pub const NONCE_LIFETIME_MS: i64 = 2 * WINDOW_MS;

const MAX_NONCE_CHARS: usize = 128;

/// The headers of a signed request. They are well-formed, but nothing is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// In seconds since 1970.
    timestamp: i64,
    nonce: String,
    signature: [u8; 32],
}

impl Signed {
    /// Reads the headers; `None` when the request is not signed.
    ///
    /// # Errors
    /// Names the header that is missing or malformed.
    pub fn parse(
        timestamp: Option<&str>,
        nonce: Option<&str>,
        signature: Option<&str>,
    ) -> Result<Option<Self>, SignatureError> {
        let Some(signature) = signature else {
            return Ok(None);
        };
        let timestamp = timestamp.ok_or(SignatureError::Missing(TIMESTAMP_HEADER))?;
        let nonce = nonce.ok_or(SignatureError::Missing(NONCE_HEADER))?;
        Ok(Some(Self {
            timestamp: parse_timestamp(timestamp)
                .ok_or(SignatureError::Malformed(TIMESTAMP_HEADER))?,
            nonce: parse_nonce(nonce).ok_or(SignatureError::Malformed(NONCE_HEADER))?,
            signature: signature
                .strip_prefix("v1=")
                .and_then(hex::decode)
                .ok_or(SignatureError::Malformed(SIGNATURE_HEADER))?,
        }))
    }

    /// Checks that the request was signed around now, in milliseconds since 1970.
    ///
    /// # Errors
    /// When it is more than 300 s away.
    pub fn check_time(&self, now_ms: i64) -> Result<(), SignatureError> {
        let signed_ms = self.timestamp.saturating_mul(1000);
        if signed_ms.abs_diff(now_ms) <= WINDOW_MS.unsigned_abs() {
            Ok(())
        } else {
            Err(SignatureError::OutsideWindow)
        }
    }

    /// Checks the signature against the request, in constant time.
    ///
    /// `key_hash_hex` is the hexadecimal SHA-256 digest of the API key's text, all that we keep of
    /// it. `target` is path and query exactly as sent, without `?` when there is no query.
    ///
    /// # Errors
    /// When the signature is not that of this request under this key.
    pub fn verify(
        &self,
        key_hash_hex: &str,
        method: &str,
        target: &str,
        body_sha256: &[u8; 32],
    ) -> Result<(), SignatureError> {
        let key = hex::decode(key_hash_hex).ok_or(SignatureError::Mismatch)?;
        let message = format!(
            "{method}\n{target}\n{}\n{}\n{}",
            self.timestamp,
            self.nonce,
            hex::encode(body_sha256)
        );
        // The rule says that the digest is the key but leaves open in which form, so both count:
        // its 32 bytes, and its text of 64 digits in lower case. Who knows one knows the other.
        if self.is_made_with(&key, &message)
            || self.is_made_with(hex::encode(&key).as_bytes(), &message)
        {
            Ok(())
        } else {
            Err(SignatureError::Mismatch)
        }
    }

    /// What must not come twice under one key within [`NONCE_LIFETIME_MS`].
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    fn is_made_with(&self, key: &[u8], message: &str) -> bool {
        Hmac::<Sha256>::new_from_slice(key).is_ok_and(|mac| {
            mac.chain_update(message)
                .verify_slice(&self.signature)
                .is_ok()
        })
    }
}

/// Digits alone and no leading zeros, so that the number gives back the text that was signed.
fn parse_timestamp(text: &str) -> Option<i64> {
    let seconds: i64 = text.parse().ok()?;
    (seconds >= 0 && seconds.to_string() == text).then_some(seconds)
}

fn parse_nonce(text: &str) -> Option<String> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    let is_nonce = (1..=MAX_NONCE_CHARS).contains(&text.len()) && text.bytes().all(is_allowed);
    is_nonce.then(|| text.to_owned())
}
