//! One organization: shown, changed, deleted.

use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{Organization, ask, expect_manager, not_found};
use super::db::{self, Changes, Count, OrganizationRow};
use super::input::{OrganizationId, UpdateOrganization};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{JsonBody, NoContent, Path, present};
use crate::openapi::ErrorAnswers;

/// Show an organization. A private one is shown to its members only.
#[utoipa::path(get, path = "/api/v1/organizations/{id}", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    responses((status = 200, body = Organization), ErrorAnswers))]
pub async fn find_organization(
    context: Context,
    caller: Option<Caller>,
    Path(id): Path<OrganizationId>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    let user_id = caller.as_ref().map(|caller| caller.user_id.as_str());
    let statements = vec![db::find_organization(id, user_id)];
    let mut batch = ask(&context, caller.as_ref(), statements).await?;
    let row: OrganizationRow = batch.first(0)?.ok_or_else(not_found)?;
    Ok(present(&context, StatusCode::OK, Organization::from(row)))
}

/// Change an organization; what is left out stays. For its owner and admins.
#[utoipa::path(put, path = "/api/v1/organizations/{id}", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    request_body = UpdateOrganization,
    responses((status = 200, body = Organization), ErrorAnswers))]
pub async fn put_organization(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
    JsonBody(input): JsonBody<UpdateOrganization>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    change(&context, &caller, id, &input).await
}

/// Change an organization, as PUT does.
#[utoipa::path(patch, path = "/api/v1/organizations/{id}", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    request_body = UpdateOrganization,
    responses((status = 200, body = Organization), ErrorAnswers))]
pub async fn update_organization(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
    JsonBody(input): JsonBody<UpdateOrganization>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    change(&context, &caller, id, &input).await
}

async fn change(
    context: &Context,
    caller: &Caller,
    id: u32,
    input: &UpdateOrganization,
) -> Result<Response> {
    let now = context.now_ms();
    let changes = Changes {
        name: input.name.as_ref().map(|name| name.0.trim()),
        description: input.description.as_ref().map(|text| text.0.trim()),
        is_public: input.is_public.map(|flag| flag.0),
    };
    let statements = vec![
        db::update(caller, id, &changes, now),
        db::find_organization(id, Some(&caller.user_id)),
    ];
    let (_, mut batch) = context.db()?.batch_as(caller, now, statements).await?;
    let row = expect_manager(batch.first(1)?)?;
    Ok(present(context, StatusCode::OK, Organization::from(row)))
}

/// Delete an organization, for its owner. Deleting again is fine.
#[utoipa::path(delete, path = "/api/v1/organizations/{id}", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_organization(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
) -> Result<NoContent> {
    let OrganizationId(id) = id;
    let now = context.now_ms();
    let mut statements = db::delete(&caller, id, now);
    statements.push(db::find_deleted(&caller, id));
    statements.push(db::find_organization(id, Some(&caller.user_id)));
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    if batch
        .first::<Count>(2)?
        .is_some_and(|deleted| deleted.total == 1)
    {
        return Ok(NoContent);
    }
    Err(match batch.first::<OrganizationRow>(3)? {
        Some(_) => Error::PermissionDenied("This is for the organization's owner".into()),
        None => not_found(),
    })
}
