//! How a change of anybody's rights reaches every node within a second (C30) without a query per request.
//!
//! Resolved principals are kept in memory together with the epoch they were resolved under. Whoever changes rights
//! calls [`bump`] in the same transaction. The node that did so looks the epoch up on every request for a moment, since
//! it cannot see when the transaction commits; other nodes look it up every half second.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::Tx;

use crate::kernel::Result;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Longer than a transaction may take before its change becomes visible.
const WATCH_AFTER_CHANGE: Duration = Duration::from_secs(5);

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
/// Milliseconds since `STARTED` until which every request must look.
static WATCH_UNTIL: AtomicU64 = AtomicU64::new(0);

store::statements! {
    READ = "select value from access_epoch where id = 1";
    ADD_ONE = "update access_epoch set value = value + 1 where id = 1";
}

/// Announces that rights change in this transaction.
pub fn bump(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&ADD_ONE, &[])?;
    WATCH_UNTIL.fetch_max(elapsed(WATCH_AFTER_CHANGE), Ordering::SeqCst);
    Ok(())
}

pub fn read(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(&READ, &[])?.get(0)?)
}

/// What a node knows of the epoch.
#[derive(Debug, Default)]
pub struct Epoch {
    value: AtomicI64,
    /// Milliseconds since `STARTED` at which the value was read; 0 is never.
    read_at: AtomicU64,
}

impl Epoch {
    /// The epoch, if it was read recently enough to be trusted.
    pub fn known(&self) -> Option<i64> {
        let now = elapsed(Duration::ZERO);
        let read_at = self.read_at.load(Ordering::SeqCst);
        let old = now.saturating_sub(read_at) >= LOOK_EVERY.as_millis() as u64;
        let watching = now <= WATCH_UNTIL.load(Ordering::SeqCst);
        (read_at > 0 && !old && !watching).then(|| self.value.load(Ordering::SeqCst))
    }

    /// Remembers what a reading that began at `began` found.
    pub fn learn(&self, value: i64, began: u64) {
        self.value.fetch_max(value, Ordering::SeqCst);
        self.read_at.fetch_max(began, Ordering::SeqCst);
    }

    /// To be taken before reading: the answer is as old as the question.
    pub fn begin() -> u64 {
        elapsed(Duration::ZERO)
    }
}

fn elapsed(plus: Duration) -> u64 {
    // One more, so that 0 stays free for "never".
    (STARTED.elapsed() + plus).as_millis() as u64 + 1
}
