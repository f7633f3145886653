//! The header itself, and whose it is.

use http::HeaderMap;

use crate::auth::Caller;
use crate::error::{Error, FieldError, Result};
use crate::hash::sha256_hex;

/// Its name, for `HeaderMap`.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Its name, as that of a field.
const FIELD: &str = "idempotency_key";

const MAX: usize = 255;

/// Where nobody is signed in, nothing but the key tells who asks: it must not be guessed. A UUID has
/// 36 characters.
const MIN_OF_NOBODY: usize = 32;

/// A key with its owner.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// What the table knows of it.
    pub hash: String,
    /// What only who sends it knows.
    pub secret: String,
}

impl Key {
    /// The key of a request, if it has one.
    pub fn of(headers: &HeaderMap, caller: Option<&Caller>) -> Result<Option<Self>> {
        let user_id = caller.map(|caller| caller.user_id.as_str());
        let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
            return Ok(None);
        };
        let is_printable = |text: &&str| text.bytes().all(|b| (b' '..=b'~').contains(&b));
        let text = value.to_str().ok().filter(is_printable);
        let text = text.filter(|text| (1..=MAX).contains(&text.len()));
        let text = text.ok_or_else(|| {
            refused("The header Idempotency-Key must have 1 to 255 printable ASCII characters")
        })?;
        if user_id.is_none() && text.len() < MIN_OF_NOBODY {
            return Err(refused(
                "The header Idempotency-Key must have at least 32 characters where nobody is signed \
                 in: send a random UUID",
            ));
        }
        let owner = user_id.map_or("nobody".to_owned(), |id| format!("user {id}"));
        let secret = format!("{owner}\n{text}");
        Ok(Some(Self {
            hash: sha256_hex(secret.as_bytes()),
            secret,
        }))
    }
}

fn refused(why: &str) -> Error {
    Error::field(FieldError::invalid(FIELD, why))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn key(bytes: &[u8]) -> Result<Option<Key>> {
        let mut headers = HeaderMap::new();
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_bytes(bytes).unwrap());
        Key::of(&headers, None)
    }

    #[test]
    fn keys_are_printable_and_of_bounded_length() {
        assert_eq!(Key::of(&HeaderMap::new(), None).unwrap(), None);
        for good in [vec![b'a'; 32], vec![b'~'; 255], vec![b' '; 40]] {
            assert!(key(&good).unwrap().is_some());
        }
        for bad in [
            vec![],
            vec![b'a'; 31],
            vec![b'a'; 256],
            vec![b'\t'; 40],
            vec![0xe9; 40],
        ] {
            assert!(matches!(key(&bad), Err(Error::Validation(_))), "{bad:?}");
        }
    }
}
