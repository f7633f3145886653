//! Who connects (CONTRACT 2.2, K32): a good token is always needed, wherever it travels, and its
//! subject decides the room. A user id alone opens nothing.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::host::Refusal;
use crate::auth::{Caller, Scope, bearer, find_ended, token_of_cookie};
use crate::context::Context;
use crate::error::Error;

/// What a handshake has to say of its client, kept until the CONNECTs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Handshake {
    token: Option<String>,
    cookie: Option<String>,
    user_id: Option<String>,
}

impl Handshake {
    /// Of the first request of a session.
    pub fn of(headers: &HeaderMap, query: &[(String, String)]) -> Self {
        let parameter = |names: &[&str]| {
            let found = query
                .iter()
                .find(|(name, _)| names.contains(&name.as_str()));
            found.map(|(_, value)| value.clone())
        };
        let token = bearer(headers)
            .map(str::to_owned)
            .or_else(|| parameter(&TOKEN_NAMES));
        Self {
            // The cookie counts only where nothing better was given.
            cookie: token
                .is_none()
                .then(|| token_of_cookie(headers).map(str::to_owned))
                .flatten(),
            token,
            user_id: parameter(&USER_NAMES),
        }
    }
}

const TOKEN_NAMES: [&str; 3] = ["token", "accessToken", "access_token"];
const USER_NAMES: [&str; 2] = ["userId", "user_id"];

/// Whoever the CONNECT packet or else the handshake names, if the token is good. Whether its session
/// lives is [`expect_live`]'s question.
///
/// # Errors
/// With the message `Unauthorized`; `data.code` says why.
pub async fn identify(
    context: &Context,
    handshake: &Handshake,
    auth: &Value,
) -> Result<Caller, Refusal> {
    let named = |names: &[&str]| {
        let values = names.iter().filter_map(|name| auth.get(*name)?.as_str());
        values.map(str::to_owned).next()
    };
    let token = named(&TOKEN_NAMES).or_else(|| handshake.token.clone());
    let token = token
        .as_deref()
        .map(|token| token.strip_prefix("Bearer ").unwrap_or(token));
    let caller = match (token, &handshake.cookie) {
        (Some(token), _) => Caller::of_token(context, token).await,
        (None, Some(cookie)) => Caller::of_socket_token(context, cookie).await,
        (None, None) => Err(Error::TokenInvalid("An access token is required".into())),
    };
    let caller = caller.and_then(|caller| caller.expect_scope(Scope::Read).map(|()| caller));
    let caller = caller.map_err(|error| unauthorized(&error))?;
    let claimed = named(&USER_NAMES).or_else(|| handshake.user_id.clone());
    if claimed.is_some_and(|claimed| claimed != caller.user_id) {
        return Err(unauthorized(&Error::TokenInvalid(
            "The token is another user's".into(),
        )));
    }
    Ok(caller)
}

/// Refuses a session that has ended.
///
/// # Errors
/// As [`identify`].
pub async fn expect_live(context: &Context, session_id: &str) -> Result<(), Refusal> {
    match find_ended(context, &[session_id.to_owned()]).await {
        Ok(ended) if !ended.is_empty() => Err(unauthorized(&Error::TokenInvalid(
            "Token has been revoked".into(),
        ))),
        // The lobby asks again later.
        _ => Ok(()),
    }
}

fn unauthorized(error: &Error) -> Refusal {
    if error.log_detail().is_some() {
        return Refusal::for_now();
    }
    let data = serde_json::json!({"code": error.code(), "message": error.message()});
    Refusal {
        data: Some(data.to_string()),
        ..Refusal::because("Unauthorized")
    }
}
