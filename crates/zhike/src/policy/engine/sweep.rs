//! Time passes. Every duty carries the instant at which it must be looked at again; an index finds those whose has come,
//! so that nothing is ever searched for what is due. Two nodes share the work: each takes duties that the other does not
//! hold.

use std::sync::Arc;

use jiff::SignedDuration;
use store::Tx;
use uuid::Uuid;

use super::follow;
use super::pen::Pen;
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::policy::book;
use crate::policy::model::DutyRow;

/// Duties in one transaction.
pub const BATCH: i64 = 200;
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

store::statements! {
    COME = "select customer_id, id from duty where next_check_at <= $1 order by next_check_at limit $2";
    COME_POSTGRES = postgres "select customer_id, id from duty where next_check_at <= $1 order by next_check_at limit $2
        for update skip locked";
    LATER = "update duty set next_check_at = $3 where customer_id = $1 and id = $2";
}

/// Judges the next duties whose time has come and answers how many there were.
pub fn step(tx: &mut Tx<'_>, who: &Principal) -> Result<usize> {
    let come = come(tx, who)?;
    if come.is_empty() {
        return Ok(0);
    }
    let book = book::load(tx)?;
    let mut pen = Pen::new(Arc::clone(&book), who);
    for (customer, id) in &come {
        if let Some(row) = DutyRow::locked(tx, *customer, *id)? {
            follow::settle(tx, &mut pen, &row)?;
        }
    }
    pen.finish(tx)?;
    Ok(come.len())
}

fn come(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<(Uuid, Uuid)>> {
    let statement = if tx.is_postgres() { &COME_POSTGRES } else { &COME };
    let come = tx.query(statement, &[&who.now, &BATCH])?;
    come.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// [`step`] after it failed: each duty by itself. One that cannot be judged is left for an hour and the log tells of it.
pub fn one_by_one(tx: &mut Tx<'_>, who: &Principal) -> Result<usize> {
    let come = come(tx, who)?;
    for (customer, id) in &come {
        let settled = tx.nested(|tx| {
            let mut pen = Pen::new(book::load(tx)?, who);
            if let Some(row) = DutyRow::locked(tx, *customer, *id)? {
                follow::settle(tx, &mut pen, &row)?;
            }
            pen.finish(tx)
        });
        if let Err(error) = settled {
            tracing::error!(duty = %id, %error, "this duty cannot be judged");
            tx.execute(&LATER, &[customer, id, &(who.now + PATIENCE)])?;
        }
    }
    Ok(come.len())
}
