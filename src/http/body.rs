//! Request bodies as they arrive, bounded on the wire and after unpacking.

use std::io::Read;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use flate2::read::MultiGzDecoder;
use futures::future::select;
use futures::{Stream, StreamExt};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::request::Parts;
use sha2::Digest;

use super::idempotency::ContentDigest;
use crate::auth::BodyDigest;
use crate::error::{Error, Result};

/// JSON bodies of ordinary routes, unpacked.
pub(super) const MAX_JSON_BYTES: u64 = 1 << 20;

/// What `Content-Encoding` says of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Sent as it is.
    Identity,
    /// Compressed.
    Gzip,
}

impl Encoding {
    /// Reads the header.
    ///
    /// # Errors
    /// When it names anything but gzip.
    pub fn of(headers: &HeaderMap) -> Result<Self> {
        let encoding = headers
            .get(CONTENT_ENCODING)
            .map(|value| value.to_str().unwrap_or("?").trim());
        match encoding {
            None | Some("" | "identity") => Ok(Self::Identity),
            Some(gzip)
                if gzip.eq_ignore_ascii_case("gzip") || gzip.eq_ignore_ascii_case("x-gzip") =>
            {
                Ok(Self::Gzip)
            }
            Some(other) => Err(Error::UnsupportedMediaType(format!(
                "Content-Encoding {other} is not accepted, only gzip"
            ))),
        }
    }
}

/// What is read of a body that nobody wanted, at most, and for how long.
const MAX_DRAINED_BYTES: usize = 128 << 20;
pub(super) const MAX_DRAIN_TIME: Duration = Duration::from_secs(20);

/// The runtime's body, shared by the handler and the gateway.
///
/// An answer that leaves before its request has arrived breaks the connection, and many clients
/// then report a network error instead of our 401 or 413. So what the handler leaves is read too.
#[derive(Clone)]
pub(super) struct IncomingBody {
    body: Arc<Mutex<worker::Body>>,
    digest: Option<BodyDigest>,
    content: Option<Arc<Mutex<ContentDigest>>>,
}

impl IncomingBody {
    /// The body of a request; whatever is read of it also goes into the digests.
    pub(super) fn of(
        request: &worker::Request,
        digest: Option<BodyDigest>,
        content: Option<ContentDigest>,
    ) -> Option<Self> {
        let stream = request.inner().body()?;
        Some(Self {
            body: Arc::new(Mutex::new(worker::Body::new(stream))),
            digest,
            content: content.map(|content| Arc::new(Mutex::new(content))),
        })
    }

    /// The digest by which a resend of the body is known, of what was read so far.
    pub(super) fn content_digest(&self) -> Option<[u8; 32]> {
        Some(self.content.as_ref()?.lock().ok()?.finish())
    }

    /// The body as handlers read it.
    pub(super) fn to_body(&self) -> Body {
        Body::from_stream(self.clone())
    }

    /// Reads what is left, within reason.
    pub(super) async fn drain(&self, time: Duration) {
        let mut left = MAX_DRAINED_BYTES;
        let mut body = self.clone();
        let reading = async {
            while let Some(Ok(chunk)) = body.next().await
                && chunk.len() <= left
            {
                left -= chunk.len();
            }
        };
        select(std::pin::pin!(reading), worker::Delay::from(time)).await;
    }
}

impl Stream for IncomingBody {
    type Item = worker::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A panic while it was read poisons it.
        let Ok(mut body) = self.body.lock() else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(&mut *body).poll_next(task);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            if let Some(Ok(mut digest)) = self.digest.as_ref().map(|digest| digest.lock()) {
                digest.update(chunk);
            }
            if let Some(Ok(mut content)) = self.content.as_ref().map(|content| content.lock()) {
                content.update(chunk);
            }
        }
        polled
    }
}

/// A body that is read chunk by chunk.
pub struct BodyReader {
    headers: HeaderMap,
    chunks: BodyDataStream,
}

impl BodyReader {
    /// Takes the body of a request.
    pub fn new(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            headers: parts.headers,
            chunks: body.into_data_stream(),
        }
    }

    /// A body apart from its request.
    pub fn of(parts: &Parts, body: Body) -> Self {
        Self {
            headers: parts.headers.clone(),
            chunks: body.into_data_stream(),
        }
    }

    /// The request's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The chunks as they come.
    pub fn into_chunks(self) -> BodyDataStream {
        self.chunks
    }

    /// Refuses a body that says itself to be too long, before a byte of it is read.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn expect_at_most(&self, limit: u64) -> Result<()> {
        let length = self
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok());
        match length.and_then(|length| length.parse::<u64>().ok()) {
            Some(length) if length > limit => Err(Error::TooLarge(limit)),
            _ => Ok(()),
        }
    }
}

/// The next chunk of a body; `None` at its end.
///
/// # Errors
/// When the client went away.
pub async fn next_chunk(chunks: &mut BodyDataStream) -> Result<Option<Bytes>> {
    match chunks.next().await {
        None => Ok(None),
        Some(Ok(chunk)) => Ok(Some(chunk)),
        Some(Err(_)) => Err(Error::InvalidFormat("The body ended early".into())),
    }
}

/// The whole of a small body, as it came over the wire.
///
/// # Errors
/// [`Error::TooLarge`] over 1 MiB.
pub async fn read_small_body(body: BodyReader) -> Result<Vec<u8>> {
    read_body(body, MAX_JSON_BYTES).await
}

pub(super) async fn read_body(body: BodyReader, limit: u64) -> Result<Vec<u8>> {
    body.expect_at_most(limit)?;
    let mut chunks = body.into_chunks();
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(&mut chunks).await? {
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(Error::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The whole of a JSON body, unpacked, of at most so many bytes either way.
pub(super) async fn read_json_bytes(body: BodyReader, limit: u64) -> Result<Vec<u8>> {
    let encoding = Encoding::of(body.headers())?;
    let bytes = read_body(body, limit).await?;
    match encoding {
        Encoding::Identity => Ok(bytes),
        Encoding::Gzip => inflate(&bytes, limit),
    }
}

fn inflate(packed: &[u8], limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed)
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| Error::InvalidFormat("The body is not valid gzip".into()))?;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge(limit));
    }
    Ok(bytes)
}
