use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

/// Low bits drawn at random, which tell apart numbers that different nodes make in the same microsecond. (A process id
/// would not: in containers it is often the same on every node.)
const RANDOM_BITS: u32 = 11;

/// The next number of an ordered log: grows with time, is unique in this process, and unlikely to meet one of another
/// process; if it does, the primary key tells and the transaction runs again ([`crate::Error::Retry`]). We make it
/// ourselves because a database's sequence does not work on distributed SQL.
pub(crate) fn next() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = Timestamp::now().as_microsecond();
    let previous = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last + 1)));
    let mine = previous.map_or(now, |last| now.max(last + 1));
    // The end of a UUID v7 is random.
    let random = Uuid::now_v7().as_u128() & ((1 << RANDOM_BITS) - 1);
    (mine << RANDOM_BITS) | random as i64
}

#[cfg(test)]
mod tests {
    #[test]
    fn grows() {
        let numbers: Vec<i64> = (0..10_000).map(|_| super::next()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn two_nodes_rarely_draw_the_same_number() {
        let mask = (1 << super::RANDOM_BITS) - 1;
        let drawn: std::collections::HashSet<i64> = (0..10_000).map(|_| super::next() & mask).collect();
        assert!(drawn.len() > 1_800, "{} of 2048", drawn.len());
    }
}
