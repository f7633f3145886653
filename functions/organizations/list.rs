//! Finding organizations (CONTRACT A19).

use axum::response::Response;

use super::answer::{Organization, OrganizationList, ask};
use super::db::{self, Count, OrganizationRow};
use super::input::Filter;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Paging, Query, present_page};
use crate::openapi::ErrorAnswers;

/// List the public organizations by name, or the caller's own.
#[utoipa::path(get, path = "/api/v1/organizations", tag = "organizations",
    params(Filter, Paging),
    responses((status = 200, body = OrganizationList), ErrorAnswers))]
pub async fn list_organizations(
    context: Context,
    caller: Option<Caller>,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let prefix = filter.prefix();
    let user_id = caller.as_ref().map(|caller| caller.user_id.as_str());
    let statements = match (filter.is_mine(), user_id) {
        (false, _) => vec![
            db::list_public(user_id, &prefix, &paging),
            db::count_public(&prefix, &paging),
        ],
        (true, Some(user_id)) => vec![
            db::list_own(user_id, &prefix, &paging),
            db::count_own(user_id, &prefix),
        ],
        (true, None) => {
            let message = "An access token is required to list one's own";
            return Err(Error::TokenInvalid(message.into()));
        }
    };
    let mut batch = ask(&context, caller.as_ref(), statements).await?;
    let rows: Vec<OrganizationRow> = batch.all(0)?;
    let total = batch.first::<Count>(1)?.map_or(0, |count| count.total);
    let organizations = rows.into_iter().map(Organization::from).collect();
    let pagination = paging.pagination(total);
    Ok(present_page(
        &context,
        "organizations",
        organizations,
        pagination,
    ))
}
