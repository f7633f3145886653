//! Which function takes the queries that clients submit over a socket.

use futures::future::LocalBoxFuture;

use crate::context::Context;
use crate::error::Result;
use crate::telemetry::Level;

/// A query that came over a socket.
#[derive(Debug)]
pub struct SubmittedQuery {
    /// Whose it is.
    pub user_id: String,
    /// The session that opened the socket; whoever writes for it asks whether it lives.
    pub session_id: String,
    /// The text, 1 to 100,000 characters.
    pub query: String,
    /// What is to be done with it: `general` unless the client says.
    pub operation: String,
}

/// Takes a query: finds or creates it, has it answered through a
/// [`QueryStream`](super::QueryStream), and says its id.
type Taker = for<'a> fn(&'a Context, &'a SubmittedQuery) -> LocalBoxFuture<'a, Result<String>>;

/// The function that takes queries.
const TAKER: Option<Taker> = None;

/// Hands a query over; none if there is no function that takes queries.
pub async fn submit_query(context: &Context, submitted: &SubmittedQuery) -> Option<Result<String>> {
    context.set_user_id(&submitted.user_id);
    context
        .record(Level::Info, "A query was submitted over a socket")
        .with("session_id", submitted.session_id.as_str())
        .with("operation", submitted.operation.as_str())
        .with("query_bytes", submitted.query.len())
        .write();
    Some(TAKER?(context, submitted).await)
}
