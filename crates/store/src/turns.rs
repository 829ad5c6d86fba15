//! Taking turns: transactions that look first and write afterwards must not all look before any has written.

use sha2::{Digest as _, Sha256};

use crate::{Result, Tx};

crate::statements! {
    WAIT = postgres "select pg_advisory_xact_lock($1) is null";
}

/// Waits for every other transaction that holds a turn for one of `keys` among `what`, and holds them until this one
/// ends. What is read afterwards has what those wrote. SQLite has one writer, so there is nobody to wait for.
pub fn take<K: AsRef<[u8]>>(tx: &mut Tx<'_>, what: &str, keys: impl IntoIterator<Item = K>) -> Result<()> {
    if !tx.is_postgres() {
        return Ok(());
    }
    let mut locks: Vec<i64> = keys.into_iter().map(|key| lock(what, key.as_ref())).collect();
    // In one order, or two transactions with the same keys could wait for each other.
    locks.sort_unstable();
    locks.dedup();
    locks.iter().try_for_each(|lock| tx.query(&WAIT, &[lock]).map(drop))
}

/// Two keys that share a number only wait for each other without need.
fn lock(what: &str, key: &[u8]) -> i64 {
    let digest = Sha256::new().chain_update(what).chain_update([0]).chain_update(key).finalize();
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}
