//! The one alarm of an object, which everything in the object shares.
//!
//! Setting it is billed as a row, so it is moved only when it must ring earlier; who is woken for
//! nothing asks anew. Settings go one after the other: of two under way at once the runtime may keep
//! either. And the end of a handler that has set no alarm deletes the alarm, also one that is set at
//! that very moment: a handler of a busy object sets one even if it has nothing to ring for. Should one
//! get lost all the same (seen in local workerd under load), the next input sets it again, and a timer
//! does while the object is awake anyway.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use worker::{Date, DateInit, Delay, Result, ScheduledTime, State};

/// An alarm that has not rung this long after its time is not waited for any longer.
const LATE_MS: u64 = 100;

/// An object without work stays awake this long: a timer until then costs nothing.
const AWAKE_MS: u64 = 9_000;

/// When an alarm rings that is set for nothing.
const IDLE_MS: u64 = 60_000;

/// Keeps the object's alarm at the earliest time asked for.
#[derive(Clone)]
pub struct Alarm(Rc<Inner>);

struct Inner {
    state: Rc<State>,
    /// `u64::MAX` for none.
    at: Cell<u64>,
    is_known: Cell<bool>,
    /// Whether anybody asked since it rang for nothing.
    is_busy: Cell<bool>,
    is_setting: Cell<bool>,
    is_watched: Cell<bool>,
}

impl Alarm {
    /// Knows nothing yet of an alarm that an earlier life of the object has set.
    pub fn new(state: Rc<State>) -> Self {
        Self(Rc::new(Inner {
            state,
            at: Cell::new(u64::MAX),
            is_known: Cell::new(false),
            is_busy: Cell::new(false),
            is_setting: Cell::new(false),
            is_watched: Cell::new(false),
        }))
    }

    /// Makes it ring at this time (milliseconds since 1970) or before.
    pub fn ring_by(&self, at: u64) {
        self.0.is_busy.set(true);
        let is_lost = self.0.at.get().saturating_add(LATE_MS) < now();
        if at >= self.0.at.get() && !is_lost {
            return;
        }
        self.0.move_to(at);
    }

    /// To be called first by the handler.
    pub async fn rings(&self) {
        while self.0.is_setting.get() {
            Delay::from(Duration::from_millis(1)).await;
        }
        self.0.is_setting.set(true);
        self.0.is_known.set(true);
        self.0.at.set(u64::MAX);
    }

    /// To be called last by the handler: sets what was asked for meanwhile.
    pub async fn has_rung(&self) {
        let is_idle = self.0.at.get() == u64::MAX;
        if is_idle && self.0.is_busy.replace(false) {
            self.0.at.set(now() + IDLE_MS);
        }
        self.0.set().await;
    }

    /// To be called when the storage was emptied, and the alarm with it.
    pub fn forget(&self) {
        self.0.at.set(u64::MAX);
    }
}

impl Inner {
    fn move_to(self: &Rc<Self>, at: u64) {
        self.at.set(at);
        if !self.is_setting.replace(true) {
            let inner = self.clone();
            self.state.wait_until(async move { inner.set().await });
        }
    }

    /// Sets an alarm again that does not ring.
    fn watch(self: &Rc<Self>, at: u64) {
        let wait = at.saturating_sub(now());
        if wait > AWAKE_MS || self.is_watched.replace(true) {
            return;
        }
        let inner = self.clone();
        self.state.wait_until(async move {
            Delay::from(Duration::from_millis(wait + LATE_MS)).await;
            inner.is_watched.set(false);
            let at = inner.at.get();
            if at.saturating_add(LATE_MS) <= now() {
                inner.move_to(now());
            } else {
                inner.watch(at);
            }
        });
    }

    async fn set(self: &Rc<Self>) {
        loop {
            let at = self.at.get();
            if at != u64::MAX && !self.is_set_well(at).await {
                // An alarm that could not be set is late, and then set again.
                let _ = self.set_once(at).await;
            }
            if self.at.get() == at || self.at.get() == u64::MAX {
                break;
            }
        }
        self.is_setting.set(false);
        self.watch(self.at.get());
    }

    /// Whether an earlier life of the object has set it well.
    async fn is_set_well(&self, at: u64) -> bool {
        if self.is_known.replace(true) {
            return false;
        }
        match self.state.storage().get_alarm().await {
            Ok(Some(set)) => (now()..=at).contains(&(set.max(0) as u64)),
            _ => false,
        }
    }

    async fn set_once(&self, at: u64) -> Result<()> {
        let time = Date::new(DateInit::Millis(at));
        let storage = self.state.storage();
        storage.set_alarm(ScheduledTime::new(time.into())).await
    }
}

fn now() -> u64 {
    Date::now().as_millis()
}
