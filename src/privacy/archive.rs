//! A tar archive that is written straight into R2, so that its size does not matter.

use serde::Serialize;
use tar::Header;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::jobs::{JobError, Lease};
use crate::storage::{StoredFile, Upload};

/// Everything in a tar file is padded to this.
const BLOCK_BYTES: usize = 512;

/// The folder that unpacking makes.
const ROOT: &str = "export";

/// Longest part of a path that comes from a user's own text.
const MAX_NAME: usize = 60;

/// The archive of an export job. Entries become visible all at once, with [`Archive::finish`].
pub struct Archive<'a> {
    context: &'a Context,
    lease: &'a Lease,
    upload: Upload,
    renewed_at: i64,
}

impl<'a> Archive<'a> {
    /// Begins the archive of a job.
    ///
    /// # Errors
    /// When the deployment has no storage.
    pub fn create(context: &'a Context, lease: &'a Lease) -> Result<Self> {
        let upload = context
            .files()?
            .upload(lease.result_key(), "application/x-tar");
        Ok(Self {
            context,
            lease,
            upload,
            renewed_at: context.now_ms(),
        })
    }

    /// Adds a record, or a list of them, as JSON that people can read.
    ///
    /// # Errors
    /// When storage fails or somebody else has the job.
    pub async fn add_json<T: Serialize>(&mut self, path: &str, value: &T) -> Result<(), JobError> {
        let bytes = serde_json::to_vec_pretty(value).map_err(Error::internal)?;
        self.begin_entry(path, bytes.len() as u64).await?;
        self.upload.write(&bytes).await?;
        self.end_entry(bytes.len() as u64).await
    }

    /// Copies a stored file, chunk by chunk.
    ///
    /// # Errors
    /// When storage fails or somebody else has the job.
    pub async fn add_file(&mut self, path: &str, file: StoredFile) -> Result<(), JobError> {
        let size = file.size();
        self.begin_entry(path, size).await?;
        self.copy(path, file, size).await?;
        self.end_entry(size).await
    }

    /// Copies a file that lies in parts: the key and the bytes of each.
    ///
    /// # Errors
    /// When storage fails or somebody else has the job.
    pub async fn add_parts(&mut self, path: &str, parts: &[(String, u64)]) -> Result<(), JobError> {
        let size = parts.iter().map(|(_, bytes)| bytes).sum();
        self.begin_entry(path, size).await?;
        for (key, bytes) in parts {
            let file = self.context.files()?.fetch(key).await?;
            self.copy(path, file, *bytes).await?;
        }
        self.end_entry(size).await
    }

    async fn copy(&mut self, path: &str, file: StoredFile, size: u64) -> Result<(), JobError> {
        let mut chunks = file.into_chunks()?;
        let mut copied = 0;
        while let Some(chunk) = chunks.next().await? {
            copied += chunk.len() as u64;
            self.upload.write(&chunk).await?;
            self.keep_lease().await?;
        }
        if copied != size {
            return Err(JobError::Transient(format!(
                "{path} has {copied} bytes, not {size}"
            )));
        }
        Ok(())
    }

    /// Makes the archive visible; returns its key.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn finish(mut self) -> Result<String> {
        self.upload.write(&[0; 2 * BLOCK_BYTES]).await?;
        self.upload.finish().await
    }

    /// Throws away what was written.
    pub async fn abort(self) {
        self.upload.abort().await;
    }

    async fn begin_entry(&mut self, path: &str, size: u64) -> Result<(), JobError> {
        let header = header(path, size, self.context.now_ms() / 1000)
            .map_err(|error| JobError::Permanent(format!("{path} cannot be archived: {error}")))?;
        self.upload.write(header.as_bytes()).await?;
        self.keep_lease().await
    }

    async fn end_entry(&mut self, size: u64) -> Result<(), JobError> {
        let rest = (size % BLOCK_BYTES as u64) as usize;
        if rest > 0 {
            self.upload.write(&[0; BLOCK_BYTES][rest..]).await?;
        }
        self.keep_lease().await
    }

    /// Renews the lease well before it ends.
    async fn keep_lease(&mut self) -> Result<(), JobError> {
        let now = self.context.now_ms();
        if now - self.renewed_at >= self.context.config().job_lease_ms / 3 {
            self.lease.progress(self.context, 0.5, "exporting").await?;
            self.renewed_at = now;
        }
        Ok(())
    }
}

/// The header of a file (POSIX ustar).
fn header(path: &str, size: u64, mtime: i64) -> std::io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(format!("{ROOT}/{path}"))?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(u64::try_from(mtime).unwrap_or_default());
    header.set_cksum();
    Ok(header)
}

/// `jobs.json`, then `jobs-2.json` and so on, for records that come in pages.
pub fn page_name(name: &str, page: usize) -> String {
    if page <= 1 {
        format!("{name}.json")
    } else {
        format!("{name}-{page}.json")
    }
}

/// A user's own text as the name of a folder, harmless on every system.
pub fn folder_name(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => c,
        _ => '_',
    });
    let name: String = plain.take(MAX_NAME).collect();
    // No `..`, nothing hidden, nothing empty, no blank at the end on Windows.
    let name = name.trim_matches('.');
    if name.is_empty() {
        "_".into()
    } else {
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_can_be_read_by_others() {
        let path = format!("rooms/{}/document.json.gz", "x".repeat(MAX_NAME + 9));
        let header = header(&path, 1 << 40, 1_700_000_000).unwrap();
        assert_eq!(
            header.path().unwrap().to_str(),
            Some(format!("export/{path}").as_str())
        );
        assert_eq!(header.size().unwrap(), 1 << 40);
        assert_eq!(header.as_bytes().len(), BLOCK_BYTES);
    }

    #[test]
    fn folders_stay_below_the_archive() {
        assert_eq!(folder_name("a1-B_2.c"), "a1-B_2.c");
        assert_eq!(folder_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(folder_name(".."), "_");
        assert_eq!(folder_name(""), "_");
        assert_eq!(folder_name("Küche\0/\\"), "K_che___");
        assert_eq!(folder_name(&"é".repeat(300)).len(), MAX_NAME);
    }

    #[test]
    fn pages_are_numbered_from_the_second() {
        assert_eq!(page_name("jobs", 1), "jobs.json");
        assert_eq!(page_name("jobs", 2), "jobs-2.json");
    }
}
