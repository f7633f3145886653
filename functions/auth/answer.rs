//! What every sign-in answers, in the form that each client knows.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use dialect::{Dialect, with_camel_twins};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::auth::{SessionRow, TokenPair, User, issue_pair, socket_cookie};
use crate::context::Context;
use crate::error::Result;
use crate::http::Json;

/// A signed-in session. The app of seed 000 requires the first six fields of a login and of a
/// refresh alike; they stand twice, in snake_case and in camelCase. Under `/v1` a refresh answers
/// only the tokens and `expires_in`, under `/api` the user has camelCase keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// For every call.
    access_token: String,
    /// For the next pair; used once.
    refresh_token: String,
    /// Seconds that the access token is good for.
    expires_in: i64,
    /// Whose session it is.
    user_id: String,
    /// Units left this month.
    quota_remaining: i64,
    /// `free`, `basic`, `professional` or `enterprise`.
    subscription_tier: String,
    /// Always `Bearer`.
    token_type: &'static str,
    user: User,
}

/// Signs the pair of this session and makes the answer to a login.
pub async fn signed_in(
    context: &Context,
    status: StatusCode,
    row: &SessionRow,
) -> Result<Response> {
    let pair = issue_pair(context, row).await?;
    context.set_user_id(&row.user_id);
    let body = match context.dialect() {
        Dialect::Api => six_fields(&pair, row),
        Dialect::V1 if row.kind == "key" => six_fields(&pair, row),
        Dialect::V1 => with_user(tokens(&pair), row, Dialect::V1),
        Dialect::Scans => with_user(twins(tokens(&pair)), row, Dialect::Scans),
    };
    with_cookie(context, row, answer(status, body)).await
}

/// Signs the pair of this session and makes the answer to a refresh.
pub async fn refreshed(context: &Context, row: &SessionRow) -> Result<Response> {
    if context.dialect() != Dialect::V1 || row.kind == "key" {
        return signed_in(context, StatusCode::OK, row).await;
    }
    let pair = issue_pair(context, row).await?;
    context.set_user_id(&row.user_id);
    with_cookie(context, row, answer(StatusCode::OK, tokens(&pair).into())).await
}

/// Adds the cookie for realtime connections, unless a phone signed in by its key.
async fn with_cookie(
    context: &Context,
    row: &SessionRow,
    mut answer: Response,
) -> Result<Response> {
    if row.kind != "key" {
        let cookie = socket_cookie(context, row).await?;
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(answer)
}

fn six_fields(pair: &TokenPair, row: &SessionRow) -> Value {
    let signed_in = SignedIn {
        access_token: pair.access.clone(),
        refresh_token: pair.refresh.clone(),
        expires_in: pair.expires_in,
        user_id: row.user_id.clone(),
        quota_remaining: (row.quota_limit - row.quota_used).max(0),
        subscription_tier: row.tier.clone(),
        token_type: "Bearer",
        user: User::from(row),
    };
    with_camel_twins(json!(signed_in))
}

fn tokens(pair: &TokenPair) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("access_token".into(), json!(pair.access));
    fields.insert("refresh_token".into(), json!(pair.refresh));
    fields.insert("token_type".into(), json!("Bearer"));
    fields.insert("expires_in".into(), json!(pair.expires_in));
    fields
}

fn twins(fields: Map<String, Value>) -> Map<String, Value> {
    match with_camel_twins(fields.into()) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn with_user(mut fields: Map<String, Value>, row: &SessionRow, dialect: Dialect) -> Value {
    fields.insert("user".into(), User::from(row).present(dialect));
    fields.into()
}

/// No cache may keep tokens (RFC 6749, section 5.1).
fn answer(status: StatusCode, body: Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// That something was done, or will be.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    success: bool,
    /// Fit for users.
    message: &'static str,
}

impl Done {
    /// With these words.
    pub fn new(message: &'static str) -> Self {
        Self {
            success: true,
            message,
        }
    }
}
