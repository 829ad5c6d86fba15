use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::jobs::{self, Job, NewJob};
use store::{Db, Dialect, Tx};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::context::{self, JobContext, LEASE, STOPPED};
use super::registry::Tick;
use super::service::Failure;
use super::{Handler, Registry};
use crate::kernel::{Clock, Error, Result};
use crate::platform::files::Files;
use crate::platform::stream::Hub;
use crate::platform::vault::Vault;

/// Jobs at once on one node; more would only take turns at the one writer.
const AT_ONCE: usize = 3;
const LOOK_EVERY: Duration = Duration::from_millis(400);
const RENEW_EVERY: Duration = Duration::from_secs(8);
/// Attempts that end in an error, and attempts that end with their process, before a job is given up. The second number
/// is larger: a process is mostly ended by something other than the job.
const ERRORS_MOST: i64 = 5;
const CRASHES_MOST: i64 = 30;
const DELAY_MOST: SignedDuration = SignedDuration::from_mins(10);

store::statements! {
    DUE = "select 1 from job where (state = 'queued' and run_at <= $1) or (state = 'running' and lease_until <= $1) limit 1";
    HAND_BACK = "update job set state = 'queued', attempts = attempts - 1, leased_by = null, lease_until = null
        where id = $1 and leased_by = $2 and state = 'running'";
    UNFINISHED_TICK = "select 1 from job where kind = $1 and state in ('queued', 'running') and once_key like 'tick:%' limit 1";
    TAKE_BACK = sqlite "update job set state = 'queued', leased_by = null, lease_until = null where state = 'running'";
}

/// Looks for due jobs and runs them.
#[derive(Clone)]
pub struct Runner {
    pub db: Db,
    pub vault: Arc<Vault>,
    pub clock: Clock,
    pub files: Files,
    pub hub: Hub,
    pub registry: Arc<Registry>,
}

/// A runner at work.
pub struct Running {
    stop: Arc<AtomicBool>,
    wake: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops taking jobs, tells handlers to stop at their next step, and waits for them. Their jobs go back to the
    /// queue and go on where they were.
    pub async fn drain(self, patience: Duration) {
        self.stop.store(true, Ordering::SeqCst);
        self.wake.notify_one();
        if tokio::time::timeout(patience, self.task).await.is_err() {
            tracing::warn!("jobs did not stop in time; they will go on when their lease has run out");
        }
    }
}

struct Work {
    runner: Runner,
    stop: Arc<AtomicBool>,
    places: Arc<Semaphore>,
    /// The last slot of each tick that this node has seen to.
    slots: HashMap<&'static str, i64>,
}

impl Runner {
    /// Starts the runner on the present async runtime.
    pub fn start(self) -> Running {
        let (stop, wake) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let work = Work {
            runner: self,
            stop: Arc::clone(&stop),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            slots: HashMap::new(),
        };
        let task = tokio::spawn(work.run(Arc::clone(&wake)));
        Running { stop, wake, task }
    }

    /// Runs what is due, and what that makes due, on this thread; for commands and tests.
    pub fn run_due(&self) -> Result<usize> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut count = 0;
        while let Some((job, worker)) = self.claim()? {
            self.perform(job, worker, &stop);
            count += 1;
        }
        Ok(count)
    }

    /// Takes the next due job, under a name that only this attempt has: should the lease run out, the next attempt is
    /// another worker, even in this process.
    fn claim(&self) -> Result<Option<(Job, Uuid)>> {
        let (worker, now) = (Uuid::now_v7(), self.clock.now());
        let due = self.db.read_blocking(move |tx| Ok::<_, Error>(tx.query_opt(&DUE, &[&now])?.is_some()))?;
        if !due {
            return Ok(None);
        }
        let alone = self.registry.alone.clone();
        let claimed = self.db.write_blocking(move |tx| claim(tx, &alone, worker, now))?;
        Ok(claimed.map(|job| (job, worker)))
    }

    /// Runs one job and writes down how it ended.
    fn perform(&self, job: Job, worker: Uuid, stop: &Arc<AtomicBool>) {
        let (id, asked_by) = (job.id, job.asked_by);
        let (kind, attempts) = (job.kind.clone(), job.attempts);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.handle(job, worker, stop)))
            .unwrap_or_else(|_| Err(Error::new(500, "job.panicked")));
        match &outcome {
            Ok(_) => {}
            Err(error) if error.code == STOPPED => tracing::info!(job = %id, kind, "a job goes on later"),
            Err(error) => tracing::warn!(job = %id, kind, attempts, %error, "a job did not succeed"),
        }
        let now = self.clock.now();
        let ended = Ended::of(outcome, attempts);
        if let Err(error) = self.db.write_blocking(move |tx| ended.write(tx, id, worker, now)) {
            tracing::warn!(job = %id, kind, %error, "the end of a job could not be written; it will be run again");
        }
        self.hub.tell(asked_by, "jobs");
    }

    fn handle(&self, job: Job, worker: Uuid, stop: &Arc<AtomicBool>) -> Result<Value> {
        if job.attempts > CRASHES_MOST {
            return Err(Error::new(422, "job.poison"));
        }
        let handler: Handler =
            self.registry.handler(&job.kind).ok_or_else(|| Error::new(422, "job.unknown_kind").detail(&job.kind))?;
        let (asked, now, vault) = (job.clone(), self.clock.now(), Arc::clone(&self.vault));
        let principal = self.db.read_blocking(move |tx| context::asker(tx, &asked, now, &vault))?;
        let payload = job.payload.clone();
        let context = JobContext {
            db: self.db.clone(),
            vault: Arc::clone(&self.vault),
            clock: self.clock.clone(),
            files: self.files.clone(),
            hub: self.hub.clone(),
            done: AtomicI64::new(job.done),
            job,
            worker,
            principal: Mutex::new(Arc::new(principal)),
            stop: Arc::clone(stop),
        };
        handler(&context, payload)
    }
}

