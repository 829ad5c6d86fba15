//! What is too much for one transaction: rows that move, or go back, a thousand of each table at a time, so that nobody
//! waits long for the writer. Rows that have moved are noted in the same transaction, so a step that was interrupted
//! has not happened.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::jobs::NewJob;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::{Merge, MergeState, ONE};
use super::service;
use super::undo;
use crate::customers::relations;
use crate::customers::service::hold;
use crate::kernel::{Error, Result};
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};

const MERGE: &str = "customers.merge";

pub fn register(registry: &mut Registry) {
    registry.on(MERGE, run);
}

#[derive(Serialize, Deserialize)]
struct Payload {
    customer: Uuid,
    merge: Uuid,
}

/// Goes on with a merge that was begun. It goes on as the system: whoever began it was allowed to.
pub fn enqueue(tx: &mut Tx<'_>, who: &Principal, merge: &Merge) -> Result<()> {
    let payload = serde_json::to_value(Payload { customer: merge.customer_id.uuid(), merge: merge.id })?;
    let once_key = Some(format!("{MERGE}:{}:{}", merge.id, merge.state.word()));
    store::jobs::enqueue(tx, NewJob { kind: MERGE, once_key, asked_by: None, payload, run_at: who.now })?;
    Ok(())
}

fn run(context: &JobContext, payload: Json) -> Result<Json> {
    let Payload { customer, merge } = serde_json::from_value(payload)?;
    let mut done = context.done();
    loop {
        done += 1;
        let more = context.step(done, 0, move |tx, who| {
            // Nothing is written to either between looking and moving.
            let mut merge = Merge::one(tx, &ONE, &[&customer, &merge])?.ok_or_else(Error::not_found)?;
            relations::service::take_turn_for(tx, [merge.customer_id, merge.loser_id])?;
            hold(tx, [merge.customer_id, merge.loser_id])?;
            match merge.state {
                MergeState::Moving => go_on(tx, who, &mut merge),
                MergeState::Undoing => go_back(tx, who, &mut merge),
                MergeState::Done | MergeState::Undone => Ok(false),
            }
        })?;
        if !more {
            return Ok(json!({ "steps": done }));
        }
    }
}

fn go_on(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge) -> Result<bool> {
    let step = merge.steps;
    let rows_left = service::move_some(tx, who, merge, step)?;
    let more = service::relate_some(tx, who, merge, step)? || rows_left;
    merge.steps += 1;
    match more {
        true => merge.update(tx)?,
        false => service::finish(tx, who, merge)?,
    }
    Ok(more)
}

fn go_back(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge) -> Result<bool> {
    undo::step_back(tx, who, merge)?;
    let more = merge.undone_steps < merge.steps;
    match more {
        true => merge.update(tx)?,
        false => undo::finish(tx, who, merge)?,
    }
    Ok(more)
}
