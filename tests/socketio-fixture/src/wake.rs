//! The alarm of an object that has nothing else to ring for.

use std::cell::Cell;
use std::rc::Rc;

use worker::{Date, DateInit, Result, ScheduledTime, State};

/// An alarm that has not rung this long after its time is not waited for any longer.
const LATE_MS: u64 = 100;

/// Keeps the object's alarm at the earliest time asked for.
pub struct Wake(Rc<Inner>);

struct Inner {
    state: Rc<State>,
    at: Cell<u64>,
    is_setting: Cell<bool>,
}

impl Wake {
    /// No alarm is known yet: one that is set already rings once for nothing.
    pub fn new(state: Rc<State>) -> Self {
        Self(Rc::new(Inner {
            state,
            at: Cell::new(u64::MAX),
            is_setting: Cell::new(false),
        }))
    }

    /// Rings at this time or before.
    pub fn at(&self, at: u64) {
        let is_lost = self.0.at.get().saturating_add(LATE_MS) < Date::now().as_millis();
        if at >= self.0.at.get() && !is_lost {
            return;
        }
        self.0.at.set(at);
        if !self.0.is_setting.replace(true) {
            let inner = self.0.clone();
            self.0.state.wait_until(async move { inner.set().await });
        }
    }

    /// It rang: the next time asked for counts, whatever it is.
    pub fn rang(&self) {
        self.0.at.set(u64::MAX);
    }
}

impl Inner {
    /// One after the other: of two settings under way at once the runtime may keep either.
    async fn set(&self) {
        loop {
            let at = self.at.get();
            // An alarm that could not be set is late, and then set again.
            let _ = set_alarm(&self.state, at).await;
            if self.at.get() == at || self.at.get() == u64::MAX {
                break;
            }
        }
        self.is_setting.set(false);
    }
}

async fn set_alarm(state: &State, at: u64) -> Result<()> {
    let time = Date::new(DateInit::Millis(at));
    let storage = state.storage();
    storage.set_alarm(ScheduledTime::new(time.into())).await
}
