//! The members of an organization: listed, given roles, removed.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{expect_manager, not_found};
use super::db::{self, OrganizationRow};
use super::input::{ChangeMember, OrganizationId, Role};
use super::members_db::{self, MemberRow};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{JsonBody, NoContent, Pagination, Paging, Path, Query, present, present_page};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// A page of members. Under `/v1` the bare list.
#[derive(Serialize, ToSchema)]
pub struct MemberList {
    members: Vec<Member>,
    pagination: Pagination,
}

/// Somebody who belongs to an organization.
#[derive(Serialize, ToSchema)]
pub struct Member {
    user: Person,
    /// `owner`, `admin` or `member`.
    role: String,
    joined_at: String,
}

/// What members see of each other.
#[derive(Serialize, ToSchema)]
pub struct Person {
    id: i64,
    username: Option<String>,
    avatar_url: Option<String>,
    name: Option<String>,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self {
            user: Person {
                id: row.num_id,
                username: row.username,
                avatar_url: row.avatar_url,
                name: row.name,
            },
            role: row.role,
            joined_at: rfc3339(row.joined_at),
        }
    }
}

/// List the members in the order in which they joined.
///
/// Those of a private organization are for members only.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/members", tag = "organizations",
    params(("id" = u32, Path, description = "The organization"), Paging),
    responses((status = 200, body = MemberList), ErrorAnswers))]
pub async fn list_members(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    let statements = vec![
        db::find_organization(id, Some(&caller.user_id)),
        members_db::list_members(&caller, id, &paging),
    ];
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, context.now_ms(), statements)
        .await?;
    let organization: OrganizationRow = batch.first(0)?.ok_or_else(not_found)?;
    let rows: Vec<MemberRow> = batch.all(1)?;
    let members: Vec<_> = rows.into_iter().map(Member::from).collect();
    let pagination = paging.pagination(organization.member_count);
    Ok(present_page(&context, "members", members, pagination))
}

/// Give a member another role, for the owner.
///
/// `owner` hands the organization on: the owner until then becomes an admin.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/members/{user_id}", tag = "organizations",
    params(("id" = u32, Path, description = "The organization"),
        ("user_id" = String, Path, description = "The member, by integer id or UUID")),
    request_body = ChangeMember,
    responses((status = 200, body = Member), ErrorAnswers))]
pub async fn change_member(
    context: Context,
    caller: Caller,
    Path((id, user)): Path<(OrganizationId, String)>,
    JsonBody(input): JsonBody<ChangeMember>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    let now = context.now_ms();
    let mut statements = match input.role {
        Role::Owner => members_db::hand_over(&caller, id, &user),
        role => vec![members_db::set_role(&caller, id, &user, role)],
    };
    let writes = statements.len();
    statements.push(db::find_organization(id, Some(&caller.user_id)));
    statements.push(members_db::find_member(&caller, id, &user));
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let organization = expect_manager(batch.first(writes)?)?;
    let member: Option<MemberRow> = batch.first(writes + 1)?;
    match member {
        // Also what an owner is told who was one until this very request came before.
        Some(row) if row.role == input.role.as_str() => {
            Ok(present(&context, StatusCode::OK, Member::from(row)))
        }
        _ if organization.my_role.as_deref() != Some(Role::Owner.as_str()) => Err(owner_only()),
        None => Err(no_member()),
        Some(_) if input.role == Role::Owner => Err(Error::Conflict(
            "This member cannot take the organization over: the account is disabled or owns as \
             many as it may"
                .into(),
        )),
        Some(_) => Err(Error::Conflict(
            "An organization has an owner; give the role to another member".into(),
        )),
    }
}

/// Remove a member.
///
/// The owner may remove anybody else, an admin mere members. Removing again is fine.
#[utoipa::path(delete, path = "/api/v1/organizations/{id}/members/{user_id}",
    tag = "organizations",
    params(("id" = u32, Path, description = "The organization"),
        ("user_id" = String, Path, description = "The member, by integer id or UUID")),
    responses((status = 204), ErrorAnswers))]
pub async fn remove_member(
    context: Context,
    caller: Caller,
    Path((id, user)): Path<(OrganizationId, String)>,
) -> Result<NoContent> {
    let OrganizationId(id) = id;
    let now = context.now_ms();
    let statements = vec![
        members_db::remove(&caller, id, &user),
        members_db::settle(&caller, id, now),
        db::find_organization(id, Some(&caller.user_id)),
        members_db::find_member(&caller, id, &user),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let organization = expect_manager(batch.first(2)?)?;
    let is_owner = organization.my_role.as_deref() == Some(Role::Owner.as_str());
    match batch.first::<MemberRow>(3)? {
        None => Ok(NoContent),
        Some(_) if is_owner => Err(Error::Conflict(
            "The owner cannot be removed; hand the organization on first".into(),
        )),
        Some(_) => Err(owner_only()),
    }
}

fn owner_only() -> Error {
    Error::PermissionDenied("This is for the organization's owner".into())
}

fn no_member() -> Error {
    Error::NotFound("There is no such member".into())
}
