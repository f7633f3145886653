//! The alarm of an object that has nothing else to ring for.

use std::cell::Cell;
use std::rc::Rc;

use worker::State;

/// Keeps the object's alarm at the earliest time asked for.
pub struct Wake {
    state: Rc<State>,
    at: Cell<u64>,
}

impl Wake {
    /// No alarm is known yet: one that is set already rings once for nothing.
    pub fn new(state: Rc<State>) -> Self {
        Self {
            state,
            at: Cell::new(u64::MAX),
        }
    }

    /// Rings at this time or before.
    pub fn at(&self, at: u64) {
        if at >= self.at.get() {
            return;
        }
        self.at.set(at);
        let storage = self.state.storage();
        self.state.wait_until(async move {
            let time = worker::Date::new(worker::DateInit::Millis(at));
            // The heartbeats of the next request make up for it.
            let _ = storage.set_alarm(worker::ScheduledTime::new(time.into())).await;
        });
    }

    /// It rang.
    pub fn rang(&self) {
        self.at.set(u64::MAX);
    }
}
