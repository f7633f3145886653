//! The sink for whoever produces the answer to a query: text in, frames of CONTRACT 2.1 out, to
//! every socket that follows the query, now or later.
//!
//! Frame n of a query is the event `{query_id}:{n}` in the room's log. A producer that died is run
//! again: it opens the stream again and pushes its text from the start. What readers have is left
//! out if the text is the same, so that they see one answer; if it is another, the run begins with
//! a new `processing` frame, which voids the chunks before it. Of two producers at the same time
//! one is refused, so their texts cannot mix.

use std::time::Duration;

use query_frames::{Chunker, Failure, MAX_RESPONSE_BYTES, QueryUpdate, ServerFrame, TooLong};
use worker::Delay;

use super::{Event, Rooms};
use crate::context::Context;
use crate::error::{Error, Result};

/// The least time between two frames of a query: web shows the latest frame only, and drops what
/// comes faster than it draws.
pub const FRAME_GAP: Duration = Duration::from_millis(30);

/// A call that fails is repeated, since the answer behind it may have been expensive.
const ATTEMPTS: u32 = 3;
const REST: Duration = Duration::from_millis(200);

/// What readers follow.
pub fn topic_of(query_id: &str) -> String {
    format!("query:{query_id}")
}

/// An answer on its way to its readers.
pub struct QueryStream {
    context: Context,
    rooms: Rooms,
    user_id: String,
    query_id: String,
    /// The number of the next frame.
    next: u64,
    /// What an earlier run has published, until this one has caught up with it.
    published: String,
    chunker: Chunker,
    sent_at: i64,
}

impl QueryStream {
    /// Begins to answer a user's query: tells its readers that it is being processed, unless an
    /// earlier run has. None if the query has its answer already.
    ///
    /// # Errors
    /// When the room does not answer; likewise below.
    #[worker::send]
    pub async fn open(context: &Context, user_id: &str, query_id: &str) -> Result<Option<Self>> {
        let rooms = context.rooms()?;
        let progress = rooms.query_progress(user_id, query_id).await?;
        if progress.is_over {
            return Ok(None);
        }
        let mut stream = Self {
            context: context.clone(),
            rooms,
            user_id: user_id.to_owned(),
            query_id: query_id.to_owned(),
            next: progress.next,
            published: progress.text,
            chunker: Chunker::default(),
            sent_at: 0,
        };
        if stream.next == 0 {
            stream.begin().await?;
        }
        Ok(Some(stream))
    }

    /// Takes the next piece of the answer; sends a chunk if it is time for one.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the answer gets too long: the piece is not taken, and the answer
    /// can be finished without it. [`Error::Conflict`] when another producer goes on with the
    /// query.
    #[worker::send]
    pub async fn push(&mut self, piece: &str) -> Result<()> {
        self.chunker
            .push(piece)
            .map_err(|TooLong| Error::TooLarge(MAX_RESPONSE_BYTES as u64))?;
        if self.has_caught_up(false).await? && self.wait().is_zero() {
            self.send_chunk().await?;
        }
        Ok(())
    }

    /// Sends all but the last of what was pushed. For a producer that is about to wait.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another producer goes on with the query.
    #[worker::send]
    pub async fn flush(&mut self) -> Result<()> {
        if self.has_caught_up(false).await? {
            self.send_chunks().await?;
        }
        Ok(())
    }

    /// Sends what is left of the answer, the last of it with the final frame.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another producer goes on with the query.
    #[worker::send]
    pub async fn finish(mut self, confidence: f64) -> Result<()> {
        self.has_caught_up(true).await?;
        self.send_chunks().await?;
        let (rest, text) = (self.chunker.rest(), self.chunker.text());
        let last = QueryUpdate::completed(&self.query_id, rest, text, confidence);
        let event = self.event(0, &ServerFrame::QueryUpdate(last), true);
        self.publish(vec![event]).await
    }

    /// Ends the query without an answer. `message` and `code` (CONTRACT 4.2) are for the user.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another producer goes on with the query.
    #[worker::send]
    pub async fn fail(mut self, code: &str, message: &str) -> Result<()> {
        self.pause().await;
        let failed = ServerFrame::QueryUpdate(QueryUpdate::failed(&self.query_id));
        let reason = ServerFrame::Error(Failure {
            message,
            code,
            request_id: self.context.request_id(),
        });
        let events = vec![self.event(0, &failed, false), self.event(1, &reason, true)];
        self.publish(events).await
    }

    /// Starts a run that owes nothing to one before it.
    async fn begin(&mut self) -> Result<()> {
        self.published.clear();
        let update = QueryUpdate::processing(&self.query_id);
        let event = self.event(0, &ServerFrame::QueryUpdate(update), false);
        self.publish(vec![event]).await
    }

    /// Whether the text has reached what an earlier run has published. If it never will, because
    /// it is another one, this run starts over.
    async fn has_caught_up(&mut self, is_whole: bool) -> Result<bool> {
        if self.published.is_empty() {
            return Ok(true);
        }
        let text = self.chunker.text();
        if !is_whole && self.published.starts_with(text) {
            return Ok(false);
        }
        let is_same = text.starts_with(&self.published);
        if is_same && self.chunker.start_at(self.published.len()) {
            self.published.clear();
        } else {
            self.begin().await?;
        }
        Ok(true)
    }

    async fn send_chunks(&mut self) -> Result<()> {
        loop {
            self.pause().await;
            if !self.send_chunk().await? {
                return Ok(());
            }
        }
    }

    async fn send_chunk(&mut self) -> Result<bool> {
        let Some(chunk) = self.chunker.chunk() else {
            return Ok(false);
        };
        let update = QueryUpdate::streaming(&self.query_id, chunk);
        let event = event(
            &self.query_id,
            self.next,
            &ServerFrame::QueryUpdate(update),
            false,
        );
        self.publish(vec![event]).await?;
        Ok(true)
    }

    fn event(&self, offset: u64, frame: &ServerFrame<'_>, is_last: bool) -> Event {
        event(&self.query_id, self.next + offset, frame, is_last)
    }

    async fn publish(&mut self, events: Vec<Event>) -> Result<()> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.rooms.publish_frames(&self.user_id, &events).await {
                Err(Error::Unavailable(_)) if attempts < ATTEMPTS => Delay::from(REST).await,
                other => break other?,
            }
        }
        self.next += events.len() as u64;
        self.sent_at = self.context.now_ms();
        Ok(())
    }

    /// How long to wait before the next frame.
    fn wait(&self) -> Duration {
        let since = u64::try_from(self.context.now_ms() - self.sent_at);
        FRAME_GAP.saturating_sub(Duration::from_millis(since.unwrap_or(0)))
    }

    async fn pause(&self) {
        if !self.wait().is_zero() {
            Delay::from(self.wait()).await;
        }
    }
}

fn event(query_id: &str, number: u64, frame: &ServerFrame<'_>, is_last: bool) -> Event {
    let id = format!("{query_id}:{number}");
    Event::of_frame(id, topic_of(query_id), frame, is_last)
}
