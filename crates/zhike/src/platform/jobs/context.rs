use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use store::jobs::Job;
use store::{Db, Tx};
use uuid::Uuid;

use crate::kernel::{Clock, Error, Id, Result};
use crate::platform::access;
use crate::platform::files::Files;
use crate::platform::grant::Principal;
use crate::platform::stream::Hub;
use crate::platform::vault::Vault;

/// A worker that is not heard of for this long has lost its job.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// The handler must stop: its job is handed back or has been taken over.
pub(super) const STOPPED: &str = "job.stopped";

store::statements! {
    /// Steps forward start the count of attempts anew: a job that gets on is not a poisonous one.
    ADVANCE = "update job set attempts = case when done < $3 then 1 else attempts end, done = $3, total = $4, lease_until = $5
        where id = $1 and leased_by = $2 and state = 'running'";
    RENEW = "update job set lease_until = $3 where id = $1 and leased_by = $2 and state = 'running'";
}

/// What a handler works with.
pub struct JobContext {
    pub db: Db,
    pub vault: Arc<Vault>,
    pub clock: Clock,
    pub files: Files,
    pub(super) hub: Hub,
    pub(super) job: Job,
    pub(super) worker: Uuid,
    pub(super) done: AtomicI64,
    pub(super) principal: Mutex<Arc<Principal>>,
    pub(super) stop: Arc<AtomicBool>,
}

impl JobContext {
    pub fn id(&self) -> Uuid {
        self.job.id
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whoever asked for the job, with their present rights; the system for what comes round by itself.
    pub fn principal(&self) -> Arc<Principal> {
        Arc::clone(&self.principal.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many steps have been done, also by an earlier run that did not finish.
    pub fn done(&self) -> i64 {
        self.done.load(Ordering::SeqCst)
    }

    /// Does one step: what `body` writes and the progress become durable together, or neither does. The asker's rights
    /// are looked up anew, so whoever loses them loses the job too.
    ///
    /// # Errors
    /// What the body answers; or that the job must stop, which the handler passes on.
    pub fn step<T, F>(&self, done: i64, total: i64, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Arc<Principal>) -> Result<T> + Send + 'static,
    {
        if self.stop.load(Ordering::SeqCst) {
            return Err(Error::new(503, STOPPED));
        }
        let (job, worker, now, vault) = (self.job.clone(), self.worker, self.now(), Arc::clone(&self.vault));
        let (answer, principal) = self.db.write_blocking(move |tx| {
            // First the hold: whoever lost the job must not even wait for locks of its successor.
            if tx.execute(&ADVANCE, &[&job.id, &worker, &done, &total, &(now + LEASE)])? == 0 {
                return Err(Error::new(503, STOPPED));
            }
            let principal = Arc::new(asker(tx, &job, now, &vault)?);
            Ok((body(tx, &principal)?, principal))
        })?;
        *self.principal.lock().unwrap_or_else(PoisonError::into_inner) = principal;
        self.done.store(done, Ordering::SeqCst);
        self.hub.tell(self.job.asked_by, "jobs");
        Ok(answer)
    }

    /// Tells how far the job is, without an effect of its own.
    pub fn progress(&self, done: i64, total: i64) -> Result<()> {
        self.step(done, total, |_, _| Ok(()))
    }

    /// Reads, as the asker.
    pub fn read<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Arc<Principal>) -> Result<T> + Send + 'static,
    {
        let principal = self.principal();
        self.db.read_blocking(move |tx| body(tx, &principal))
    }
}

/// The principal a job runs as.
pub(super) fn asker(tx: &mut Tx<'_>, job: &Job, now: Timestamp, vault: &Arc<Vault>) -> Result<Principal> {
    let Some(user) = job.asked_by else { return access::system_here(tx, now, vault) };
    access::principal_of(tx, Id::from_uuid(user), now, vault)?.ok_or_else(|| Error::new(403, "job.asker_gone"))
}

/// Keeps a lease while its handler is busy; `false` when the job has been taken away.
pub(super) fn renew(tx: &mut Tx<'_>, job: Uuid, worker: Uuid, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&RENEW, &[&job, &worker, &(now + LEASE)])? == 1)
}
