//! Taking in a scan: every byte is read once, on its way to R2; what stays in memory is one part
//! of the upload and the summary.

use axum::body::BodyDataStream;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures::TryStreamExt;
use multer::{Field, Multipart};
use room_engine::{Inspected, Refusal};

use crate::context::Context;
use crate::engine::{Answer, Engine};
use crate::error::{Error, FieldError, Result};
use crate::http::{BodyReader, Encoding, next_chunk};
use crate::storage::Upload;

/// A scan, unpacked.
pub const MAX_SCAN_BYTES: u64 = 100 << 20;

/// Gzip of repetitive JSON reaches about 1:50.
const MAX_RATIO: u64 = 200;

/// Short texts beside the files of a form.
const MAX_TEXT_BYTES: usize = 1024;

/// What arrived and where it lies.
#[derive(Default)]
pub struct Received {
    /// The JSON document.
    pub document: Option<Stored>,
    /// The point cloud, when it came as a file.
    pub cloud: Option<Stored>,
    /// `id` and `name` of the form.
    pub id: Option<String>,
    pub name: Option<String>,
}

/// One file of the upload.
pub struct Stored {
    pub key: String,
    pub inspected: Inspected,
}

impl Received {
    /// Everything that was stored, for taking it back.
    pub fn keys(&self) -> Vec<String> {
        [&self.document, &self.cloud]
            .into_iter()
            .flatten()
            .map(|stored| stored.key.clone())
            .collect()
    }

    fn add(&mut self, stored: Stored) -> Result<(), (Error, String)> {
        let (slot, what) = if stored.inspected.is_document {
            (&mut self.document, "JSON documents")
        } else {
            (&mut self.cloud, "point clouds")
        };
        if slot.is_some() {
            let error = FieldError::invalid("file", format!("Send one scan, not two {what}"));
            return Err((Error::field(error), stored.key));
        }
        *slot = Some(stored);
        Ok(())
    }
}

/// Reads and stores the body of an upload. Leaves nothing behind when it fails.
///
/// # Errors
/// 413 over 100 MiB or for a zip bomb, 415 for foreign media types, 400 for what cannot be read.
pub async fn receive(context: &Context, body: BodyReader, base_key: &str) -> Result<Received> {
    body.expect_at_most(MAX_SCAN_BYTES)?;
    let mut receiver = Receiver {
        context,
        base_key,
        left: MAX_SCAN_BYTES,
        received: Received::default(),
    };
    let outcome = match media_type(body.headers())? {
        MediaType::Form(boundary) => receiver.read_form(body.into_chunks(), boundary).await,
        MediaType::Scan => {
            Encoding::of(body.headers())?;
            receiver.read_body(body.into_chunks()).await
        }
    };
    match outcome {
        Ok(()) => Ok(receiver.received),
        Err(error) => {
            context.files()?.delete(receiver.received.keys()).await?;
            Err(error)
        }
    }
}

enum MediaType {
    Form(String),
    Scan,
}

/// The labels that apps put on scans; the content itself is recognized by its first bytes.
fn media_type(headers: &HeaderMap) -> Result<MediaType> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(MediaType::Scan);
    };
    let value = value.to_str().unwrap_or_default();
    let name = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match name.as_str() {
        "multipart/form-data" => multer::parse_boundary(value)
            .map(MediaType::Form)
            .map_err(|_| Error::InvalidFormat("The multipart boundary is missing".into())),
        ""
        | "application/json"
        | "application/gzip"
        | "application/x-gzip"
        | "application/octet-stream"
        | "application/ply"
        | "application/x-ply"
        | "model/ply"
        | "text/plain" => Ok(MediaType::Scan),
        other if other.ends_with("+json") => Ok(MediaType::Scan),
        other => Err(Error::UnsupportedMediaType(format!(
            "Send a scan as application/json, application/gzip, application/ply or \
             multipart/form-data, not {other}"
        ))),
    }
}

