//! Users: found, shown, changed.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{self, Action, Count, UserRow};
use super::input::{ChangeAccount, Search};
use crate::auth::{Caller, SessionId};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{JsonBody, Pagination, Paging, Path, Query, present, present_page};
use crate::openapi::ErrorAnswers;
use crate::telemetry::Level;
use crate::time::rfc3339;

/// A user as administrators see it.
#[derive(Serialize, ToSchema)]
pub struct AdminUser {
    id: String,
    /// The integer id of the same user.
    num_id: i64,
    /// Null for an account that signs in by key only.
    email: Option<String>,
    username: Option<String>,
    name: Option<String>,
    /// `user` or `admin`.
    role: String,
    is_active: bool,
    /// `free`, `basic`, `professional` or `enterprise`.
    subscription_tier: String,
    /// Units a month.
    quota_limit: i64,
    /// Units used this month.
    quota_used: i64,
    created_at: String,
    updated_at: String,
    /// When the person was erased; such an account stays as it is.
    erased_at: Option<String>,
}

impl From<UserRow> for AdminUser {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            num_id: row.num_id,
            email: row.email,
            username: row.username,
            name: row.name,
            role: row.role,
            is_active: row.is_active == 1,
            subscription_tier: row.tier,
            quota_limit: row.quota_limit,
            quota_used: row.quota_used,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            erased_at: row.erased_at.map(rfc3339),
        }
    }
}

/// A page of users. Under `/v1` the bare list.
#[derive(Serialize, ToSchema)]
pub struct AdminUserList {
    users: Vec<AdminUser>,
    pagination: Pagination,
}

/// List users, newest first; with `q` those whose email or username begins so.
#[utoipa::path(get, path = "/api/v1/admin/users", tag = "admin",
    params(Search, Paging),
    responses((status = 200, body = AdminUserList), ErrorAnswers))]
pub async fn list_users(
    context: Context,
    caller: Caller,
    Query(search): Query<Search>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let now = context.now_ms();
    let statements = match search.prefix() {
        Some(prefix) => {
            let [by_email, by_username] = db::search_users(&prefix, &paging, now);
            vec![db::count_found(&prefix, &paging), by_email, by_username]
        }
        None => vec![db::count_users(&paging), db::list_users(&paging, now)],
    };
    let lists = statements.len();
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let total = batch.first::<Count>(0)?.map_or(0, |count| count.total);
    let mut rows: Vec<UserRow> = Vec::new();
    for list in 1..lists {
        rows.extend(batch.all::<UserRow>(list)?);
    }
    let shown = rows.into_iter().take(paging.per_page() as usize);
    let users: Vec<_> = shown.map(AdminUser::from).collect();
    let pagination = paging.pagination(total);
    Ok(present_page(&context, "users", users, pagination))
}

/// Show a user.
#[utoipa::path(get, path = "/api/v1/admin/users/{id}", tag = "admin",
    params(("id" = String, Path, description = "The user, by UUID or integer id")),
    responses((status = 200, body = AdminUser), ErrorAnswers))]
pub async fn find_account(
    context: Context,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<Response> {
    let now = context.now_ms();
    let statements = vec![db::find_account(&user, now)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let row: UserRow = batch.first(0)?.ok_or_else(not_found)?;
    Ok(present(&context, StatusCode::OK, AdminUser::from(row)))
}

/// Change what a user may do; what is left out stays. Nobody can disable or demote oneself.
#[utoipa::path(patch, path = "/api/v1/admin/users/{id}", tag = "admin",
    params(("id" = String, Path, description = "The user, by UUID or integer id")),
    request_body = ChangeAccount,
    responses((status = 200, body = AdminUser), ErrorAnswers))]
pub async fn change_account(
    context: Context,
    caller: Caller,
    Path(user): Path<String>,
    JsonBody(input): JsonBody<ChangeAccount>,
) -> Result<Response> {
    let now = context.now_ms();
    let id = Uuid::new_v4().to_string();
    let action = Action {
        id: &id,
        caller: &caller,
        user: &user,
        now,
    };
    let statements = vec![
        action.permit_update(&input),
        action.update(&input),
        action.list_shut_out(),
        db::find_account(&user, now),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let row: UserRow = batch.first(3)?.ok_or_else(not_found)?;
    if row.erased_at.is_some() {
        return Err(Error::Conflict("This person was erased".into()));
    }
    if row.id == caller.user_id && input.takes_power() {
        return Err(Error::Conflict(
            "An administrator cannot disable or demote oneself".into(),
        ));
    }
    shut_out(&context, &row.id, batch.all(2)?);
    Ok(present(&context, StatusCode::OK, AdminUser::from(row)))
}

/// Closes the streams of a user who was disabled. The sessions are not ended: they are refused
/// until the user is enabled again, so no blacklist may name them.
fn shut_out(context: &Context, user_id: &str, sessions: Vec<SessionId>) {
    if sessions.is_empty() {
        return;
    }
    let ids: Vec<_> = sessions.into_iter().map(|session| session.id).collect();
    let (context, user_id) = (context.clone(), user_id.to_owned());
    context.clone().after_response(async move {
        let closing = async { context.rooms()?.end_sessions(&user_id, &ids).await };
        if let Err(error) = closing.await {
            // The rooms ask D1 themselves, only later.
            context
                .record(
                    Level::Warn,
                    "The streams of a disabled user were not closed",
                )
                .with("error", error.log_detail())
                .write();
        }
    });
}

/// There is no such user.
pub fn not_found() -> Error {
    Error::NotFound("User not found".into())
}
