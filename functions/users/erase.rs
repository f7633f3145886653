//! What this area erases when an account is erased: sessions, keys, pictures. The user's row was
//! emptied when the account was deleted.

use super::db;
use super::picture::avatar_folder;
use crate::auth::SessionId;
use crate::context::Context;
use crate::jobs::{JobError, Lease};

/// Erases what belongs to the job's user, in steps.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let user_id = &lease.job.user_id;
    context.files()?.delete_all(&avatar_folder(user_id)).await?;
    // Sessions first: they point to the keys that opened them.
    for erase in [db::erase_sessions, db::erase_api_keys] {
        loop {
            let erased: Vec<SessionId> = context.db()?.all(erase(user_id)).await?;
            lease.progress(context, 0.6, "erasing").await?;
            if erased.is_empty() {
                break;
            }
        }
    }
    Ok(())
}
