//! Versions: listed, downloaded, deleted.

use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use deserr::Deserr;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::db::{self, BackupRow, Count};
use super::store::{Backup, parts_of};
use super::upload::delete;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{
    About, Download, FieldErrors, Input, NoContent, Pagination, Paging, Query, present,
    present_page,
};
use crate::openapi::{Binary, ErrorAnswers};

/// Which versions.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct BackupQuery {
    /// Only those of this device.
    #[deserr(default)]
    device_id: Option<String>,
}

impl Input for BackupQuery {}

/// A page of versions. Under `/v1` the bare list.
#[derive(Serialize, ToSchema)]
pub struct BackupList {
    backups: Vec<Backup>,
    pagination: Pagination,
}

/// List the caller's backups, newest first: the last 10 of each device.
#[utoipa::path(get, path = "/api/v1/backups", tag = "backups",
    params(BackupQuery, Paging),
    responses((status = 200, body = BackupList), ErrorAnswers))]
pub async fn list_backups(
    context: Context,
    caller: Caller,
    Query(query): Query<BackupQuery>,
    Query(paging): Query<Paging>,
) -> Result<Response> {
    let device_id = query.device_id.as_deref();
    let statements = vec![
        db::list_backups(&caller, device_id, &paging),
        db::count_backups(&caller, device_id),
    ];
    let now = context.now_ms();
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let rows: Vec<BackupRow> = batch.all(0)?;
    let total = batch.first::<Count>(1)?.map_or(0, |count| count.total);
    let backups = rows.into_iter().map(|row| Backup::of(&context, row));
    let pagination = paging.pagination(total);
    Ok(present_page(
        &context,
        "backups",
        backups.collect(),
        pagination,
    ))
}

/// Show a backup.
#[utoipa::path(get, path = "/api/v1/backups/{id}", tag = "backups",
    params(("id" = String, Path, description = "The version")),
    responses((status = 200, body = Backup), ErrorAnswers))]
pub async fn find_backup(
    About {
        context,
        caller,
        id,
    }: About,
) -> Result<Response> {
    let row = find(&context, &caller, &id).await?;
    Ok(present(&context, StatusCode::OK, Backup::of(&context, row)))
}

/// Download a backup, whole or a range of it.
#[utoipa::path(get, path = "/api/v1/backups/{id}/content", tag = "backups",
    params(
        ("id" = String, Path, description = "The version"),
        ("Range" = Option<String>, Header, description = "`bytes=<first>-<last>`; one range")),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Binary),
        (status = 206, content_type = "application/octet-stream", body = Binary),
        ErrorAnswers))]
pub async fn download_backup(
    About {
        context,
        caller,
        id,
    }: About,
    headers: HeaderMap,
) -> Result<Download> {
    let row = find(&context, &caller, &id).await?;
    let parts = parts_of(&caller.user_id, &row.id, &row.parts)?;
    let etag = format!("\"{}\"", row.sha256);
    let download = Download::parts(context.files()?, parts, &headers, etag)?;
    Ok(download.header(CONTENT_DISPOSITION, "attachment"))
}

/// Delete a backup.
#[utoipa::path(delete, path = "/api/v1/backups/{id}", tag = "backups",
    params(("id" = String, Path, description = "The version")),
    responses((status = 204), ErrorAnswers))]
pub async fn delete_backup(
    About {
        context,
        caller,
        id,
    }: About,
) -> Result<NoContent> {
    delete(&context, &caller, &id, true).await?;
    Ok(NoContent)
}

fn find<'a>(
    context: &'a Context,
    caller: &'a Caller,
    id: &'a str,
) -> BoxFuture<'a, Result<BackupRow>> {
    // Boxed: two handlers would otherwise have a copy each.
    async move {
        let find = db::find_backup(caller, id);
        let now = context.now_ms();
        let (_, mut batch) = context.db()?.batch_as(caller, now, vec![find]).await?;
        let found = batch.first(0)?;
        found.ok_or_else(|| Error::NotFound("There is no such backup".into()))
    }
    .boxed()
}
