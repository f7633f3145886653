//! Engine.IO that sends back what it gets.

use std::rc::Rc;

use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use crate::CONFIGURATION;
use crate::alarm::Alarm;
use crate::host::engine::{Engine, Protocol};
use crate::host::{CloseReason, Forbidden, Message, Piece};

/// The object.
#[durable_object]
pub struct Echoes {
    engine: Engine<Echo>,
}

struct Echo {
    alarm: Alarm,
}

impl Protocol for Echo {
    type Data = ();

    fn open(&self, _: &Request, _: u64) -> std::result::Result<(), Forbidden> {
        Ok(())
    }

    fn save((): &()) -> Option<String> {
        Some(String::new())
    }

    fn restore(_: &str) -> Option<()> {
        Some(())
    }

    fn received(engine: &Engine<Self>, session: u32, message: Message) {
        let packet = match message {
            Message::Text(text) => Message::Text(format!("4{text}")),
            Message::Binary(bytes) => Message::Binary(bytes),
        };
        engine.send(session, &[Piece::new(packet)]);
    }

    fn writable(_: &Engine<Self>, _: u32) {}

    fn closed(_: &Engine<Self>, _: u32, (): (), _: CloseReason) {}

    fn next_due((): &()) -> Option<u64> {
        None
    }

    fn tick(_: &Engine<Self>, _: u32, _: u64) {}

    fn wake_at(&self, at: u64) {
        self.alarm.ring_by(at);
    }
}

impl DurableObject for Echoes {
    fn new(state: State, _: Env) -> Self {
        let state = Rc::new(state);
        let alarm = Alarm::new(state.clone());
        Self {
            engine: Engine::new(state, CONFIGURATION, Echo { alarm }),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        if request.path() == "/ping" {
            return Response::empty();
        }
        self.engine.request(request).await
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.engine.websocket_message(&socket, message);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _: usize, _: String, _: bool) -> Result<()> {
        self.engine.websocket_closed(&socket);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _: Error) -> Result<()> {
        self.engine.websocket_closed(&socket);
        Ok(())
    }

    async fn alarm(&self) -> Result<Response> {
        let alarm = &self.engine.protocol().alarm;
        alarm.rings().await;
        self.engine.alarm();
        alarm.has_rung().await;
        Response::empty()
    }
}
