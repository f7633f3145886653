//! Guessing passwords: slowed down per account and per address, without locking the owner out.
//!
//! One object per identity counts failures exactly, also of a thousand guesses at once: a guess
//! takes a place before the password is looked at, and gives it back when it was right. Each
//! address has its own budget for the identity, and so has each device that has signed in before,
//! wherever it is. All strangers together share another one; known devices and addresses do not
//! take part in it. So an attack on an account never keeps its owner out, not even one from the
//! next room (the device cookies of OWASP, without the cookie).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use rate_limit::{Rate, admit};
use serde::{Deserialize, Serialize};
use worker::{
    Delay, DurableObject, Env, Method, Request, RequestInit, Response, State, durable_object,
};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::telemetry::Operation;

/// The binding of wrangler.toml.
const BINDING: &str = "GUESSES";

/// Wrong passwords for one identity from one device or address.
const PER_SOURCE: Rate = Rate::per_minute(10).burst(10);

/// Wrong passwords for one identity from all addresses that are new to it.
const BY_STRANGERS: Rate = Rate::per_minute(2).burst(50);

/// Sources that are remembered for an identity; attackers have many.
const MAX_SOURCES: usize = 1000;

/// A guess that nobody finished counts no longer.
const ABANDONED_MS: i64 = 30_000;

/// How often and how long a guess waits for others to turn out right.
const WAITS: u32 = 50;
const WAIT: Duration = Duration::from_millis(100);

/// A guess whose outcome is not known yet.
pub struct Guess {
    identity: String,
    source: String,
}

/// Who guesses, as far as the identity knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// A device that has signed in before.
    Device(&'a str),
    /// The address of the request, which has signed in before.
    KnownAddress,
    /// The address of the request.
    Stranger,
}

/// Takes a place for a guess at the identity's password. It must be finished.
///
/// # Errors
/// [`Error::RateLimited`] when there were too many wrong ones.
pub async fn begin(context: &Context, identity: &str, source: Source<'_>) -> Result<Guess> {
    let name = match source {
        Source::Device(id) => format!("device {id}"),
        Source::KnownAddress | Source::Stranger => format!("address {}", context.address()),
    };
    let guess = Guess {
        identity: sha256_hex(identity.as_bytes()),
        source: sha256_hex(name.as_bytes()),
    };
    let call = Call::Begin {
        source: guess.source.clone(),
        is_trusted: source != Source::Stranger,
    };
    let answer = guess.call(context, &call).await?;
    if answer.retry_after_ms > 0 {
        return Err(Error::RateLimited {
            retry_after_ms: answer.retry_after_ms,
        });
    }
    Ok(guess)
}

impl Guess {
    /// Tells how the guess turned out. A right one forgives its source the earlier wrong ones.
    pub async fn finish(self, context: &Context, is_right: bool) -> Result<()> {
        let call = Call::Finish {
            source: self.source.clone(),
            is_right,
        };
        self.call(context, &call).await.map(|_| ())
    }

    #[worker::send]
    async fn call(&self, context: &Context, call: &Call) -> Result<Answer> {
        let failed = |error: worker::Error| Error::Unavailable(format!("guess counter: {error}"));
        context.meter().add(Operation::Object, 1);
        let namespace = context
            .env()
            .durable_object(BINDING)
            .map_err(Error::internal)?;
        let body = serde_json::to_string(call).map_err(Error::internal)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(body.into()));
        let request = Request::new_with_init("https://guesses/", &init).map_err(failed)?;
        let counter = namespace.get_by_name(&self.identity).map_err(failed)?;
        let mut answer = counter.fetch_with_request(request).await.map_err(failed)?;
        answer.json().await.map_err(failed)
    }
}

#[derive(Serialize, Deserialize)]
enum Call {
    Begin { source: String, is_trusted: bool },
    Finish { source: String, is_right: bool },
}

#[derive(Serialize, Deserialize)]
struct Answer {
    /// 0 when the guess may be made.
    retry_after_ms: i64,
}

/// The failures of an identity: states of [`rate_limit::admit`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Failures {
    by_strangers: i64,
    /// By hash of the source.
    by_source: BTreeMap<String, i64>,
}

struct Pending {
    source: String,
    since: i64,
}

impl Failures {
    /// How long a guess has to wait, milliseconds; `pending` ones count as if they were wrong.
    fn wait(&self, source: &str, is_trusted: bool, pending: &[Pending], now: i64) -> i64 {
        let here = pending.iter().filter(|p| p.source == source).count() as u32;
        let all = pending.len() as u32;
        let own = self.by_source.get(source).copied().unwrap_or_default();
        let own = admit(own, &PER_SOURCE, now, here + 1).retry_after_ms;
        if is_trusted {
            return own;
        }
        own.max(admit(self.by_strangers, &BY_STRANGERS, now, all + 1).retry_after_ms)
    }

