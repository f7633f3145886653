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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::row;
    use crate::db::testing::TestDb;

    row! {
        struct Row {
            committed_at: Option<i64>,
        }
    }

    fn db() -> TestDb {
        let db = TestDb::new();
        db.prepare(
            "insert into idempotency_keys
               (day, key_hash, run_id, lease_until, created_at, secret_id, request_hash)
             values (1, 'key', 'run', 0, 0, '', '');
             insert into request_nonces (key_hash, nonce, expires_at) values ('k', 'n', 1)",
        );
        db
    }

    fn nonce(name: &str) -> Statement {
        Statement::new(
            "insert into request_nonces (key_hash, nonce, expires_at)
             select ?1, 'n', 1
             on conflict do nothing
             returning nonce",
        )
        .bind(name)
    }

    fn read() -> Statement {
        Statement::new("select committed_at from idempotency_keys where day = 1")
    }

    /// When the run was marked, after a batch of these.
    fn committed_after(statements: Vec<Statement>, is_over: bool) -> Option<i64> {
        let mut db = db();
        let run = KeyedRun::new(1, "key".into(), "run".into());
        if is_over {
            run.end();
        }
        let woven = run.weave(statements, 42);
        db.batch(woven.into_iter().map(|woven| woven.statement).collect());
        let (mut batch, _) = db.batch(vec![read()]);
        batch.first::<Row>(0).unwrap().unwrap().committed_at
    }

    #[test]
    fn a_change_is_noted_and_nothing_else() {
        assert_eq!(committed_after(vec![nonce("new")], false), Some(42));
        assert_eq!(committed_after(vec![nonce("k")], false), None);
        assert_eq!(
            committed_after(vec![nonce("new"), nonce("k")], false),
            Some(42)
        );
        assert_eq!(
            committed_after(vec![nonce("k"), nonce("new")], false),
            Some(42)
        );
        assert_eq!(
            committed_after(vec![nonce("k"), read(), nonce("k")], false),
            None
        );
        assert_eq!(committed_after(vec![read()], false), None);
        assert_eq!(committed_after(vec![nonce("new")], true), None);
    }

    #[test]
    fn reads_are_left_as_they_are() {
        let run = KeyedRun::new(1, "key".into(), "run".into());
        assert_eq!(run.weave(vec![read(), read()], 0).len(), 2);
        let woven = run.weave(vec![read(), nonce("x"), read()], 0);
        let asked: Vec<_> = woven.iter().map(|woven| woven.is_asked).collect();
        assert_eq!(asked, [false, true, true, false, true]);
    }

    #[test]
    #[should_panic(expected = "another request has the key")]
    fn who_lost_the_key_commits_nothing() {
        let mut db = db();
        let run = KeyedRun::new(1, "key".into(), "earlier run".into());
        let woven = run.weave(vec![nonce("new")], 42);
        db.batch(woven.into_iter().map(|woven| woven.statement).collect());
    }
}
