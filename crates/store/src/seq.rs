use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Low bits that tell apart rows of the same microsecond made by different processes.
const PROCESS_BITS: u32 = 10;

/// The next number of an ordered log: grows with time, is unique in this process, and unlikely to meet one of another
/// process (a primary key tells). We make it ourselves because a database's sequence does not work on distributed SQL.
pub(crate) fn next() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = Timestamp::now().as_microsecond();
    let previous = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last + 1)));
    let mine = previous.map_or(now, |last| now.max(last + 1));
    (mine << PROCESS_BITS) | i64::from(std::process::id() & ((1 << PROCESS_BITS) - 1))
}

#[cfg(test)]
mod tests {
    #[test]
    fn grows() {
        let numbers: Vec<i64> = (0..10_000).map(|_| super::next()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
