//! HTTP on both sides of the router: requests in, answers out, typed input, shared answers.

mod about;
mod answer;
mod body;
pub mod cors;
mod etag;
mod gateway;
mod guard;
mod idempotency;
mod inner;
mod input;
mod paging;
mod present;
mod range;
mod routes;

pub use about::About;
pub use answer::{Download, EventStream, Json, NoContent, Upgraded};
pub use body::{BodyReader, Encoding, next_chunk, read_bytes, read_small_body};
pub use gateway::{read_headers, serve};
pub use guard::{Upgrade, guard};
pub use idempotency::{IDEMPOTENCY_KEY, REPLAYED, forget_idempotency_keys};
pub use inner::{InnerAnswer, InnerCalls, InnerRequest};
pub use input::{
    FieldErrors, Input, JsonBody, JsonValue, LenientBody, Path, Query, Text, WholeNumber, read,
};
pub use paging::{Pagination, Paging};
pub use present::{present, present_page};
#[cfg(not(target_arch = "wasm32"))]
pub use routes::Rules;
pub(crate) use routes::route;
pub use routes::{
    Answering, ErasedHandler, Route, Routes, RuleTable, administrator, answering, needs, optional,
    public,
};
