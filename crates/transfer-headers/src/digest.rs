//! The SHA-256 that a client promises its content to have.

use base64ct::{Base64, Encoding};

/// A header that names a SHA-256 and does not have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

const BYTES: usize = 32;

/// The digest of the `Repr-Digest` header (RFC 9530: `sha-256=:<base64>:`), else that of `sha256`
/// (hex, in base64 as all values) in the `Upload-Metadata` header of tus; `None` when neither names
/// one.
///
/// # Errors
/// [`Unreadable`].
pub fn promised_sha256(
    repr_digest: Option<&str>,
    upload_metadata: Option<&str>,
) -> Result<Option<[u8; BYTES]>, Unreadable> {
    if let Some(value) = repr_digest.and_then(sha256_member) {
        return digest(value).ok_or(Unreadable).map(Some);
    }
    match upload_metadata.and_then(|header| metadata(header, "sha256")) {
        Some(value) => hex_digest(value).ok_or(Unreadable).map(Some),
        None => Ok(None),
    }
}

/// The member `sha-256` of a list of digests.
fn sha256_member(header: &str) -> Option<&str> {
    let mut digests = header.split(',').map(str::trim);
    digests.find_map(|digest| digest.strip_prefix("sha-256="))
}

fn digest(member: &str) -> Option<[u8; BYTES]> {
    let text = member.strip_prefix(':')?.strip_suffix(':')?;
    let mut bytes = [0; BYTES];
    let length = Base64::decode(text, &mut bytes).ok()?.len();
    (length == BYTES).then_some(bytes)
}

fn hex_digest(value: &str) -> Option<[u8; BYTES]> {
    let mut digits = [0; 2 * BYTES];
    let length = Base64::decode(value, &mut digits).ok()?.len();
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits[..length].chunks(2)) {
        let &[high, low] = pair else { return None };
        *byte = nibble(high)? << 4 | nibble(low)?;
    }
    (length == 2 * BYTES).then_some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// The value of a key, in base64: pairs are divided by commas, key and value by a blank, which may be
/// missing where the value is empty.
fn metadata<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let pairs = header.split(',').map(str::trim);
    let mut pairs = pairs.map(|pair| pair.split_once(' ').unwrap_or((pair, "")));
    pairs.find_map(|(name, value)| (name == key).then(|| value.trim()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn encode(text: &str) -> String {
        Base64::encode_string(text.as_bytes())
    }

    #[test]
    fn what_cannot_be_a_digest_is_refused() {
        for wrong in [
            "sha-256=",
            "sha-256=abc",
            "sha-256=:abc:",
            "sha-256=:AA==:",
            "sha-256=:",
            "a=1, sha-256=x",
        ] {
            assert_eq!(
                promised_sha256(Some(wrong), None),
                Err(Unreadable),
                "{wrong}"
            );
        }
        let hex = "ab".repeat(32);
        for wrong in [
            "AA==",
            "",
            "?",
            &encode(&hex[1..]),
            &encode(&format!("{hex}0")),
            &encode(&hex.replace("ab", "+a")),
        ] {
            let header = format!("name YQ==,sha256 {wrong}");
            assert_eq!(
                promised_sha256(None, Some(&header)),
                Err(Unreadable),
                "{wrong}"
            );
        }
    }

    #[test]
    fn who_promises_nothing_is_held_to_nothing() {
        for none in [
            "",
            ",",
            "sha-512=:AA==:",
            "sha2567 AA==",
            "sha25",
            "SHA-256=:AA==:",
            "name YQ==,sha1 YQ==",
        ] {
            assert_eq!(promised_sha256(Some(none), Some(none)), Ok(None), "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_digest_is_found_among_others(bytes in any::<[u8; BYTES]>(), others in "(|[a-z-]{1,9}=:[A-Za-z0-9]{0,9}:, ?)") {
            let header = format!("{others}sha-256=:{}:", Base64::encode_string(&bytes));
            prop_assert_eq!(promised_sha256(Some(&header), Some("sha256 ?")), Ok(Some(bytes)));
        }

        #[test]
        fn a_digest_is_found_in_metadata(bytes in any::<[u8; BYTES]>(), others in "(|[a-z]{1,9} [A-Za-z0-9+/=]{0,9}, ?|[a-z]{1,9},)", is_upper in any::<bool>()) {
            let text = if is_upper { hex(&bytes).to_uppercase() } else { hex(&bytes) };
            let header = format!("{others}sha256 {}", encode(&text));
            prop_assert_eq!(promised_sha256(None, Some(&header)), Ok(Some(bytes)));
        }

        #[test]
        fn nothing_breaks_it(digest in "\\PC{0,60}|sha-256=[:A-Za-z0-9+/=]{0,60}", metadata in "\\PC{0,60}|(sha256|name)[ ,A-Za-z0-9+/=]{0,120}") {
            let _ = promised_sha256(Some(&digest), Some(&metadata));
        }
    }
}
