//! Messages on their way to clients: encoded once, however many sockets they go to.

use std::cell::OnceCell;
use std::rc::Rc;

use js_sys::{Object, Uint8Array};
use socket_io::engine::{Message, Outgoing, Wire};
use socket_io::socket;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::WebSocket;

/// One Socket.IO packet with its binary parts; cheap to clone.
#[derive(Clone)]
pub struct Frame(Rc<[Piece]>);

impl Frame {
    /// An event for sockets of this namespace; `arguments` are JSON texts.
    #[must_use]
    pub fn event(namespace: &str, name: &str, arguments: &[&str]) -> Self {
        Self::text(socket::event(namespace, name, arguments, None, 0))
    }

    /// An event with binary parts, whose places `{"_placeholder":true,"num":n}` marks.
    #[must_use]
    pub fn binary_event(
        namespace: &str,
        name: &str,
        arguments: &[&str],
        attachments: Vec<Vec<u8>>,
    ) -> Self {
        let header = socket::event(namespace, name, arguments, None, attachments.len());
        Self::with_attachments(header, attachments)
    }

    pub(super) fn text(packet: String) -> Self {
        Self(Rc::new([Piece::new(Message::Text(packet))]))
    }

    pub(super) fn with_attachments(header: String, attachments: Vec<Vec<u8>>) -> Self {
        let binary = attachments.into_iter().map(Message::Binary);
        let all = std::iter::once(Message::Text(header)).chain(binary);
        Self(all.map(Piece::new).collect())
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }
}

/// One WebSocket message: a whole packet with its type in front, or bytes.
#[derive(Clone)]
pub struct Piece(Rc<Content>);

struct Content {
    message: Message,
    /// The same for JavaScript, made when a WebSocket wants it first.
    value: OnceCell<JsValue>,
}

impl Piece {
    /// Text is taken as a whole packet: `4hello`.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self(Rc::new(Content {
            message,
            value: OnceCell::new(),
        }))
    }

    fn value(&self) -> &JsValue {
        self.0.value.get_or_init(|| match &self.0.message {
            Message::Text(text) => JsValue::from_str(text),
            Message::Binary(bytes) => Uint8Array::from(bytes.as_slice()).buffer().into(),
        })
    }

    /// Sends it. A socket that cannot take it is closed, and says so by its close event.
    pub(super) fn send_to(&self, socket: &WebSocket) {
        send(socket, self.value());
    }
}

impl Outgoing for Piece {
    fn wire(&self) -> Wire<'_> {
        self.0.message.wire()
    }
}

/// Sends a short packet.
pub(super) fn send_text(socket: &WebSocket, text: &str) {
    send(socket, &JsValue::from_str(text));
}

fn send(socket: &WebSocket, value: &JsValue) {
    let socket: &web_sys::WebSocket = socket.as_ref();
    let _ = socket.unchecked_ref::<Sender>().send(value);
}

#[wasm_bindgen]
extern "C" {
    /// A WebSocket to which one string is sent many times without copying it each time.
    #[wasm_bindgen(extends = Object)]
    type Sender;

    #[wasm_bindgen(method, catch)]
    fn send(this: &Sender, data: &JsValue) -> Result<(), JsValue>;
}
