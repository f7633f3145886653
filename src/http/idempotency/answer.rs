//! An answer as it is kept: status, headers and body, encrypted.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use base64ct::{Base64, Encoding};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::auth::Seal;
use crate::context::Context;
use crate::error::{Error, Failure, Result, meta};
use crate::http::answer::RuntimeBody;

/// Tells that an answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longer answers are not kept.
const MAX_BYTES: usize = 256 << 10;

/// What a handler answered.
pub(super) struct Answer {
    pub status: u16,
    headers: HeaderMap,
    body: String,
}

/// Whether an answer of this status is the answer for good. Those that ask for another session, for
/// time or for luck are not: the same request may be sent again.
pub(super) fn may_be_kept(status: u16) -> bool {
    !matches!(status, 401 | 403 | 429 | 500..)
}

impl Answer {
    /// Copies an answer; `None` for one that streams or is no text.
    pub async fn of(context: &Context, response: Response) -> (Response, Option<Self>) {
        if response.extensions().get::<RuntimeBody>().is_some() {
            return (response, None);
        }
        if let Some(failure) = response.extensions().get::<Failure>() {
            let (status, body) = failure.error().envelope(context);
            let mut headers = response.headers().clone();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let answer = Self::new(status, &headers, body.to_string());
            return (response, Some(answer));
        }
        let (parts, body) = response.into_parts();
        // What axum holds is in memory.
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let answer = String::from_utf8(bytes.to_vec())
            .ok()
            .map(|body| Self::new(parts.status, &parts.headers, body));
        (Response::from_parts(parts, Body::from(bytes)), answer)
    }

    fn new(status: StatusCode, headers: &HeaderMap, body: String) -> Self {
        let mut headers = headers.clone();
        headers.remove(CONTENT_LENGTH);
        Self {
            status: status.as_u16(),
            headers,
            body,
        }
    }

    /// The answer as text that nobody can read; `None` if it is too long to be kept.
    pub async fn seal(&self, seal: &Seal, label: &str) -> Result<Option<String>> {
        let readable = |(name, value): (&HeaderName, &HeaderValue)| {
            Some(json!([name.as_str(), value.to_str().ok()?]))
        };
        let headers: Vec<_> = self.headers.iter().filter_map(readable).collect();
        let text = json!([self.status, headers, self.body]).to_string();
        if text.len() > MAX_BYTES {
            return Ok(None);
        }
        let sealed = seal.encrypt(label, text.as_bytes()).await?;
        Ok(Some(Base64::encode_string(&sealed)))
    }

    /// Reads it again; `None` if it cannot be.
    pub async fn open(seal: &Seal, label: &str, sealed: &str) -> Result<Option<Self>> {
        let Ok(bytes) = Base64::decode_vec(sealed) else {
            return Ok(None);
        };
        let text = seal.decrypt(label, &bytes).await?;
        Ok(text.and_then(|text| Self::read(&text)))
    }

    fn read(text: &[u8]) -> Option<Self> {
        let kept: Value = serde_json::from_slice(text).ok()?;
        let pairs = kept[1].as_array()?.iter();
        let headers = pairs.filter_map(|pair| {
            let name = HeaderName::try_from(pair[0].as_str()?).ok()?;
            Some((name, HeaderValue::try_from(pair[1].as_str()?).ok()?))
        });
        Some(Self {
            status: kept[0].as_u64()? as u16,
            headers: headers.collect(),
            body: kept[2].as_str()?.to_owned(),
        })
    }

    /// The same answer once more. An error tells which request it is this time.
    pub fn replay(self, context: &Context) -> Result<Response> {
        let status = StatusCode::from_u16(self.status).map_err(Error::internal)?;
        let is_error = status.is_client_error() || status.is_server_error();
        let body = match serde_json::from_str::<Value>(&self.body) {
            Ok(Value::Object(mut body)) if is_error && body.contains_key("meta") => {
                body.insert("meta".into(), meta(context));
                Value::Object(body).to_string()
            }
            _ => self.body,
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert(REPLAYED, yes);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_counts_unless_it_asks_to_come_again() {
        for kept in [200, 201, 202, 204, 302, 400, 404, 409, 413, 422] {
            assert!(may_be_kept(kept));
        }
        for not_kept in [401, 403, 429, 500, 503] {
            assert!(!may_be_kept(not_kept));
        }
    }
}
