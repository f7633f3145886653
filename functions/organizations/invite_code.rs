//! The code that lets people into a private organization.

use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::expect_manager;
use super::db;
use super::input::OrganizationId;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::hash::{secret_text, sha256_hex};
use crate::http::{NoContent, Path, present};
use crate::openapi::ErrorAnswers;

/// Random characters of a code.
const CHARACTERS: usize = 20;

/// A new invite code.
#[derive(Serialize, ToSchema)]
pub struct InviteCode {
    /// Stored nowhere, so this is the only time it is shown.
    invite_code: String,
}

/// Make a new invite code, for the owner and admins. The one before it counts no more.
#[utoipa::path(post, path = "/api/v1/organizations/{id}/invite-code", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    responses((status = 201, body = InviteCode), ErrorAnswers))]
pub async fn create_invite_code(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
) -> Result<Response> {
    let OrganizationId(id) = id;
    let invite_code = secret_text(CHARACTERS).map_err(Error::internal)?;
    let hash = sha256_hex(invite_code.as_bytes());
    set(&context, &caller, id, Some(&hash)).await?;
    let answer = present(&context, StatusCode::CREATED, InviteCode { invite_code });
    Ok(([(CACHE_CONTROL, "no-store")], answer).into_response())
}

/// Remove the invite code, for the owner and admins. Removing it again is fine.
#[utoipa::path(delete, path = "/api/v1/organizations/{id}/invite-code", tag = "organizations",
    params(("id" = u32, Path, description = "The organization")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_invite_code(
    context: Context,
    caller: Caller,
    Path(id): Path<OrganizationId>,
) -> Result<NoContent> {
    let OrganizationId(id) = id;
    set(&context, &caller, id, None).await?;
    Ok(NoContent)
}

async fn set(context: &Context, caller: &Caller, id: u32, hash: Option<&str>) -> Result<()> {
    let statements = vec![
        db::set_invite_code(caller, id, hash),
        db::find_organization(id, Some(&caller.user_id)),
    ];
    let (_, mut batch) = context
        .db()?
        .batch_as(caller, context.now_ms(), statements)
        .await?;
    expect_manager(batch.first(1)?).map(|_| ())
}
