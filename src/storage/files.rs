//! R2: scans as they arrived and results as they were computed.

use std::sync::Arc;

use futures::StreamExt;
use worker::send::SendWrapper;
use worker::{Bucket, ByteStream, HttpMetadata, Object, Range, ResponseBody};

use super::Upload;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::telemetry::{Meter, Operation};

/// The binding of wrangler.toml.
const BINDING: &str = "FILES";

/// Half of what one deletion takes.
const FILES_A_PAGE: u32 = 500;

/// The bucket, counting what it does.
pub struct Files {
    bucket: SendWrapper<Bucket>,
    meter: Arc<Meter>,
}

impl Files {
    /// Opens the binding.
    ///
    /// # Errors
    /// When the deployment lacks it.
    pub fn open(context: &Context) -> Result<Self> {
        let bucket = context.env().bucket(BINDING).map_err(Error::internal)?;
        Ok(Self {
            bucket: SendWrapper::new(bucket),
            meter: context.meter().clone(),
        })
    }

    /// Begins to store a body of unknown length.
    pub fn upload(self, key: String, content_type: &'static str) -> Upload {
        Upload::new(self.bucket, self.meter, key, content_type)
    }

    /// Stores bytes under a key, replacing what was there.
    #[worker::send]
    pub async fn put(&self, key: &str, bytes: Vec<u8>, content_type: &'static str) -> Result<()> {
        self.meter.add(Operation::R2ClassA, 1);
        let stored = self
            .bucket
            .put(key, bytes)
            .http_metadata(metadata(content_type))
            .execute()
            .await;
        stored.map(|_| ()).map_err(storage_error)
    }

    /// A file with its body, not read yet.
    #[worker::send]
    pub async fn get(&self, key: &str) -> Result<Option<StoredFile>> {
        self.meter.add(Operation::R2ClassB, 1);
        let object = self
            .bucket
            .get(key)
            .execute()
            .await
            .map_err(storage_error)?;
        Ok(object.map(|object| StoredFile(SendWrapper::new(object))))
    }

    /// A file that a row says is there, not read yet.
    ///
    /// # Errors
    /// When it is not, or R2 does not answer.
    pub async fn fetch(&self, key: &str) -> Result<StoredFile> {
        let file = self.get(key).await?;
        file.ok_or_else(|| Error::Unavailable([key, " is missing"].concat()))
    }

    /// Some bytes of a file, not read yet.
    #[worker::send]
    pub async fn get_slice(
        &self,
        key: &str,
        offset: u64,
        length: u64,
    ) -> Result<Option<StoredFile>> {
        self.meter.add(Operation::R2ClassB, 1);
        let range = Range::OffsetWithLength { offset, length };
        let object = self.bucket.get(key).range(range).execute().await;
        let object = object.map_err(storage_error)?;
        Ok(object.map(|object| StoredFile(SendWrapper::new(object))))
    }

    /// The size of a file in bytes; `None` when there is no such file.
    #[worker::send]
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        self.meter.add(Operation::R2ClassB, 1);
        let object = self.bucket.head(key).await.map_err(storage_error)?;
        Ok(object.map(|object| object.size()))
    }

    /// Deletes every file whose key begins with `prefix`.
    pub async fn delete_all(&self, prefix: &str) -> Result<()> {
        loop {
            // What was deleted is not listed again, so each page is the first.
            let page = self.list(prefix, None).await?;
            self.delete(page.keys).await?;
            if page.is_last {
                return Ok(());
            }
        }
    }

    /// Whether the bucket answers.
    #[worker::send]
    pub async fn ping(&self) -> Result<()> {
        self.meter.add(Operation::R2ClassB, 1);
        self.bucket
            .head("health")
            .await
            .map(|_| ())
            .map_err(storage_error)
    }

    /// Deletes up to 1,000 files; keys without a file are fine.
    #[worker::send]
    pub async fn delete(&self, keys: Vec<String>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.meter.add(Operation::R2ClassA, 1);
        self.bucket
            .delete_multiple(keys)
            .await
            .map_err(storage_error)
    }

    /// Up to 500 keys that begin with `prefix`, in order, from after the key `after` on.
    #[worker::send]
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<FilePage> {
        self.meter.add(Operation::R2ClassA, 1);
        let mut list = self.bucket.list().prefix(prefix).limit(FILES_A_PAGE);
        if let Some(after) = after {
            list = list.start_after(after);
        }
        let listed = list.execute().await.map_err(storage_error)?;
        Ok(FilePage {
            keys: listed.objects().iter().map(Object::key).collect(),
            is_last: !listed.truncated(),
        })
    }
}

/// A part of a listing.
pub struct FilePage {
    /// The keys, in order.
    pub keys: Vec<String>,
    /// Whether no more follow.
    pub is_last: bool,
}

/// A file of the bucket.
pub struct StoredFile(SendWrapper<Object>);

impl StoredFile {
    /// Quoted, as it stands in an `ETag` header.
    pub fn etag(&self) -> String {
        self.0.http_etag()
    }

    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.0.size()
    }

    /// The body for handing on to the client without touching the bytes.
    ///
    /// # Errors
    /// When the body was taken before.
    pub(crate) fn into_response_body(self) -> Result<web_sys::ReadableStream> {
        let body = self.0.body().ok_or_else(|| storage_error("no body"))?;
        match body.response_body().map_err(storage_error)? {
            ResponseBody::Stream(stream) => Ok(stream),
            _ => Err(storage_error("the body is no stream")),
        }
    }

    /// The body in chunks, for reading here.
    ///
    /// # Errors
    /// When the body was taken before.
    pub fn into_chunks(self) -> Result<Chunks> {
        let body = self.0.body().ok_or_else(|| storage_error("no body"))?;
        body.stream()
            .map(SendWrapper::new)
            .map(Chunks)
            .map_err(storage_error)
    }

    /// The whole body; for small files.
    #[worker::send]
    pub async fn bytes(self) -> Result<Vec<u8>> {
        let body = self.0.body().ok_or_else(|| storage_error("no body"))?;
        body.bytes().await.map_err(storage_error)
    }
}

/// A file's body while it is read.
pub struct Chunks(SendWrapper<ByteStream>);

impl Chunks {
    /// The next bytes; `None` at the end.
    #[worker::send]
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        self.0.0.next().await.transpose().map_err(storage_error)
    }
}

pub(super) fn metadata(content_type: &str) -> HttpMetadata {
    HttpMetadata {
        content_type: Some(content_type.to_owned()),
        ..HttpMetadata::default()
    }
}

pub(super) fn storage_error(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("R2: {error}"))
}
