//! The way of a client's request through the Worker into the lobby that holds its session.

use dialect::Target;
use http::HeaderMap;
use worker::{Headers, Request, Response, ResponseBuilder};

use super::address::{lobby_for, lobby_of};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::hash::random;
use crate::http::cors;
use crate::limits::{SERVICE, spend};
use crate::realtime::lobbies::LOBBIES;
use crate::telemetry::Operation;

/// The session id leads nowhere: the client begins anew.
const UNKNOWN_SESSION: &str = r#"{"code":1,"message":"Session ID unknown"}"#;

/// Whether a path is that of Socket.IO, which answers in a protocol of its own.
pub fn is_entrance(path: &str) -> bool {
    path == "/socket.io"
}

/// Passes a request on: to a lobby near the client, or to where its session is.
///
/// # Errors
/// When the client's address is over its budget, or the lobby does not answer.
pub async fn enter(context: &Context, request: Request, headers: &HeaderMap) -> Result<Response> {
    let address = context.has_address().then(|| context.address());
    if let Some(address) = address {
        spend(context, &SERVICE, address)?;
    }
    let url = Target::of(&request.inner().url());
    let session_id = url.parameter("sid");
    let lobby = match &session_id {
        None => Some(lobby_for(address, random::<1>()[0])),
        Some(session_id) => lobby_of(session_id).map(str::to_owned),
    };
    let response = match lobby {
        Some(lobby) => pass(context, &lobby, request).await,
        None => ResponseBuilder::new()
            .with_status(400)
            .with_header("content-type", "application/json")
            .map(|builder| builder.fixed(UNKNOWN_SESSION.into())),
    };
    let response = response.map_err(|error| Error::Unavailable(format!("lobby: {error}")))?;
    if response.status_code() == 101 {
        return Ok(response);
    }
    with_cors(response, headers).map_err(Error::internal)
}

async fn pass(context: &Context, lobby: &str, request: Request) -> worker::Result<Response> {
    context.meter().add(Operation::Object, 1);
    let lobby = context.env().durable_object(LOBBIES)?.get_by_name(lobby)?;
    lobby.fetch_with_request(request).await
}

/// Polls of a page of another origin carry its cookie only if the answer names that origin.
fn with_cors(response: Response, request: &HeaderMap) -> worker::Result<Response> {
    let mut headers: HeaderMap = HeaderMap::new();
    cors::allow_origin_of(request, &mut headers);
    let all = Headers::new();
    for (name, value) in response.headers().entries() {
        all.set(&name, &value)?;
    }
    for (name, value) in &headers {
        all.set(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    all.set("cache-control", "no-store")?;
    Ok(response.with_headers(all))
}
