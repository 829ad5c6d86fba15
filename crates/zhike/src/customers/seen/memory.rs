use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use store::{Db, Tx};
use uuid::Uuid;

use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::settings;

/// More than are opened in a few seconds; a flood is written at once.
const HELD_MOST: usize = 20_000;

store::statements! {
    WRITE = "insert into customer_seen (customer_id, day, user_id, times, first_at, last_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (customer_id, day, user_id) do update set times = customer_seen.times + excluded.times,
        last_at = case when excluded.last_at > customer_seen.last_at then excluded.last_at else customer_seen.last_at end";
}

/// How often one person opened one customer since it was last written.
#[derive(Clone, Copy, Debug)]
struct Opened {
    times: i64,
    first: Timestamp,
    last: Timestamp,
}

/// What has been opened and is not written yet.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<(Uuid, Uuid), Opened>>);

impl Seen {
    /// Notes that a page was opened; whether so much is held that it should be written now.
    pub fn note(&self, who: &Principal, customer: Uuid) -> bool {
        self.hold(who, customer, 1)
    }

    /// Notes that a part of a page was read, such as the contacts. Whoever opens the page reads its parts with it, so
    /// that is no further time; whoever reads nothing but parts is known all the same.
    pub fn note_part(&self, who: &Principal, customer: Uuid) -> bool {
        self.hold(who, customer, 0)
    }

    fn hold(&self, who: &Principal, customer: Uuid, times: i64) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened =
            held.entry((customer, who.user.uuid())).or_insert(Opened { times: 0, first: who.now, last: who.now });
        opened.times += times;
        opened.last = opened.last.max(who.now);
        held.len() >= HELD_MOST
    }

    /// Writes what is held. What could not be written is held further.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let held = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if held.is_empty() {
            return Ok(());
        }
        // In one order, so that two nodes do not wait for each other.
        let mut rows: Vec<_> = held.into_iter().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        let kept = rows.clone();
        let written = db.write(move |tx| write(tx, &rows)).await;
        if written.is_err() {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, lost) in kept {
                let opened = held.entry(key).or_insert(Opened { times: 0, ..lost });
                opened.times += lost.times;
                opened.first = opened.first.min(lost.first);
            }
        }
        written
    }
}

/// That somebody opened a customer, for the history of a company that is imagined.
pub fn opened(tx: &mut Tx<'_>, who: &Principal, customer: Uuid) -> Result<()> {
    write(tx, &[((customer, who.user.uuid()), Opened { times: 1, first: who.now, last: who.now })])
}

fn write(tx: &mut Tx<'_>, rows: &[((Uuid, Uuid), Opened)]) -> Result<()> {
    let calendar = settings::calendar(tx)?;
    for ((customer, user), opened) in rows {
        let day: Date = calendar.date_of(opened.last);
        tx.execute(&WRITE, &[customer, &day, user, &opened.times, &opened.first, &opened.last])?;
    }
    Ok(())
}
