//! Creating and revoking API keys (CONTRACT R10, R11).

use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use deserr::Deserr;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{self, MAX_KEYS, NewApiKey};
use crate::auth::{Caller, Scope, Scopes, SessionId, announce_end};
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::hash::{secret_text, sha256_hex};
use crate::http::{FieldErrors, Input, Json, JsonBody, NoContent, Path, Text};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// Random characters of a key; the app's own check wants 24 or more.
const SECRET_CHARACTERS: usize = 32;

/// Characters of a key that stay visible.
const PREFIX_CHARACTERS: usize = 14;

const MAX_NAME: usize = 100;

/// What a key is for.
#[derive(Debug, Clone, Copy, Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum KeyEnvironment {
    /// Real use.
    #[default]
    Live,
    /// The same behavior, no charge.
    Test,
}

impl KeyEnvironment {
    fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// A key to be.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct CreateApiKey {
    /// Shown in lists.
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: Text<1, MAX_NAME>,
    /// `live` unless said.
    #[schema(required = false)]
    #[deserr(default)]
    environment: KeyEnvironment,
    /// What sessions of the key may do: `read`, `upload`, `admin`; all that the caller may unless
    /// said.
    #[schema(value_type = Option<Vec<String>>)]
    #[deserr(default)]
    scopes: Option<Vec<Text<1, MAX_NAME>>>,
    /// Whether requests of its sessions that change something must be signed.
    #[schema(required = false)]
    #[deserr(default)]
    requires_signature: bool,
}

impl CreateApiKey {
    fn scopes(&self) -> Option<Scopes> {
        let names = self.scopes.as_ref()?;
        Some(
            names
                .iter()
                .filter_map(|name| Scope::parse(&name.0))
                .collect(),
        )
    }
}

impl Input for CreateApiKey {
    fn validate(&self) -> Vec<FieldError> {
        let names = self.scopes.iter().flatten();
        let is_known = names.clone().all(|name| Scope::parse(&name.0).is_some());
        let is_empty = self.scopes.as_ref().is_some_and(Vec::is_empty);
        if is_known && !is_empty {
            return vec![];
        }
        let message = "Must be one or more of read, upload, admin";
        vec![FieldError::invalid("scopes", message)]
    }
}

#[derive(Serialize, ToSchema)]
struct CreatedApiKey {
    id: String,
    name: String,
    prefix: String,
    /// `live` or `test`.
    environment: &'static str,
    scopes: Vec<&'static str>,
    requires_signature: bool,
    /// The whole key. It is stored nowhere, so this is the only time it is shown.
    key: String,
    created_at: String,
}

/// Create an API key. The key is shown this once.
#[utoipa::path(post, path = "/api/v1/user/api-keys", tag = "users",
    request_body = CreateApiKey,
    responses((status = 201, body = CreatedApiKey), ErrorAnswers))]
pub async fn create_api_key(
    context: Context,
    caller: Caller,
    JsonBody(input): JsonBody<CreateApiKey>,
) -> Result<Response> {
    let now = context.now_ms();
    let scopes = input.scopes().unwrap_or(caller.scopes);
    if !scopes.is_within(caller.scopes) {
        return Err(Error::PermissionDenied(
            "A key cannot be given scopes that its creator lacks".into(),
        ));
    }
    let environment = input.environment.as_str();
    let secret = secret_text(SECRET_CHARACTERS).map_err(Error::internal)?;
    let key = format!("romo_{environment}_{secret}");
    let id = Uuid::new_v4().to_string();
    let new = NewApiKey {
        id: &id,
        name: input.name.0.trim(),
        prefix: &key[..PREFIX_CHARACTERS],
        key_hash: &sha256_hex(key.as_bytes()),
        environment,
        scopes: &scopes.to_string(),
        requires_signature: input.requires_signature,
        now,
    };

    let statements = vec![
        db::insert_api_key(&caller, &new),
        db::find_api_key(&caller, &id),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;

    if batch.first::<Value>(1)?.is_none() {
        return Err(Error::Conflict(format!(
            "There are {MAX_KEYS} keys already; revoke one first"
        )));
    }
    let answer = CreatedApiKey {
        name: new.name.to_owned(),
        prefix: new.prefix.to_owned(),
        environment,
        scopes: scopes.names(),
        requires_signature: input.requires_signature,
        created_at: rfc3339(now),
        id,
        key,
    };
    Ok((
        StatusCode::CREATED,
        [(CACHE_CONTROL, "no-store")],
        Json(answer),
    )
        .into_response())
}

/// Revoke an API key; sessions that were opened with it end at once.
#[utoipa::path(delete, path = "/api/v1/user/api-keys/{id}", tag = "users",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 204), ErrorAnswers))]
pub async fn revoke_api_key(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<NoContent> {
    let now = context.now_ms();
    let statements = vec![
        db::find_api_key(&caller, &id),
        db::revoke_api_key(&caller, &id, now),
        db::end_sessions_of_key(&caller, &id, now),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    if batch.first::<Value>(0)?.is_none() {
        return Err(Error::NotFound("API key not found".into()));
    }
    let ended: Vec<SessionId> = batch.all(2)?;
    let ended = ended.into_iter().map(|session| session.id).collect();
    announce_end(&context, &caller.user_id, ended);
    Ok(NoContent)
}