struct Receiver<'a> {
    context: &'a Context,
    base_key: &'a str,
    /// Unpacked bytes that may still come.
    left: u64,
    received: Received,
}

impl Receiver<'_> {
    async fn read_body(&mut self, mut chunks: BodyDataStream) -> Result<()> {
        let mut file = FileReader::new(self, "body")?;
        let read = async {
            while let Some(chunk) = next_chunk(&mut chunks).await? {
                file.take(&chunk).await?;
            }
            Ok(())
        };
        let read = read.await;
        self.keep(file, read).await
    }

    async fn read_form(&mut self, chunks: BodyDataStream, boundary: String) -> Result<()> {
        let mut form = Multipart::new(chunks.map_err(std::io::Error::other), boundary);
        let mut number = 0;
        while let Some(field) = form.next_field().await.map_err(form_error)? {
            match field.name().unwrap_or_default() {
                "id" | "scan_id" | "scanId" => self.received.id = Some(read_text(field).await?),
                "name" => self.received.name = Some(read_text(field).await?),
                _ => {
                    number += 1;
                    self.read_field(field, number).await?;
                }
            }
        }
        if number == 0 {
            return Err(Error::field(FieldError::missing("file")));
        }
        Ok(())
    }

    async fn read_field(&mut self, mut field: Field<'_>, number: u32) -> Result<()> {
        let mut file = FileReader::new(self, &format!("part-{number}"))?;
        let read = async {
            while let Some(chunk) = field.chunk().await.map_err(form_error)? {
                file.take(&chunk).await?;
            }
            Ok(())
        };
        let read = read.await;
        self.keep(file, read).await
    }

    /// Keeps a file that was read well; drops its bytes otherwise.
    async fn keep(&mut self, file: FileReader, read: Result<()>) -> Result<()> {
        let inspected = match read.and_then(|()| accepted(file.engine.finish()?)) {
            Ok(inspected) => inspected,
            Err(error) => {
                file.upload.abort().await;
                return Err(error);
            }
        };
        self.left = self.left.saturating_sub(inspected.unpacked_bytes);
        let key = file.upload.finish().await?;
        if let Err((error, key)) = self.received.add(Stored { key, inspected }) {
            self.context.files()?.delete(vec![key]).await?;
            return Err(error);
        }
        Ok(())
    }
}

/// A file while it arrives: checked and stored at once.
struct FileReader {
    engine: Engine,
    upload: Upload,
}

impl FileReader {
    fn new(receiver: &Receiver<'_>, name: &str) -> Result<Self> {
        let engine = Engine::start()?;
        engine.inspect(receiver.left, MAX_RATIO)?;
        let key = format!("{}/{name}", receiver.base_key);
        Ok(Self {
            engine,
            upload: receiver
                .context
                .files()?
                .upload(key, "application/octet-stream"),
        })
    }

    async fn take(&mut self, chunk: &[u8]) -> Result<()> {
        accepted(self.engine.push(chunk)?)?;
        self.upload.write(chunk).await
    }
}

async fn read_text(mut field: Field<'_>) -> Result<String> {
    let name = field.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(form_error)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_TEXT_BYTES {
            let message = format!("Must have at most {MAX_TEXT_BYTES} bytes");
            return Err(Error::field(FieldError::invalid(name, message)));
        }
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::field(FieldError::invalid(name, "Must be UTF-8 text")))
}

fn form_error(error: multer::Error) -> Error {
    Error::InvalidFormat(format!("The multipart body cannot be read: {error}"))
}

/// What the engine says of a file, as an answer to its sender.
fn accepted<T>(answer: Answer<T>) -> Result<T> {
    answer.map_err(|refusal| match refusal {
        Refusal::TooLarge => Error::TooLarge(MAX_SCAN_BYTES),
        Refusal::Field { field, reason } => Error::field(FieldError::invalid(field, reason)),
        Refusal::Unreadable(sentence) => Error::InvalidFormat(sentence),
    })
}
