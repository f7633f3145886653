//! Signed requests (CONTRACT 10.8): checked where a signature is sent, demanded where the key says
//! so.
//!
//! A small body is read and checked before the handler runs. A route that streams its body checks
//! it with [`settle_signature`] before it keeps anything.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, Method};
use request_signature::{NONCE_LIFETIME_MS, SignatureError, Signed};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::app_key::app_key_hash;
use super::caller::Caller;
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::{BodyReader, read_small_body};

/// The digest of a body that is read chunk by chunk, as it came over the wire.
pub type BodyDigest = Arc<Mutex<Sha256>>;

/// A signature that waits for the end of a streamed body.
#[derive(Clone)]
pub struct PendingSignature {
    signed: Signed,
    key_hash: String,
    method: Method,
}

/// Checks the signature of a request, if it has one or must have one.
///
/// # Errors
/// [`Error::SignatureInvalid`] for a signature that is not good or was used before;
/// [`Error::PermissionDenied`] when it is missing.
pub async fn check_signature(
    context: &Context,
    caller: Option<&Caller>,
    request: Request,
    is_streamed: bool,
) -> Result<Request> {
    let Some(signed) = read(request.headers())? else {
        return expect_no_need(caller, request);
    };
    let now = context.now_ms();
    signed.check_time(now).map_err(refused)?;
    let method = request.method().clone();
    let headers_key = app_key_hash(request.headers());
    if is_streamed {
        let key_hash = use_nonce(context, caller, headers_key, &signed, now).await?;
        let pending = PendingSignature {
            signed,
            key_hash,
            method,
        };
        let mut request = request;
        request.extensions_mut().insert(pending);
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = read_small_body(BodyReader::of(&parts, body)).await?;
    let key = headers_key.or_else(|| key_of_login(caller, &bytes));
    let key_hash = use_nonce(context, caller, key, &signed, now).await?;
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    signed
        .verify(&key_hash, method.as_str(), context.target(), &digest)
        .map_err(refused)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Checks the signature of a streamed request, once its body was read to the end.
///
/// # Errors
/// [`Error::SignatureInvalid`].
pub fn settle_signature(context: &Context, pending: Option<&PendingSignature>) -> Result<()> {
    let Some(pending) = pending else {
        return Ok(());
    };
    let digest = context
        .body_digest()
        .and_then(|digest| digest.lock().ok().map(|digest| digest.clone().finalize()))
        .ok_or_else(|| Error::internal("the body of a signed request has no digest"))?;
    pending
        .signed
        .verify(
            &pending.key_hash,
            pending.method.as_str(),
            context.target(),
            &digest.into(),
        )
        .map_err(refused)
}

fn read(headers: &HeaderMap) -> Result<Option<Signed>> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    Signed::parse(text("x-timestamp"), text("x-nonce"), text("x-signature")).map_err(refused)
}

fn expect_no_need(caller: Option<&Caller>, request: Request) -> Result<Request> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read && caller.is_some_and(|caller| caller.must_sign) {
        return Err(Error::PermissionDenied(
            "This API key wants its requests signed: X-Signature is missing".into(),
        ));
    }
    Ok(request)
}

/// A login has no session yet: it is signed with the very key that it presents.
fn key_of_login(caller: Option<&Caller>, body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Login {
        #[serde(alias = "apiKey")]
        api_key: String,
    }
    if caller.is_some() {
        return None;
    }
    let login: Login = serde_json::from_slice(body).ok()?;
    Some(sha256_hex(login.api_key.as_bytes()))
}

row! {
    struct NonceRow {
        key_hash: String,
    }
}

/// Uses up the nonce, and tells the hash of the key that must have signed: the app's, else the one
/// that opened the session.
async fn use_nonce(
    context: &Context,
    caller: Option<&Caller>,
    key_hash: Option<String>,
    signed: &Signed,
    now: i64,
) -> Result<String> {
    let session_id = caller.map(|caller| caller.session_id.as_str());
    let insert = Statement::new(
        "insert into request_nonces (key_hash, nonce, expires_at)
         select k.key_hash, ?3, ?4
         from api_keys k
         where k.key_hash = coalesce(?1, (select key_hash from live_sessions where session_id = ?2))
           and k.revoked_at is null
         on conflict do nothing
         returning key_hash",
    )
    .bind(key_hash)
    .bind(session_id)
    .bind(signed.nonce())
    .bind(now + NONCE_LIFETIME_MS);
    let row: Option<NonceRow> = context.db()?.first(insert).await?;
    row.map(|row| row.key_hash).ok_or_else(|| {
        Error::SignatureInvalid(
            "X-Nonce was used before, or there is no API key to check the signature with".into(),
        )
    })
}

/// Forgets nonces whose timestamps are too old to be accepted.
pub fn forget_nonces(now: i64) -> Statement {
    Statement::new("delete from request_nonces where expires_at < ?1").bind(now)
}

fn refused(error: SignatureError) -> Error {
    Error::SignatureInvalid(error.to_string())
}
