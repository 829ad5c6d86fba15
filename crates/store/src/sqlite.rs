//! SQLite: one writer thread that groups requests into one commit each, readers on connections of their own, and
//! checkpoints on a thread of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::db::{Synchronous, Work};
use crate::{Error, Result, Tx};

/// Requests that may wait for the writer; more are refused rather than left to time out.
const WRITE_QUEUE: usize = 2_048;
const READ_QUEUE: usize = 4_096;
/// Requests committed with one flush of the disk.
const GROUP_MOST: usize = 64;
/// A group is closed after this time even if more requests wait, so that nobody waits for a long queue.
const GROUP_TIME: Duration = Duration::from_millis(20);
const READERS: usize = 4;
const STATEMENTS_CACHED: usize = 512;
/// Past this size of the write-ahead log the writer itself starts it anew between two groups.
const WAL_RESTART_BYTES: u64 = 256 << 20;
/// As much of the file as a reader maps instead of reading: more than any book needs, address space is all it costs.
/// The writer keeps its own pages, which nobody makes stale.
const MAPPED_BYTES_MOST: u64 = 1 << 40;
/// Readers hold the log for moments; one that holds it longer than so many tries is waited for another time.
const CLEAR_TRIES: usize = 20;
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
/// While the disk refuses, a commit is tried this often.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// Steps of SQLite's machine between two looks at the time: some tenths of a millisecond.
const LOOK_EVERY: std::ffi::c_int = 20_000;

pub(crate) struct SqliteDb {
    path: PathBuf,
    writes: Sender<Box<dyn Work>>,
    reads: Sender<Box<dyn Work>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    closed: AtomicBool,
    /// A commit failed at the disk, and none has succeeded since.
    broken: AtomicBool,
    groups: AtomicU64,
    writes: AtomicU64,
    /// Who waits for the disk to be cleared of what was removed, and whether of all of it.
    clearing: Mutex<Vec<(bool, Sender<Result<()>>)>>,
}

impl SqliteDb {
    pub(crate) fn open(path: &Path, synchronous: Synchronous) -> Result<Self> {
        let (writes, write_queue) = bounded(WRITE_QUEUE);
        let (reads, read_queue) = bounded(READ_QUEUE);
        let state = Arc::new(State::default());
        let writer = open_writer(path, synchronous)?;
        spawn(
            "store-writer",
            Writer { connection: writer, queue: write_queue, state: state.clone(), path: path.to_owned(), synchronous },
        )?;
        for _ in 0..READERS {
            spawn("store-reader", Reader { connection: open_reader(path)?, queue: read_queue.clone() })?;
        }
        let checkpoints = Checkpoints { connection: open_writer(path, synchronous)?, state: state.clone() };
        spawn("store-checkpoint", checkpoints)?;
        Ok(Self { path: path.to_owned(), writes, reads, state })
    }

    pub(crate) fn write(&self, work: Box<dyn Work>) -> Result<()> {
        if !self.takes_writes() {
            return Err(Error::ReadOnly);
        }
        send(&self.writes, work)
    }

    pub(crate) fn read(&self, work: Box<dyn Work>) -> Result<()> {
        send(&self.reads, work)
    }

    pub(crate) fn takes_writes(&self) -> bool {
        !self.state.broken.load(Ordering::SeqCst)
    }

    pub(crate) fn groups(&self) -> (u64, u64) {
        (self.state.groups.load(Ordering::Relaxed), self.state.writes.load(Ordering::Relaxed))
    }

    /// Notes that the disk is to be cleared; the writer does it after its next group.
    pub(crate) fn ask_to_clear(&self, most: u64) -> (bool, Receiver<Result<()>>) {
        let whole = std::fs::metadata(&self.path).is_ok_and(|meta| meta.len() <= most);
        let (told, heard) = bounded(1);
        self.state.clearing.lock().unwrap_or_else(PoisonError::into_inner).push((whole, told));
        (whole, heard)
    }

    pub(crate) fn copy_to(&self, path: &Path) -> Result<()> {
        let source = open_reader(&self.path)?;
        let mut target = Connection::open(path)?;
        let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
        // Small steps with a pause between them, so that the writer is never held up for long.
        backup.run_to_completion(1_000, Duration::from_millis(5), None)?;
        drop(backup);
        target.execute_batch("pragma journal_mode = delete; pragma synchronous = full;")?;
        target.close().map_err(|(_, error)| Error::Sqlite(error))?;
        std::fs::File::open(path)?.sync_all()?;
        Ok(())
    }

