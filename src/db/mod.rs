//! D1 as values: statements are built, then run together in one batch, which is both one round
//! trip and D1's only transaction.

mod row;
mod statement;
#[cfg(test)]
pub mod testing;

use std::sync::Arc;

use worker::{D1Database, D1PreparedStatement};

pub(crate) use row::row;
pub use row::{Column, Columns, Field, FromRow, Unreadable};
pub use statement::Statement;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::faults::Fault;
use crate::telemetry::{Meter, Operation};

/// The binding of wrangler.toml.
const BINDING: &str = "DB";

/// The database, counting what it does.
pub struct Db {
    database: D1Database,
    meter: Arc<Meter>,
    fails: bool,
}

impl Db {
    /// Opens the binding.
    ///
    /// # Errors
    /// When the deployment lacks it.
    pub fn open(context: &Context) -> Result<Self> {
        Ok(Self {
            database: context.env().d1(BINDING).map_err(Error::internal)?,
            meter: context.meter().clone(),
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
    #[worker::send]
    pub async fn batch(&self, statements: Vec<Statement>) -> Result<Batch> {
        self.meter.add(Operation::D1Trip, 1);
        if self.fails {
            return Err(Error::Database("asked to fail by a test".into()));
        }
        let prepared = statements
            .into_iter()
            .map(|statement| self.prepare(statement))
            .collect::<Result<Vec<_>>>()?;
        let results = self
            .database
            .batch(prepared)
            .await
            .map_err(database_error)?;
        let mut sets = Vec::with_capacity(results.len());
        for result in results {
            if let Some(meta) = result.meta().map_err(database_error)? {
                self.count(Operation::D1RowRead, meta.rows_read);
                self.count(Operation::D1RowWritten, meta.rows_written);
            }
            sets.push(result.results::<Columns>().map_err(database_error)?);
        }
        Ok(Batch(sets))
    }

    fn prepare(&self, statement: Statement) -> Result<D1PreparedStatement> {
        let (sql, parameters) = statement.into_parts();
        let values: Vec<_> = parameters.into_iter().map(Into::into).collect();
        self.database
            .prepare(sql)
            .bind(&values)
            .map_err(database_error)
    }

    fn count(&self, operation: Operation, rows: Option<usize>) {
        self.meter.add(operation, rows.unwrap_or(0) as u64);
    }
}

fn database_error(error: worker::Error) -> Error {
    Error::Database(error.to_string())
}

/// The rows of each statement of a batch.
pub struct Batch(Vec<Vec<Columns>>);

impl Batch {
    /// The batch but for its first `count` statements.
    pub fn without_first(mut self, count: usize) -> Self {
        Self(self.0.split_off(count.min(self.0.len())))
    }

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
