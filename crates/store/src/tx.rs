use std::collections::HashMap;

use crate::list::Built;
use crate::{Dialect, Error, FromValue, Result, Statement, ToValue, Value};

/// An open transaction. It commits when its body returns `Ok`, and is rolled back otherwise.
pub struct Tx<'a> {
    connection: Connection<'a>,
    /// A statement has failed; PostgreSQL would refuse all that follow, so both databases do.
    failed: bool,
    pub(crate) retry: bool,
    depth: usize,
    read_only: bool,
}

enum Connection<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres { transaction: postgres::Transaction<'a>, prepared: &'a mut Prepared },
}

/// Prepared statements of one PostgreSQL connection. Registered statements are finite; lists vary in shape, so the
/// cache is emptied when it grows past a bound.
pub(crate) type Prepared = HashMap<String, postgres::Statement>;
const PREPARED_MOST: usize = 1_000;

/// A row that has been read: columns by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Reads column `index` (from 0) as a `T`.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self.0.get(index).cloned().unwrap_or(Value::Null);
        T::from_value(value).map_err(|error| at_column(error, index))
    }

    /// Like [`Row::get`], moving the value out.
    pub fn take<T: FromValue>(&mut self, index: usize) -> Result<T> {
        let value = self.0.get_mut(index).map_or(Value::Null, |value| std::mem::replace(value, Value::Null));
        T::from_value(value).map_err(|error| at_column(error, index))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A row put together from values, as if it had been read.
impl From<Vec<Value>> for Row {
    fn from(values: Vec<Value>) -> Self {
        Self(values)
    }
}

fn at_column(error: Error, index: usize) -> Error {
    match error {
        Error::Type { expected, found, .. } => Error::Type { column: index, expected, found },
        other => other,
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn sqlite(connection: &'a rusqlite::Connection, read_only: bool) -> Self {
        Self { connection: Connection::Sqlite(connection), failed: false, retry: false, depth: 0, read_only }
    }

    pub(crate) fn postgres(
        transaction: postgres::Transaction<'a>,
        prepared: &'a mut Prepared,
        read_only: bool,
    ) -> Self {
        let connection = Connection::Postgres { transaction, prepared };
        Self { connection, failed: false, retry: false, depth: 0, read_only }
    }

    pub fn dialect(&self) -> Dialect {
        match self.connection {
            Connection::Sqlite(_) => Dialect::Sqlite,
            Connection::Postgres { .. } => Dialect::Postgres,
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.dialect() == Dialect::Postgres
    }

    /// Whether this is a read: all that it sees is committed.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Runs a registered statement and answers its rows.
    pub fn query(&mut self, statement: &Statement, parameters: &[&dyn ToValue]) -> Result<Vec<Row>> {
        let values: Vec<Value> = parameters.iter().map(|parameter| parameter.to_value()).collect();
        let sql = statement.sql(self.dialect());
        self.rows(sql, &values)
    }

    /// The only row of a statement's answer, or [`Error::NotFound`].
    pub fn query_one(&mut self, statement: &Statement, parameters: &[&dyn ToValue]) -> Result<Row> {
        self.query_opt(statement, parameters)?.ok_or(Error::NotFound)
    }

    /// The first row of a statement's answer, if any.
    pub fn query_opt(&mut self, statement: &Statement, parameters: &[&dyn ToValue]) -> Result<Option<Row>> {
        Ok(self.query(statement, parameters)?.into_iter().next())
    }

    /// Runs a registered statement that changes rows and answers how many.
    pub fn execute(&mut self, statement: &Statement, parameters: &[&dyn ToValue]) -> Result<u64> {
        let values: Vec<Value> = parameters.iter().map(|parameter| parameter.to_value()).collect();
        self.run(statement, &values)
    }

    pub(crate) fn run(&mut self, statement: &Statement, values: &[Value]) -> Result<u64> {
        let sql = statement.sql(self.dialect());
        self.guarded(|connection| match connection {
            Connection::Sqlite(sqlite) => {
                let mut prepared = sqlite.prepare_cached(sql).map_err(Error::from_sqlite)?;
                let changed = prepared.execute(rusqlite::params_from_iter(values)).map_err(Error::from_sqlite)?;
                Ok(changed as u64)
            }
            Connection::Postgres { transaction, prepared } => {
                let statement = prepare(transaction, prepared, sql)?;
                transaction.execute(&statement, &borrowed(values)).map_err(Error::from_postgres)
            }
        })
    }

    /// Runs what [`crate::list`] built.
    pub fn built(&mut self, built: &Built) -> Result<Vec<Row>> {
        self.rows(&built.sql, &built.values)
    }

    pub(crate) fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        self.guarded(|connection| match connection {
            Connection::Sqlite(sqlite) => sqlite_rows(sqlite, sql, values),
            Connection::Postgres { transaction, prepared } => {
                let statement = prepare(transaction, prepared, sql)?;
                let rows = transaction.query(&statement, &borrowed(values)).map_err(Error::from_postgres)?;
                rows.iter().map(postgres_row).collect()
            }
        })
    }

    /// Runs a script of several statements without parameters (migrations).
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        self.guarded(|connection| match connection {
            Connection::Sqlite(sqlite) => sqlite.execute_batch(sql).map_err(Error::from_sqlite),
            Connection::Postgres { transaction, .. } => transaction.batch_execute(sql).map_err(Error::from_postgres),
        })
    }

    /// Prepares without running: proves that a statement is valid on this database.
    pub fn prepare_only(&mut self, statement: &Statement) -> Result<()> {
        let sql = statement.sql(self.dialect());
        self.guarded(|connection| match connection {
            Connection::Sqlite(sqlite) => sqlite.prepare(sql).map(drop).map_err(Error::from_sqlite),
            Connection::Postgres { transaction, .. } => {
                transaction.prepare(sql).map(drop).map_err(Error::from_postgres)
            }
        })
    }

    /// Runs `body` in a savepoint: if it fails, what it wrote is undone and this transaction goes on.
    pub fn nested<T, E: From<Error>>(&mut self, body: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.depth += 1;
        let depth = self.depth;
        let result = self.script(&format!("savepoint nested_{depth}")).map_err(E::from).and_then(|()| body(self));
        self.depth -= 1;
        let end = match &result {
            Ok(_) if !self.failed => format!("release savepoint nested_{depth}"),
            _ => format!("rollback to savepoint nested_{depth}; release savepoint nested_{depth}"),
        };
        let swallowed = result.is_ok() && self.failed;
        self.failed = false;
        self.script(&end)?;
        if swallowed {
            return Err(Error::Aborted.into());
        }
        result
    }

    fn guarded<T>(&mut self, body: impl FnOnce(&mut Connection<'a>) -> Result<T>) -> Result<T> {
        if self.failed {
            return Err(Error::Aborted);
        }
        let result = body(&mut self.connection);
        if let Err(error) = &result {
            self.failed = true;
            self.retry |= matches!(error, Error::Retry);
        }
        result
    }

    /// Whether a statement failed without its error reaching the end of the body.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    pub(crate) fn commit_postgres(self) -> Result<()> {
        match self.connection {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres { transaction, .. } => transaction.commit().map_err(Error::from_postgres),
        }
    }
}

fn sqlite_rows(sqlite: &rusqlite::Connection, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
    let mut prepared = sqlite.prepare_cached(sql).map_err(Error::from_sqlite)?;
    let columns = prepared.column_count();
    let mut rows = prepared.query(rusqlite::params_from_iter(values)).map_err(Error::from_sqlite)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(Error::from_sqlite)? {
        // Collecting results would not know how many there are, and move the values of each row four times.
        let mut values = Vec::with_capacity(columns);
        for index in 0..columns {
            values.push(Value::from_sqlite(row.get_ref(index).map_err(Error::from_sqlite)?)?);
        }
        out.push(Row(values));
    }
    Ok(out)
}

fn postgres_row(row: &postgres::Row) -> Result<Row> {
    (0..row.len()).map(|index| Value::from_postgres(row, index)).collect::<Result<_>>().map(Row)
}

fn borrowed(values: &[Value]) -> Vec<&(dyn postgres::types::ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

fn prepare(
    transaction: &mut postgres::Transaction<'_>,
    prepared: &mut Prepared,
    sql: &str,
) -> Result<postgres::Statement> {
    if let Some(statement) = prepared.get(sql) {
        return Ok(statement.clone());
    }
    if prepared.len() >= PREPARED_MOST {
        prepared.clear();
    }
    let statement = transaction.prepare(sql).map_err(Error::from_postgres)?;
    prepared.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}
