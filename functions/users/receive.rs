//! Taking in a picture: as a form or as it is, whole, since it is small.

use axum::body::BodyDataStream;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures::TryStreamExt;
use multer::{Constraints, Field, Multipart, SizeLimit};

use super::picture::Picture;
use crate::error::{Error, FieldError, Result};
use crate::http::{BodyReader, Encoding, next_chunk};

/// A picture.
const MAX_BYTES: usize = 2 << 20;

/// A form around it.
const MAX_FORM_BYTES: u64 = MAX_BYTES as u64 + (64 << 10);

/// A picture and what it is.
pub struct ReceivedPicture {
    pub picture: Picture,
    pub bytes: Vec<u8>,
}

/// Reads the body to its end.
///
/// # Errors
/// 413 over 2 MiB, 415 for what is no picture, 400 for what cannot be read.
pub async fn receive(body: BodyReader) -> Result<ReceivedPicture> {
    body.expect_at_most(MAX_FORM_BYTES)?;
    if Encoding::of(body.headers())? != Encoding::Identity {
        let message = "Pictures are not compressed any further";
        return Err(Error::UnsupportedMediaType(message.into()));
    }
    let bytes = match boundary(body.headers())? {
        Some(boundary) => read_form(body.into_chunks(), boundary).await?,
        None => read_all(body.into_chunks()).await?,
    };
    if bytes.is_empty() {
        let error = FieldError::invalid("file", "Must not be empty");
        return Err(Error::field(error));
    }
    match Picture::recognize(&bytes) {
        Some(picture) => Ok(ReceivedPicture { picture, bytes }),
        None => Err(unsupported()),
    }
}

fn unsupported() -> Error {
    Error::UnsupportedMediaType("Send a picture: PNG, JPEG, WebP or GIF".into())
}

/// The boundary of a form; `None` for a picture as it is.
fn boundary(headers: &HeaderMap) -> Result<Option<String>> {
    let value = headers.get(CONTENT_TYPE);
    let value = value.map_or("", |value| value.to_str().unwrap_or("?"));
    let media_type = value.split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    match media_type.as_str() {
        "multipart/form-data" => multer::parse_boundary(value)
            .map(Some)
            .map_err(|_| Error::InvalidFormat("The multipart boundary is missing".into())),
        "" | "application/octet-stream" => Ok(None),
        image if image.starts_with("image/") => Ok(None),
        _ => Err(unsupported()),
    }
}

async fn read_all(mut chunks: BodyDataStream) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(&mut chunks).await? {
        append(&mut bytes, &chunk)?;
    }
    Ok(bytes)
}

/// The first file of the form, under whatever name. The rest is read too: a signature covers it.
async fn read_form(chunks: BodyDataStream, boundary: String) -> Result<Vec<u8>> {
    let limits = SizeLimit::new().whole_stream(MAX_FORM_BYTES);
    let mut form = Multipart::with_constraints(
        chunks.map_err(std::io::Error::other),
        boundary,
        Constraints::new().size_limit(limits),
    );
    let mut found = None;
    while let Some(field) = form.next_field().await.map_err(form_error)? {
        let is_file = field.file_name().is_some() || field.content_type().is_some();
        if found.is_none() && is_file {
            found = Some(read_field(field).await?);
        }
    }
    found.ok_or_else(|| Error::field(FieldError::missing("file")))
}

async fn read_field(mut field: Field<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(form_error)? {
        append(&mut bytes, &chunk)?;
    }
    Ok(bytes)
}

fn append(bytes: &mut Vec<u8>, chunk: &[u8]) -> Result<()> {
    if bytes.len() + chunk.len() > MAX_BYTES {
        return Err(Error::TooLarge(MAX_BYTES as u64));
    }
    bytes.extend_from_slice(chunk);
    Ok(())
}

fn form_error(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamSizeExceeded { .. } => Error::TooLarge(MAX_BYTES as u64),
        error => Error::InvalidFormat(format!("The multipart body cannot be read: {error}")),
    }
}
