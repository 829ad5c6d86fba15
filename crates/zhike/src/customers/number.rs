//! Short numbers, `KH-2026-000123`: counted by year in a row of their own, so that they work on every database and two
//! nodes never give out the same one. Taken in the transaction that uses them: none is lost to a request that failed.

use jiff::Timestamp;
use store::Tx;

use crate::kernel::Result;

store::statements! {
    TAKE = "insert into customer_counter (year, last) values ($1, $2)
        on conflict (year) do update set last = customer_counter.last + excluded.last returning last";
}

/// Takes `count` numbers at once and answers them in order. On PostgreSQL others wait for the row until this
/// transaction ends, so call it late and import in blocks.
pub fn take(tx: &mut Tx<'_>, now: Timestamp, count: usize) -> Result<impl Iterator<Item = String> + use<>> {
    // The turn of the year is that of China: a number must not depend on who is asked for it.
    let year = i64::from(now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).year());
    let last: i64 = tx.query_one(&TAKE, &[&year, &(count as i64)])?.get(0)?;
    Ok((last - count as i64 + 1..=last).map(move |n| format!("KH-{year}-{n:06}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    store::db_test! {
        crate::app::MIGRATIONS;
        fn numbers_are_given_out_once(db) {
            let taken = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| {
                    let db = db.clone();
                    scope.spawn(move || (0..10).flat_map(|n| {
                        let at: Timestamp = "2026-12-31T16:00:00Z".parse().expect("instant");
                        let numbers = db.write_blocking(move |tx| take(tx, at, n % 3 + 1).map(Iterator::collect::<Vec<_>>));
                        numbers.expect("numbers")
                    }).collect::<Vec<_>>())
                }).collect();
                let mut all: Vec<String> = threads.into_iter().flat_map(|thread| thread.join().expect("done")).collect();
                all.sort();
                all
            });
            assert_eq!(taken.len(), 4 * 19);
            assert_eq!(taken.first().map(String::as_str), Some("KH-2027-000001"), "the new year has begun in China");
            assert_eq!(taken.last().map(String::as_str), Some("KH-2027-000076"));
            assert!(taken.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }
}
