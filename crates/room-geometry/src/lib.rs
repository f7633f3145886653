//! What a cloud of points says about the room it was taken in.

pub mod model;
