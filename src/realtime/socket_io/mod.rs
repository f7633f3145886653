//! Socket.IO: the object side that knows no product, and the product's application on it.

// Whole, though each of its two users, the other being tests/socketio-fixture, uses parts of it.
#[allow(dead_code, unused_imports)]
pub mod host;
