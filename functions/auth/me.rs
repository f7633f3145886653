//! Who am I (CONTRACT Q5).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::auth::{Caller, SessionRow, User, find_session};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::Json;
use crate::openapi::ErrorAnswers;

/// Show the signed-in user, at the top level and under `user`: the clients read either.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth",
    responses((status = 200, body = User), ErrorAnswers))]
pub async fn show_me(context: Context, caller: Caller) -> Result<Response> {
    let now = context.now_ms();
    let statements = vec![find_session(&caller.session_id, now)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let row: SessionRow = batch.first(0)?.ok_or(Error::UserNotFound)?;
    let user = User::from(&row).present(context.dialect());
    let mut body = user.clone();
    if let Value::Object(fields) = &mut body {
        fields.insert("user".into(), user);
    }
    Ok((StatusCode::OK, Json(body)).into_response())
}
