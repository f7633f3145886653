//! Socket.IO: the object side that knows no product, and the product's application on it.

pub mod host;
