//! Changing the password.

use deserr::Deserr;
use utoipa::ToSchema;

use super::login::MAX_CHARACTERS;
use super::sessions::{announce, end_others};
use crate::auth::passwords::{self, Check};
use crate::auth::{Caller, NewPassword};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, FieldError, Result};
use crate::http::{FieldErrors, Input, JsonBody, NoContent, Text};
use crate::jobs::wake_later;
use crate::limits::guesses::{self, Source};
use crate::mail::NewMail;
use crate::openapi::ErrorAnswers;

/// The old password and the new one.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct ChangePassword {
    /// Left out only by an account that has none yet.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    current_password: Option<Text<1, MAX_CHARACTERS>>,
    /// 8 to 128 characters of any kind.
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    new_password: NewPassword,
}

impl Input for ChangePassword {}

row! {
    struct PasswordRow {
        password_hash: Option<String>,
    }
}

/// Change the password. All other devices are signed out, and a mail tells the user.
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "auth", request_body = ChangePassword,
    responses((status = 204), ErrorAnswers))]
pub async fn change_password(
    context: Context,
    caller: Caller,
    JsonBody(input): JsonBody<ChangePassword>,
) -> Result<NoContent> {
    let now = context.now_ms();
    let find =
        Statement::new("select password_hash from users where id = ?1").bind(&caller.user_id);
    let (_, mut batch) = context.db()?.batch_as(&caller, now, vec![find]).await?;
    let stored = batch
        .first::<PasswordRow>(0)?
        .and_then(|row| row.password_hash);

    if let Some(stored) = &stored {
        let current = input
            .current_password
            .ok_or_else(|| Error::field(FieldError::missing("current_password")))?;
        // A stolen session must not become a way to guess without limits.
        let source = Source::Device(&caller.session_id);
        let guess = guesses::begin(&context, &caller.user_id, source).await?;
        let check = passwords::check(&current.0, Some(stored))?;
        guess.finish(&context, check != Check::Wrong).await?;
        if check == Check::Wrong {
            // Not 401: the session is good, and clients would sign in again.
            let error = FieldError::invalid("current_password", "This is not the current password");
            return Err(Error::field(error));
        }
    }

    let hash = passwords::hash(&input.new_password.0)?;
    let change = Statement::new(
        "update users
         set password_hash = ?4, password_changed_at = ?5, updated_at = ?5
         where id = ?1
           and password_hash is ?3
           and exists (select 1 from live_sessions where session_id = ?2)
         returning id",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(stored)
    .bind(&hash)
    .bind(now);
    let mail = NewMail::of_request(&context);
    let mut statements = vec![change, end_others(&caller, now)];
    statements.extend(mail.password_changed(&caller.user_id, &hash));
    let job = statements.len() - 1;
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    if batch.first::<serde_json::Value>(0)?.is_none() {
        return Err(Error::Conflict("The password was changed meanwhile".into()));
    }
    announce(&context, &caller, batch.all(1)?);
    if batch.first::<serde_json::Value>(job)?.is_some() {
        wake_later(&context, mail.id);
    }
    Ok(NoContent)
}
