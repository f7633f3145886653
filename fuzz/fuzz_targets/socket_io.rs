//! Socket.IO: whatever a client sends is read or refused, without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socket_io::engine::Message;
use socket_io::socket::{Limits, Received, Session};

fuzz_target!(|messages: Vec<Result<&str, &[u8]>>| {
    let mut session = Session::default();
    for message in messages {
        let message = match message {
            Ok(text) => Message::Text(text.into()),
            Err(bytes) => Message::Binary(bytes.into()),
        };
        match session.receive(message, &Limits::default()) {
            Ok(Some(Received::Connect { socket, .. })) => assert!(session.accept(socket)),
            Ok(_) => {}
            Err(_) => return,
        }
    }
});
