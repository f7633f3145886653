//! The alarm of an object that has nothing else to ring for.

use std::cell::Cell;
use std::rc::Rc;

use worker::{Date, DateInit, Result, ScheduledTime, State};

/// Keeps the object's alarm at the earliest time asked for.
pub struct Wake {
    state: Rc<State>,
    at: Cell<u64>,
    is_ringing: Cell<bool>,
}

impl Wake {
    /// No alarm is known yet: one that is set already rings once for nothing.
    pub fn new(state: Rc<State>) -> Self {
        Self {
            state,
            at: Cell::new(u64::MAX),
            is_ringing: Cell::new(false),
        }
    }

    /// Rings at this time or before.
    pub fn at(&self, at: u64) {
        if at >= self.at.get() {
            return;
        }
        self.at.set(at);
        if !self.is_ringing.get() {
            let state = self.state.clone();
            self.state.wait_until(async move {
                // The heartbeats of the next request make up for it.
                let _ = set(&state, at).await;
            });
        }
    }

    /// Does what is due. The next alarm is set before this returns: the end of the handler
    /// deletes one that nobody waited for.
    pub async fn rings(&self, act: impl FnOnce()) -> Result<()> {
        self.at.set(u64::MAX);
        self.is_ringing.set(true);
        act();
        self.is_ringing.set(false);
        match self.at.get() {
            u64::MAX => Ok(()),
            at => set(&self.state, at).await,
        }
    }
}

async fn set(state: &State, at: u64) -> Result<()> {
    let time = Date::new(DateInit::Millis(at));
    let storage = state.storage();
    storage.set_alarm(ScheduledTime::new(time.into())).await
}
