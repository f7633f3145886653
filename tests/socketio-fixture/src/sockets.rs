//! Socket.IO with the handlers that the suite of the protocol expects.

use std::rc::Rc;

use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use crate::host::{
    Accept, Application, Arguments, Connect, Ended, Event, Forbidden, Frame, Host, Limits, Options,
    Refusal, SocketId,
};
use crate::wake::Wake;
use crate::{CONFIGURATION, CONNECT_TIMEOUT_MS};

/// The object.
#[durable_object]
pub struct Sockets {
    host: Host<Handlers>,
}

struct Handlers {
    wake: Wake,
}

impl Application for Handlers {
    /// The client's `auth`, as JSON.
    type State = String;

    fn handshake(&self, _: &Request) -> std::result::Result<String, Forbidden> {
        Ok(String::new())
    }

    async fn connect(
        &self,
        _: &Host<Self>,
        connect: Connect,
    ) -> std::result::Result<Accept<String>, Refusal> {
        if !matches!(connect.namespace.as_str(), "/" | "/custom") {
            return Err(Refusal::invalid_namespace());
        }
        let auth = connect.auth.map(|auth| auth.get().to_owned());
        Ok(Accept {
            sid: None,
            pid: None,
            state: auth.unwrap_or_else(|| "{}".into()),
        })
    }

    async fn connected(&self, host: &Host<Self>, socket: SocketId) {
        let auth = host.look_at_state(socket, String::clone);
        if let Some((auth, namespace)) = auth.zip(host.namespace(socket)) {
            host.send(socket, &Frame::event(&namespace, "auth", &[&auth]));
        }
    }

    async fn event(&self, host: &Host<Self>, socket: SocketId, event: Event) {
        let Arguments {
            values,
            attachments,
        } = event.arguments;
        let values: Vec<&str> = values.iter().map(|value| value.get()).collect();
        match (event.name.as_str(), event.ack) {
            ("message", _) => {
                let Some(namespace) = host.namespace(socket) else {
                    return;
                };
                let back = Frame::binary_event(&namespace, "message-back", &values, attachments);
                host.send(socket, &back);
            }
            ("message-with-ack", Some(ack)) => {
                host.acknowledge(socket, ack, &values, attachments);
            }
            // Not of the suite: the client is asked for an acknowledgement.
            ("ask-me", _) => {
                host.ask(socket, "question", &values);
            }
            // Not of the suite: puts the client out.
            ("put-me-out", _) => host.disconnect(socket),
            _ => {}
        }
    }

    async fn acknowledged(
        &self,
        host: &Host<Self>,
        socket: SocketId,
        _: u64,
        arguments: Arguments,
    ) {
        let Some(namespace) = host.namespace(socket) else {
            return;
        };
        let values: Vec<&str> = arguments.values.iter().map(|value| value.get()).collect();
        let heard = Frame::binary_event(&namespace, "heard", &values, arguments.attachments);
        host.send(socket, &heard);
    }

    async fn disconnected(&self, _: &Host<Self>, _: SocketId, _: String, _: Ended) {}

    async fn writable(&self, _: &Host<Self>, _: SocketId) {}

    fn wake_at(&self, at: u64) {
        self.wake.at(at);
    }
}

impl DurableObject for Sockets {
    fn new(state: State, _: Env) -> Self {
        let state = Rc::new(state);
        let wake = Wake::new(state.clone());
        let options = Options {
            engine: CONFIGURATION,
            limits: Limits::default(),
            connect_timeout: CONNECT_TIMEOUT_MS,
        };
        Self {
            host: Host::new(state, options, Handlers { wake }),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        if request.path() == "/ping" {
            return Response::empty();
        }
        self.host.request(request).await
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.host.websocket_message(&socket, message);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _: usize, _: String, _: bool) -> Result<()> {
        self.host.websocket_closed(&socket);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _: Error) -> Result<()> {
        self.host.websocket_closed(&socket);
        Ok(())
    }

    async fn alarm(&self) -> Result<Response> {
        self.host.application().wake.rang();
        self.host.alarm();
        Response::empty()
    }
}
