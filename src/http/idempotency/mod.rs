//! `Idempotency-Key` (CONTRACT 0.5, 6.7): a write that carries one is carried out once, however
//! often it is sent, and every later one gets the answer of the first.
//!
//! The key is reserved before the handler runs and its answer stored after it: two trips. In
//! between, the handler's own transactions ask whether the key is still held and note that they
//! changed something ([`crate::db::KeyedRun`]). So a request that died is known to have had an
//! effect or none, and one that only seemed dead cannot commit after its successor.
//!
//! A key belongs to the user; on a route without one, to whoever knows it, which is why it must be
//! long there. Answers are encrypted: nobody reads tokens or keys off the table.

mod answer;
mod content;
mod db;
mod key;
mod row;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderValue, Method};
use uuid::Uuid;

pub use answer::REPLAYED;
pub(super) use content::ContentDigest;
pub use db::forget_idempotency_keys;
pub use key::IDEMPOTENCY_KEY;

use super::body::{BodyReader, IncomingBody, read_body as read_bytes};
use super::routes::Rules;
use crate::auth::{Caller, Seal};
use crate::context::Context;
use crate::db::{KeyedRun, Statement};
use crate::error::{Error, Result};
use crate::faults::{Fault, hold};
use crate::hash::hex;
use crate::telemetry::Level;
use answer::{Answer, may_be_kept};
use key::Key;
use row::{KeyRow, Standing};

/// How long a request holds its key before another one with the same key may take over. Taking
/// over too early does no harm: the first one can no longer commit.
const LEASE_MS: i64 = 10_000;

/// The same for a request whose body may take minutes to arrive.
const STREAMED_LEASE_MS: i64 = 60_000;

/// How long a request waits for another one that has its key: a little longer than the lease, so
/// that the successor of one that died needs no third attempt.
const WAIT_MS: i64 = 12_000;

/// Between two looks: doubled each time up to the longest.
const FIRST_PAUSE_MS: u64 = 100;
const LONGEST_PAUSE_MS: u64 = 1_600;

/// The longest body that a handler holds; it has a limit of its own.
const MAX_BYTES: u64 = 5 << 20;

/// How long the body of a request is waited for that is only compared with an earlier one.
const COMPARED_WITHIN: Duration = Duration::from_secs(600);

/// How long the rest of a body is waited for that the handler did not want.
const REST_WITHIN: Duration = Duration::from_secs(20);

/// Headers in which a request says what it uploads, and where that belongs.
const ASKED_IN_HEADERS: [&str; 4] = [
    "repr-digest",
    "upload-length",
    "upload-metadata",
    "upload-offset",
];

/// Marks a request that shall not be carried out: only the answer to an earlier one is wanted.
#[derive(Debug, Clone, Copy)]
pub struct OnlyReplay;

/// What becomes of a request.
pub enum Begun {
    /// It has no key.
    Unkeyed(Request),
    /// It has the key to itself: run it, then [`Held::finish`].
    Held(Request, Held),
    /// It was carried out before.
    Answered(Response),
}

/// Looks at the key of a request that the guard lets in.
///
/// # Errors
/// 400 for a key that cannot be one; 409 for one that was used for another request, whose request
/// is still running, or whose answer is lost. As [`crate::db::Db::batch_as`] for the caller.
#[worker::send]
pub async fn begin(
    context: &Context,
    caller: Option<&Caller>,
    request: Request,
    rules: Rules,
) -> Result<Begun> {
    let is_streamed = rules.is_streamed;
    let is_read = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_read {
        return Ok(Begun::Unkeyed(request));
    }
    let Some(key) = Key::of(request.headers(), caller)? else {
        return Ok(Begun::Unkeyed(request));
    };
    let seal = Seal::get(context)?;
    let (request, body) = if is_streamed {
        (request, Vec::new())
    } else {
        read_body(request).await?
    };
    let headers = request.headers();
    let mut parts = vec![
        request.method().as_str().as_bytes(),
        context.target().as_bytes(),
        &body,
    ];
    parts.extend(
        ASKED_IN_HEADERS.map(|name| headers.get(name).map_or(&b""[..], HeaderValue::as_bytes)),
    );
    let incoming = request.extensions().get::<IncomingBody>().cloned();
    let attempt = Attempt {
        request_hash: hex(&seal.digest("request", &parts)),
        run_id: Uuid::new_v4().simple().to_string(),
        is_replay: request.extensions().get::<OnlyReplay>().is_some(),
        incoming: incoming.filter(|_| is_streamed),
        lease_ms: if is_streamed {
            STREAMED_LEASE_MS
        } else {
            LEASE_MS
        },
        context,
        caller,
        key,
        seal,
    };
    match attempt.reserve().await? {
        Reserved::Mine { day } => {
            let run = Arc::new(KeyedRun::new(
                day,
                attempt.key.hash.clone(),
                attempt.run_id.clone(),
            ));
            if !rules.is_repeatable {
                context.set_keyed_run(Some(run.clone()));
            }
            let held = Held {
                run,
                context: context.clone(),
                label: attempt.label(&attempt.run_id),
                seal: attempt.seal,
                incoming: attempt.incoming,
            };
            hold(context, Fault::HoldReserved).await;
            Ok(Begun::Held(request, held))
        }
        Reserved::Before(row) => attempt.repeat(row).await.map(Begun::Answered),
    }
}

