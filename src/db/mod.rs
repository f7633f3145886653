//! D1 as values: statements are built, then run together in one batch, which is both one round
//! trip and D1's only transaction.

mod group;
mod keyed_run;
mod part;
mod row;
mod statement;
#[cfg(test)]
pub mod testing;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use worker::{D1Database, D1PreparedStatement};

pub use keyed_run::KeyedRun;
pub use part::SessionCheck;
pub(crate) use row::row;
pub use row::{Column, Columns, Field, FromRow, Unreadable};
pub use statement::Statement;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::faults::Fault;
use crate::telemetry::{Meter, Operation};
use group::{Load, ask_apart};
use part::{Part, PartAnswer, Trip};

/// The binding of wrangler.toml.
const BINDING: &str = "DB";

/// What one batch may carry; D1 itself takes 100 kB a statement and 30 s a batch.
const MOST: Load = Load {
    statements: 500,
    bytes: 4 << 20,
};

/// How long a batch waits for handlers that are busy with something else than the database.
const PATIENCE: Duration = Duration::from_millis(20);

/// Where the batches of handlers that run side by side become one.
pub type Group = group::Group<Part, Result<PartAnswer, String>>;

/// The database, counting what it does.
pub struct Db {
    binding: Binding,
    group: Option<Group>,
    run: Option<Arc<KeyedRun>>,
    now: i64,
    fails: bool,
}

impl Db {
    /// Opens the binding.
    ///
    /// # Errors
    /// When the deployment lacks it.
    pub fn open(context: &Context) -> Result<Self> {
        Ok(Self {
            binding: Binding::open(context)?,
            group: context.group().cloned(),
            run: context.keyed_run(),
            now: context.now_ms(),
            fails: context.faults().has(Fault::Database),
        })
    }

    /// Runs one statement and reads its first row.
    pub async fn first<T: FromRow>(&self, statement: Statement) -> Result<Option<T>> {
        self.batch(vec![statement]).await?.first(0)
    }

    /// Runs one statement and reads all its rows.
    pub async fn all<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>> {
        self.batch(vec![statement]).await?.all(0)
    }

    /// Runs the statements in order, in one transaction and one round trip: all or none.
    pub async fn batch(&self, statements: Vec<Statement>) -> Result<Batch> {
        let answer = self.run(None, statements).await?;
        Ok(Batch(answer.sets))
    }

    /// As [`Self::batch`], after a question about the caller's session, whose rows come first. In a
    /// group it is asked once for all who ask the same.
    pub async fn batch_checked(
        &self,
        check: SessionCheck,
        statements: Vec<Statement>,
    ) -> Result<(Batch, Batch)> {
        let answer = self.run(Some(check), statements).await?;
        Ok((Batch(vec![answer.session]), Batch(answer.sets)))
    }

    #[worker::send]
    async fn run(
        &self,
        check: Option<SessionCheck>,
        statements: Vec<Statement>,
    ) -> Result<PartAnswer> {
        if self.fails {
            self.binding.meter.add(Operation::D1Trip, 1);
            return Err(Error::Database("asked to fail by a test".into()));
        }
        let part = Part::new(check, statements, self.run.as_deref(), self.now);
        let asked = match &self.group {
            Some(group) => group.ask(part),
            None => Err(part),
        };
        let answer = match asked {
            Ok(answer) => answer.await.map_err(Error::internal)?,
            Err(part) => self.binding.ask_one(part).await,
        };
        answer.map_err(|text| {
            if keyed_run::is_lost(&text) {
                Error::IdempotencyInProgress
            } else {
                Error::Database(text)
            }
        })
    }
}

/// Runs the futures side by side. What they ask the database through `group` is asked together.
pub async fn run_grouped<F: Future>(
    context: &Context,
    group: &Group,
    lanes: Vec<F>,
) -> Result<Vec<F::Output>> {
    let binding = Binding::open(context)?;
    let trip = |parts: Vec<Part>| {
        let binding = &binding;
        async move {
            ask_apart(
                &parts,
                |parts| binding.ask(parts),
                |error: &String| is_of_statement(error),
            )
            .await
        }
    };
    let patience = || async { worker::Delay::from(PATIENCE).await };
    Ok(group.drive(lanes, MOST, trip, patience).await)
}

/// Whether SQLite refused a statement, so that nothing was done. Any other failure says nothing of
/// the kind: what may have been done must not be done again.
fn is_of_statement(error: &str) -> bool {
    error.contains("SQLITE_")
}

/// D1 itself.
struct Binding {
    database: D1Database,
    meter: Arc<Meter>,
}

impl Binding {
    fn open(context: &Context) -> Result<Self> {
        Ok(Self {
            database: context.env().d1(BINDING).map_err(Error::internal)?,
            meter: context.meter().clone(),
        })
    }

    async fn ask_one(&self, part: Part) -> Result<PartAnswer, String> {
        let mut answers = self.ask(vec![part]).await?;
        answers.pop().ok_or_else(|| "D1 gave no answer".to_owned())
    }

    /// One trip.
    async fn ask(&self, parts: Vec<Part>) -> Result<Vec<PartAnswer>, String> {
        let (trip, statements) = Trip::of(parts);
        self.meter.add(Operation::D1Trip, 1);
        let prepared = statements
            .into_iter()
            .map(|statement| self.prepare(statement))
            .collect::<Result<Vec<_>, _>>()?;
        let results = self.database.batch(prepared).await.map_err(text)?;
        let mut sets = Vec::with_capacity(results.len());
        for result in results {
            if let Some(meta) = result.meta().map_err(text)? {
                self.count(Operation::D1RowRead, meta.rows_read);
                self.count(Operation::D1RowWritten, meta.rows_written);
            }
            sets.push(result.results::<Columns>().map_err(text)?);
        }
        Ok(trip.read(sets))
    }

    fn prepare(&self, statement: Statement) -> Result<D1PreparedStatement, String> {
        let (sql, parameters) = statement.into_parts();
        let values: Vec<_> = parameters.into_iter().map(Into::into).collect();
        self.database.prepare(sql).bind(&values).map_err(text)
    }

    fn count(&self, operation: Operation, rows: Option<usize>) {
        self.meter.add(operation, rows.unwrap_or(0) as u64);
    }
}

fn text(error: worker::Error) -> String {
    error.to_string()
}

/// The rows of each statement of a batch.
pub struct Batch(Vec<Vec<Columns>>);

impl Batch {
    /// The first row of statement `index`, if it has any.
    ///
    /// # Errors
    /// When the row does not fit `T`: the schema and the code disagree.
    pub fn first<T: FromRow>(&mut self, index: usize) -> Result<Option<T>> {
        self.take(index).first_mut().map(read).transpose()
    }

    /// All rows of statement `index`. Reading them takes them out.
    ///
    /// # Errors
    /// As [`Batch::first`].
    pub fn all<T: FromRow>(&mut self, index: usize) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        for mut columns in self.take(index) {
            rows.push(read(&mut columns)?);
        }
        Ok(rows)
    }

    fn take(&mut self, index: usize) -> Vec<Columns> {
        self.0
            .get_mut(index)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

fn read<T: FromRow>(columns: &mut Columns) -> Result<T> {
    T::from_row(columns).map_err(Error::internal)
}
