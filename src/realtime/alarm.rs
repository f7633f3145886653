//! The one alarm of an object.

use std::cell::Cell;
use std::rc::Rc;

use worker::{ScheduledTime, State};

/// When the object's alarm rings. Setting it is billed as a row, so it is moved only when it must
/// ring earlier; who is woken for nothing sets it anew.
pub struct Alarm {
    state: Rc<State>,
    rings_at: Cell<Option<u64>>,
}

impl Alarm {
    /// Knows nothing yet of an alarm that an earlier life of the object has set.
    pub fn new(state: Rc<State>) -> Self {
        Self {
            state,
            rings_at: Cell::default(),
        }
    }

    /// Makes it ring no later than `at` (milliseconds since 1970).
    pub fn ring_by(&self, at: u64) {
        let now = worker::Date::now().as_millis();
        let rings_at = self.rings_at.replace(Some(at));
        if let Some(rings_at) = rings_at.filter(|rings_at| (now..=at).contains(rings_at)) {
            self.rings_at.set(Some(rings_at));
            return;
        }
        let storage = self.state.storage();
        self.state.wait_until(async move {
            // An earlier life of the object may have set it well.
            let set = storage.get_alarm().await;
            let is_set = |set: i64| (now as i64..=at as i64).contains(&set);
            if rings_at.is_none() && matches!(set, Ok(Some(set)) if is_set(set)) {
                return;
            }
            let time = ScheduledTime::new(js_sys::Date::new(&(at as f64).into()));
            // Should the storage fail, the object is reset and sets its alarm again.
            let _ = storage.set_alarm(time).await;
        });
    }

    /// To be called first when it rings.
    pub fn rang(&self) {
        self.rings_at.set(None);
    }
}
