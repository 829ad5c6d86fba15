//! Numbers, `TS-2026-000123`, counted by year in a row of their own, and tracking codes, which nobody can guess.

use jiff::Timestamp;
use store::Tx;

use crate::kernel::Result;

/// Letters and digits that are not taken for each other when they are read out on the telephone.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 3;
const GROUP: usize = 4;

store::statements! {
    TAKE = "insert into desk_counter (year, last) values ($1, 1)
        on conflict (year) do update set last = desk_counter.last + 1 returning last";
}

/// Takes the next number. On PostgreSQL others wait for the row until this transaction ends, so call it late.
pub fn take(tx: &mut Tx<'_>, now: Timestamp) -> Result<String> {
    // The turn of the year is that of China: a number must not depend on who is asked for it.
    let year = i64::from(now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).year());
    let number: i64 = tx.query_one(&TAKE, &[&year])?.get(0)?;
    Ok(format!("TS-{year}-{number:06}"))
}

/// A code of sixty random bits: `7KQM-2XW9-4HTC`.
pub fn tracking() -> String {
    let mut bits: u64 = rand::random();
    let mut letter = || {
        let letter = char::from(LETTERS[(bits & 31) as usize]);
        bits >>= 5;
        letter
    };
    let mut group = || (0..GROUP).map(|_| letter()).collect::<String>();
    (0..GROUPS).map(|_| group()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tracking_codes_differ_and_can_be_read_out() {
        let codes: BTreeSet<String> = (0..1_000).map(|_| tracking()).collect();
        assert_eq!(codes.len(), 1_000);
        for code in codes {
            assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4], "{code}");
            assert!(code.bytes().all(|byte| byte == b'-' || LETTERS.contains(&byte)), "{code}");
        }
    }

    store::db_test! {
        crate::app::MIGRATIONS;
        fn numbers_go_up_by_year(db) {
            let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
            let take = |at: Timestamp| db.write_blocking(move |tx| take(tx, at)).expect("a number");
            assert_eq!(take(at("2026-12-31T15:59:59Z")), "TS-2026-000001");
            assert_eq!(take(at("2026-12-31T15:59:59Z")), "TS-2026-000002");
            assert_eq!(take(at("2026-12-31T16:00:00Z")), "TS-2027-000001", "the new year has begun in China");
        }
    }
}
