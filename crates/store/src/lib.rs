//! SQLite and PostgreSQL behind one [`Db`].
//!
//! A transaction body is a plain synchronous closure over a [`Tx`], written once for both databases and run on a
//! thread that owns a connection. So a body may await nothing but the database, and a request that its client gave up
//! on can never leave a transaction open: the closure runs to its end whether or not anyone still waits for it.
//!
//! * [`statements!`] registers SQL, [`entity!`] declares a table, [`list`] builds filtered, keyset-paged lists.
//! * [`search`], [`jobs`] and [`outbox`] are tables of the same database, written in the same transaction.
//! * [`turns`] are taken by transactions that look before they write.

mod db;
mod entity;
mod error;
pub mod jobs;
pub mod list;
mod migrate;
pub mod outbox;
mod postgres;
mod predicate;
pub mod search;
mod seq;
mod sqlite;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
pub mod turns;
mod tx;
mod value;
pub mod values;

pub use db::{Db, Options, Synchronous};
pub use entity::{Columns, Entity};
pub use error::{Error, Result};
pub use migrate::{FOUNDATION, Migration, schema_version};
pub use predicate::Predicate;
pub use statement::{Dialect, Registered, Statement, registered};
pub use tx::{Row, Tx};
pub use value::{FromValue, Ids, ToValue, Value};

#[doc(hidden)]
pub use inventory;

#[doc(hidden)]
pub mod __entity {
    pub use crate::entity::{Statements, delete_sql, find_sql, insert_sql, update_sql};
}