    pub(crate) fn integrity(&self) -> Result<Vec<String>> {
        match self.checked() {
            // A file may be too damaged even to be checked; that is an answer too.
            Err(rusqlite::Error::SqliteFailure(code, message)) if is_damage(code) => {
                Ok(vec![message.unwrap_or_else(|| code.to_string())])
            }
            checked => Ok(checked?),
        }
    }

    fn checked(&self) -> rusqlite::Result<Vec<String>> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare("pragma integrity_check")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }
}

fn is_damage(error: rusqlite::ffi::Error) -> bool {
    matches!(error.code, rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
}

impl Drop for SqliteDb {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
    }
}

fn send(queue: &Sender<Box<dyn Work>>, work: Box<dyn Work>) -> Result<()> {
    if work.within().is_none() {
        return queue.send(work).map_err(|_| Error::Closed);
    }
    queue.try_send(work).map_err(|error| match error {
        TrySendError::Full(_) => Error::Overloaded,
        TrySendError::Disconnected(_) => Error::Closed,
    })
}

/// A thread that owns a connection.
trait Thread: Send + 'static {
    fn run(self);
}

fn spawn(name: &str, body: impl Thread) -> Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(move || body.run()).map(drop).map_err(Error::Io)
}

fn open_writer(path: &Path, synchronous: Synchronous) -> Result<Connection> {
    let connection = Connection::open(path)?;
    let synchronous = match synchronous {
        Synchronous::Full => "full",
        Synchronous::Normal => "normal",
    };
    connection.execute_batch(&format!(
        "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = {synchronous};
         pragma wal_autocheckpoint = 0; pragma journal_size_limit = {WAL_RESTART_BYTES}; pragma secure_delete = on;"
    ))?;
    common(&connection)?;
    Ok(connection)
}

fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    common(&connection)?;
    connection.execute_batch(&format!("pragma mmap_size = {MAPPED_BYTES_MOST};"))?;
    Ok(connection)
}

fn common(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "pragma busy_timeout = 5000; pragma foreign_keys = on; pragma temp_store = memory;
         pragma cache_size = -16384;",
    )?;
    // Once there are statistics, SQLite would plan a statement anew whenever a bound value changes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(())
}

/// Begins or ends a transaction by a statement that was prepared once: every request needs two of them.
fn control(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

fn wal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

struct Writer {
    connection: Connection,
    queue: Receiver<Box<dyn Work>>,
    state: Arc<State>,
    path: PathBuf,
    synchronous: Synchronous,
}

impl Thread for Writer {
    fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            if let Err(error) = self.group(first) {
                tracing::error!(%error, "commit failed; reading goes on, and writing when the disk takes a commit again");
                self.wait_for_disk();
            }
            self.restart_log();
            self.clear_traces();
        }
        let _ = self.connection.execute_batch("pragma optimize; pragma wal_checkpoint(truncate);");
    }
}

impl Writer {
    /// Runs the first request and those that wait behind it in one transaction, each in a savepoint of its own, and
    /// answers all after the one commit. Fails when the commit does.
    fn group(&self, first: Box<dyn Work>) -> rusqlite::Result<()> {
        let started = Instant::now();
        if let Err(error) = control(&self.connection, "begin immediate") {
            first.finish(Err(Error::from_sqlite(error)));
            return Ok(());
        }
        let mut done = vec![self.attempt(first)];
        while done.len() < GROUP_MOST && started.elapsed() < GROUP_TIME {
            let Ok(next) = self.queue.try_recv() else { break };
            done.push(self.attempt(next));
        }
        let committed = control(&self.connection, "commit");
        self.state.groups.fetch_add(1, Ordering::Relaxed);
        self.state.writes.fetch_add(done.len() as u64, Ordering::Relaxed);
        if committed.is_err() {
            self.state.broken.store(true, Ordering::SeqCst);
        }
        for work in done {
            work.finish(if committed.is_ok() { Ok(()) } else { Err(Error::ReadOnly) });
        }
        committed
    }

    fn attempt(&self, mut work: Box<dyn Work>) -> Box<dyn Work> {
        while self.run_once(work.as_mut()) {}
        work
    }

