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
        Some(length) if length <= limit => request.bytes().await.map_err(lost),
        _ => read_stream(request, limit).await,
    }
}

/// What is read of a body that is too large: who answers in the middle of it is not heard.
const MAX_DRAINED_BYTES: usize = 16 << 20;

async fn read_stream(request: &mut Request, limit: usize) -> Result<Vec<u8>, CloseReason> {
    let (mut body, mut length) = (Vec::new(), 0_usize);
    // No stream: no body.
    let Ok(mut stream) = request.stream() else {
        return Ok(body);
    };
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(lost)?;
        length = length.saturating_add(chunk.len());
        if length > MAX_DRAINED_BYTES {
            break;
        }
        if length <= limit {
            body.extend_from_slice(&chunk);
        }
    }
    if length > limit {
        return Err(CloseReason::TooLarge);
    }
    Ok(body)
}

fn lost(_: worker::Error) -> CloseReason {
    CloseReason::TransportLost
}
