//! Pictures of users: uploaded, shown, removed (CONTRACT A38).

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use axum::response::Response;
use deserr::Deserr;
use utoipa::IntoParams;

use super::account::{UserProfile, expect_self, not_yours};
use super::accounts::{self, AvatarRow, SelfRow};
use super::picture::{Picture, avatar_folder, avatar_key, stored_at, version_of};
use super::receive::{ReceivedPicture, receive};
use super::user_id::{UserId, not_found};
use crate::auth::{Caller, PendingSignature, settle_signature};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{BodyReader, Download, FieldErrors, Input, Path, Query};
use crate::openapi::{Binary, ErrorAnswers};

/// A picture that no row names this long after it was stored belongs to a request that died.
const ABANDONED_MS: i64 = 3600 * 1000;

/// As long as traces of a deleted account may stay (CONTRACT 10.9): 30 days.
const KEEP: &str = "public, max-age=2592000, immutable";

/// For an address without the version, or with that of an earlier picture.
const ASK_AGAIN: &str = "public, no-cache";

/// The version of a picture.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct AvatarQuery {
    /// As `avatar_url` has it: with it, clients and caches may keep the picture.
    #[deserr(default)]
    v: Option<String>,
}

impl Input for AvatarQuery {}

/// Show a user's picture, if it was uploaded here.
#[utoipa::path(get, path = "/api/v1/users/{id}/avatar", tag = "users",
    params(("id" = String, Path, description = "Integer or UUID"), AvatarQuery),
    responses(
        (status = 200, content(
            (Binary = "image/png"),
            (Binary = "image/jpeg"),
            (Binary = "image/webp"),
            (Binary = "image/gif"),
        )),
        ErrorAnswers))]
pub async fn find_avatar(
    context: Context,
    Path(id): Path<String>,
    Query(query): Query<AvatarQuery>,
) -> Result<Download> {
    let id = UserId::parse(&id)?;
    let find = accounts::find_avatar(id.uuid(None)?.as_deref(), id.number());
    let row: Option<AvatarRow> = context.db()?.first(find).await?;
    let key = row
        .ok_or_else(not_found)?
        .avatar_key
        .ok_or_else(no_picture)?;
    let picture = Picture::of_key(&key).ok_or_else(no_picture)?;
    // Gone if it was replaced between the two questions.
    let file = context.files()?.get(&key).await?.ok_or_else(no_picture)?;
    let is_current = query.v.as_deref() == Some(version_of(&key));
    let caching = if is_current { KEEP } else { ASK_AGAIN };
    Ok(Download::file(file, picture.media_type())?
        .header(CACHE_CONTROL, caching)
        .header(CONTENT_DISPOSITION, "inline")
        .header(CONTENT_SECURITY_POLICY, "default-src 'none'"))
}

fn no_picture() -> Error {
    Error::NotFound("This user has no picture here".into())
}

/// Upload the caller's picture: PNG, JPEG, WebP or GIF, at most 2 MiB.
///
/// As it is, or as the first file of a form.
#[utoipa::path(post, path = "/api/v1/users/{id}/avatar", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    request_body(content(
        (Binary = "multipart/form-data"),
        (Binary = "image/png"),
        (Binary = "image/jpeg"),
        (Binary = "image/webp"),
        (Binary = "image/gif"),
    )),
    responses((status = 200, body = UserProfile), ErrorAnswers))]
pub async fn upload_avatar(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response> {
    expect_self(&context, &caller, &id, not_yours).await?;
    let signature = request.extensions().get::<PendingSignature>().cloned();
    let ReceivedPicture { picture, bytes } = receive(BodyReader::new(request)).await?;
    settle_signature(&context, signature.as_ref())?;

    let key = avatar_key(&caller.user_id, picture, context.now_ms());
    let files = context.files()?;
    files.put(&key, bytes, picture.media_type()).await?;
    match replace(&context, &caller, Some(&key)).await {
        Ok(row) => Ok(UserProfile::of(&context, row.user).respond(&context)),
        Err(error) => {
            // After a database error nobody knows whether the row names the picture.
            if !matches!(error, Error::Database(_)) {
                files.delete(vec![key]).await?;
            }
            Err(error)
        }
    }
}

/// Remove the caller's picture. Removing it again is fine.
#[utoipa::path(delete, path = "/api/v1/users/{id}/avatar", tag = "users",
    params(("id" = String, Path, description = "Integer, UUID or `me`")),
    responses((status = 200, body = UserProfile), ErrorAnswers))]
pub async fn delete_avatar(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response> {
    expect_self(&context, &caller, &id, not_yours).await?;
    let row = replace(&context, &caller, None).await?;
    Ok(UserProfile::of(&context, row.user).respond(&context))
}

/// Gives the caller another picture or none, and deletes the one before.
async fn replace(context: &Context, caller: &Caller, key: Option<&str>) -> Result<SelfRow> {
    let now = context.now_ms();
    let statements = vec![
        accounts::find_self(caller),
        accounts::set_avatar(caller, key, now),
        accounts::find_self(caller),
    ];
    let (_, mut batch) = context.db()?.batch_as(caller, now, statements).await?;
    let before: Option<SelfRow> = batch.first(0)?;
    let after: SelfRow = batch.first(2)?.ok_or_else(not_found)?;
    let replaced = before.and_then(|row| row.user.avatar_key);
    // The change is made; what stays behind goes with the next picture or with the account.
    let _ = forget(context, caller, replaced, after.user.avatar_key.as_deref()).await;
    Ok(after)
}

/// Deletes the picture that was replaced, and those of requests that died before they named
/// theirs.
async fn forget(
    context: &Context,
    caller: &Caller,
    replaced: Option<String>,
    current: Option<&str>,
) -> Result<()> {
    let files = context.files()?;
    let oldest = context.now_ms() - ABANDONED_MS;
    let stored = files.list(&avatar_folder(&caller.user_id), None).await?;
    let abandoned = stored
        .keys
        .into_iter()
        .filter(|key| stored_at(key).is_some_and(|at| at < oldest));
    let mut keys: Vec<_> = abandoned.chain(replaced).collect();
    keys.retain(|key| Some(key.as_str()) != current);
    files.delete(keys).await
}