    /// Runs a request in a savepoint. `true` asks for another time: it drew a number that was taken.
    fn run_once(&self, work: &mut dyn Work) -> bool {
        let begun = control(&self.connection, "savepoint request").is_ok();
        let mut tx = Tx::sqlite(&self.connection, false);
        let ran = begun && catch_unwind(AssertUnwindSafe(|| work.run(&mut tx))).unwrap_or(false);
        let undone = if ran { Ok(()) } else { control(&self.connection, "rollback to request") };
        let ended = undone.and_then(|()| control(&self.connection, "release request"));
        if let Err(error) = &ended {
            tracing::error!(%error, "could not end a savepoint");
        }
        tx.retry && ended.is_ok()
    }

    /// Refuses writes until a commit succeeds. The connection that failed is let go, since what it holds of the failed
    /// commit is unknown; a new one goes on behind the last commit that others can see, so the pages of the failed one
    /// are written anew before they are trusted. What was refused may still be there after a crash; what was
    /// acknowledged is.
    fn wait_for_disk(&mut self) {
        let mut probe = Instant::now() + PROBE_EVERY;
        loop {
            match self.queue.recv_deadline(probe) {
                Ok(work) => work.finish(Err(Error::ReadOnly)),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => match self.reopen() {
                    Ok(()) => break,
                    Err(error) => {
                        tracing::warn!(%error, "the disk still takes no commit");
                        probe = Instant::now() + PROBE_EVERY;
                    }
                },
            }
        }
        self.state.broken.store(false, Ordering::SeqCst);
        tracing::info!("the disk takes commits again");
    }

    /// Opens a new connection and makes a real commit with it: the header's number for applications, which nothing reads.
    fn reopen(&mut self) -> Result<()> {
        let _ = self.connection.execute_batch("rollback");
        self.connection = open_writer(&self.path, self.synchronous)?;
        let number: i64 = self.connection.query_row("pragma user_version", [], |row| row.get(0))?;
        let next = (number + 1) % 1_000_000;
        self.connection.execute_batch(&format!("begin immediate; pragma user_version = {next}; commit"))?;
        Ok(())
    }

    fn clear_traces(&self) {
        let asked = std::mem::take(&mut *self.state.clearing.lock().unwrap_or_else(PoisonError::into_inner));
        for (whole, told) in asked {
            let _ = told.send(self.cleared(whole));
        }
    }

    fn cleared(&self, whole: bool) -> Result<()> {
        if whole {
            // The copy is made beside in a file, which may be larger than memory; it holds what is there and nothing else.
            self.connection.execute_batch("pragma temp_store = file")?;
            let written = self.connection.execute_batch("vacuum");
            self.connection.execute_batch("pragma temp_store = memory")?;
            written?;
        }
        for _ in 0..CLEAR_TRIES {
            let busy: i64 = self.connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
            if busy == 0 {
                return Ok(());
            }
            thread::sleep(CHECKPOINT_EVERY);
        }
        Err(Error::Overloaded)
    }

    fn restart_log(&self) {
        let size = std::fs::metadata(wal_of(&self.path)).map_or(0, |meta| meta.len());
        if size > WAL_RESTART_BYTES {
            let _ = self.connection.execute_batch("pragma wal_checkpoint(restart)");
        }
    }
}

struct Reader {
    connection: Connection,
    queue: Receiver<Box<dyn Work>>,
}

impl Thread for Reader {
    fn run(mut self) {
        while let Ok(mut work) = self.queue.recv() {
            self.bound(work.within());
            let begun = control(&self.connection, "begin").map_err(Error::from_sqlite);
            if begun.is_ok() {
                let _ = catch_unwind(AssertUnwindSafe(|| work.run(&mut Tx::sqlite(&self.connection, true))));
                let _ = control(&self.connection, "rollback");
            }
            work.finish(begun);
        }
    }
}

impl Reader {
    /// Interrupts whatever statement runs when the time is over.
    fn bound(&mut self, within: Option<Duration>) {
        let over = within.map(|within| {
            let end = Instant::now() + within;
            move || Instant::now() > end
        });
        if let Err(error) = self.connection.progress_handler(LOOK_EVERY, over) {
            tracing::error!(%error, "could not bound the time of a read");
        }
    }
}

struct Checkpoints {
    connection: Connection,
    state: Arc<State>,
}

impl Thread for Checkpoints {
    fn run(self) {
        while !self.state.closed.load(Ordering::SeqCst) {
            thread::sleep(CHECKPOINT_EVERY);
            let _ = self.connection.execute_batch("pragma wal_checkpoint(passive)");
        }
    }
}
