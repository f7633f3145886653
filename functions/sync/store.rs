//! Reads what matters to a batch, has the core decide, and writes it all at once.

use std::future::Future;
use std::pin::Pin;

use sync_core::{
    Action, DeviceMemory, Identity, Key, KeyMemory, KeyPage, Operation, Outcome, Record, Rejection,
    Snapshot, Stored, Table, Transition, apply,
};

use super::db::{self, RecordRow, TextRow, VersionRow, unreadable};
use super::hint::hint;
use crate::auth::Caller;
use crate::context::Context;
use crate::db::Statement;
use crate::error::{Error, Result};
use crate::hash::random;

/// How often a batch is decided on anew because another device was faster.
pub const MAX_TRIES: u32 = 10;

/// What became of a batch.
pub struct Synced {
    /// What was there before.
    pub seen: Seen,
    /// What was decided and written.
    pub transition: Transition,
}

impl Synced {
    /// A record as it is now.
    pub fn record(&self, key: &Key) -> Option<&Record> {
        let changed = self.transition.changed.get(key);
        changed.or_else(|| self.seen.snapshot.records.get(key))
    }
}

/// Everything that matters to a batch, as it was at one moment.
pub struct Seen {
    /// What is the user's.
    pub snapshot: Snapshot,
    /// The keys that are somebody else's.
    others: Vec<Key>,
    /// The keys of records that are too large to be read together with the others.
    postponed: Vec<Key>,
}

impl Seen {
    /// What becomes of the batch.
    pub fn decide(&self, operations: &[Operation], now: i64) -> Transition {
        let refuse = |operation: &Operation| {
            let mut operation = refuse_others(operation, &self.others);
            if self.postponed.contains(&operation.key) {
                operation.action = Action::Elsewhere(None);
            }
            operation
        };
        let operations: Vec<_> = operations.iter().map(refuse).collect();
        apply(&self.snapshot, &operations, now)
    }
}

/// Carries out a batch for the caller: all of it, once, whatever else happens.
///
/// # Errors
/// When the session ended, or too many other devices were faster.
pub async fn sync(
    context: &Context,
    caller: &Caller,
    device_id: &str,
    operations: &[Operation],
) -> Result<Synced> {
    let seen = look(context, caller, device_id, operations).await?;
    sync_from(context, caller, operations, seen).await
}

/// As [`sync`], from what was seen a moment ago.
///
/// # Errors
/// As [`sync`].
pub async fn sync_from(
    context: &Context,
    caller: &Caller,
    operations: &[Operation],
    mut seen: Seen,
) -> Result<Synced> {
    let device_id = seen.snapshot.device.clone();
    for attempt in 0..MAX_TRIES {
        let transition = seen.decide(operations, context.now_ms());
        let snapshot = &seen.snapshot;
        if transition.is_empty()
            || commit(
                context,
                caller,
                &device_id,
                snapshot,
                &transition,
                Vec::new(),
            )
            .await?
        {
            return Ok(Synced { seen, transition });
        }
        wait(context, attempt).await;
        seen = look(context, caller, &device_id, operations).await?;
    }
    Err(too_many_races())
}

/// When a batch was decided on too often.
pub fn too_many_races() -> Error {
    Error::Unavailable("other devices of the user were faster every time".into())
}

/// Writes what was decided, and something else with it; false if somebody else has written since.
pub async fn commit(
    context: &Context,
    caller: &Caller,
    device_id: &str,
    snapshot: &Snapshot,
    transition: &Transition,
    also: Vec<Statement>,
) -> Result<bool> {
    let now = context.now_ms();
    let statements = write(caller, device_id, snapshot, transition, also, now)?;
    match context.db()?.batch(statements).await {
        Ok(_) => {
            hint(context, &caller.user_id, device_id, transition);
            Ok(true)
        }
        Err(Error::Database(text)) if is_race(&text) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether somebody else has written since: the user's number changed, or an id was taken.
fn is_race(error: &str) -> bool {
    error.contains("malformed JSON") || error.contains("records.user_id")
}

/// Lets the other go first, each time a little longer.
pub async fn wait(context: &Context, attempt: u32) {
    let [byte] = random::<1>();
    let most = 10 << attempt.min(4);
    context.sleep(u64::from(byte) * most / 255).await;
}

/// Reads all that matters to the operations, in one trip.
///
/// # Errors
/// When the session ended.
pub fn look<'a>(
    context: &'a Context,
    caller: &'a Caller,
    device_id: &'a str,
    operations: &'a [Operation],
) -> Pin<Box<dyn Future<Output = Result<Seen>> + Send + 'a>> {
    // In a box, or it would be a part of each of its callers.
    Box::pin(look_at(context, caller, device_id, operations))
}

