//! Outpost: the backend of an offline-first mobile app, at the edge.
//!
//! This file holds the entry points and no logic. `src/` is the platform, `functions/` the
//! product, `crates/` what knows no Worker. Start at `router.rs` for a URL, at `jobs/` for
//! background work.

use worker::{
    Context as RuntimeContext, Env, MessageBatch, ScheduleContext, ScheduledEvent, event,
};

mod auth;
mod config;
mod context;
mod db;
mod engine;
mod error;
mod faults;
mod hash;
mod http;
mod jobs;
mod limits;
mod mail;
mod maintenance;
mod openapi;
mod outbound;
mod privacy;
mod push;
mod realtime;
mod router;
mod storage;
mod telemetry;
mod time;

#[path = "../functions/mod.rs"]
mod functions;

#[cfg(not(target_arch = "wasm32"))]
pub use router::document as api_document;

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(
    request: worker::Request,
    env: Env,
    runtime: RuntimeContext,
) -> worker::Result<worker::Response> {
    http::serve(request, env, runtime).await
}

#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, _: RuntimeContext) -> worker::Result<()> {
    jobs::consume(batch, env).await;
    Ok(())
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _: ScheduleContext) {
    maintenance::run(&event.cron(), env).await;
}
