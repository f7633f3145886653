//! A detour for WebSockets around a fault of the local runtime.
//!
//! In workerd, when an object closes a hibernating WebSocket whose client has never sent a
//! frame, the closing handshake is done but the TCP connection stays open, and clients that wait
//! for its end see no `close` for half a minute. The suites wait for just that. When the Worker
//! passes the frames on itself, the connection ends.

use futures::StreamExt;
use futures::future::join;
use wasm_bindgen_futures::spawn_local;
use web_sys::BinaryType;
use worker::{Response, Result, WebSocket, WebSocketPair, WebsocketEvent};

/// The answer of an object, with the Worker between its WebSocket and the client's.
pub fn relayed(answer: Response) -> Result<Response> {
    let Some(object) = answer.websocket() else {
        return Response::error("no WebSocket", 500);
    };
    let WebSocketPair { client, server } = WebSocketPair::new()?;
    for socket in [&object, &server] {
        let raw: &web_sys::WebSocket = socket.as_ref();
        raw.set_binary_type(BinaryType::Arraybuffer);
        socket.accept()?;
    }
    spawn_local(async move {
        join(pass_on(&object, &server), pass_on(&server, &object)).await;
    });
    Response::from_websocket(client)
}

async fn pass_on(from: &WebSocket, to: &WebSocket) {
    let Ok(mut events) = from.events() else {
        return;
    };
    while let Some(Ok(event)) = events.next().await {
        let result = match event {
            WebsocketEvent::Message(message) => match (message.text(), message.bytes()) {
                (Some(text), _) => to.send_with_str(text),
                (None, Some(bytes)) => to.send_with_bytes(bytes),
                (None, None) => Ok(()),
            },
            WebsocketEvent::Close(close) => {
                to.close(Some(sendable(close.code())), Some(close.reason()))
            }
        };
        if result.is_err() {
            break;
        }
    }
}

/// Codes that only a runtime may report stand for an ordinary end.
fn sendable(code: u16) -> u16 {
    match code {
        1004..=1006 | 1015 => 1000,
        code => code,
    }
}
