//! What the daily clean-up deletes: abandoned uploads, and what is left of deleted versions.

use serde_json::json;

use super::db::{self, GoneRow, SETTLED_AFTER_MS};
use super::store::folder_of;
use crate::context::Context;
use crate::error::Result;

/// Deletes files first, then rows: should it end between the two, the next one goes on.
///
/// # Errors
/// When a binding fails.
pub async fn purge_backups(context: &Context) -> Result<()> {
    let (db, files) = (context.db()?, context.files()?);
    // A part that was asked for a moment before may still arrive.
    let until = context.now_ms() - SETTLED_AFTER_MS;
    loop {
        let gone: Vec<GoneRow> = db.all(db::list_gone(until)).await?;
        if gone.is_empty() {
            return Ok(());
        }
        for row in &gone {
            files.delete_all(&folder_of(&row.user_id, &row.id)).await?;
        }
        let ids: Vec<_> = gone.iter().map(|row| row.id.as_str()).collect();
        let forget = db::forget_gone(json!(ids).to_string(), until);
        db.batch(vec![forget]).await?;
    }
}
