//! What a socket follows. Small, since it must fit into the socket's attachment.

use serde::{Deserialize, Serialize};

/// Queries that a socket may follow at a time. A query that is over is followed no longer, so a
/// client that is refused one has as many running.
pub const MAX_QUERIES: usize = 32;

/// The socket follows [`MAX_QUERIES`] already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// What a socket follows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions {
    queries: Vec<String>,
    /// Whether it hears how the service is.
    pub system_status: bool,
}

impl Subscriptions {
    /// Follows a query; true if it did not before.
    ///
    /// # Errors
    /// When the socket follows too many.
    pub fn follow(&mut self, query_id: &str) -> Result<bool, TooMany> {
        if self.follows(query_id) {
            return Ok(false);
        }
        if self.queries.len() >= MAX_QUERIES {
            return Err(TooMany);
        }
        self.queries.push(query_id.to_owned());
        Ok(true)
    }

    /// Follows it no longer; true if it did.
    pub fn leave(&mut self, query_id: &str) -> bool {
        let before = self.queries.len();
        self.queries.retain(|query| query != query_id);
        self.queries.len() < before
    }

    /// Whether it follows a query.
    pub fn follows(&self, query_id: &str) -> bool {
        self.queries.iter().any(|query| query == query_id)
    }
}