async fn read_body(request: Request) -> Result<(Request, Vec<u8>)> {
    let (parts, body) = request.into_parts();
    let bytes = read_bytes(BodyReader::of(&parts, body), MAX_BYTES).await?;
    let request = Request::from_parts(parts, Body::from(bytes.clone()));
    Ok((request, bytes))
}

/// A request with a key, before it is known whether it is the first.
struct Attempt<'a> {
    context: &'a Context,
    caller: Option<&'a Caller>,
    key: Key,
    seal: Seal,
    request_hash: String,
    run_id: String,
    lease_ms: i64,
    /// See [`OnlyReplay`].
    is_replay: bool,
    /// The body, if it is read by the handler only.
    incoming: Option<IncomingBody>,
}

enum Reserved {
    Mine { day: i64 },
    Before(KeyRow),
}

impl Attempt<'_> {
    /// Reserves the key, or finds what became of the request that has it; waits a while for one
    /// that is still running.
    async fn reserve(&self) -> Result<Reserved> {
        let give_up_at = self.context.now_ms() + WAIT_MS;
        let mut pause = FIRST_PAUSE_MS;
        loop {
            let now = self.context.now_ms();
            let row = self.ask(now).await?;
            let Some(row) = row else {
                return Err(Error::IdempotencyAnswerLost);
            };
            match row.standing(&self.run_id, self.seal.id(), &self.request_hash, now) {
                Standing::Mine => return Ok(Reserved::Mine { day: row.day }),
                Standing::Answered => return Ok(Reserved::Before(row)),
                Standing::Other => return Err(Error::IdempotencyConflict),
                Standing::Lost => return Err(Error::IdempotencyAnswerLost),
                Standing::Running if self.is_replay => return Err(Error::IdempotencyAnswerLost),
                Standing::Running if now >= give_up_at => {
                    return Err(Error::IdempotencyInProgress);
                }
                Standing::Running => {
                    worker::Delay::from(Duration::from_millis(pause)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE_MS);
                }
            }
        }
    }

    async fn ask(&self, now: i64) -> Result<Option<KeyRow>> {
        let statements = self.reservation(now);
        let last = statements.len() - 1;
        let db = self.context.db()?;
        let mut batch = match self.caller {
            Some(caller) => db.batch_as(caller, now, statements).await?.1,
            None => db.batch(statements).await?,
        };
        batch.first(last)
    }

    fn reservation(&self, now: i64) -> Vec<Statement> {
        let reservation = db::Reservation {
            key_hash: &self.key.hash,
            run_id: &self.run_id,
            request_hash: &self.request_hash,
            secret_id: self.seal.id(),
            caller: self.caller,
            lease_until: now + self.lease_ms,
            now,
        };
        if self.is_replay {
            return vec![reservation.find()];
        }
        vec![
            reservation.take_over(),
            reservation.insert(),
            reservation.find(),
        ]
    }

    /// The key that encrypts the answer of a run: different for each.
    fn label(&self, run_id: &str) -> String {
        format!("{} {run_id}", self.key.secret)
    }

    /// The answer of the first request.
    async fn repeat(self, row: KeyRow) -> Result<Response> {
        if let Some(incoming) = &self.incoming {
            incoming.drain(COMPARED_WITHIN).await;
            if content_hash(&self.seal, incoming) != row.content_hash {
                return Err(Error::IdempotencyConflict);
            }
        }
        let label = self.label(&row.run_id);
        let sealed = row.answer.unwrap_or_default();
        Answer::open(&self.seal, &label, &sealed)
            .await?
            .ok_or(Error::IdempotencyAnswerLost)?
            .replay(self.context)
    }
}

fn content_hash(seal: &Seal, incoming: &IncomingBody) -> Option<String> {
    let digest = incoming.content_digest()?;
    Some(hex(&seal.digest("content", &[&digest])))
}

/// A request that has its key to itself.
pub struct Held {
    run: Arc<KeyedRun>,
    context: Context,
    seal: Seal,
    label: String,
    incoming: Option<IncomingBody>,
}

impl Held {
    /// Keeps the answer, or gives the key back when there is nothing to keep.
    #[worker::send]
    pub async fn finish(self, response: Response) -> Response {
        self.run.end();
        self.context.set_keyed_run(None);
        hold(&self.context, Fault::HoldCommitted).await;
        let (response, answer) = Answer::of(&self.context, response).await;
        let stored = match answer.filter(|answer| may_be_kept(answer.status)) {
            Some(answer) => self.keep(answer).await,
            None => self.give_back().await,
        };
        if let Err(error) = stored {
            // The request was carried out and may be answered; only a resend will not be.
            self.context
                .record(Level::Error, "An answer could not be kept under its key")
                .with("error", error.log_text())
                .write();
        }
        hold(&self.context, Fault::HoldStored).await;
        response
    }

    async fn keep(&self, answer: Answer) -> Result<()> {
        let Some(sealed) = answer.seal(&self.seal, &self.label).await? else {
            return self.give_back().await;
        };
        let content_hash = match &self.incoming {
            Some(incoming) => {
                incoming.drain(REST_WITHIN).await;
                content_hash(&self.seal, incoming)
            }
            None => None,
        };
        let keep = db::keep_answer(&self.run, &sealed, content_hash);
        self.context.db()?.batch(vec![keep]).await.map(|_| ())
    }

    /// A request without an effect may be sent again; one with an effect and no answer that may be
    /// kept stays carried out.
    async fn give_back(&self) -> Result<()> {
        let statements = vec![db::release(&self.run), db::end_lease(&self.run)];
        self.context.db()?.batch(statements).await.map(|_| ())
    }
}
