use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::migrate::{self, Migration};
use crate::postgres::PostgresDb;
use crate::sqlite::SqliteDb;
use crate::{Dialect, Error, Result, Tx};

/// How long the database may work for a request: on SQLite on one read, on PostgreSQL on one statement. Whatever takes
/// longer holds a connection that others wait for. Bulk work (`*_blocking`) is not bound.
const WITHIN: Duration = Duration::from_secs(15);

/// A database, cheap to clone.
#[derive(Clone)]
pub struct Db {
    kind: Arc<Kind>,
    within: Duration,
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
    /// How long the database may work on it. Bulk work has no bound, and waits for a place in the queue.
    fn within(&self) -> Option<Duration>;
    /// Tells whoever waits. `Err` replaces an answer that was given before the commit failed.
    fn finish(self: Box<Self>, committed: Result<()>);
}

struct Body<F, T, E> {
    body: F,
    within: Option<Duration>,
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
        // What an earlier attempt answered was not stored; if this one panics, it must not be told.
        self.answer = None;
        let answer = (self.body)(tx);
        let answer = if answer.is_ok() && tx.has_failed() { Err(Error::Aborted.into()) } else { answer };
        let fine = answer.is_ok();
        self.answer = Some(answer);
        fine
    }

    fn within(&self) -> Option<Duration> {
        self.within
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
        let db = Self { kind: Arc::new(kind), within: WITHIN };
        migrate::run(&db, migrations)?;
        Ok(db)
    }

    /// The same database with another bound on how long it may work for a request.
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
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
        let (work, answer) = body_of(body, Some(self.within));
        self.send_write(work)?;
        answer.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// Runs `body` in a transaction that sees one state of the database and may not write.
    ///
    /// # Errors
    /// [`Error::TooSlow`] when the database works on it for longer than it may (see [`Db::within`]).
    pub async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = body_of(body, Some(self.within));
        self.send_read(work)?;
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
        let (work, answer) = body_of(body, None);
        self.send_write(work)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// [`Db::read`] for commands and threads outside the async runtime.
    pub fn read_blocking<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = body_of(body, None);
        self.send_read(work)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    fn send_write(&self, work: Box<dyn Work>) -> Result<()> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.write(work),
            Kind::Postgres(postgres) => postgres.send(work, true),
        }
    }

    fn send_read(&self, work: Box<dyn Work>) -> Result<()> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.read(work),
            Kind::Postgres(postgres) => postgres.send(work, false),
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

    /// Clears the disk of what has been removed from an embedded database: the write-ahead log is emptied, and a file
    /// of up to `most` bytes is written anew, since pages that were cut in two keep bytes in their unused parts. Writes
    /// wait meanwhile. Whether all was done; of PostgreSQL, whose vacuum does its own part by itself, it is said so.
    ///
    /// # Errors
    /// When somebody reads for so long that the log could not be emptied, or the disk refuses.
    pub fn clear_traces(&self, most: u64) -> Result<bool> {
        let Kind::Sqlite(sqlite) = &*self.kind else { return Ok(true) };
        let (whole, cleared) = sqlite.ask_to_clear(most);
        self.write_blocking(|_| Ok::<_, Error>(()))?;
        cleared.recv().map_err(|_| Error::Closed)??;
        Ok(whole)
    }

    /// What SQLite's own integrity check has to say; empty when all is well, and on PostgreSQL.
    pub fn integrity(&self) -> Result<Vec<String>> {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.integrity(),
            Kind::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Whether writes are taken. After a commit that failed at the disk they are not, until one succeeds again.
    pub fn takes_writes(&self) -> bool {
        match &*self.kind {
            Kind::Sqlite(sqlite) => sqlite.takes_writes(),
            Kind::Postgres(_) => true,
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

fn body_of<T, E, F>(body: F, within: Option<Duration>) -> (Box<dyn Work>, Answer<T, E>)
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Body { body, within, answer: None, reply }), answer)
}
