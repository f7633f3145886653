//! Creating organizations (CONTRACT A18).

use axum::http::StatusCode;
use axum::response::Response;

use super::answer::Organization;
use super::db::{Count, NewOrganization, OrganizationRow, count_owned};
use super::input::CreateOrganization;
use super::{MAX_JOINED, MAX_OWNED};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{JsonBody, present};
use crate::openapi::ErrorAnswers;

/// Create an organization that belongs to the caller.
///
/// The same name again within 60 seconds is taken for a resend: it answers 200 with the
/// organization that is there.
#[utoipa::path(post, path = "/api/v1/organizations", tag = "organizations",
    request_body = CreateOrganization,
    responses((status = 201, body = Organization), (status = 200, body = Organization),
        ErrorAnswers))]
pub async fn create_organization(
    context: Context,
    caller: Caller,
    JsonBody(input): JsonBody<CreateOrganization>,
) -> Result<Response> {
    let now = context.now_ms();
    let description = input.description.as_ref().map(|text| text.0.trim());
    let new = NewOrganization {
        name: input.name.0.trim(),
        description: description.filter(|text| !text.is_empty()),
        is_public: input.is_public.is_none_or(|flag| flag.0),
        now,
    };
    let statements = vec![
        new.insert(&caller),
        new.insert_owner(&caller),
        new.find(&caller),
        count_owned(&caller.user_id),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let is_new = !batch.all::<serde_json::Value>(0)?.is_empty();
    let Some(row) = batch.first::<OrganizationRow>(2)? else {
        return Err(too_many(batch.first(3)?));
    };
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(present(&context, status, Organization::from(row)))
}

/// Why there is no organization.
fn too_many(owned: Option<Count>) -> Error {
    if owned.is_some_and(|owned| owned.total >= MAX_OWNED) {
        Error::Conflict(format!("A user owns at most {MAX_OWNED} organizations"))
    } else {
        Error::Conflict(format!(
            "A user belongs to at most {MAX_JOINED} organizations"
        ))
    }
}
