//! A Worker for the official protocol suites: Socket.IO under `/socket.io/` with the namespaces
//! `/` and `/custom`, and an echo of Engine.IO messages under `/engine.io/`. It compiles the
//! same host that Outpost does.
//!
//! `?object=` chooses another object for Socket.IO, which has Outpost's times and limits instead of
//! what the suites expect, but for few idle sessions and an early end of them. `/forget?object=` makes
//! it lose its memory, and answers how many sessions it found again.

#[path = "../../../src/realtime/socket_io/host/mod.rs"]
#[allow(dead_code, unused_imports)] // A product uses more of the host than the suites do.
mod host;

#[path = "../../../src/realtime/alarm.rs"]
#[allow(dead_code)] // Likewise.
mod alarm;
mod echo;
mod relay;
mod sockets;

use host::{Configuration, Rate};
use worker::{Context, Env, Headers, Method, Request, Response, Result, Stub, event};

/// What the suites expect.
const CONFIGURATION: Configuration = Configuration {
    ping_interval: 300,
    ping_timeout: 200,
    upgrade_timeout: 10_000,
    max_payload: 1_000_000,
    window: 256 << 10,
    max_buffered: 16 << 20,
    rate: Rate::per_second(10_000),
};

/// The object that the suites use.
const SUITES: &str = "only";

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let path = request.path();
    if request.method() == Method::Options {
        return with_cors(&request, Response::empty()?.with_status(204));
    }
    if path.starts_with("/health/") {
        ask(&env, "ECHOES", "https://object/ping").await?;
        ask(&env, "SOCKETS", "https://object/ping").await?;
        return Response::ok("ready");
    }
    if path == "/forget" {
        return object(&env, "SOCKETS", &request)?
            .fetch_with_request(request)
            .await;
    }
    let binding = match path.as_str() {
        "/engine.io/" | "/engine.io" => "ECHOES",
        "/socket.io/" | "/socket.io" => "SOCKETS",
        _ => return Response::error("no such page", 404),
    };
    let object = object(&env, binding, &request)?;
    let headers = request.clone()?;
    let answer = object.fetch_with_request(request).await?;
    let is_new = !headers.url()?.query_pairs().any(|(name, _)| name == "sid");
    match answer.status_code() {
        // The others speak at once.
        101 if is_new => relay::relayed(answer),
        101 => Ok(answer),
        _ => with_cors(&headers, answer),
    }
}

fn object(env: &Env, binding: &str, request: &Request) -> Result<Stub> {
    let url = request.url()?;
    let chosen = url.query_pairs().find(|(name, _)| name == "object");
    let name = chosen.map_or(SUITES.into(), |(_, name)| name);
    env.durable_object(binding)?.get_by_name(&name)
}

async fn ask(env: &Env, binding: &str, url: &str) -> Result<()> {
    let object = env.durable_object(binding)?.get_by_name(SUITES)?;
    object.fetch_with_str(url).await?;
    Ok(())
}

/// Any page may ask, without cookies.
fn with_cors(request: &Request, answer: Response) -> Result<Response> {
    let headers = Headers::new();
    for (name, value) in answer.headers().entries() {
        headers.set(&name, &value)?;
    }
    headers.set("access-control-allow-origin", "*")?;
    if let Some(asked) = request.headers().get("access-control-request-headers")? {
        headers.set("access-control-allow-headers", &asked)?;
        headers.set("access-control-allow-methods", "GET, POST")?;
    }
    Ok(answer.with_headers(headers))
}
