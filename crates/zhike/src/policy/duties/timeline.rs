use jiff::Timestamp;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::view::{Known, named};
use crate::customers::timeline::{Before, Entry};
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::Principal;
use crate::policy::model::{DUTY, DutyEvent, DutyRow};

store::statements! {
    /// Planning is no news on a customer's timeline; what came of it is.
    EVENTS = select DutyEvent where "customer_id = $1 and kind in ('met', 'late', 'missed', 'corrected', 'waived', 'paused', 'resumed')
        and (at < $2 or (at = $2 and id < $3)) order by at desc, id desc limit $4";
}

/// What became of a customer's duties, newest first.
pub fn timeline(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    if who.permissions.reach(Action::Read, Entity::Duty).is_none() {
        return Ok(Vec::new());
    }
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let events = DutyEvent::all(tx, &EVENTS, &[&customer, &at, &id, &(limit as i64)])?;
    let mut entries = Vec::with_capacity(events.len());
    for event in events {
        let Some(row) = DutyRow::one(tx, &DUTY, &[&customer, &event.duty_id])? else { continue };
        let name = Known::of_rules(tx, std::slice::from_ref(&row))?.entry(&row).map(|entry| entry.rule.name.clone());
        let data = json!({
            "duty_id": row.id, "clause": row.clause, "rule": row.rule, "name": name, "occurrence": row.occurrence,
            "due_at": row.due_at, "margin_seconds": row.margin, "reason": event.reason, "change": event.data,
            "owner": named(tx, row.owner_id)?,
        });
        entries.push(Entry {
            id: event.id,
            kind: "duty",
            at: event.at,
            actor: named(tx, event.actor_id)?,
            title_key: format!("timeline.duty.{}", event.kind.word()),
            data,
        });
    }
    Ok(entries)
}
