//! The audit: what administrators did.

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::db::{self, ActionRow, Count};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Pagination, Paging, Query, present_page};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct AdminAction {
    id: String,
    /// The administrator; null for the operator, who works on the database itself.
    actor_id: Option<String>,
    /// `update_user`, `end_sessions`; by the operator also `create_user`.
    action: String,
    /// Whom it was about.
    subject_id: String,
    /// What was asked for.
    #[schema(value_type = Object)]
    detail: Value,
    at: String,
}

/// A page of what was done. Under `/v1` the bare list.
#[derive(Serialize, ToSchema)]
pub struct AdminActionList {
    actions: Vec<AdminAction>,
    pagination: Pagination,
}

/// List what administrators did, newest first.
#[utoipa::path(get, path = "/api/v1/admin/actions", tag = "admin",
    params(Paging),
    responses((status = 200, body = AdminActionList), ErrorAnswers))]
pub async fn list_actions(
    context: Context,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let statements = vec![db::list_actions(&paging), db::count_actions(&paging)];
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, context.now_ms(), statements)
        .await?;
    let rows: Vec<ActionRow> = batch.all(0)?;
    let total = batch.first::<Count>(1)?.map_or(0, |count| count.total);
    let actions = rows.into_iter().map(read_action).collect::<Result<_>>()?;
    let pagination = paging.pagination(total);
    Ok(present_page::<AdminAction>(
        &context, "actions", actions, pagination,
    ))
}

fn read_action(row: ActionRow) -> Result<AdminAction> {
    Ok(AdminAction {
        id: row.id,
        actor_id: row.actor_id,
        action: row.action,
        subject_id: row.subject_id,
        detail: serde_json::from_str(&row.detail).map_err(Error::internal)?,
        at: rfc3339(row.at),
    })
}
