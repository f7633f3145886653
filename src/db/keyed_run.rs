//! A request that is carried out under an `Idempotency-Key`, as the database sees it.
//!
//! Its row in `idempotency_keys` says which request may carry it out. Every batch that writes asks
//! that again, and notes in the same transaction that something was changed. So of two requests
//! that both believe to be the one, one commits; and whether a request that died had an effect is
//! known.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::statement::Statement;

/// A request that holds its key.
#[derive(Debug)]
pub struct KeyedRun {
    /// First half of the row's key.
    pub day: i64,
    /// Second half.
    pub key_hash: String,
    /// This request.
    pub run_id: String,
    is_over: AtomicBool,
}

impl KeyedRun {
    /// The request `run_id` for the row `day`, `key_hash`.
    pub fn new(day: i64, key_hash: String, run_id: String) -> Self {
        Self {
            day,
            key_hash,
            run_id,
            is_over: AtomicBool::new(false),
        }
    }

    /// What is written from now on, behind the answer, is not part of it.
    pub fn end(&self) {
        self.is_over.store(true, Relaxed);
    }

    /// The statements of a batch, with ours among them if it writes.
    pub(super) fn weave(&self, statements: Vec<Statement>, now: i64) -> Vec<Woven> {
        let writes = statements.iter().any(Statement::writes);
        if !writes || self.is_over.load(Relaxed) {
            return statements.into_iter().map(Woven::asked).collect();
        }
        let mut woven = vec![Woven::ours(self.assert_held())];
        for statement in statements {
            let writes = statement.writes();
            woven.push(Woven::asked(statement));
            if writes {
                woven.push(Woven::ours(self.mark_committed(now)));
            }
        }
        woven
    }

    /// Fails, and with it the whole batch, when another request has taken over.
    fn assert_held(&self) -> Statement {
        Statement::new(
            "select case
               when exists (
                 select 1
                 from idempotency_keys
                 where day = ?1 and key_hash = ?2 and run_id = ?3
               ) then 1
               else json_extract('[]', 'another request has the key')
             end as is_held",
        )
        .bind(self.day)
        .bind(&self.key_hash)
        .bind(&self.run_id)
    }

    /// Follows a statement that writes: counts only if that one changed a row.
    fn mark_committed(&self, now: i64) -> Statement {
        Statement::new(
            "update idempotency_keys
             set committed_at = ?4
             where day = ?1
               and key_hash = ?2
               and run_id = ?3
               and committed_at is null
               and changes() > 0",
        )
        .bind(self.day)
        .bind(&self.key_hash)
        .bind(&self.run_id)
        .bind(now)
    }
}

/// Whether a database error is the failure of [`KeyedRun::assert_held`].
pub(super) fn is_lost(error: &str) -> bool {
    error.contains("another request has the key")
}

/// A statement, and whether whoever asked wants its rows.
#[derive(Debug, Clone)]
pub struct Woven {
    pub(super) statement: Statement,
    pub(super) is_asked: bool,
}

impl Woven {
    pub(super) fn asked(statement: Statement) -> Self {
        Self {
            statement,
            is_asked: true,
        }
    }

    fn ours(statement: Statement) -> Self {
        Self {
            statement,
            is_asked: false,
        }
    }
}
