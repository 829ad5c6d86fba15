use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::migrate::{self, Migration};
use crate::postgres::PostgresDb;
use crate::sqlite::SqliteDb;
use crate::{Dialect, Error, Result, Tx};

/// A database, cheap to clone.
#[derive(Clone)]
pub struct Db {
    kind: Arc<Kind>,
}

enum Kind {
    Sqlite(SqliteDb),
    Postgres(PostgresDb),
}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Options {
    /// A file. `synchronous` is [`Synchronous::Full`] except where a test shows what the other would lose.
    Sqlite { path: PathBuf, synchronous: Synchronous },
    /// A connection string, and how many connections to hold at most.
    Postgres { url: String, connections: usize },
}

/// How long SQLite waits for the disk at a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// An acknowledged write survives a power loss.
    Full,
    /// An acknowledged write may be lost at a power loss.
    Normal,
}

impl Options {
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite { path: path.into(), synchronous: Synchronous::Full }
    }

    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres { url: url.into(), connections: 16 }
    }
}

/// A transaction body with its answer, without their types: what travels to a connection's thread.
pub(crate) trait Work: Send {
    /// Runs the body. `false` asks for a rollback.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Tells whoever waits. `Err` replaces an answer that was given before the commit failed.
    fn finish(self: Box<Self>, committed: Result<()>);
}

struct Body<F, T, E> {
    body: F,
    answer: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work for Body<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let answer = (self.body)(tx);
        let answer = if answer.is_ok() && tx.has_failed() { Err(Error::Aborted.into()) } else { answer };
        let fine = answer.is_ok();
        self.answer = Some(answer);
        fine
    }

    fn finish(self: Box<Self>, committed: Result<()>) {
        let answer = match (committed, self.answer) {
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(Error::Panicked.into()),
            (Err(error), Some(Ok(_)) | None) => Err(error.into()),
            (Err(_), Some(Err(error))) => Err(error),
        };
        // Nobody waits any more when a request was cancelled; the work is done all the same.
        let _ = self.reply.send(answer);
    }
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Migration`] when the schema is newer than the program or an applied migration was changed.
    pub fn open(options: &Options, migrations: &[Migration]) -> Result<Self> {
        let kind = match options {
            Options::Sqlite { path, synchronous } => Kind::Sqlite(SqliteDb::open(path, *synchronous)?),
            Options::Postgres { url, connections } => Kind::Postgres(PostgresDb::open(url, *connections)?),
        };
        let db = Self { kind: Arc::new(kind) };
        migrate::run(&db, migrations)?;
        Ok(db)
    }

    pub fn dialect(&self) -> Dialect {
        match *self.kind {
            Kind::Sqlite(_) => Dialect::Sqlite,
            Kind::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs `body` in a transaction that may write. On `Ok` it is durable when this returns. PostgreSQL may run the
    /// body again when it lost against another transaction, so it must not consume what it captured.
    pub async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = body_of(body);
        self.send_write(work, false)?;
        answer.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// Runs `body` in a transaction that sees one state of the database and may not write.
    pub async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = body_of(body);
        self.send_read(work, false)?;
        answer.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// [`Db::write`] for commands and threads outside the async runtime. Waits for a place in the queue instead of
    /// refusing, so that bulk work gives way to people.
    pub fn write_blocking<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = body_of(body);
        self.send_write(work, true)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// [`Db::read`] for commands and threads outside the async runtime.
    pub fn read_blocking<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = body_of(body);
        self.send_read(work, true)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    fn send_write(&self, work: Box<dyn Work>, patient: bool) -> Result<()> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.write(work, patient),
            Kind::Postgres(postgres) => postgres.send(work, true, patient),
        }
    }

    fn send_read(&self, work: Box<dyn Work>, patient: bool) -> Result<()> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.read(work, patient),
            Kind::Postgres(postgres) => postgres.send(work, false, patient),
        }
    }

    /// Writes a consistent copy of an embedded database into a new file, while work goes on.
    ///
    /// # Errors
    /// [`Error::BadInput`] on PostgreSQL, which has tools of its own for this.
    pub fn copy_to(&self, path: &std::path::Path) -> Result<()> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.copy_to(path),
            Kind::Postgres(_) => Err(Error::BadInput("back up PostgreSQL with pg_dump".to_owned())),
        }
    }

    /// What SQLite's own integrity check has to say; empty when all is well, and on PostgreSQL.
    pub fn integrity(&self) -> Result<Vec<String>> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.integrity(),
            Kind::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// How many writes each of the latest groups committed together, for the metrics: `(groups, writes)` since start.
    pub fn groups(&self) -> (u64, u64) {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.groups(),
            Kind::Postgres(_) => (0, 0),
        }
    }
}

type Answer<T, E> = oneshot::Receiver<Result<T, E>>;

fn body_of<T, E, F>(body: F) -> (Box<dyn Work>, Answer<T, E>)
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Body { body, answer: None, reply }), answer)
}