async fn look_at(
    context: &Context,
    caller: &Caller,
    device_id: &str,
    operations: &[Operation],
) -> Result<Seen> {
    let now = context.now_ms();
    let mut keys: Vec<&Key> = Vec::new();
    let mut is_numbered = false;
    let mut days: Vec<i64> = Vec::new();
    for operation in operations {
        let is_record = !operation.key.collection.is_empty();
        if is_record && !keys.contains(&&operation.key) {
            keys.push(&operation.key);
        }
        for identity in operation.depends_on.iter().chain([&operation.identity]) {
            match identity {
                Identity::None => {}
                Identity::Number(_) => is_numbered = true,
                Identity::Named(_) => {
                    let day = KeyMemory::day(operation.created_at);
                    if !days.contains(&day) {
                        days.push(day);
                    }
                }
            }
        }
    }
    let mut statements = vec![db::find_version(&caller.user_id), db::find_records(&keys)];
    if is_numbered {
        statements.push(db::find_memory(&caller.user_id, device_id));
    }
    if !days.is_empty() {
        statements.push(db::find_key_pages(&caller.user_id, &days, now));
    }
    let (_, mut batch) = context.db()?.batch_as(caller, now, statements).await?;
    let mut snapshot = Snapshot {
        device: device_id.to_owned(),
        version: batch
            .first::<VersionRow>(0)?
            .map_or(0, |row| row.sync_version),
        records: Table::default(),
        memory: DeviceMemory::default(),
        keys: KeyMemory::default(),
    };
    let mut others = Vec::new();
    let mut postponed = Vec::new();
    for row in batch.all::<RecordRow>(1)? {
        if row.user_id == caller.user_id && row.body.is_empty() {
            postponed.push(row.key());
        } else if row.user_id == caller.user_id {
            snapshot.records.insert(row.key(), row.record()?);
        } else {
            others.push(row.key());
        }
    }
    if is_numbered && let Some(row) = batch.first::<TextRow>(2)? {
        snapshot.memory = DeviceMemory::of_text(&row.text).ok_or_else(unreadable)?;
    }
    for row in batch.all::<TextRow>(2 + usize::from(is_numbered))? {
        let page = KeyPage::of_text(&row.text).ok_or_else(unreadable)?;
        snapshot.keys.load(&page);
    }
    Ok(Seen {
        snapshot,
        others,
        postponed,
    })
}

/// What is somebody else's cannot be made here, and reads as if it were not there.
fn refuse_others(operation: &Operation, others: &[Key]) -> Operation {
    let mut operation = operation.clone();
    if others.contains(&operation.key) {
        let outcome = match &operation.action {
            Action::Put(_) => Outcome::Rejected(Rejection::new(409, "CONFLICT")),
            Action::Delete => Outcome::Applied,
            _ => Outcome::Rejected(Rejection::NOT_FOUND),
        };
        if !matches!(operation.action, Action::Elsewhere(_)) {
            operation.action = Action::Elsewhere(Some(outcome));
        }
    }
    operation
}

fn write(
    caller: &Caller,
    device_id: &str,
    snapshot: &Snapshot,
    transition: &Transition,
    also: Vec<Statement>,
    now: i64,
) -> Result<Vec<Statement>> {
    let mut statements = vec![
        db::assert_version(caller, snapshot.version),
        db::set_version(caller, transition.version),
    ];
    statements.extend(db::write_records(caller, &transition.changed, now)?);
    if let Some(memory) = &transition.memory {
        statements.push(db::write_memory(caller, device_id, memory.to_text(), now));
    }
    for (day, page) in transition.keys.iter() {
        let expires_at = KeyMemory::expires_at(*day, now);
        statements.push(db::write_key_page(
            caller,
            *day,
            transition.version,
            page.to_text(),
            expires_at,
        ));
    }
    for loser in &transition.losers {
        statements.push(db::write_conflict(caller, loser, now)?);
    }
    statements.extend(also);
    Ok(statements)
}
