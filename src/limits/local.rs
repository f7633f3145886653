//! Budgets in the memory of the isolate.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};

use rate_limit::{Buckets, Decision};

use super::Budget;
use crate::context::Context;
use crate::error::{Error, Result};

/// Subjects that are kept apart, at 16 bytes each; beyond it, the fullest budgets are forgotten.
const CAPACITY: usize = 50_000;

thread_local! {
    static BUCKETS: RefCell<Buckets> = const { RefCell::new(Buckets::new(CAPACITY)) };
}

/// How a budget stands after a request.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// The budget.
    pub budget: &'static Budget,
    /// What is left of it.
    pub decision: Decision,
}

/// Takes one request from the subject's budget, and notes how it stands for the answer's headers.
///
/// # Errors
/// [`Error::RateLimited`] when nothing is left.
pub fn spend(context: &Context, budget: &'static Budget, subject: &str) -> Result<()> {
    let key = key(budget, subject);
    let now = context.now_ms();
    let decision = BUCKETS.with_borrow_mut(|buckets| buckets.take(key, &budget.rate, now));
    context.set_spent(Spent { budget, decision });
    if decision.admitted || context.config().ignores_budgets {
        Ok(())
    } else {
        Err(Error::RateLimited {
            retry_after_ms: decision.retry_after_ms,
        })
    }
}

fn key(budget: &Budget, subject: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (budget.name, subject).hash(&mut hasher);
    hasher.finish()
}
