//! When the company adds a field that archives need, or one that the search finds, what is complete and what is found
//! changes for all customers at once: a job settles it, block by block (R3-1.4).

use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use uuid::Uuid;

use super::model::Customer;
use super::service;
use crate::kernel::{Fact, Id, Result};
use crate::platform::custom;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};
use crate::platform::outbox::Subscription;

const KIND: &str = "customers.settle";
/// Few enough that whoever saves something waits for a moment only.
const BLOCK: usize = 100;

pub fn subscriptions() -> Vec<Subscription> {
    vec![(&[custom::CHANGED], on_change)]
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run);
}

fn on_change(tx: &mut Tx<'_>, who: &Principal, _: &Fact) -> Result<()> {
    let new = NewJob { kind: KIND, once_key: None, asked_by: None, payload: json!({}), run_at: who.now };
    jobs::enqueue(tx, new)?;
    Ok(())
}

fn run(context: &JobContext, _: Value) -> Result<Value> {
    let (mut after, mut done) = (None, 0);
    loop {
        let block = context.read(move |tx, _| service::page_of_subjects(tx, after, BLOCK))?;
        let Some(last) = block.last().map(|subject| subject.id) else { break };
        done += block.len() as i64;
        let ids: Vec<Uuid> = block.into_iter().map(|subject| subject.id).collect();
        // Settling again what a run before a crash has settled changes nothing.
        context.step(done, 0, move |tx, who| ids.iter().try_for_each(|id| settle(tx, who, Id::from_uuid(*id))))?;
        after = Some(last);
    }
    Ok(json!({ "customers": done }))
}

fn settle(tx: &mut Tx<'_>, who: &Principal, id: Id<Customer>) -> Result<()> {
    let customer = service::locked(tx, id)?;
    match customer.removed_at {
        None => service::settle(tx, who, &customer, customer.updated_at),
        Some(_) => Ok(()),
    }
}
