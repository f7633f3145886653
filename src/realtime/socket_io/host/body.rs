//! Bodies of posts.

use futures::StreamExt;
use socket_io::engine::CloseReason;
use worker::Request;

/// Reads a body of at most `limit` bytes as text.
pub(super) async fn read_text(request: &mut Request, limit: usize) -> Result<String, CloseReason> {
    let bytes = read(request, limit).await?;
    String::from_utf8(bytes).map_err(|_| CloseReason::ProtocolError)
}

async fn read(request: &mut Request, limit: usize) -> Result<Vec<u8>, CloseReason> {
    let announced = request.headers().get("content-length").ok().flatten();
    match announced.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > limit => Err(CloseReason::TooLarge),
        Some(_) => request.bytes().await.map_err(lost),
        None => read_stream(request, limit).await,
    }
}

async fn read_stream(request: &mut Request, limit: usize) -> Result<Vec<u8>, CloseReason> {
    let mut body = Vec::new();
    // No stream: no body.
    let Ok(mut stream) = request.stream() else {
        return Ok(body);
    };
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk.map_err(lost)?);
        if body.len() > limit {
            return Err(CloseReason::TooLarge);
        }
    }
    Ok(body)
}

fn lost(_: worker::Error) -> CloseReason {
    CloseReason::TransportLost
}
