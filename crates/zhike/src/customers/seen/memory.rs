use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use store::{Db, Tx};
use uuid::Uuid;

use super::sketch::Sketch;
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::settings;

/// More than are opened in a few seconds; a flood is written at once.
const HELD_MOST: usize = 20_000;

store::statements! {
    WRITE = "insert into customer_seen (customer_id, day, user_id, times, first_at, last_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (customer_id, day, user_id) do update set times = customer_seen.times + excluded.times,
        last_at = case when excluded.last_at > customer_seen.last_at then excluded.last_at else customer_seen.last_at end";
    LISTED = "select sketch from customer_listed where user_id = $1 and day = $2";
    WRITE_LISTED = "insert into customer_listed (user_id, day, sketch) values ($1, $2, $3)
        on conflict (user_id, day) do update set sketch = excluded.sketch";
}

/// How often one person opened one customer since it was last written.
#[derive(Clone, Copy, Debug)]
struct Opened {
    times: i64,
    first: Timestamp,
    last: Timestamp,
}

/// Which customers stood in the lists that one person was shown since it was last written.
#[derive(Clone, Debug)]
struct Listed {
    customers: Sketch,
    last: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Held {
    opened: HashMap<(Uuid, Uuid), Opened>,
    listed: HashMap<Uuid, Listed>,
}

impl Held {
    fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.listed.is_empty()
    }
}

/// What has been seen and is not written yet.
#[derive(Debug, Default)]
pub struct Seen(Mutex<Held>);

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
        let held = &mut self.held().opened;
        let opened =
            held.entry((customer, who.user.uuid())).or_insert(Opened { times: 0, first: who.now, last: who.now });
        opened.times += times;
        opened.last = opened.last.max(who.now);
        held.len() >= HELD_MOST
    }

    /// Notes which customers stood in a list that somebody was shown.
    pub fn note_lines(&self, who: &Principal, customers: impl Iterator<Item = Uuid>) {
        let mut held = self.held();
        let fresh = || Listed { customers: Sketch::default(), last: who.now };
        let listed = held.listed.entry(who.user.uuid()).or_insert_with(fresh);
        customers.for_each(|customer| listed.customers.add(customer));
        listed.last = listed.last.max(who.now);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is held. What could not be written is held further.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let taken = std::mem::take(&mut *self.held());
        if taken.is_empty() {
            return Ok(());
        }
        let kept = taken.clone();
        // In one order, so that two nodes do not wait for each other.
        let mut opened: Vec<_> = taken.opened.into_iter().collect();
        opened.sort_unstable_by_key(|(key, _)| *key);
        let mut listed: Vec<_> = taken.listed.into_iter().collect();
        listed.sort_unstable_by_key(|(user, _)| *user);
        let written = db.write(move |tx| write(tx, &opened).and_then(|()| write_listed(tx, &listed))).await;
        if written.is_err() {
            self.hold_again(kept);
        }
        written
    }

    fn hold_again(&self, kept: Held) {
        let mut held = self.held();
        for (key, lost) in kept.opened {
            let opened = held.opened.entry(key).or_insert(Opened { times: 0, ..lost });
            opened.times += lost.times;
            opened.first = opened.first.min(lost.first);
        }
        for (user, lost) in kept.listed {
            let last = lost.last;
            let listed = held.listed.entry(user).or_insert_with(|| Listed { customers: Sketch::default(), last });
            listed.customers.merge(&lost.customers);
        }
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

/// Puts what was shown to what was shown before on that day; whoever looks at the same lists again writes nothing.
fn write_listed(tx: &mut Tx<'_>, rows: &[(Uuid, Listed)]) -> Result<()> {
    let calendar = settings::calendar(tx)?;
    for (user, listed) in rows {
        let day: Date = calendar.date_of(listed.last);
        let known = tx.query(&LISTED, &[user, &day])?.first().map(|row| row.get(0)).transpose()?;
        let mut sketch = known.and_then(Sketch::of_bytes).unwrap_or_default();
        if sketch.merge(&listed.customers) {
            tx.execute(&WRITE_LISTED, &[user, &day, &sketch.bytes().to_vec()])?;
        }
    }
    Ok(())
}
