//! Server-sent events (https://html.spec.whatwg.org/#server-sent-events), pulled from the log.
//!
//! `GET /stream?session=&after=`: the feed after a position, or from now on; `&types=a,b.*` only
//! events of these names; `&topic=&as=` those of a topic only, all under one name, until its last.
//!
//! The runtime asks for a chunk when the client has taken the last one, and each chunk is a page
//! of the log: a slow client costs no memory. A push only wakes.

use std::cell::Cell;
use std::fmt::Write;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use dialect::Target;
use futures::channel::mpsc::{Receiver, Sender, TryRecvError, channel};
use futures::future::{Either, select};
use futures::{StreamExt, stream};
use serde_json::Value;
use uuid::Uuid;
use worker::{Delay, Response, Result};

use super::event::{Channel, Gap, Logged};
use super::log::PAGE;
use super::room::{Room, now_ms, number, parameter};

/// Proxies drop silent connections after a minute or less.
const HEARTBEAT: Duration = Duration::from_secs(15);
const MAX_SILENT_HEARTBEATS: u32 = 4;

/// Who reads a stream of this room.
#[derive(Default)]
pub struct Readers(Vec<Reader>);

/// As the room knows a stream.
pub struct Reader {
    /// The stream's own id.
    pub id: String,
    /// The session that it belongs to.
    pub session_id: String,
    /// Since when, milliseconds since 1970.
    pub connected_at: i64,
    /// How far it has got.
    pub position: Rc<Cell<i64>>,
    /// What it is told next that is not in the log.
    signal: Rc<Cell<Option<Signal>>>,
    waker: Sender<()>,
}

impl Readers {
    /// Lets them look at the log again.
    pub fn wake(&mut self) {
        for reader in &mut self.0 {
            // A full channel means that it will look anyway.
            let _ = reader.waker.try_send(());
        }
    }

    /// Tells them something that is not in the log. One who was not told the last such thing yet
    /// hears only of this one.
    pub fn signal(&mut self, name: &str, data: &Value) {
        for reader in &self.0 {
            let text = format!("event: {name}\ndata: {data}\n\n");
            reader.signal.set(Some((name.to_owned(), text)));
        }
        self.wake();
    }

    /// Ends the streams of these sessions: without its waker, a stream ends.
    pub fn drop_if(&mut self, is_ended: impl Fn(&str) -> bool) {
        self.0.retain(|reader| !is_ended(&reader.session_id));
    }

    /// Those whose client is there.
    pub fn alive(&mut self) -> &[Reader] {
        self.0.retain(|reader| !reader.waker.is_closed());
        &self.0
    }
}

/// Name and text of something that is not in the log.
type Signal = (String, String);

/// A stream between two chunks.
struct Listening {
    room: Rc<Room>,
    waker: Receiver<()>,
    position: Rc<Cell<i64>>,
    signal: Rc<Cell<Option<Signal>>>,
    session_id: String,
    only: Only,
    gap: Option<Gap>,
    silent_heartbeats: u32,
    session_checked_at: i64,
}

/// Which events a stream shows.
struct Only {
    /// Those of a topic, all under one name.
    topic: Option<(String, String)>,
    /// Those of these names; `a.*` stands for all that begin with `a.`; all if there are none.
    types: Vec<String>,
}

impl Only {
    fn shows(&self, name: &str) -> bool {
        let fits = |wanted: &String| match wanted.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => *wanted == name,
        };
        self.types.is_empty() || self.types.iter().any(fits)
    }

    fn write(&self, event: &Logged, text: &mut String) {
        let name = match &self.topic {
            Some((_, name)) => name,
            None => &event.name,
        };
        let Logged { seq, data, .. } = event;
        // Writing to a text cannot fail.
        let _ = write!(text, "id: {seq}\nevent: {name}\ndata: {data}\n\n");
    }
}

