//! The headers of resumable uploads: tus 1.0.0 (https://tus.io/protocols/resumable-upload), and the
//! digest of RFC 9530.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use transfer_headers::{Unreadable, promised_sha256, whole_number};

use super::db::{UploadRow, max_bytes};
use crate::error::{Error, FieldError, Result};
use crate::hash::hex;
use crate::time::http_date;

/// The version that is spoken here.
pub const VERSION: &str = "1.0.0";

/// What the body of a part must say to be.
const PART_TYPE: &str = "application/offset+octet-stream";

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("?").trim())
}

/// Refuses a client that speaks another version; one that does not say is taken at its word.
///
/// # Errors
/// 412.
pub fn expect_version(headers: &HeaderMap) -> Result<()> {
    match text(headers, "tus-resumable") {
        None | Some(VERSION) => Ok(()),
        Some(_) => Err(Error::PreconditionFailed(format!(
            "Only tus {VERSION} is spoken here"
        ))),
    }
}

/// A header that is a whole number.
///
/// # Errors
/// 400 when it is missing or is none.
pub fn number(headers: &HeaderMap, name: &str) -> Result<u64> {
    let value =
        text(headers, name).ok_or_else(|| Error::field(FieldError::missing(field(name))))?;
    whole_number(value).ok_or_else(|| {
        let message = "Must be a whole number, not negative";
        Error::field(FieldError::invalid(field(name), message))
    })
}

/// Fields are named as those of bodies are.
fn field(header: &str) -> String {
    header.replace('-', "_")
}

/// Refuses a body that does not say to be a part.
///
/// # Errors
/// 415.
pub fn expect_part(headers: &HeaderMap) -> Result<()> {
    if text(headers, CONTENT_TYPE.as_str()) == Some(PART_TYPE) {
        return Ok(());
    }
    Err(Error::UnsupportedMediaType(format!("Send {PART_TYPE}")))
}

/// The SHA-256 that the whole is promised to have, lower-case hex.
///
/// # Errors
/// 400 when it cannot be read.
pub fn expected_sha256(headers: &HeaderMap) -> Result<Option<String>> {
    let (digest, metadata) = (
        text(headers, "repr-digest"),
        text(headers, "upload-metadata"),
    );
    match promised_sha256(digest, metadata) {
        Ok(promised) => Ok(promised.map(|bytes| hex(&bytes))),
        Err(Unreadable) => {
            let message =
                "Must be a SHA-256: sha-256=:<base64>: in Repr-Digest, hex in Upload-Metadata";
            Err(Error::field(FieldError::invalid("sha256", message)))
        }
    }
}

/// What every answer about an upload says.
pub fn describe(upload: &UploadRow) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("tus-resumable", VERSION.into());
    set("upload-offset", upload.received_bytes.to_string());
    set("upload-length", upload.size_bytes.to_string());
    match (upload.completed_at, upload.purge_at) {
        (None, Some(at)) => set("upload-expires", http_date(at)),
        _ => set(
            "content-location",
            format!("/api/v1/backups/{}", version_of(upload)),
        ),
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

/// The version that a complete upload became, or is the same as.
pub fn version_of(upload: &UploadRow) -> &str {
    upload.same_as.as_deref().unwrap_or(&upload.id)
}

/// For what the tier has no room for.
pub fn too_large(tier: &str) -> Error {
    Error::TooLarge(max_bytes(tier))
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Encoding};

    use super::*;
    use crate::hash::sha256_hex;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn digests_are_read_in_both_forms() {
        let promised = |name, value: &str| expected_sha256(&headers(name, value));
        let digest = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
        let abc = sha256_hex(b"abc");
        assert_eq!(promised("repr-digest", digest).unwrap(), Some(abc.clone()));
        let encoded = Base64::encode_string(abc.to_uppercase().as_bytes());
        let metadata = format!("name YQ==,sha256 {encoded}");
        assert_eq!(promised("upload-metadata", &metadata).unwrap(), Some(abc));
        assert!(promised("repr-digest", "sha-256=abc").is_err());
        assert_eq!(expected_sha256(&HeaderMap::new()).unwrap(), None);
    }
}
