//! Socket.IO with the handlers that the suite of the protocol expects.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use worker::{
    Delay, DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use crate::alarm::Alarm;
use crate::host::{
    Accept, Application, Arguments, Connect, Ended, Event, Forbidden, Frame, Host, Options,
    Refusal, SocketId,
};
use crate::{CONFIGURATION, SUITES};

/// The object.
#[durable_object]
pub struct Sockets {
    state: Rc<State>,
    /// Replaced when the object is told to lose its memory; never borrowed across an await.
    host: AssertUnwindSafe<RefCell<Host<Handlers>>>,
}

/// How long `/slow` is thought about.
const SLOW: Duration = Duration::from_secs(5);

fn host(state: &Rc<State>) -> Host<Handlers> {
    let options = match state.id().name().as_deref() {
        Some(SUITES) => Options {
            engine: CONFIGURATION,
            connect_timeout: 1_000,
            ..Options::default()
        },
        _ => Options {
            connect_timeout: 3_000,
            max_idle: 3,
            ..Options::default()
        },
    };
    let alarm = Alarm::new(state.clone());
    Host::new(state.clone(), options, Handlers { alarm })
}

impl Sockets {
    fn host(&self) -> Host<Handlers> {
        self.host.borrow().clone()
    }

    /// As after an eviction.
    fn forget(&self) -> Result<Response> {
        let host = host(&self.state);
        let found = host.session_count();
        self.host.replace(host);
        Response::ok(found.to_string())
    }
}

struct Handlers {
    alarm: Alarm,
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
        match connect.namespace.as_str() {
            "/" | "/custom" => {}
            "/slow" => Delay::from(SLOW).await,
            _ => return Err(Refusal::invalid_namespace()),
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
        self.alarm.ring_by(at);
    }
}

impl DurableObject for Sockets {
    fn new(state: State, _: Env) -> Self {
        let state = Rc::new(state);
        let host = AssertUnwindSafe(RefCell::new(host(&state)));
        Self { state, host }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match request.path().as_str() {
            "/ping" => return Response::empty(),
            "/forget" => return self.forget(),
            _ => {}
        }
        self.host().request(request).await
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.host().websocket_message(&socket, message);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _: usize, _: String, _: bool) -> Result<()> {
        self.host().websocket_closed(&socket);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _: Error) -> Result<()> {
        self.host().websocket_closed(&socket);
        Ok(())
    }

    async fn alarm(&self) -> Result<Response> {
        let host = self.host();
        let alarm = &host.application().alarm;
        alarm.rings().await;
        host.alarm();
        alarm.has_rung().await;
        Response::empty()
    }
}