impl Room {
    /// Opens a stream.
    pub(super) fn stream(self: &Rc<Self>, url: &Target) -> Result<Response> {
        if self.has_just_ended(url) {
            return Response::error("the session has ended", 401);
        }
        if !self.has_place() {
            return Response::error("too many connections", 429);
        }
        let log = self.log()?;
        let topic = parameter(url, "topic").zip(parameter(url, "as"));
        let types = parameter(url, "types").unwrap_or_default();
        let after = number(url, "after").unwrap_or_else(|| log.newest());
        let (position, gap) = log.resume(after);
        let (sender, waker) = channel(1);
        let listening = Listening {
            room: self.clone(),
            waker,
            position: Rc::new(Cell::new(position)),
            signal: Rc::default(),
            session_id: parameter(url, "session").unwrap_or_default(),
            gap: gap.filter(|_| topic.is_none()),
            only: Only {
                topic,
                types: types
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            },
            silent_heartbeats: 0,
            session_checked_at: now_ms(),
        };
        self.readers.borrow_mut().0.push(Reader {
            id: Uuid::new_v4().to_string(),
            session_id: listening.session_id.clone(),
            connected_at: now_ms(),
            position: listening.position.clone(),
            signal: listening.signal.clone(),
            waker: sender,
        });
        let chunks = stream::unfold(Some(listening), |listening| async move {
            listening?.next().await
        });
        Response::from_stream(chunks.map(worker::Result::<_>::Ok))
    }
}

impl Listening {
    /// The next chunk, and the stream unless that was all.
    ///
    /// A silent minute ends the stream: the client asks again and learns from the database what an
    /// announcement that was lost would have said.
    async fn next(mut self) -> Option<(Vec<u8>, Option<Self>)> {
        loop {
            if now_ms() - self.session_checked_at >= HEARTBEAT.as_millis() as i64 {
                let session = vec![self.session_id.clone()];
                if !self.room.ended_among(session).await.is_empty() {
                    return None;
                }
                self.session_checked_at = now_ms();
            }
            // Without a waker the session has ended, whatever there is to read.
            if matches!(self.waker.try_recv(), Err(TryRecvError::Closed)) {
                return None;
            }
            let (text, goes_on) = self.read().ok()?;
            if !text.is_empty() {
                self.silent_heartbeats = 0;
                return Some((text.into_bytes(), goes_on.then_some(self)));
            }
            match select(Pin::new(&mut self.waker).next(), Delay::from(HEARTBEAT)).await {
                Either::Left((woken, _)) => woken?,
                Either::Right(_) => {
                    self.silent_heartbeats += 1;
                    let goes_on = self.silent_heartbeats < MAX_SILENT_HEARTBEATS;
                    let heartbeat = b": still here\n\n".to_vec();
                    return Some((heartbeat, goes_on.then_some(self)));
                }
            }
        }
    }

    /// What the log has for this stream, up to a page; and whether more may come.
    fn read(&mut self) -> Result<(String, bool)> {
        let log = self.room.log()?;
        let signal = self.signal.take();
        let signal = signal.filter(|(name, _)| self.only.topic.is_none() && self.only.shows(name));
        let mut text = signal.map_or_else(String::new, |(_, text)| text);
        loop {
            let (position, lost) = log.resume(self.position.get());
            self.position.set(position);
            let lost = lost.filter(|_| self.only.topic.is_none());
            if let Some(gap) = self.gap.take().or(lost) {
                let data = gap.to_json();
                let _ = write!(text, "id: {position}\nevent: gap\ndata: {data}\n\n");
            }
            let topic = self.only.topic.as_ref().map(|(topic, _)| topic.as_str());
            let page = log.page(position, Channel::Events, topic, PAGE)?;
            for event in page
                .events
                .iter()
                .filter(|event| self.only.shows(&event.name))
            {
                self.only.write(event, &mut text);
                if event.is_last && topic.is_some() {
                    return Ok((text, false));
                }
            }
            self.position.set(page.through);
            if !text.is_empty() || page.through >= log.newest() {
                return Ok((text, true));
            }
        }
    }
}
