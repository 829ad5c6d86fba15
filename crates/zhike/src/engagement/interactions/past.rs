//! Contacts of the past, many at once, for sample data: each by whoever made it, at the instant at which it was written
//! down. Checking and cleaning are those of [`super::service::record`]; what is left out is the look at each customer.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use store::{Entity as _, Predicate, Tx};
use uuid::Uuid;

use super::facts;
use super::model::Interaction;
use super::rules::NewInteraction;
use super::service::{noted_down, refresh_customer};
use crate::customers::model::{Customer, Grade};
use crate::engagement::todos::past::{self, Step};
use crate::kernel::permission::action::Import;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::policy::duties;

/// A contact as it was written down.
#[derive(Clone)]
pub struct Past {
    /// Whoever made and recorded it; `now` is when they recorded it.
    pub who: Arc<Principal>,
    pub customer: Id<Customer>,
    /// The customer's grade and department at that time.
    pub grade: Grade,
    pub department: Option<Uuid>,
    pub new: NewInteraction,
    /// When the to-do of its next plan was done.
    pub done_at: Option<Timestamp>,
}

/// Writes a block of contacts in the order given. Whoever does this must reach the records of everybody.
pub fn insert_block(tx: &mut Tx<'_>, grant: &Grant<Import, entity::Interaction>, block: &[Past]) -> Result<()> {
    if grant.predicate() != Predicate::All {
        return Err(Error::forbidden());
    }
    for past in block {
        insert(tx, grant.now(), past)?;
    }
    let touched: BTreeSet<Id<Customer>> = block.iter().map(|past| past.customer).collect();
    touched.into_iter().try_for_each(|customer| refresh_customer(tx, customer))
}

fn insert(tx: &mut Tx<'_>, now: Timestamp, past: &Past) -> Result<()> {
    let who = &past.who;
    let new = past.new.clone().checked(who.now)?;
    let mut record = Interaction {
        id: Id::new(),
        customer_id: past.customer,
        kind: new.kind,
        at: new.at,
        recorded_at: who.now,
        late: false,
        actor_id: who.user,
        contact_id: new.contact_id,
        content: new.content,
        feedback: new.feedback,
        next_plan: new.next_plan,
        next_at: new.next_at,
        duty_id: None,
        todo_id: None,
        grade: past.grade,
        department_id: past.department,
        check_in: None,
        distance: None,
        accuracy: None,
        version: 1,
        updated_at: who.now,
        deleted_at: None,
    };
    if let Some(check_in) = &new.check_in {
        check_in.stand(tx, &mut record)?;
    }
    if let Some(plan) = &record.next_plan {
        let (customer, interaction) = (record.customer_id.uuid(), record.id.uuid());
        let priority = new.priority.unwrap_or_default();
        let step = Step { plan, at: record.next_at, priority, customer, interaction, done_at: past.done_at };
        record.todo_id = Some(past::insert(tx, who, &step, now)?);
    }
    facts::publish(tx, who, &record)?;
    record.late = duties::is_late(tx, record.customer_id.uuid(), record.id.uuid())?;
    record.insert(tx)?;
    let noted = Some(record.customer_id.uuid());
    audit::record(tx, who, "create", Entity::Interaction, record.id.uuid(), noted, noted_down(&record))
}
