//! Liveness, readiness and the app's connection test (CONTRACT 10.5, R1, Q17, Q18).

use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::auth::{Caller, bearer, find_live_key};
use crate::config::VERSION;
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::{Json, Routes, public, route};
use crate::limits::{GENERAL, UNLIMITED};
use crate::openapi::ErrorAnswers;
use crate::telemetry::Level;
use crate::time::rfc3339;

/// The routes of this area.
pub fn routes() -> Routes {
    Routes::new()
        .add(public(&UNLIMITED), route!(check_liveness))
        .add(public(&UNLIMITED), route!(check_readiness))
        .add(public(&GENERAL), route!(check_connection))
}

#[derive(Serialize, ToSchema)]
struct Alive {
    /// Always `ok`.
    status: &'static str,
}

/// Say that the Worker runs.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Alive)))]
async fn check_liveness() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

#[derive(Serialize, ToSchema)]
struct Readiness {
    /// `ok` or `unavailable`.
    status: &'static str,
    checks: Checks,
}

/// Each is `ok` or `failed`.
#[derive(Serialize, ToSchema)]
struct Checks {
    d1: &'static str,
    kv: &'static str,
    r2: &'static str,
    queue: &'static str,
    #[serde(rename = "do")]
    durable_objects: &'static str,
}

/// Touch every binding and say which of them answer.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses(
        (status = 200, body = Readiness),
        (status = 503, description = "As 200, beside the envelope of every error", body = Readiness)))]
async fn check_readiness(context: Context) -> Response {
    let (d1, kv, r2, durable_objects, queue) = futures::join!(
        ask_database(&context),
        async { context.cache()?.get("health").await.map(|_| ()) },
        async { context.files()?.ping().await },
        async { context.rooms()?.ping().await },
        async { context.job_queue()?.ping().await },
    );
    let word = |name: &str, check: Result<()>| match check {
        Ok(()) => "ok",
        Err(error) => {
            let message = format!("Readiness check of {name} failed");
            context
                .record(Level::Error, message)
                .with("error", error.log_detail())
                .write();
            "failed"
        }
    };
    let checks = Checks {
        d1: word("d1", d1),
        kv: word("kv", kv),
        r2: word("r2", r2),
        queue: word("queue", queue),
        durable_objects: word("do", durable_objects),
    };
    let all = [
        checks.d1,
        checks.kv,
        checks.r2,
        checks.queue,
        checks.durable_objects,
    ];
    if all.iter().all(|word| *word == "ok") {
        return Json(Readiness {
            status: "ok",
            checks,
        })
        .into_response();
    }
    let (status, envelope) = Error::Unavailable("not ready".into()).envelope(&context);
    let mut body = json!(Readiness {
        status: "unavailable",
        checks
    });
    if let (Value::Object(body), Value::Object(envelope)) = (&mut body, envelope) {
        body.extend(envelope);
    }
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn ask_database(context: &Context) -> Result<()> {
    let ask = Statement::new("select id from users where id = 'nobody'");
    context.db()?.first::<Value>(ask).await.map(|_| ())
}

#[derive(Serialize, ToSchema)]
struct Connection {
    /// Always `ok`.
    status: &'static str,
    /// The server's version.
    version: &'static str,
    /// The server's time.
    time: String,
}

/// Test the connection, and the API key or token if one is sent.
#[utoipa::path(get, path = "/api/v1/health", tag = "health",
    responses((status = 200, body = Connection), ErrorAnswers), security((), ("api_key" = []), ("token" = [])))]
async fn check_connection(context: Context, headers: HeaderMap) -> Result<Json<Connection>> {
    if let Some(credential) = bearer(&headers) {
        check_credential(&context, credential).await?;
    }
    Ok(Json(Connection {
        status: "ok",
        version: VERSION,
        time: rfc3339(context.now_ms()),
    }))
}

/// A token has two dots; a key has none.
async fn check_credential(context: &Context, credential: &str) -> Result<()> {
    if credential.contains('.') {
        let caller = Caller::of_token(context, credential).await?;
        return context
            .db()?
            .batch_as(&caller, context.now_ms(), vec![])
            .await
            .map(|_| ());
    }
    let key = find_live_key(&sha256_hex(credential.as_bytes()));
    match context.db()?.first::<Value>(key).await? {
        Some(_) => Ok(()),
        None => Err(Error::ApiKeyInvalid),
    }
}
