//! Socket.IO in a Durable Object, without a word about any product: this folder is also compiled
//! into the small Worker that the official protocol suites run against.
//!
//! The host's methods, on a handle that is cheap to clone (`Host<A>`):
//!
//! ```text
//! Host::new(state: Rc<State>, configuration, application) -> Host<A>   in the object's constructor;
//!                                    finds hibernated sockets again by their attachments
//! application() -> &A
//!
//! // entry points, to be called by the object
//! async request(Request) -> Result<Response>              everything under /socket.io/
//! websocket_message(&WebSocket, WebSocketIncomingMessage)
//! websocket_closed(&WebSocket)                            for close and error
//! alarm()                                                 heartbeats, timeouts; calls wake_at again
//! next_due() -> Option<u64>                               ms since 1970
//!
//! // to sockets; SocketId is Copy and valid while this object is in memory
//! send(socket, &Frame)                                    nothing happens when it is gone
//! broadcast(impl IntoIterator<Item = SocketId>, &Frame)   one string for all of them
//! room(socket) -> usize                                   bytes of the window left; 0: wait for writable
//! ask(socket, name, arguments) -> Option<u64>             an event that wants an acknowledgement
//! acknowledge(socket, ack, arguments)
//! disconnect(socket), close_session(socket)
//!
//! // about sockets
//! with_state(socket, |&mut State| ..) -> Option<R>        stored lazily: within 2 s, at the latest by the alarm
//! save(socket)                                            stored now
//! sockets() -> Vec<SocketId>, namespace(socket), session_count()
//!
//! Frame::event(namespace, name, &[json, ..])              encoded once, also with binary parts
//! ```
