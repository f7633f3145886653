//! What clients get.

use serde::Serialize;
use utoipa::ToSchema;

use super::db::OrganizationRow;
use crate::auth::Caller;
use crate::context::Context;
use crate::db::{Batch, Statement};
use crate::error::{Error, Result};
use crate::http::Pagination;
use crate::time::rfc3339;

/// People who work together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organization {
    id: i64,
    name: String,
    description: Option<String>,
    /// The owner's integer id.
    owner_id: i64,
    member_count: i64,
    /// Whether everybody may see and join it.
    is_public: bool,
    created_at: String,
    updated_at: String,
    /// `owner`, `admin` or `member`; null for who does not belong to it.
    my_role: Option<String>,
}

impl From<OrganizationRow> for Organization {
    fn from(row: OrganizationRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            owner_id: row.owner_id,
            member_count: row.member_count,
            is_public: row.is_public == 1,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            my_role: row.my_role,
        }
    }
}

/// A page of organizations. Under `/v1` the bare list.
#[derive(Serialize, ToSchema)]
pub struct OrganizationList {
    organizations: Vec<Organization>,
    pagination: Pagination,
}

/// Runs statements for whoever asks.
pub async fn ask(
    context: &Context,
    caller: Option<&Caller>,
    statements: Vec<Statement>,
) -> Result<Batch> {
    let db = context.db()?;
    match caller {
        Some(caller) => {
            let (_, batch) = db.batch_as(caller, context.now_ms(), statements).await?;
            Ok(batch)
        }
        None => db.batch(statements).await,
    }
}

/// Nothing there, or nothing that the caller may know of.
pub fn not_found() -> Error {
    Error::NotFound("Organization not found".into())
}

/// The organization, if the caller is among those who manage it.
///
/// # Errors
/// 404 for who may not know of it, 403 for who may.
pub fn expect_manager(found: Option<OrganizationRow>) -> Result<OrganizationRow> {
    let row = found.ok_or_else(not_found)?;
    match row.my_role.as_deref() {
        Some("owner" | "admin") => Ok(row),
        _ => Err(Error::PermissionDenied(
            "This is for the organization's owner and admins".into(),
        )),
    }
}
