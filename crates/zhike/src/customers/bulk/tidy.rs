//! Forgetting. What was written over is kept as long as it can be taken back, and a day longer; then only those
//! customers are still listed that it could not change or put back, and after some months nothing is but the audit.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use store::{Entity as _, Tx};

use super::model::{Bulk, UNDO_WITHIN};
use super::service::failure;
use crate::kernel::Result;
use crate::platform::jobs::JobContext;

pub const KIND: &str = "customers.bulk.tidy";
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);
const ROWS_AT_ONCE: i64 = 1_000;

store::statements! {
    DUE = select Bulk where "tidied_at is null and coalesce(finished_at, created_at) < $1
        order by created_at, id limit 100";
    OLD = select Bulk where "created_at < $1 order by created_at, id limit 1";
    DONE_WITH = "delete from bulk_row where bulk_id = $1 and (customer_id, id) in (select customer_id, id from bulk_row
        where bulk_id = $1 and state in ('waiting', 'changed', 'already', 'undone') limit $2)";
    BLANK = "update bulk_row set before = null, after = null where bulk_id = $1 and state = 'kept'";
    TIDIED = "update bulk_change set tidied_at = $2, selection = '{}' where id = $1";
    ROWS_OF = "delete from bulk_row where bulk_id = $1 and (customer_id, id) in
        (select customer_id, id from bulk_row where bulk_id = $1 limit $2)";
    FORGET = "delete from bulk_change where id = $1";
}

pub fn run(context: &JobContext, _: Json) -> Result<Json> {
    let (now, mut steps) = (context.now(), context.done());
    loop {
        steps += 1;
        if !context.step(steps, 0, move |tx, _| step(tx, now))? {
            return Ok(json!({ "steps": steps }));
        }
    }
}

/// Forgets some rows. Whether there is more to forget.
fn step(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool> {
    for bulk in Bulk::all(tx, &DUE, &[&(now - UNDO_WITHIN - SignedDuration::from_hours(24))])? {
        if !is_over(tx, &bulk)? {
            continue;
        }
        if tx.execute(&DONE_WITH, &[&bulk.id, &ROWS_AT_ONCE])? < ROWS_AT_ONCE as u64 {
            tx.execute(&BLANK, &[&bulk.id])?;
            tx.execute(&TIDIED, &[&bulk.id, &now])?;
        }
        return Ok(true);
    }
    let Some(old) = Bulk::one(tx, &OLD, &[&(now - KEPT)])? else { return Ok(false) };
    if tx.execute(&ROWS_OF, &[&old.id, &ROWS_AT_ONCE])? < ROWS_AT_ONCE as u64 {
        tx.execute(&FORGET, &[&old.id])?;
    }
    Ok(true)
}

/// Whether no job works on it any more.
fn is_over(tx: &mut Tx<'_>, bulk: &Bulk) -> Result<bool> {
    use super::model::BulkState::{Done, Undone};
    Ok(matches!(bulk.state, Done | Undone) || failure(tx, bulk)?.is_some())
}
