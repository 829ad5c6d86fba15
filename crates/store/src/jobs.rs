//! Work outside a request: a queue in the same database. A job is enqueued in the transaction that asks for it, leased
//! to one worker at a time, and handed to another when the lease runs out; so its effect must be keyed to happen once.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Entity, Error, Result, Tx};

crate::text_enum! {
    pub enum State { Queued = "queued", Running = "running", Done = "done", Failed = "failed" }
}

crate::entity! {
    /// `done` of `total` steps (0 of 0 until known); `payload` and `result` are JSON.
    pub struct Job: "job" {
        pub id: Uuid,
        pub kind: String,
        /// At most one job with this key is ever enqueued.
        pub once_key: Option<String>,
        pub asked_by: Option<Uuid>,
        pub payload: serde_json::Value,
        pub state: State,
        pub run_at: Timestamp,
        pub attempts: i64,
        pub leased_by: Option<Uuid>,
        pub lease_until: Option<Timestamp>,
        pub done: i64,
        pub total: i64,
        pub result: Option<serde_json::Value>,
        pub error: Option<String>,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
    }
}

crate::statements! {
    EXISTS = "select id from job where once_key = $1";
    NEXT_SQLITE = sqlite "select id from job where (state = 'queued' and run_at <= $1) or (state = 'running' and lease_until <= $1)
        order by run_at limit 1";
    NEXT_POSTGRES = postgres "select id from job where (state = 'queued' and run_at <= $1) or (state = 'running' and lease_until <= $1)
        order by run_at limit 1 for update skip locked";
    NEXT_OF_SQLITE = sqlite "select id from job where kind = $2 and
        ((state = 'queued' and run_at <= $1) or (state = 'running' and lease_until <= $1)) order by run_at limit 1";
    NEXT_OF_POSTGRES = postgres "select id from job where kind = $2 and
        ((state = 'queued' and run_at <= $1) or (state = 'running' and lease_until <= $1)) order by run_at limit 1
        for update skip locked";
    UNFINISHED = "select id from job where kind = $1 and state in ('queued', 'running') limit 1";
    TAKE = "update job set state = 'running', attempts = attempts + 1, leased_by = $2, lease_until = $3 where id = $1";
    PROGRESS = "update job set done = $3, total = $4, lease_until = $5 where id = $1 and leased_by = $2 and state = 'running'";
    FINISH = "update job set state = $3, result = $4, error = $5, finished_at = $6, leased_by = null, lease_until = null
        where id = $1 and leased_by = $2 and state = 'running'";
    AGAIN = "update job set state = 'queued', run_at = $3, error = $4, leased_by = null, lease_until = null
        where id = $1 and leased_by = $2 and state = 'running'";
    OF_PERSON = select Job where "asked_by = $1 order by created_at desc limit $2";
    STUCK = select Job where "state = 'failed' or (state = 'running' and lease_until <= $1) order by created_at desc limit 100";
}

/// What to do, for whom, and from when on.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    pub kind: &'a str,
    /// Makes asking twice the same as asking once.
    pub once_key: Option<String>,
    pub asked_by: Option<Uuid>,
    pub payload: serde_json::Value,
    pub run_at: Timestamp,
}

/// Enqueues a job and answers its id; with a `once_key` that is known, the id of the job already there.
pub fn enqueue(tx: &mut Tx<'_>, new: NewJob<'_>) -> Result<Uuid> {
    if let Some(key) = &new.once_key
        && let Some(row) = tx.query_opt(&EXISTS, &[key])?
    {
        return row.get(0);
    }
    let job = Job {
        id: Uuid::now_v7(),
        kind: new.kind.to_owned(),
        once_key: new.once_key,
        asked_by: new.asked_by,
        payload: new.payload,
        state: State::Queued,
        run_at: new.run_at,
        attempts: 0,
        leased_by: None,
        lease_until: None,
        done: 0,
        total: 0,
        result: None,
        error: None,
        created_at: new.run_at,
        finished_at: None,
    };
    job.insert(tx)?;
    Ok(job.id)
}

/// Leases the next due job to `worker`: one that waits, or one whose worker has not been heard of for its lease.
pub fn claim(tx: &mut Tx<'_>, worker: Uuid, now: Timestamp, lease: SignedDuration) -> Result<Option<Job>> {
    let next = if tx.is_postgres() { &NEXT_POSTGRES } else { &NEXT_SQLITE };
    let Some(row) = tx.query_opt(next, &[&now])? else { return Ok(None) };
    take(tx, row.get(0)?, worker, now + lease)
}

/// [`claim`] for jobs of one kind.
pub fn claim_of(
    tx: &mut Tx<'_>,
    kind: &str,
    worker: Uuid,
    now: Timestamp,
    lease: SignedDuration,
) -> Result<Option<Job>> {
    let next = if tx.is_postgres() { &NEXT_OF_POSTGRES } else { &NEXT_OF_SQLITE };
    let Some(row) = tx.query_opt(next, &[&now, &kind])? else { return Ok(None) };
    take(tx, row.get(0)?, worker, now + lease)
}

fn take(tx: &mut Tx<'_>, id: Uuid, worker: Uuid, lease_until: Timestamp) -> Result<Option<Job>> {
    tx.execute(&TAKE, &[&id, &worker, &lease_until])?;
    Job::find(tx, id)
}

/// Whether a job of this kind waits or runs.
pub fn unfinished(tx: &mut Tx<'_>, kind: &str) -> Result<bool> {
    Ok(tx.query_opt(&UNFINISHED, &[&kind])?.is_some())
}

/// Tells how far a job is and renews its lease. [`Error::Stale`] means that it was taken from this worker.
pub fn progress(tx: &mut Tx<'_>, job: Uuid, worker: Uuid, done: i64, total: i64, lease_until: Timestamp) -> Result<()> {
    held(tx.execute(&PROGRESS, &[&job, &worker, &done, &total, &lease_until])?)
}

/// Ends a job. [`Error::Stale`] means that it was taken from this worker, whose effects must not count.
pub fn finish(
    tx: &mut Tx<'_>,
    job: Uuid,
    worker: Uuid,
    outcome: std::result::Result<serde_json::Value, String>,
    now: Timestamp,
) -> Result<()> {
    let (state, result, error) = match outcome {
        Ok(result) => (State::Done, Some(result), None),
        Err(error) => (State::Failed, None, Some(error)),
    };
    held(tx.execute(&FINISH, &[&job, &worker, &state, &result, &error, &now])?)
}

/// Hands a job back to be tried again from `run_at` on.
pub fn again(tx: &mut Tx<'_>, job: Uuid, worker: Uuid, run_at: Timestamp, error: Option<String>) -> Result<()> {
    held(tx.execute(&AGAIN, &[&job, &worker, &run_at, &error])?)
}

fn held(rows: u64) -> Result<()> {
    if rows == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// A person's latest jobs.
pub fn of_person(tx: &mut Tx<'_>, person: Uuid, limit: i64) -> Result<Vec<Job>> {
    Job::all(tx, &OF_PERSON, &[&person, &limit])
}

/// Jobs that failed for good or whose worker went silent.
pub fn stuck(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Job>> {
    Job::all(tx, &STUCK, &[&now])
}
