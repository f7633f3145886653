//! What this area holds of a person: erased and exported with the account.

use serde_json::Value;

use super::collection::{Collection, ORGANIZATIONS};
use super::conflicts::present_conflict;
use super::db::{self, ConflictRow, RecordRow};
use super::records::answer;
use crate::context::Context;
use crate::jobs::{JobError, Lease};
use crate::privacy::{Archive, page_name};

/// Records in one file of an archive.
const A_FILE: i64 = 1000;

/// Records that are deleted in one statement.
const ERASED_AT_ONCE: i64 = 1000;

/// Adds the person's records to an archive, and what lost.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let database = context.db()?;
    for collection in Collection::ALL {
        let mut after = 0;
        for page in 1.. {
            let list = db::list_all(user_id, collection.name(), after, A_FILE);
            let rows: Vec<RecordRow> = database.all(list).await?;
            let Some(last) = rows.last() else { break };
            after = last.version;
            let mut records: Vec<Value> = Vec::with_capacity(rows.len());
            for row in &rows {
                records.push(answer(collection, &row.id, user_id, &row.record()?));
            }
            archive
                .add_json(&page_name(collection.name(), page), &records)
                .await?;
        }
    }
    let mut after = String::new();
    for page in 1.. {
        let list = db::list_all_conflicts(user_id, &after, A_FILE);
        let rows: Vec<ConflictRow> = database.all(list).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.id);
        let mut conflicts = Vec::with_capacity(rows.len());
        for row in &rows {
            conflicts.push(present_conflict(row)?);
        }
        archive
            .add_json(&page_name("conflicts", page), &conflicts)
            .await?;
    }
    Ok(())
}

/// Deletes the person's records and all that is remembered of their devices. After the
/// memberships, whose end leaves a record too.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let user_id = &lease.job.user_id;
    let database = context.db()?;
    for collection in Collection::ALL
        .map(Collection::name)
        .into_iter()
        .chain([ORGANIZATIONS])
    {
        loop {
            let erase = db::erase_records(user_id, collection, ERASED_AT_ONCE);
            let erased: Vec<Value> = database.all(erase).await?;
            if erased.is_empty() {
                break;
            }
            lease.progress(context, 0.4, "erasing").await?;
        }
    }
    database.batch(db::erase_the_rest(user_id)).await?;
    Ok(())
}
