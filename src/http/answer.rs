//! What handlers return beside errors.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, VARY,
};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use web_sys::ReadableStream;
use worker::WebSocket;
use worker::send::SendWrapper;

use crate::error::{Error, Result};
use crate::realtime::{RoomSocket, RoomStream};
use crate::storage::StoredFile;

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => Error::internal(error).into_response(),
        }
    }
}

/// 204.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// A body that streams from the runtime to the client without passing through Wasm.
pub struct Download {
    stream: SendWrapper<ReadableStream>,
    headers: Vec<(HeaderName, String)>,
    encoding: ContentEncoding,
}

/// How the bytes of a [`Download`] relate to what the client gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ContentEncoding {
    /// Sent as they are.
    AsIs,
    /// Stored compressed, sent compressed.
    Precompressed,
    /// Stored plain, compressed on the way by the runtime.
    CompressOnTheWay,
}

impl Download {
    /// A stored file of this media type, tagged as it is stored.
    ///
    /// # Errors
    /// When the file's body was taken before.
    pub fn file(file: StoredFile, content_type: &str) -> Result<Self> {
        let etag = file.etag();
        Ok(Self::stream(file.into_response_body()?, content_type).etag(etag))
    }

    fn stream(stream: ReadableStream, content_type: &str) -> Self {
        Self {
            stream: SendWrapper::new(stream),
            headers: vec![(CONTENT_TYPE, content_type.to_owned())],
            encoding: ContentEncoding::AsIs,
        }
    }

    /// Names the version of the body (quoted).
    pub fn etag(mut self, etag: String) -> Self {
        self.headers.retain(|(name, _)| *name != ETAG);
        self.headers.push((ETAG, etag));
        self
    }

    /// What a browser saves it as.
    pub fn file_name(mut self, name: &str) -> Self {
        let value = format!("attachment; filename=\"{name}\"");
        self.headers.push((CONTENT_DISPOSITION, value));
        self
    }

    /// Says something more about the body.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends gzip to who accepts it and plain bytes to who does not, whatever is stored.
    ///
    /// # Errors
    /// When the runtime cannot decompress.
    pub fn negotiate_gzip(mut self, is_stored_gzip: bool, accepts_gzip: bool) -> Result<Self> {
        self.headers.push((VARY, ACCEPT_ENCODING.to_string()));
        if accepts_gzip {
            self.headers.push((CONTENT_ENCODING, "gzip".into()));
        }
        match (is_stored_gzip, accepts_gzip) {
            (true, true) => self.encoding = ContentEncoding::Precompressed,
            (false, true) => self.encoding = ContentEncoding::CompressOnTheWay,
            (true, false) => self.stream = SendWrapper::new(gunzip(&self.stream.0)?),
            (false, false) => {}
        }
        Ok(self)
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response.extensions_mut().insert(RuntimeBody {
            stream: Arc::new(Mutex::new(Some(self.stream))),
            is_encoded: self.encoding == ContentEncoding::Precompressed,
        });
        response
    }
}

/// The runtime decompresses in native code, chunk by chunk.
fn gunzip(stream: &ReadableStream) -> Result<ReadableStream> {
    let failed = |_| Error::internal("the runtime cannot decompress");
    let pair = DecompressionStream::new("gzip").map_err(failed)?;
    Ok(stream.pipe_through(pair.unchecked_ref()))
}

#[wasm_bindgen]
extern "C" {
    /// https://compression.spec.whatwg.org/#decompression-stream
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> std::result::Result<DecompressionStream, JsValue>;
}

/// Server-sent events (https://html.spec.whatwg.org/#server-sent-events).
pub struct EventStream(Response);

impl EventStream {
    /// Events that a room writes.
    pub fn live(stream: RoomStream) -> Self {
        Self(Download::stream(stream.into_inner(), EVENT_STREAM).into_response())
    }

    /// One event and the end.
    pub fn of_one(name: &str, data: &Value) -> Self {
        let text = format!("event: {name}\ndata: {data}\n\n");
        Self(([(CONTENT_TYPE, EVENT_STREAM)], text).into_response())
    }
}

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        let mut response = self.0;
        let no_store = HeaderValue::from_static("no-store, no-transform");
        response.headers_mut().insert(CACHE_CONTROL, no_store);
        response
    }
}

const EVENT_STREAM: &str = "text/event-stream";

/// 101: from here on the connection is a socket (RFC 6455).
pub struct Upgraded(pub RoomSocket);

impl IntoResponse for Upgraded {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
        let socket = RuntimeSocket(self.0.into_inner());
        response.extensions_mut().insert(socket);
        response
    }
}

/// A socket on its way to the gateway.
#[derive(Clone)]
pub(super) struct RuntimeSocket(pub(super) SendWrapper<WebSocket>);

/// A body of the runtime on its way to the gateway; axum's own body stays empty.
#[derive(Clone)]
pub(super) struct RuntimeBody {
    stream: Arc<Mutex<Option<SendWrapper<ReadableStream>>>>,
    pub(super) is_encoded: bool,
}

impl RuntimeBody {
    pub(super) fn take(&self) -> Option<ReadableStream> {
        self.stream.lock().ok()?.take().map(|stream| stream.0)
    }
}
