//! The alarm of an object that has nothing else to ring for.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use worker::{Date, DateInit, Delay, Result, ScheduledTime, State};

/// An alarm that has not rung this long after its time is not waited for any longer.
const LATE_MS: u64 = 100;

const IDLE_MS: u64 = 60_000;

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

    /// Does what is due. The next alarm is set before the handler ends, even if it has nothing to
    /// ring for: the end of a handler deletes the alarm, and a new one that is set at that moment
    /// may go with it.
    pub async fn rings(&self, act: impl FnOnce()) {
        while self.0.is_setting.get() {
            Delay::from(Duration::from_millis(1)).await;
        }
        self.0.is_setting.set(true);
        self.0.at.set(u64::MAX);
        act();
        let idle = Date::now().as_millis() + IDLE_MS;
        self.0.at.set(self.0.at.get().min(idle));
        self.0.set().await;
    }
}

impl Inner {
    /// One after the other: of two settings under way at once the runtime may keep either.
    async fn set(&self) {
        loop {
            let at = self.at.get();
            // An alarm that could not be set is late, and then set again.
            let _ = set_alarm(&self.state, at).await;
            if self.at.get() == at {
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
