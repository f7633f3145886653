//! The schema in an SQLite of the test's own, which runs the very statements of the Worker.

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use super::statement::{Parameter, Statement};
use super::{Batch, Columns};

/// A database with all migrations applied.
pub struct TestDb(Connection);

impl TestDb {
    /// An empty one.
    pub fn new() -> Self {
        let db = Connection::open_in_memory().unwrap();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            db.execute_batch(&std::fs::read_to_string(file).unwrap())
                .unwrap();
        }
        Self(db)
    }

    /// Runs SQL that sets the stage.
    pub fn prepare(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap();
    }

    /// As [`super::Db::batch`]: in one transaction. Also tells how many rows changed.
    pub fn batch(&mut self, statements: Vec<Statement>) -> (Batch, usize) {
        let transaction = self.0.transaction().unwrap();
        let before = transaction.total_changes();
        let mut sets = Vec::new();
        for statement in statements {
            let (sql, parameters) = statement.into_parts();
            let mut prepared = transaction.prepare(sql).unwrap();
            let names: Vec<String> = prepared
                .column_names()
                .into_iter()
                .map(str::to_owned)
                .collect();
            let values = params_from_iter(parameters.into_iter().map(as_sql));
            let rows = prepared
                .query_map(values, |row| {
                    let mut fields = Columns::new();
                    for (index, name) in names.iter().enumerate() {
                        fields.insert(name.clone(), as_json(row.get_ref(index)?));
                    }
                    Ok(fields)
                })
                .unwrap();
            sets.push(rows.map(|row| row.unwrap()).collect());
        }
        let changed = transaction.total_changes() - before;
        transaction.commit().unwrap();
        (Batch(sets), changed as usize)
    }
}

fn as_sql(parameter: Parameter) -> Sql {
    match parameter {
        Parameter::Null => Sql::Null,
        Parameter::Integer(value) => Sql::Integer(value),
        Parameter::Real(value) => Sql::Real(value),
        Parameter::Text(value) => Sql::Text(value),
    }
}

fn as_json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => value.into(),
        ValueRef::Real(value) => value.into(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
    }
}
