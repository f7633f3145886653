//! The compact form of a token (RFC 7515, section 3.1) around a signature that others make.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use jwt_compact::{
    Algorithm, AlgorithmExt, AlgorithmSignature, Claims as JwtClaims, Header, TimeOptions,
    UntrustedToken,
};

use crate::{Claims, Refusal};

/// Longer tokens are refused unread; ours have about 900 bytes.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// Our one algorithm: RSA with PKCS#1 v1.5 padding and SHA-256 (RFC 7518, section 3.3).
const ALGORITHM: &str = "RS256";

/// A token in its signed form but for the signature: `header.claims`.
///
/// Times are milliseconds since 1970; the token carries whole seconds.
///
/// # Errors
/// When a time is out of range or the claims do not serialize.
pub fn unsigned(
    claims: &Claims,
    key_id: &str,
    issued_ms: i64,
    expires_ms: i64,
) -> Result<String, Refusal> {
    let at =
        |ms: i64| DateTime::<Utc>::from_timestamp(ms / 1000, 0).ok_or(Refusal::malformed("time"));
    let issued = at(issued_ms)?;
    let lifetime = at(expires_ms)? - issued;
    let claims = JwtClaims::new(claims.clone()).set_duration_and_issuance(
        &TimeOptions::new(Default::default(), move || issued),
        lifetime,
    );
    let header = Header::empty().with_key_id(key_id).with_token_type("JWT");
    let mut token = SignedElsewhere
        .token(&header, &claims, &())
        .map_err(|_| Refusal::malformed("claims"))?;
    // The signature of `SignedElsewhere` is empty, so only its dot is left to drop.
    token.pop();
    Ok(token)
}

/// Completes a token with its base64url signature.
pub fn attach_signature(unsigned: &str, signature_base64url: &str) -> String {
    format!("{unsigned}.{signature_base64url}")
}

/// A token that was read but whose signature nobody has checked yet.
pub struct UnverifiedToken<'a> {
    token: UntrustedToken<'a>,
    signed: &'a str,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads the compact form.
    ///
    /// # Errors
    /// When it is too long, not three canonical base64url parts of JSON, names another algorithm
    /// than RS256, or carries no key id. `jku`, `jwk` and `x5u` headers are ignored: keys come
    /// only from our own configuration.
    pub fn parse(text: &'a str) -> Result<Self, Refusal> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::malformed("token is too long"));
        }
        let token = UntrustedToken::new(text).map_err(|_| Refusal::malformed("not a token"))?;
        if token.algorithm() != ALGORITHM {
            return Err(Refusal::malformed("algorithm is not allowed"));
        }
        if token.header().key_id.is_none() {
            return Err(Refusal::malformed("key id is missing"));
        }
        let (signed, _) = text
            .rsplit_once('.')
            .ok_or(Refusal::malformed("not a token"))?;
        Ok(Self { token, signed })
    }

    /// The id of the key that is said to have signed it.
    pub fn key_id(&self) -> &str {
        self.token.header().key_id.as_deref().unwrap_or_default()
    }

    /// The bytes that the signature covers.
    pub fn signed_bytes(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        self.token.signature_bytes()
    }

    /// The claims; call only after the signature was found good.
    ///
    /// # Errors
    /// When a required claim is missing, doubled or of the wrong type.
    pub fn claims(&self) -> Result<JwtClaims<Claims>, Refusal> {
        self.token
            .deserialize_claims_unchecked()
            .map_err(|_| Refusal::malformed("required claims are missing"))
    }
}

/// Lets `jwt-compact` write the token while the signature is made outside of it.
struct SignedElsewhere;

struct NoSignature;

impl AlgorithmSignature for NoSignature {
    fn try_from_slice(_: &[u8]) -> anyhow::Result<Self> {
        Ok(Self)
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&[])
    }
}

impl Algorithm for SignedElsewhere {
    type SigningKey = ();
    type VerifyingKey = ();
    type Signature = NoSignature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(ALGORITHM)
    }

    fn sign(&self, (): &(), _message: &[u8]) -> NoSignature {
        NoSignature
    }

    fn verify_signature(&self, _: &NoSignature, (): &(), _: &[u8]) -> bool {
        false
    }
}
