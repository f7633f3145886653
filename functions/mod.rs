//! The serverless functions: one folder per product area. None names another.

pub mod admin;
pub mod auth;
pub mod health;
pub mod mailbox;
pub mod oauth;
pub mod organizations;
pub mod realtime;
pub mod rooms;
pub mod sync;
pub mod users;
