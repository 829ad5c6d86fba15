//! What has been kept for its time goes, bit by bit, so that nobody waits long for the writer.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::Tx;
use store::jobs::NewJob;
use uuid::Uuid;

use super::of;
use super::service::{ask_again, condemn_due, condemned, forget};
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};

const SWEEP: &str = "platform.bin.sweep";
const PURGE: &str = "platform.bin.purge";
const AT_ONCE: i64 = 100;

pub fn register(registry: &mut Registry) {
    registry.on(SWEEP, sweep).every(Duration::from_secs(3600), SWEEP);
    registry.on(PURGE, purge);
}

/// The removal of one record. The system does it: whoever decided was allowed to.
pub fn enqueue(tx: &mut Tx<'_>, who: &Principal, item: Uuid) -> Result<Uuid> {
    // Only which one it is: a job is kept long after what it removed.
    let payload = json!({ "id": item });
    Ok(store::jobs::enqueue(tx, NewJob { kind: PURGE, once_key: None, asked_by: None, payload, run_at: who.now })?)
}

fn sweep(context: &JobContext, _: Json) -> Result<Json> {
    let (mut steps, mut done, mut after) = (0, 0, (Timestamp::UNIX_EPOCH, Uuid::nil()));
    loop {
        steps += 1;
        let (condemned, reached) = context.step(steps, 0, move |tx, who| condemn_due(tx, who, after, AT_ONCE))?;
        done += condemned;
        match reached {
            Some(reached) => after = reached,
            None => break,
        }
    }
    // Those whose job ended before it was done.
    let again = context.step(steps + 1, 0, |tx, who| ask_again(tx, who, AT_ONCE))?;
    Ok(json!({ "records": done, "again": again }))
}

fn purge(context: &JobContext, payload: Json) -> Result<Json> {
    let id: Uuid = serde_json::from_value(payload["id"].clone())?;
    let mut done = context.done();
    loop {
        done += 1;
        let more = context.step(done, 0, move |tx, who| {
            let Some(item) = condemned(tx, id)? else { return Ok(false) };
            let more = (of(&item)?.purge)(tx, who, &item)?;
            if !more {
                forget(tx, id)?;
            }
            Ok(more)
        })?;
        if !more {
            return Ok(json!({ "steps": done }));
        }
    }
}
