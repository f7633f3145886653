//! Proof Key for Code Exchange (RFC 7636), by SHA-256 only: `plain` proves nothing to whoever can
//! read the first request.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The one method.
pub const METHOD: &str = "S256";

/// Characters of 32 bytes in base64url.
const CHALLENGE_CHARACTERS: usize = 43;

/// Whether this can be the challenge of a verifier.
pub fn is_challenge(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == CHALLENGE_CHARACTERS && text.bytes().all(is_base64url)
}

/// Whether this can be a verifier (section 4.1).
pub fn is_verifier(text: &str) -> bool {
    let is_unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

/// Whether the challenge was made of this verifier.
pub fn matches(challenge: &str, verifier: &str) -> bool {
    let made = Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()));
    made.as_bytes().ct_eq(challenge.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_matches() {
        assert!(is_verifier(VERIFIER) && is_challenge(CHALLENGE));
        assert!(matches(CHALLENGE, VERIFIER));
        assert!(!matches(CHALLENGE, CHALLENGE));
        assert!(!matches(VERIFIER, VERIFIER));
        assert!(!matches("", VERIFIER));
    }

    #[test]
    fn lengths_and_letters_are_bounded() {
        assert!(!is_verifier(&"a".repeat(42)) && is_verifier(&"a".repeat(43)));
        assert!(is_verifier(&"~".repeat(128)) && !is_verifier(&"a".repeat(129)));
        assert!(!is_verifier(&"+".repeat(43)) && !is_verifier(&"ä".repeat(43)));
        assert!(!is_challenge(&"a".repeat(42)) && !is_challenge(&"a".repeat(44)));
        assert!(!is_challenge(&"=".repeat(43)));
    }
}
