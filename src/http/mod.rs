//! HTTP on both sides of the router: requests in, answers out, typed input, shared answers.

mod answer;
mod body;
mod cors;
mod etag;
mod gateway;
mod input;
mod paging;

pub use answer::{Download, EventStream, Json, NoContent};
pub use body::{BodyReader, Encoding, next_chunk};
pub use gateway::serve;
pub use input::{FieldErrors, Input, JsonBody, Path, Query, Text};
pub use paging::{Pagination, Paging};
