//! Storing a body while it arrives. Small ones go up in one piece, larger ones as an R2 multipart
//! upload, so that never more than one part of a scan is in memory.

use std::sync::Arc;

use worker::send::SendWrapper;
use worker::{Bucket, MultipartUpload, UploadedPart};

use super::files::{metadata, storage_error};
use crate::error::Result;
use crate::telemetry::{Meter, Operation};

/// R2 wants equal parts of at least 5 MiB, all but the last.
const PART_BYTES: usize = 8 << 20;

/// A file in the making. Nothing is visible under its key before [`Upload::finish`].
pub struct Upload {
    bucket: SendWrapper<Bucket>,
    meter: Arc<Meter>,
    key: String,
    content_type: &'static str,
    part: Vec<u8>,
    multipart: Option<SendWrapper<(MultipartUpload, Vec<UploadedPart>)>>,
}

impl Upload {
    pub(super) fn new(
        bucket: SendWrapper<Bucket>,
        meter: Arc<Meter>,
        key: String,
        content_type: &'static str,
    ) -> Self {
        Self {
            bucket,
            meter,
            key,
            content_type,
            part: Vec::new(),
            multipart: None,
        }
    }

    /// Takes the next bytes; sends a part whenever one is full.
    pub async fn write(&mut self, mut chunk: &[u8]) -> Result<()> {
        while !chunk.is_empty() {
            let room = PART_BYTES - self.part.len();
            let (now, later) = chunk.split_at(room.min(chunk.len()));
            self.part.extend_from_slice(now);
            chunk = later;
            if self.part.len() == PART_BYTES {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    /// Makes the file visible. Returns its key.
    #[worker::send]
    pub async fn finish(mut self) -> Result<String> {
        if self.multipart.is_some() && !self.part.is_empty() {
            self.send_part().await?;
        }
        self.meter.add(Operation::R2ClassA, 1);
        match self.multipart.take() {
            Some(SendWrapper((multipart, parts))) => {
                multipart.complete(parts).await.map_err(storage_error)?;
            }
            None => {
                self.bucket
                    .put(&self.key, std::mem::take(&mut self.part))
                    .http_metadata(metadata(self.content_type))
                    .execute()
                    .await
                    .map_err(storage_error)?;
            }
        }
        Ok(self.key)
    }

    /// Throws away what was sent. R2 itself drops what a killed Worker leaves behind.
    #[worker::send]
    pub async fn abort(self) {
        if let Some(SendWrapper((multipart, _))) = self.multipart {
            self.meter.add(Operation::R2ClassA, 1);
            // Nothing is visible either way.
            let _ = multipart.abort().await;
        }
    }

    #[worker::send]
    async fn send_part(&mut self) -> Result<()> {
        if self.multipart.is_none() {
            self.meter.add(Operation::R2ClassA, 1);
            let started = self
                .bucket
                .create_multipart_upload(&self.key)
                .http_metadata(metadata(self.content_type))
                .execute()
                .await
                .map_err(storage_error)?;
            self.multipart = Some(SendWrapper::new((started, Vec::new())));
        }
        if let Some(SendWrapper((multipart, parts))) = &mut self.multipart {
            self.meter.add(Operation::R2ClassA, 1);
            let number = parts.len() as u16 + 1;
            let bytes = std::mem::take(&mut self.part);
            let part = multipart
                .upload_part(number, bytes)
                .await
                .map_err(storage_error)?;
            parts.push(part);
        }
        Ok(())
    }
}