    fn add(&mut self, source: &str, now: i64) {
        self.by_strangers = admit(self.by_strangers, &BY_STRANGERS, now, 1).state;
        let own = self.by_source.entry(source.to_owned()).or_default();
        *own = admit(*own, &PER_SOURCE, now, 1).state;
        // What is over tells nothing.
        let now_us = now.saturating_mul(1000);
        self.by_source.retain(|_, state| *state > now_us);
        while self.by_source.len() > MAX_SOURCES {
            self.by_source.pop_first();
        }
    }
}

/// The object behind an identity's guesses. Stores its failures until all budgets are full again.
#[durable_object]
pub struct GuessCounter {
    state: State,
    // No borrow is held across an await, so an unwind leaves it whole.
    memory: AssertUnwindSafe<RefCell<Memory>>,
}

#[derive(Default)]
struct Memory {
    failures: Option<Failures>,
    pending: Vec<Pending>,
}

const KEY: &str = "failures";

impl DurableObject for GuessCounter {
    fn new(state: State, _: Env) -> Self {
        Self {
            state,
            memory: AssertUnwindSafe(RefCell::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let call: Call = request.json().await?;
        self.load().await?;
        let retry_after_ms = match call {
            Call::Begin { source, is_trusted } => self.begin(source, is_trusted).await,
            Call::Finish { source, is_right } => {
                self.finish(&source, is_right).await?;
                0
            }
        };
        Response::from_json(&Answer { retry_after_ms })
    }

    /// Everything is forgiven.
    async fn alarm(&self) -> worker::Result<Response> {
        self.state.storage().delete_all().await?;
        self.memory.borrow_mut().failures = None;
        Response::empty()
    }
}

impl GuessCounter {
    async fn load(&self) -> worker::Result<()> {
        if self.memory.borrow().failures.is_some() {
            return Ok(());
        }
        let text: Option<String> = self.state.storage().get(KEY).await?;
        let stored = text.and_then(|text| serde_json::from_str(&text).ok());
        let mut memory = self.memory.borrow_mut();
        memory.failures.get_or_insert(stored.unwrap_or_default());
        Ok(())
    }

    /// Takes a place, or says how long to wait. While others are being looked at it waits a little
    /// itself: they may turn out right.
    async fn begin(&self, source: String, is_trusted: bool) -> i64 {
        for _ in 0..WAITS {
            let now = now_ms();
            {
                let memory = &mut *self.memory.borrow_mut();
                memory.pending.retain(|p| now - p.since < ABANDONED_MS);
                let failures = memory.failures.get_or_insert_default();
                if failures.wait(&source, is_trusted, &memory.pending, now) == 0 {
                    memory.pending.push(Pending { source, since: now });
                    return 0;
                }
                let alone = failures.wait(&source, is_trusted, &[], now);
                if alone > 0 {
                    return alone;
                }
            }
            Delay::from(WAIT).await;
        }
        WAIT.as_millis() as i64
    }

    async fn finish(&self, source: &str, is_right: bool) -> worker::Result<()> {
        let now = now_ms();
        let changed = {
            let memory = &mut *self.memory.borrow_mut();
            let place = memory.pending.iter().position(|p| p.source == source);
            if let Some(place) = place {
                memory.pending.swap_remove(place);
            }
            let failures = memory.failures.get_or_insert_default();
            let before = failures.clone();
            if is_right {
                failures.by_source.remove(source);
            } else {
                failures.add(source, now);
            }
            (*failures != before).then(|| failures.clone())
        };
        let Some(failures) = changed else {
            return Ok(());
        };
        let storage = self.state.storage();
        let text = serde_json::to_string(&failures).map_err(worker::Error::from)?;
        storage.put(KEY, text).await?;
        let full_again = BY_STRANGERS.window_seconds() + PER_SOURCE.window_seconds();
        let seconds = u64::try_from(full_again).unwrap_or(3600);
        storage.set_alarm(Duration::from_secs(seconds)).await
    }
}

fn now_ms() -> i64 {
    worker::Date::now().as_millis() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn pending(source: &str, count: usize) -> Vec<Pending> {
        let one = || Pending {
            source: source.into(),
            since: NOW,
        };
        std::iter::repeat_with(one).take(count).collect()
    }

    #[test]
    fn an_address_has_ten_wrong_guesses_and_then_waits() {
        let mut failures = Failures::default();
        for _ in 0..10 {
            assert_eq!(failures.wait("a", false, &[], NOW), 0);
            failures.add("a", NOW);
        }
        assert_eq!(failures.wait("a", false, &[], NOW), 6_000);
        assert_eq!(failures.wait("b", false, &[], NOW), 0);
    }

    #[test]
    fn guesses_at_the_same_time_count_as_wrong() {
        let failures = Failures::default();
        assert_eq!(failures.wait("a", false, &pending("a", 9), NOW), 0);
        assert!(failures.wait("a", false, &pending("a", 10), NOW) > 0);
    }

    #[test]
    fn an_attack_from_many_addresses_slows_strangers_but_not_the_owner() {
        let mut failures = Failures::default();
        for number in 0..60 {
            failures.add(&format!("attacker {number}"), NOW);
        }
        assert!(failures.wait("stranger", false, &[], NOW) > 0);
        assert_eq!(failures.wait("home", true, &[], NOW), 0);
    }
}
