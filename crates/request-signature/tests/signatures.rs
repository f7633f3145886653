//! Signatures made elsewhere verify, and nothing about a signed request can be altered.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use hmac::{Hmac, Mac};
use proptest::prelude::*;
use request_signature::{NONCE_LIFETIME_MS, SignatureError, Signed};
use sha2::{Digest, Sha256};

// Computed with Node's `crypto`:
//   key = sha256('outpost_live_0123456789abcdef')
//   hmac(key, 'POST\n<TARGET>\n1700000000\nn-1:abc._Z\n' + hex(sha256(<BODY>)))
const KEY_HASH: &str = "9cc04f544b24ad04ec8aa0d181920e23b2b739c6c6176380b25fd335e2d65b27";
const TARGET: &str = "/api/v1/rooms/upload?tag=a%20b&tag=c";
const BODY: &str = r#"{"name":"Küche"}"#;
const TIMESTAMP: &str = "1700000000";
const NONCE: &str = "n-1:abc._Z";
const RAW_KEY: &str = "v1=816abc1bbccbfabb1b5741ffef5e738a14f7ef935a7574ac1a8dfa8503c31995";
const HEX_KEY: &str = "v1=c2f4c7a4f23d91e2e4a03332dc6165287b8c97f6a131e341b702cee1348d9cdf";
/// Of `GET /health` with the nonce `1`, under the 32 bytes.
const NO_BODY: &str = "v1=bc99a857cb9236ab8dacddec669e1764cbf35afe385c0b7c94b8f7eb6b5c4294";

const SIGNED_MS: i64 = 1_700_000_000_000;

fn sha256(body: &str) -> [u8; 32] {
    Sha256::digest(body).into()
}

fn signed(timestamp: &str, nonce: &str, signature: &str) -> Signed {
    Signed::parse(Some(timestamp), Some(nonce), Some(signature))
        .unwrap()
        .unwrap()
}

fn parse_error(timestamp: &str, nonce: &str, signature: &str) -> SignatureError {
    Signed::parse(Some(timestamp), Some(nonce), Some(signature)).unwrap_err()
}

#[test]
fn signatures_of_another_implementation_verify() {
    for signature in [RAW_KEY, HEX_KEY] {
        let signed = signed(TIMESTAMP, NONCE, signature);
        assert_eq!(signed.nonce(), NONCE);
        let verdict = signed.verify(KEY_HASH, "POST", TARGET, &sha256(BODY));
        assert_eq!(verdict, Ok(()), "{signature}");
    }
    let verdict = signed(TIMESTAMP, "1", NO_BODY).verify(KEY_HASH, "GET", "/health", &sha256(""));
    assert_eq!(verdict, Ok(()));
}

#[test]
fn every_altered_part_is_refused() {
    let last_flipped = RAW_KEY.replace("1995", "1994");
    let first_flipped = RAW_KEY.replace("v1=8", "v1=9");
    let other_key = KEY_HASH.replace("9cc0", "9cc1");
    let is_good = |timestamp, nonce, signature, key, method, target, body| {
        signed(timestamp, nonce, signature)
            .verify(key, method, target, &sha256(body))
            .is_ok()
    };
    let t = TARGET;
    assert!(is_good(
        TIMESTAMP, NONCE, RAW_KEY, KEY_HASH, "POST", t, BODY
    ));
    for (timestamp, nonce, signature, key, method, target, body) in [
        ("1700000001", NONCE, RAW_KEY, KEY_HASH, "POST", t, BODY),
        (TIMESTAMP, "n-1:abc._z", RAW_KEY, KEY_HASH, "POST", t, BODY),
        (TIMESTAMP, NONCE, &last_flipped, KEY_HASH, "POST", t, BODY),
        (TIMESTAMP, NONCE, &first_flipped, KEY_HASH, "POST", t, BODY),
        (TIMESTAMP, NONCE, NO_BODY, KEY_HASH, "POST", t, BODY),
        (TIMESTAMP, NONCE, RAW_KEY, &other_key, "POST", t, BODY),
        (TIMESTAMP, NONCE, RAW_KEY, "", "POST", t, BODY),
        (TIMESTAMP, NONCE, RAW_KEY, "not a hash", "POST", t, BODY),
        (TIMESTAMP, NONCE, RAW_KEY, KEY_HASH, "PUT", t, BODY),
        (TIMESTAMP, NONCE, RAW_KEY, KEY_HASH, "post", t, BODY),
        (
            TIMESTAMP,
            NONCE,
            RAW_KEY,
            KEY_HASH,
            "POST",
            "/api/v1/rooms/upload",
            BODY,
        ),
        (
            TIMESTAMP,
            NONCE,
            RAW_KEY,
            KEY_HASH,
            "POST",
            "/api/v1/rooms/upload?tag=a b&tag=c",
            BODY,
        ),
        (
            TIMESTAMP,
            NONCE,
            RAW_KEY,
            KEY_HASH,
            "POST",
            "/api/v1/rooms/upload?tag=c&tag=a%20b",
            BODY,
        ),
        (TIMESTAMP, NONCE, RAW_KEY, KEY_HASH, "POST", t, ""),
        (
            TIMESTAMP,
            NONCE,
            RAW_KEY,
            KEY_HASH,
            "POST",
            t,
            "{\"name\":\"Küche\"}\n",
        ),
    ] {
        let case = (timestamp, nonce, signature, key, method, target, body);
        assert!(
            !is_good(timestamp, nonce, signature, key, method, target, body),
            "{case:?}"
        );
    }
}

