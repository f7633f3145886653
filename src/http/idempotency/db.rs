//! The table `idempotency_keys`. A row counts for 24 hours and stays up to two days more.

use crate::auth::Caller;
use crate::db::{KeyedRun, Statement};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// A key that a request wants.
pub(super) struct Reservation<'a> {
    pub key_hash: &'a str,
    pub run_id: &'a str,
    pub request_hash: &'a str,
    pub secret_id: &'a str,
    pub caller: Option<&'a Caller>,
    pub lease_until: i64,
    pub now: i64,
}

impl Reservation<'_> {
    fn day(&self) -> i64 {
        self.now / DAY_MS
    }

    /// Takes the key of the same request that died without an effect.
    pub fn take_over(&self) -> Statement {
        Statement::new(
            "update idempotency_keys
             set run_id = ?5, lease_until = ?6, secret_id = ?7, request_hash = ?8
             where day in (?1, ?1 - 1)
               and key_hash = ?2
               and created_at > ?3 - 86400000
               and lease_until <= ?3
               and committed_at is null
               and answer is null
               and (request_hash = ?8 or secret_id <> ?7)
               and (?4 is null or exists (
                 select 1 from live_sessions where session_id = ?4 and (?9 = 0 or role = 'admin')
               ))",
        )
        .bind(self.day())
        .bind(self.key_hash)
        .bind(self.now)
        .bind(self.caller.map(|caller| &caller.session_id))
        .bind(self.run_id)
        .bind(self.lease_until)
        .bind(self.secret_id)
        .bind(self.request_hash)
        .bind(self.is_administrators())
    }

    /// Takes the key if nobody has it.
    pub fn insert(&self) -> Statement {
        Statement::new(
            "insert into idempotency_keys
               (day, key_hash, run_id, lease_until, created_at, secret_id, request_hash)
             select ?1, ?2, ?5, ?6, ?3, ?7, ?8
             where not exists (
               select 1
               from idempotency_keys
               where day = ?1 - 1 and key_hash = ?2 and created_at > ?3 - 86400000
             )
               and (?4 is null or exists (
                 select 1 from live_sessions where session_id = ?4 and (?9 = 0 or role = 'admin')
               ))
             on conflict do nothing",
        )
        .bind(self.day())
        .bind(self.key_hash)
        .bind(self.now)
        .bind(self.caller.map(|caller| &caller.session_id))
        .bind(self.run_id)
        .bind(self.lease_until)
        .bind(self.secret_id)
        .bind(self.request_hash)
        .bind(self.is_administrators())
    }

    /// Who has it now.
    pub fn find(&self) -> Statement {
        Statement::new(
            "select day, run_id, lease_until, committed_at, secret_id, request_hash, content_hash,
               answer
             from idempotency_keys
             where day in (?1, ?1 - 1) and key_hash = ?2 and created_at > ?3 - 86400000",
        )
        .bind(self.day())
        .bind(self.key_hash)
        .bind(self.now)
    }

    fn is_administrators(&self) -> bool {
        self.caller
            .is_some_and(|caller| caller.must_be_administrator)
    }
}

/// Keeps the answer of the request that has the key.
pub(super) fn keep_answer(run: &KeyedRun, answer: &str, content_hash: Option<String>) -> Statement {
    Statement::new(
        "update idempotency_keys
         set answer = ?4, content_hash = ?5
         where day = ?1 and key_hash = ?2 and run_id = ?3",
    )
    .bind(run.day)
    .bind(&run.key_hash)
    .bind(&run.run_id)
    .bind(answer)
    .bind(content_hash)
}

/// Gives a key back that was used for nothing.
pub(super) fn release(run: &KeyedRun) -> Statement {
    Statement::new(
        "delete from idempotency_keys
         where day = ?1 and key_hash = ?2 and run_id = ?3 and committed_at is null",
    )
    .bind(run.day)
    .bind(&run.key_hash)
    .bind(&run.run_id)
}

/// Nobody has to wait for the answer any more: there will be none.
pub(super) fn end_lease(run: &KeyedRun) -> Statement {
    Statement::new(
        "update idempotency_keys
         set lease_until = 0
         where day = ?1 and key_hash = ?2 and run_id = ?3",
    )
    .bind(run.day)
    .bind(&run.key_hash)
    .bind(&run.run_id)
}

/// Forgets the keys whose time is over.
pub fn forget_idempotency_keys(now: i64) -> Statement {
    Statement::new("delete from idempotency_keys where day < ?1").bind(now / DAY_MS - 1)
}

#[cfg(test)]
#[path = "db_tests.rs"]
mod tests;
