//! PostgreSQL: threads that each own a connection and take work from one queue. One request is one transaction, run
//! again when it lost against another one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use postgres::{Client, IsolationLevel};

use crate::db::Work;
use crate::tls::Target;
use crate::tx::Prepared;
use crate::{Error, Result, Tx};

const QUEUE: usize = 4_096;
/// Attempts at a transaction that loses against others.
const ATTEMPTS: u32 = 10;

pub(crate) struct PostgresDb {
    queue: Sender<(Box<dyn Work>, bool)>,
}

impl PostgresDb {
    pub(crate) fn open(url: &str, connections: usize) -> Result<Self> {
        let target = Target::parse(url)?;
        let (queue, work) = bounded(QUEUE);
        // The first connection is made here, so that a wrong address is told at start.
        let mut first = Some(Session::connect(&target)?);
        for _ in 0..connections.max(1) {
            let worker = Worker { target: target.clone(), session: first.take(), work: work.clone() };
            thread::Builder::new().name("store-postgres".to_owned()).spawn(move || worker.run())?;
        }
        Ok(Self { queue })
    }

    pub(crate) fn send(&self, work: Box<dyn Work>, write: bool) -> Result<()> {
        if work.within().is_none() {
            return self.queue.send((work, write)).map_err(|_| Error::Closed);
        }
        self.queue.try_send((work, write)).map_err(|error| match error {
            TrySendError::Full(_) => Error::Overloaded,
            TrySendError::Disconnected(_) => Error::Closed,
        })
    }
}

struct Session {
    client: Client,
    prepared: Prepared,
    /// The bound on a statement that the server was last told of.
    within: Option<Duration>,
}

impl Session {
    fn connect(target: &Target) -> Result<Self> {
        Ok(Self { client: target.connect()?, prepared: Prepared::new(), within: None })
    }

    /// Tells the server how long a statement may take, if that is not what it knows.
    fn bound(&mut self, within: Option<Duration>) -> Result<()> {
        if self.within != within {
            // 0 is no bound.
            let most = within.map_or(0, |within| within.as_millis().max(1));
            self.client.batch_execute(&format!("set statement_timeout = {most}"))?;
            self.within = within;
        }
        Ok(())
    }
}

struct Worker {
    target: Target,
    session: Option<Session>,
    work: Receiver<(Box<dyn Work>, bool)>,
}

/// How an attempt at a transaction ended.
enum Ended {
    Committed,
    RolledBack,
    Lost,
}

impl Worker {
    fn run(mut self) {
        while let Ok((mut work, write)) = self.work.recv() {
            let done = self.attempts(work.as_mut(), write);
            if done.is_err() {
                // The connection may be gone; the next request makes a new one.
                self.session = self.session.take().filter(|session| !session.client.is_closed());
            }
            work.finish(done);
        }
    }

    fn attempts(&mut self, work: &mut dyn Work, write: bool) -> Result<()> {
        for attempt in 0..ATTEMPTS {
            match self.attempt(work, write)? {
                Ended::Lost => thread::sleep(Duration::from_millis(1 << attempt.min(6))),
                Ended::Committed | Ended::RolledBack => return Ok(()),
            }
        }
        Err(Error::Retry)
    }

    fn attempt(&mut self, work: &mut dyn Work, write: bool) -> Result<Ended> {
        let session = self.session()?;
        session.bound(work.within())?;
        let builder = session.client.build_transaction();
        let builder = match write {
            true => builder.isolation_level(IsolationLevel::ReadCommitted),
            false => builder.isolation_level(IsolationLevel::RepeatableRead).read_only(true),
        };
        let mut tx = Tx::postgres(builder.start()?, &mut session.prepared, !write);
        let fine = catch_unwind(AssertUnwindSafe(|| work.run(&mut tx))).unwrap_or(false);
        if tx.retry {
            return Ok(Ended::Lost);
        }
        if !fine {
            return Ok(Ended::RolledBack);
        }
        match tx.commit_postgres() {
            Ok(()) => Ok(Ended::Committed),
            Err(Error::Retry) => Ok(Ended::Lost),
            Err(error) => Err(error),
        }
    }

    fn session(&mut self) -> Result<&mut Session> {
        let session = match self.session.take() {
            Some(session) if !session.client.is_closed() => session,
            _ => Session::connect(&self.target)?,
        };
        Ok(self.session.insert(session))
    }
}