/// The next due job; if there is one that must be alone, that one or none.
fn claim(tx: &mut Tx<'_>, alone: &[&str], worker: Uuid, now: Timestamp) -> Result<Option<Job>> {
    for kind in alone {
        if jobs::unfinished(tx, kind)? {
            return Ok(jobs::claim_of(tx, kind, worker, now, LEASE)?);
        }
    }
    Ok(jobs::claim(tx, worker, now, LEASE)?)
}

/// How an attempt ended, as the queue is to be told.
enum Ended {
    Done(Value),
    Failed(Failure),
    Again(String, i64),
    HandedBack,
}

impl Ended {
    fn of(outcome: Result<Value>, attempts: i64) -> Self {
        match outcome {
            Ok(result) => Self::Done(result),
            Err(error) if error.code == STOPPED => Self::HandedBack,
            // What the asker did wrong stays wrong; what went wrong here may go better.
            Err(error) if error.status < 500 || attempts >= ERRORS_MOST => Self::Failed(Failure::of(&error)),
            Err(error) => Self::Again(error.code.to_owned(), attempts),
        }
    }

    fn write(&self, tx: &mut Tx<'_>, job: Uuid, worker: Uuid, now: Timestamp) -> Result<()> {
        match self {
            Self::Done(result) => jobs::finish(tx, job, worker, Ok(result.clone()), now)?,
            Self::Failed(error) => jobs::finish(tx, job, worker, Err(error.text()?), now)?,
            Self::Again(error, attempts) => {
                jobs::again(tx, job, worker, now + delay(*attempts), Some(error.clone()))?;
            }
            // When the job was taken over there is nothing to hand back.
            Self::HandedBack => drop(tx.execute(&HAND_BACK, &[&job, &worker])?),
        }
        Ok(())
    }
}

fn delay(attempts: i64) -> SignedDuration {
    let seconds = 2i64.saturating_pow(attempts.clamp(0, 12) as u32);
    SignedDuration::from_secs(seconds).min(DELAY_MOST)
}

impl Work {
    async fn run(mut self, wake: Arc<Notify>) {
        self.take_back().await;
        while !self.stop.load(Ordering::SeqCst) {
            self.tick().await;
            self.start_due().await;
            let _ = tokio::time::timeout(LOOK_EVERY, wake.notified()).await;
        }
        // All places are free when every job has ended.
        let _ = self.places.acquire_many(AT_ONCE as u32).await;
    }

    /// An embedded database has one process; what it finds running was running when an earlier one ended.
    async fn take_back(&self) {
        if self.runner.db.dialect() != Dialect::Sqlite {
            return;
        }
        let taken = self.runner.db.write(|tx| Ok::<_, Error>(tx.execute(&TAKE_BACK, &[])?)).await;
        match taken {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "jobs of an earlier process go on"),
            Err(error) => tracing::warn!(%error, "could not take back the jobs of an earlier process"),
        }
    }

    async fn tick(&mut self) {
        let now = self.runner.clock.now();
        for tick in self.runner.registry.ticks.clone() {
            let slot = now.as_microsecond().div_euclid(tick.period.as_micros().max(1) as i64);
            if self.slots.get(tick.kind) == Some(&slot) {
                continue;
            }
            let enqueued = self.runner.db.write(move |tx| enqueue_tick(tx, tick, slot, now)).await;
            match enqueued {
                // Another node was faster in the same moment: just as good.
                Ok(()) | Err(Error { code: "already_exists", .. }) => drop(self.slots.insert(tick.kind, slot)),
                Err(error) => tracing::warn!(kind = tick.kind, %error, "could not enqueue what comes round"),
            }
        }
    }

    async fn start_due(&self) {
        while let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            let runner = self.runner.clone();
            let claimed = tokio::task::spawn_blocking(move || runner.claim()).await;
            let (job, worker) = match claimed {
                Ok(Ok(Some(claimed))) => claimed,
                Ok(Ok(None)) => return,
                Ok(Err(error)) => return tracing::warn!(%error, "could not look for jobs"),
                Err(error) => return tracing::error!(%error, "looking for jobs panicked"),
            };
            let (runner, stop) = (self.runner.clone(), Arc::clone(&self.stop));
            tokio::spawn(async move {
                let heart = tokio::spawn(keep(runner.db.clone(), runner.clock.clone(), job.id, worker));
                let done = tokio::task::spawn_blocking(move || runner.perform(job, worker, &stop)).await;
                heart.abort();
                if let Err(error) = done {
                    tracing::error!(%error, "a worker panicked");
                }
                drop(place);
            });
        }
    }
}

/// What comes round is left out for a slot while the one before is still under way.
fn enqueue_tick(tx: &mut Tx<'_>, tick: Tick, slot: i64, now: Timestamp) -> Result<()> {
    if tx.query_opt(&UNFINISHED_TICK, &[&tick.kind])?.is_some() {
        return Ok(());
    }
    let key = Some(format!("tick:{}:{slot}", tick.kind));
    let job = NewJob { kind: tick.kind, once_key: key, asked_by: None, payload: json!({}), run_at: now };
    jobs::enqueue(tx, job)?;
    Ok(())
}

/// Renews a lease until it is aborted or the job is gone.
async fn keep(db: Db, clock: Clock, job: Uuid, worker: Uuid) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let now = clock.now();
        match db.write(move |tx| context::renew(tx, job, worker, now)).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%job, %error, "could not renew a lease"),
        }
    }
}
