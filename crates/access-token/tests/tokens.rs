//! Tokens written by us are read back; everything else is refused for the right reason.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use access_token::{
    Claims, Refusal, TokenKind, UnverifiedToken, attach_signature, check, unsigned,
};
use proptest::prelude::*;

const NOW_MS: i64 = 1_800_000_000_000;

fn claims(kind: TokenKind) -> Claims {
    Claims {
        sub: "user".into(),
        kind,
        iss: "outpost".into(),
        aud: "outpost".into(),
        jti: "token".into(),
        rid: "req_1".into(),
        sid: "session".into(),
        did: "device".into(),
        tier: "free".into(),
        roles: vec!["user".into()],
        scope: "read".into(),
        auth_time: NOW_MS / 1000,
        sig: false,
    }
}

fn token(kind: TokenKind, issued_ms: i64, expires_ms: i64) -> String {
    let unsigned = unsigned(&claims(kind), "key-1", issued_ms, expires_ms).unwrap();
    attach_signature(&unsigned, "c2lnbmF0dXJl")
}

fn verdict(token: &str, expected: TokenKind) -> Result<Claims, Refusal> {
    let claims = UnverifiedToken::parse(token)?.claims()?;
    check(claims, expected, "outpost", "outpost", NOW_MS)
}

#[test]
fn a_token_reads_back() {
    let text = token(TokenKind::Access, NOW_MS, NOW_MS + 3_600_000);
    let parsed = UnverifiedToken::parse(&text).unwrap();
    assert_eq!(parsed.key_id(), "key-1");
    assert_eq!(parsed.signature(), b"signature");
    assert!(text.as_bytes().starts_with(parsed.signed_bytes()));
    assert_eq!(
        verdict(&text, TokenKind::Access),
        Ok(claims(TokenKind::Access))
    );
}

#[test]
fn clients_find_the_claims_that_they_read() {
    let text = token(TokenKind::Access, NOW_MS, NOW_MS + 3_600_000);
    let claims = UnverifiedToken::parse(&text).unwrap().claims().unwrap();
    let json = serde_json::to_value(&claims).unwrap();
    assert_eq!(json["exp"], NOW_MS / 1000 + 3600);
    assert_eq!(json["iat"], NOW_MS / 1000);
    assert_eq!(json["sub"], "user");
    assert_eq!(json["type"], "access");
}

#[test]
fn expiry_alone_is_expired() {
    let text = token(TokenKind::Access, NOW_MS - 7_200_000, NOW_MS - 3_600_000);
    assert_eq!(verdict(&text, TokenKind::Access), Err(Refusal::Expired));
}

#[test]
fn a_wrong_type_outranks_expiry() {
    let text = token(TokenKind::Refresh, NOW_MS - 7_200_000, NOW_MS - 3_600_000);
    let Err(Refusal::Invalid(message)) = verdict(&text, TokenKind::Access) else {
        panic!("accepted");
    };
    assert_eq!(message, "Invalid token type. Expected access, got refresh");
}

#[test]
fn a_token_from_the_future_is_refused() {
    let text = token(TokenKind::Access, NOW_MS + 120_000, NOW_MS + 3_600_000);
    assert!(matches!(
        verdict(&text, TokenKind::Access),
        Err(Refusal::Invalid(_))
    ));
}

#[test]
fn foreign_forms_are_refused() {
    let good = token(TokenKind::Access, NOW_MS, NOW_MS + 3_600_000);
    let (head, rest) = good.split_once('.').unwrap();
    let forms = [
        String::new(),
        "a.b".into(),
        "a.b.c.d".into(),
        good.replace('.', " "),
        format!("{head}=.{rest}"),
        // {"alg":"none"} and {"alg":"HS256","kid":"key-1"}
        format!("eyJhbGciOiJub25lIn0.{rest}"),
        format!("eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleS0xIn0.{rest}"),
        // {"alg":"RS256"}: no key id
        format!("eyJhbGciOiJSUzI1NiJ9.{rest}"),
        format!("{good}{}", "A".repeat(5000)),
    ];
    for form in forms {
        assert!(UnverifiedToken::parse(&form).is_err(), "{form}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,300}") {
        if let Ok(token) = UnverifiedToken::parse(&text) {
            let _ = token.claims();
        }
    }

    #[test]
    fn a_token_with_one_changed_byte_never_panics(at in 0usize..600, byte in any::<u8>()) {
        let mut bytes = token(TokenKind::Access, NOW_MS, NOW_MS + 1000).into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(token) = UnverifiedToken::parse(&text)
        {
            let _ = token.claims();
        }
    }
}
