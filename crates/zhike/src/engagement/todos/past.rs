//! To-dos of the past, for sample data: made when the contact they come from was recorded, and done since or still open.

use jiff::Timestamp;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::{Priority, Todo};
use super::service::{audit_created, blank};
use super::{reminders, rules};
use crate::kernel::{Entity, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::Principal;
use crate::platform::settings;

/// What was to be done after a contact, and when it was done.
pub struct Step<'a> {
    pub plan: &'a str,
    pub at: Option<Timestamp>,
    pub priority: Priority,
    pub customer: Uuid,
    pub interaction: Uuid,
    pub done_at: Option<Timestamp>,
}

/// Writes the to-do as it stands at `now`. A reminder is made only if it lies ahead: nobody is told today of what was to
/// be done last year.
pub fn insert(tx: &mut Tx<'_>, who: &Principal, step: &Step<'_>, now: Timestamp) -> Result<Uuid> {
    let calendar = settings::calendar(tx)?;
    let timing = rules::next_timing(step.at, step.priority, who.now, &calendar);
    let made = Todo {
        customer_id: Some(step.customer),
        interaction_id: Some(step.interaction),
        priority: step.priority,
        due_at: timing.due_at,
        remind_at: timing.remind_at,
        ..blank(who, rules::title_of(step.plan))
    };
    audit_created(tx, who, &made)?;
    let Some(done_at) = step.done_at else {
        made.insert(tx)?;
        if made.remind_at.is_some_and(|at| at > now) {
            reminders::schedule(tx, &made)?;
        }
        return Ok(made.id.uuid());
    };
    let done = Todo {
        done: true,
        done_at: Some(done_at),
        done_by: Some(who.user),
        updated_at: done_at,
        version: made.version + 1,
        ..made
    };
    done.insert(tx)?;
    let mut changes = Changes::new();
    changes.field("done", &false, &true);
    let then = Principal { now: done_at, ..who.clone() };
    audit::record(tx, &then, "update", Entity::Todo, done.id.uuid(), done.customer_id, changes)?;
    Ok(done.id.uuid())
}
