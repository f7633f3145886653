//! Joining and leaving (CONTRACT A20).

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Organization, not_found};
use super::db::{self, OrganizationRow};
use super::input::{JoinOrganization, OrganizationId};
use super::members_db::{self, Admission};
use super::{MAX_JOINED, MAX_MEMBERS};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::{LenientBody, NoContent, Path, present};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// A membership.
#[derive(Serialize, ToSchema)]
pub struct Membership {
    organization: Organization,
    /// `member`, or the role that the caller has already.
    role: String,
    joined_at: String,
}

/// Join an organization: a public one freely, a private one by its invite code.
///
/// Joining again is fine.
#[utoipa::path(post, path = "/api/v1/organizations/{id}/join", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    request_body = JoinOrganization,
    responses((status = 200, body = Membership), ErrorAnswers))]
pub async fn join_organization(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
    LenientBody(input): LenientBody<JoinOrganization>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    let now = context.now_ms();
    let hash = input
        .invite_code
        .map(|code| sha256_hex(code.0.trim().as_bytes()));
    let hash = hash.as_deref();
    let statements = vec![
        members_db::join(&caller, id, hash, now),
        members_db::settle(&caller, id, now),
        db::find_organization(id, Some(&caller.user_id)),
        members_db::find_admission(id, hash),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let found: Option<OrganizationRow> = batch.first(2)?;
    let membership = found.and_then(|row| {
        Some(Membership {
            role: row.my_role.clone()?,
            joined_at: rfc3339(row.joined_at?),
            organization: row.into(),
        })
    });
    match membership {
        Some(membership) => Ok(present(&context, StatusCode::OK, membership)),
        None => Err(not_admitted(batch.first(3)?)),
    }
}

/// Why the caller is no member.
fn not_admitted(admission: Option<Admission>) -> Error {
    match admission {
        // A wrong code tells nothing of the organization.
        None => not_found(),
        Some(admission) if admission.member_count >= MAX_MEMBERS => {
            Error::Conflict(format!("An organization has at most {MAX_MEMBERS} members"))
        }
        Some(_) => Error::Conflict(format!(
            "A user belongs to at most {MAX_JOINED} organizations"
        )),
    }
}

/// Leave an organization.
///
/// An owner must hand it on first; when nobody else is there, it is deleted. Leaving what one does
/// not belong to is fine, whether or not it exists.
#[utoipa::path(post, path = "/api/v1/organizations/{id}/leave", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    responses((status = 204), ErrorAnswers))]
pub async fn leave_organization(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
) -> Result<NoContent> {
    let OrganizationId(id) = id;
    let now = context.now_ms();
    let statements = vec![
        members_db::leave(&caller, id),
        members_db::settle(&caller, id, now),
        db::find_organization(id, Some(&caller.user_id)),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let found: Option<OrganizationRow> = batch.first(2)?;
    if found.is_some_and(|row| row.my_role.is_some()) {
        return Err(Error::Conflict(
            "The owner cannot leave while others are members; hand the organization on first"
                .into(),
        ));
    }
    Ok(NoContent)
}
