//! JSON Web Tokens that we show to providers, signed by the runtime's WebCrypto.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

use crate::auth::{crypto_error, subtle};
use crate::error::{Error, Result};

/// How a token is signed (RFC 7518, section 3.1).
#[derive(Debug, Clone, Copy)]
pub enum Algorithm {
    /// ECDSA on the curve P-256; APNs.
    Es256,
    /// RSA; Google.
    Rs256,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// What WebCrypto wants to know, for reading the key and for signing.
    fn parameters(self) -> Result<Object> {
        let name = match self {
            Self::Es256 => "ECDSA",
            Self::Rs256 => "RSASSA-PKCS1-v1_5",
        };
        let parameters = Object::new();
        for (key, value) in [("name", name), ("namedCurve", "P-256"), ("hash", "SHA-256")] {
            Reflect::set(&parameters, &key.into(), &value.into()).map_err(crypto_error)?;
        }
        Ok(parameters)
    }
}

/// A token with these claims, signed with a private key in PEM (PKCS #8).
///
/// # Errors
/// When the key cannot be read; the text does not quote it.
pub async fn sign(
    algorithm: Algorithm,
    pem: &str,
    key_id: Option<&str>,
    claims: &Value,
) -> Result<String> {
    let key = decode_pem(pem).ok_or_else(|| Error::internal("the private key is no PEM"))?;
    let parameters = algorithm.parameters()?;
    let usages = Array::of1(&"sign".into());
    let bytes = Uint8Array::from(key.as_slice());
    let importing = subtle()?
        .import_key_with_object("pkcs8", &bytes, &parameters, false, &usages)
        .map_err(crypto_error)?;
    let key = JsFuture::from(importing).await.map_err(crypto_error)?;
    let key: CryptoKey = key.unchecked_into();

    let mut header = json!({"alg": algorithm.name(), "typ": "JWT"});
    if let Some(key_id) = key_id {
        header["kid"] = key_id.into();
    }
    let encode = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let unsigned = format!("{}.{}", encode(&header), encode(claims));
    let signing = subtle()?
        .sign_with_object_and_u8_array(&parameters, &key, unsigned.as_bytes())
        .map_err(crypto_error)?;
    let signature = JsFuture::from(signing).await.map_err(crypto_error)?;
    let signature = Base64UrlUnpadded::encode_string(&Uint8Array::new(&signature).to_vec());
    Ok(format!("{unsigned}.{signature}"))
}

/// The bytes between the lines that begin with dashes (RFC 7468). Files for variables often write
/// line ends as `\n`.
fn decode_pem(pem: &str) -> Option<Vec<u8>> {
    let pem = pem.replace("\\n", "\n");
    let lines = pem.lines().map(str::trim);
    let text: String = lines.filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&text).ok().filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_however_their_lines_end() {
        for pem in [
            "-----BEGIN PRIVATE KEY-----\nAQID\nBA==\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\\nAQID\\nBA==\\n-----END PRIVATE KEY-----\\n",
            "-----BEGIN PRIVATE KEY-----\r\nAQIDBA==\r\n-----END PRIVATE KEY-----",
        ] {
            assert_eq!(decode_pem(pem), Some(vec![1, 2, 3, 4]), "{pem}");
        }
        for wrong in ["", "-----BEGIN PRIVATE KEY-----", "no key!"] {
            assert_eq!(decode_pem(wrong), None);
        }
    }
}
