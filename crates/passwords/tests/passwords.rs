//! Hashes of other implementations verify, ours read back, and nothing stored can harm us.

use passwords::{Hasher, PasswordError, Verdict};
use proptest::prelude::*;

/// Made by hash-wasm 4.13 with our parameters.
const TODAYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";

const PASSWORD: &str = "correct horse battery staple";

const SALT: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

fn verify(password: &str, phc: &str) -> Result<Verdict, PasswordError> {
    Hasher::new().verify(password, phc)
}

fn verdict(matches: bool, needs_rehash: bool) -> Result<Verdict, PasswordError> {
    Ok(Verdict {
        matches,
        needs_rehash,
    })
}

#[test]
fn a_hash_is_to_the_letter_that_of_another_implementation() {
    let mut hasher = Hasher::new();
    assert_eq!(hasher.hash(PASSWORD, &SALT).unwrap(), TODAYS);
    // Once more, in memory that is no longer empty.
    hasher.verify_nobody("somebody else's");
    assert_eq!(hasher.hash(PASSWORD, &SALT).unwrap(), TODAYS);
}

#[test]
fn the_right_password_matches_and_no_other() {
    let mut hasher = Hasher::new();
    assert_eq!(hasher.verify(PASSWORD, TODAYS), verdict(true, false));
    for wrong in ["", "Correct horse battery staple", "correct horse battery"] {
        assert_eq!(
            hasher.verify(wrong, TODAYS),
            verdict(false, false),
            "{wrong}"
        );
    }
}

#[test]
fn passwords_are_not_normalized() {
    let mut hasher = Hasher::new();
    let composed = hasher.hash("p\u{e4}ss", &SALT).unwrap();
    assert_eq!(
        hasher.verify("pa\u{308}ss", &composed),
        verdict(false, false)
    );
}

/// `src/test.c` of <https://github.com/P-H-C/phc-winner-argon2>.
#[test]
fn official_vectors_verify() {
    for phc in [
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        // Version 16 has no version.
        "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
    ] {
        // The salt is only 8 bytes long.
        assert_eq!(verify("password", phc), verdict(true, true), "{phc}");
    }
}

/// Made by hash-wasm 4.13.
#[test]
fn weaker_hashes_match_but_need_a_new_one() {
    for phc in [
        "$argon2id$v=19$m=8192,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$qJHdkaPRI63W6njO7cyUp/HcHkykgOV+byQKETZi6i8",
        "$argon2id$v=19$m=64,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$JmB/HJ1D4om5zSwBxGG2TCH9yXHLQHMQU4OelOKwg3yYP6g+TxY1EAiZNBFZwwPzjXzbgu7LypU5+YSfBVYrVg",
        "$argon2i$v=19$m=64,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$C8W2xoWFXVw5yOZgMePINu7i1XC/kkjTfqJcYyNNb80",
        "$argon2d$v=19$m=64,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$9u9JnpVHi/TtZX2ZOyXhC6nGs3YfQOcetjs4uMt1EMo",
    ] {
        assert_eq!(verify(PASSWORD, phc), verdict(true, true), "{phc}");
    }
    let lanes = "$argon2id$v=19$m=64,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$jp3ZeoCkdRt2OaHiJ9aFOrXrE6Na16ORida4caq7JGA";
    assert_eq!(verify("pässwörd 🔑", lanes), verdict(true, true));
}

#[test]
fn broken_hashes_are_errors() {
    use PasswordError::{Malformed, TooCostly, Unsupported};
    let salt_and_hash = "AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";
    for (start, error) in [
        ("$2b$12$", Malformed),
        ("$scrypt$ln=15,r=8,p=1$", Unsupported),
        ("$argon2x$v=19$m=64,t=1,p=1$", Unsupported),
        ("$argon2id$v=20$m=64,t=1,p=1$", Unsupported),
        ("$argon2id$v=19$m=7,t=1,p=1$", Malformed),
        ("$argon2id$v=19$m=31,t=1,p=4$", Malformed),
        ("$argon2id$v=19$m=64,t=0,p=1$", Malformed),
        ("$argon2id$v=19$m=64,t=1,p=0$", Malformed),
        ("$argon2id$v=19$m=64,t=1,p=x$", Malformed),
        ("$argon2id$v=19$m=64,t=1,q=1$", Malformed),
        ("argon2id$v=19$m=64,t=1,p=1$", Malformed),
    ] {
        let phc = format!("{start}{salt_and_hash}");
        assert_eq!(verify("password", &phc), Err(error), "{phc}");
    }
    for phc in [
        "",
        "$",
        "$argon2id$v=19$m=64,t=1,p=1",
        "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw",
        // A salt of 4 bytes, then one that is not base64.
        "$argon2id$v=19$m=64,t=1,p=1$AAECAw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU",
        "$argon2id$v=19$m=64,t=1,p=1$AA.ECAwQFBgcICQ$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU",
    ] {
        assert_eq!(verify("password", phc), Err(Malformed), "{phc}");
    }
    let doubled = format!("$argon2id$v=19$m=64,t=1,p=1,m=4000000000${salt_and_hash}");
    assert!(matches!(
        verify("password", &doubled),
        Err(Malformed | TooCostly)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The costs stay low: those that are in bounds are spent.
    #[test]
    fn no_text_panics(
        start in r"(\$argon2(id|i|d))?(\$v=(16|19|[0-9]{1,12}))?",
        params in r"(\$(m=[0-9]{1,3},t=[0-9]?,p=[0-9]{1,12}|[a-z]=.{0,4}))?",
        end in r"\$[A-Za-z0-9+/]{0,70}\$[A-Za-z0-9+/]{0,90}|\PC{0,40}",
    ) {
        let _ = verify("password", &format!("{start}{params}{end}"));
    }

    #[test]
    fn any_text_is_no_hash(text in r"\PC{0,200}") {
        prop_assert!(verify("password", &text).is_err());
    }
}
