//! Contacts on the customer's timeline.

use jiff::Timestamp;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::check_in::CheckInView;
use super::model::{BEFORE, Interaction};
use crate::customers::timeline::{Before, Entry};
use crate::kernel::Action;
use crate::kernel::{Entity, Result};
use crate::platform::access::names;
use crate::platform::grant::Principal;

/// Contacts with a customer that the asker may see, latest first.
pub fn timeline(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    if who.permissions.reach(Action::Read, Entity::Interaction).is_none() {
        return Ok(Vec::new());
    }
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let found = Interaction::all(tx, &BEFORE, &[&customer, &at, &id, &(limit as i64)])?;
    found.into_iter().map(|record| entry(tx, record)).collect()
}

fn entry(tx: &mut Tx<'_>, record: Interaction) -> Result<Entry> {
    Ok(Entry {
        id: record.id.uuid(),
        kind: "interaction",
        at: record.at,
        actor: Some(names::user(tx, record.actor_id.uuid())?),
        title_key: format!("timeline.interaction.{}", record.kind.word()),
        data: json!({
            "kind": record.kind, "content": record.content, "feedback": record.feedback,
            "next_plan": record.next_plan, "next_at": record.next_at, "contact_id": record.contact_id,
            "recorded_at": record.recorded_at, "late": record.late, "todo_id": record.todo_id,
            "version": record.version, "check_in": CheckInView::of(&record),
        }),
    })
}
