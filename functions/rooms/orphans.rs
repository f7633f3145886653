//! Files of uploads that no scan refers to: their request died between the file and the row.

use serde_json::json;

use super::db::{KnownKey, list_known_keys};
use crate::context::Context;
use crate::error::Result;
use crate::time::date;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Uploads lie in one folder a day, so that the clean-up lists a day's files and no more.
pub fn upload_folder(ms: i64) -> String {
    format!("scans/{}/", date(ms))
}

/// Deletes the orphans among yesterday's uploads, page by page; returns how many there were.
///
/// # Errors
/// When a binding fails; nothing is lost by that.
pub async fn purge_orphans(context: &Context) -> Result<usize> {
    let files = context.files()?;
    let db = context.db()?;
    let folder = upload_folder(context.now_ms() - DAY_MS);
    let mut purged = 0;
    let mut after: Option<String> = None;
    loop {
        let page = files.list(&folder, after.as_deref()).await?;
        let known: Vec<KnownKey> = db
            .all(list_known_keys(json!(page.keys).to_string()))
            .await?;
        after = page.keys.last().cloned();
        let is_known = |key: &String| known.iter().any(|row| row.key == *key);
        let orphans: Vec<_> = page.keys.into_iter().filter(|key| !is_known(key)).collect();
        purged += orphans.len();
        files.delete(orphans).await?;
        if page.is_last {
            return Ok(purged);
        }
    }
}
