//! Tokens: never a panic, and what is read back from our own tokens is what was written.
#![no_main]

use access_token::{Claims, TokenKind, UnverifiedToken, attach_signature, check, unsigned};
use libfuzzer_sys::fuzz_target;

const NOW_MS: i64 = 1_800_000_000_000;

fuzz_target!(|input: (bool, &str, &str)| {
    let (is_ours, text, signature) = input;
    if is_ours {
        round_trip(text, signature);
        return;
    }
    if let Ok(token) = UnverifiedToken::parse(text)
        && let Ok(claims) = token.claims()
    {
        let _ = check(claims, TokenKind::Access, "outpost", "outpost", NOW_MS);
    }
});

fn round_trip(subject: &str, key_id: &str) {
    let claims = Claims {
        sub: subject.into(),
        kind: TokenKind::Access,
        iss: "outpost".into(),
        aud: "outpost".into(),
        jti: "t".into(),
        rid: "r".into(),
        sid: "s".into(),
        did: subject.into(),
        tier: "free".into(),
        roles: vec![],
        scope: "read".into(),
        auth_time: 0,
        sig: false,
    };
    let token = unsigned(&claims, key_id, NOW_MS, NOW_MS + 1000).expect("our claims serialize");
    let token = attach_signature(&token, "c2ln");
    match UnverifiedToken::parse(&token) {
        Ok(read) => {
            assert_eq!(read.key_id(), key_id);
            let read = read.claims().expect("our claims parse");
            assert_eq!(
                check(read, TokenKind::Access, "outpost", "outpost", NOW_MS),
                Ok(claims)
            );
        }
        Err(_) => assert!(token.len() > access_token::MAX_TOKEN_BYTES),
    }
}