#[test]
fn the_digits_of_a_signature_may_be_upper_case() {
    let upper = format!("v1={}", RAW_KEY.trim_start_matches("v1=").to_uppercase());
    let upper = signed(TIMESTAMP, NONCE, &upper);
    assert_eq!(upper, signed(TIMESTAMP, NONCE, RAW_KEY));
    // The key's digest means the same in either case, too.
    for signature in [RAW_KEY, HEX_KEY] {
        let verdict = signed(TIMESTAMP, NONCE, signature).verify(
            &KEY_HASH.to_uppercase(),
            "POST",
            TARGET,
            &sha256(BODY),
        );
        assert_eq!(verdict, Ok(()));
    }
}

#[test]
fn a_request_without_a_signature_is_not_signed() {
    assert_eq!(Signed::parse(None, None, None), Ok(None));
    assert_eq!(Signed::parse(Some("soon"), Some("?"), None), Ok(None));
}

#[test]
fn errors_name_the_header() {
    use SignatureError::{Malformed, Missing};
    let parse = Signed::parse;
    assert_eq!(
        parse(None, Some(NONCE), Some(RAW_KEY)),
        Err(Missing("X-Timestamp"))
    );
    assert_eq!(
        parse(Some(TIMESTAMP), None, Some(RAW_KEY)),
        Err(Missing("X-Nonce"))
    );
    for timestamp in [
        "",
        "-1",
        "+1",
        "01",
        "1.5",
        "1e9",
        " 1",
        "1 ",
        "soon",
        "9223372036854775808",
        "१",
    ] {
        let error = parse_error(timestamp, NONCE, RAW_KEY);
        assert_eq!(error, Malformed("X-Timestamp"), "{timestamp}");
    }
    for nonce in ["", "a b", "a\nb", "a/b", "é", &"x".repeat(129)] {
        let error = parse_error(TIMESTAMP, nonce, RAW_KEY);
        assert_eq!(error, Malformed("X-Nonce"), "{nonce}");
    }
    signed(TIMESTAMP, &"x".repeat(128), RAW_KEY);
    let digits = RAW_KEY.trim_start_matches("v1=");
    for signature in [
        "",
        "v1=",
        digits,
        &format!("v2={digits}"),
        &format!("V1={digits}"),
        &format!("v1={}", &digits[1..]),
        &format!("v1={}", &digits[2..]),
        &format!("{RAW_KEY}0"),
        &format!("{RAW_KEY}00"),
        &format!("v1=+{}", &digits[1..]),
        &format!("v1=g{}", &digits[1..]),
    ] {
        let error = parse_error(TIMESTAMP, NONCE, signature);
        assert_eq!(error, Malformed("X-Signature"), "{signature}");
    }
    assert_eq!(
        Missing("X-Nonce").to_string(),
        "X-Nonce is required when X-Signature is sent"
    );
}

#[test]
fn a_request_counts_for_300_seconds_either_way() {
    let signed = signed(TIMESTAMP, NONCE, RAW_KEY);
    for away in [-300_000, 0, 300_000] {
        assert_eq!(signed.check_time(SIGNED_MS + away), Ok(()), "{away}");
    }
    for now in [SIGNED_MS - 300_001, SIGNED_MS + 300_001, i64::MIN, i64::MAX] {
        let verdict = signed.check_time(now);
        assert_eq!(verdict, Err(SignatureError::OutsideWindow), "{now}");
    }
    assert_eq!(NONCE_LIFETIME_MS, 600_000);
}

proptest! {
    #[test]
    fn no_text_panics(
        timestamp in prop::option::of(r"[0-9]{0,20}|\PC{0,20}"),
        nonce in prop::option::of(r"[A-Za-z0-9_.:-]{0,140}|\PC{0,20}"),
        signature in prop::option::of(r"v1=[0-9a-fA-F]{62,66}|(v1=)?\PC{0,70}"),
        key in r"[0-9a-f]{64}|\PC{0,70}",
        method in r"\PC{0,10}",
        target in r"\PC{0,40}",
        body in any::<[u8; 32]>(),
        now in any::<i64>(),
    ) {
        let parsed = Signed::parse(timestamp.as_deref(), nonce.as_deref(), signature.as_deref());
        prop_assert!(signature.is_some() || parsed == Ok(None));
        if let Ok(Some(signed)) = parsed {
            let _ = signed.check_time(now);
            prop_assert!(signed.verify(&key, &method, &target, &body).is_err());
        }
    }

    #[test]
    fn what_is_signed_verifies_in_any_case_of_digits(
        key in any::<[u8; 32]>(),
        nonce in "[A-Za-z0-9_.:-]{1,128}",
        timestamp in 0..i64::MAX,
        method in "[A-Z]{3,7}",
        target in "/[!-~]{0,60}",
        body in any::<[u8; 32]>(),
        upper in any::<bool>(),
    ) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let message = [&method, &target, &timestamp.to_string(), &nonce, &hex(&body)].map(String::as_str).join("\n");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(message.as_bytes());
        let mut digits = hex(&mac.finalize().into_bytes());
        if upper {
            digits.make_ascii_uppercase();
        }
        let signed = signed(&timestamp.to_string(), &nonce, &format!("v1={digits}"));
        prop_assert_eq!(signed.verify(&hex(&key), &method, &target, &body), Ok(()));
    }
}
