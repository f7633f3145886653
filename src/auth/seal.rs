//! Sealing what the database keeps for a while and nobody may read there.
//!
//! The secret is derived from the private key that signs tokens, so that there is no other one to
//! look after. A rotation of the keys closes for good what was sealed before.

use std::cell::RefCell;

use hmac::{Hmac, Mac};
use js_sys::{Array, Object, Reflect, Uint8Array};
use sha2::Sha256;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

use super::keys::{crypto_error, signing_exponent, subtle};
use crate::context::Context;
use crate::error::Result;

const ALGORITHM: &str = "AES-GCM";

thread_local! {
    static DERIVED: RefCell<Option<Seal>> = const { RefCell::new(None) };
}

/// A secret of the service and what it is called.
#[derive(Clone)]
pub struct Seal {
    id: String,
    secret: [u8; 32],
}

impl Seal {
    /// The seal of this isolate.
    ///
    /// # Errors
    /// When the signing keys are missing.
    pub fn get(context: &Context) -> Result<Self> {
        if let Some(seal) = DERIVED.with_borrow(Clone::clone) {
            return Ok(seal);
        }
        let (id, exponent) = signing_exponent(context)?;
        let seal = Self::derive(id, &exponent);
        DERIVED.set(Some(seal.clone()));
        Ok(seal)
    }

    fn derive(id: String, exponent: &str) -> Self {
        let secret = mac(exponent.as_bytes(), "outpost seal", &[]);
        Self { id, secret }
    }

    /// Its name: that of the signing key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A digest of the parts that only this service can make.
    pub fn digest(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.secret, purpose, parts)
    }

    /// Encrypts. The label must never be used for another text: with it goes the key.
    ///
    /// # Errors
    /// When the runtime refuses.
    pub async fn encrypt(&self, label: &str, text: &[u8]) -> Result<Vec<u8>> {
        let key = self.key(label, "encrypt").await?;
        let promise = subtle()?
            .encrypt_with_object_and_u8_array(&parameters()?, &key, text)
            .map_err(crypto_error)?;
        let sealed = JsFuture::from(promise).await.map_err(crypto_error)?;
        Ok(Uint8Array::new(&sealed).to_vec())
    }

    /// Decrypts what was encrypted under this label; `None` if it was not.
    ///
    /// # Errors
    /// As [`Self::encrypt`].
    pub async fn decrypt(&self, label: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>> {
        let key = self.key(label, "decrypt").await?;
        let promise = subtle()?
            .decrypt_with_object_and_u8_array(&parameters()?, &key, sealed)
            .map_err(crypto_error)?;
        let text = JsFuture::from(promise).await.ok();
        Ok(text.map(|text| Uint8Array::new(&text).to_vec()))
    }

    async fn key(&self, label: &str, usage: &str) -> Result<CryptoKey> {
        let bytes = Uint8Array::from(self.digest("key", &[label.as_bytes()]).as_slice());
        let algorithm = Object::new();
        Reflect::set(&algorithm, &"name".into(), &ALGORITHM.into()).map_err(crypto_error)?;
        let usages = Array::of1(&usage.into());
        let promise = subtle()?
            .import_key_with_object("raw", bytes.unchecked_ref(), &algorithm, false, &usages)
            .map_err(crypto_error)?;
        let key = JsFuture::from(promise).await.map_err(crypto_error)?;
        Ok(key.unchecked_into())
    }
}

/// A key encrypts one text only, so the nonce may be the same for all keys.
fn parameters() -> Result<Object> {
    let parameters = Object::new();
    Reflect::set(&parameters, &"name".into(), &ALGORITHM.into()).map_err(crypto_error)?;
    let nonce = Uint8Array::new_with_length(12);
    Reflect::set(&parameters, &"iv".into(), &nonce).map_err(crypto_error)?;
    Ok(parameters)
}

/// HMAC-SHA256 over the purpose and the parts, each after its length.
fn mac(key: &[u8], purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is good.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in [&[purpose.as_bytes()], parts].concat() {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_depend_on_secret_purpose_and_where_parts_end() {
        let one = Seal::derive("one".into(), "exponent");
        let two = Seal::derive("two".into(), "another");
        let digest = one.digest("request", &[b"POST", b"/x"]);
        assert_eq!(digest, one.digest("request", &[b"POST", b"/x"]));
        assert_ne!(digest, one.digest("request", &[b"POST/", b"x"]));
        assert_ne!(digest, one.digest("content", &[b"POST", b"/x"]));
        assert_ne!(digest, two.digest("request", &[b"POST", b"/x"]));
    }
}
