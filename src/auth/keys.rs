//! RSA keys from the `SIGNING_KEYS` secret, used through the runtime's WebCrypto.
//!
//! The secret is a JSON Web Key Set, newest first: the first key signs, all of them verify, so that
//! a rotation logs nobody out. Only the first needs its private members.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use crate::context::Context;
use crate::error::{Error, Result};

/// The secret of wrangler.toml.
const SECRET: &str = "SIGNING_KEYS";

/// WebCrypto's name of RS256's algorithm.
const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// An RSA key (RFC 7517, RFC 7518 section 6.3).
#[derive(Deserialize)]
struct Jwk {
    kid: String,
    n: String,
    e: String,
    /// Absent when the key has only to verify what it once signed.
    #[serde(flatten)]
    private: Option<PrivateMembers>,
}

/// What it takes to sign (RFC 7518, section 6.3.2).
#[derive(Deserialize)]
struct PrivateMembers {
    d: String,
    p: String,
    q: String,
    dp: String,
    dq: String,
    qi: String,
}

impl Jwk {
    fn public(&self) -> Value {
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": self.n, "e": self.e})
    }

    fn for_import(&self, usage: Usage) -> Result<Value> {
        let Usage::Sign = usage else {
            return Ok(json!({"kty": "RSA", "n": self.n, "e": self.e}));
        };
        let key = self
            .private
            .as_ref()
            .ok_or_else(|| Error::internal("the first of SIGNING_KEYS is no private key"))?;
        Ok(json!({
            "kty": "RSA", "n": self.n, "e": self.e, "d": key.d, "p": key.p, "q": key.q,
            "dp": key.dp, "dq": key.dq, "qi": key.qi,
        }))
    }
}

#[derive(Clone, Copy)]
enum Usage {
    Sign,
    Verify,
}

/// The keys, ready for use.
pub(super) struct Keys {
    signing_key_id: String,
    signing: CryptoKey,
    verifying: Vec<(String, CryptoKey)>,
}

thread_local! {
    // Only finished keys: a promise must not be shared between requests.
    static IMPORTED: RefCell<Option<Rc<Keys>>> = const { RefCell::new(None) };
}

/// The public keys as a JSON Web Key Set (RFC 7517).
///
/// # Errors
/// When the secret is missing or malformed.
pub fn public_keys(context: &Context) -> Result<Value> {
    let keys: Vec<_> = configured(context)?.keys.iter().map(Jwk::public).collect();
    Ok(json!({ "keys": keys }))
}

impl Keys {
    /// The keys of this isolate, imported on first use.
    pub(super) async fn get(context: &Context) -> Result<Rc<Self>> {
        if let Some(keys) = IMPORTED.with_borrow(Clone::clone) {
            return Ok(keys);
        }
        let keys = Rc::new(Self::import(context).await?);
        IMPORTED.set(Some(keys.clone()));
        Ok(keys)
    }

    async fn import(context: &Context) -> Result<Self> {
        let set = configured(context)?;
        let newest = set
            .keys
            .first()
            .ok_or_else(|| Error::internal("SIGNING_KEYS is empty"))?;
        let signing = import_key(newest, Usage::Sign).await?;
        let mut verifying = Vec::with_capacity(set.keys.len());
        for jwk in &set.keys {
            verifying.push((jwk.kid.clone(), import_key(jwk, Usage::Verify).await?));
        }
        Ok(Self {
            signing_key_id: newest.kid.clone(),
            signing,
            verifying,
        })
    }

    pub(super) fn signing_key_id(&self) -> &str {
        &self.signing_key_id
    }

    pub(super) async fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let promise = subtle()?
            .sign_with_str_and_u8_array(ALGORITHM, &self.signing, message)
            .map_err(crypto_error)?;
        let signature = JsFuture::from(promise).await.map_err(crypto_error)?;
        Ok(Uint8Array::new(&signature).to_vec())
    }

    /// Whether the key of this id made the signature; false for an unknown id.
    pub(super) async fn verify(
        &self,
        key_id: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool> {
        let Some((_, key)) = self.verifying.iter().find(|(id, _)| id == key_id) else {
            return Ok(false);
        };
        let promise = subtle()?
            .verify_with_str_and_u8_array_and_u8_array(ALGORITHM, key, signature, message)
            .map_err(crypto_error)?;
        let is_good = JsFuture::from(promise).await.map_err(crypto_error)?;
        Ok(is_good.is_truthy())
    }
}

fn configured(context: &Context) -> Result<KeySet> {
    let secret = context
        .variable(SECRET)
        .ok_or_else(|| Error::internal("the secret SIGNING_KEYS is not set"))?;
    // The parser's message could quote the secret.
    serde_json::from_str(&secret)
        .map_err(|_| Error::internal("SIGNING_KEYS is no JSON Web Key Set"))
}

async fn import_key(jwk: &Jwk, usage: Usage) -> Result<CryptoKey> {
    let usage_name = match usage {
        Usage::Sign => "sign",
        Usage::Verify => "verify",
    };
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &ALGORITHM.into()).map_err(crypto_error)?;
    Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into()).map_err(crypto_error)?;
    let data = js_sys::JSON::parse(&jwk.for_import(usage)?.to_string()).map_err(crypto_error)?;
    let usages = Array::of1(&usage_name.into());
    let promise = subtle()?
        .import_key_with_object("jwk", data.unchecked_ref(), &algorithm, false, &usages)
        .map_err(crypto_error)?;
    let key = JsFuture::from(promise).await.map_err(crypto_error)?;
    Ok(key.unchecked_into())
}

/// Id and private exponent of the key that signs.
pub(super) fn signing_exponent(context: &Context) -> Result<(String, String)> {
    let first = configured(context)?.keys.into_iter().next();
    first
        .and_then(|jwk| Some((jwk.kid, jwk.private?.d)))
        .ok_or_else(|| Error::internal("the first of SIGNING_KEYS is no private key"))
}

pub(super) fn subtle() -> Result<SubtleCrypto> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).map_err(crypto_error)?;
    let subtle = Reflect::get(&crypto, &"subtle".into()).map_err(crypto_error)?;
    Ok(subtle.unchecked_into())
}

pub(super) fn crypto_error(error: JsValue) -> Error {
    Error::Internal(format!("WebCrypto: {error:?}"))
}
