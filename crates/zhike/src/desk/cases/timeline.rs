//! Cases on the customer's timeline.

use jiff::Timestamp;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::Case;
use crate::customers::timeline::{Before, Entry};
use crate::kernel::{Entity, Result};
use crate::platform::access::names;
use crate::platform::grant::Principal;

store::statements! {
    BEFORE = select Case where "customer_id = $1 and deleted_at is null and received_at <= $2
        and (received_at < $2 or id < $3) order by received_at desc nulls last, id desc limit $4";
}

/// A customer's cases that the asker may see, by when they reached us, latest first.
pub fn timeline(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    if !crate::desk::neighbours::sees_children(tx, who, customer, Entity::Case)? {
        return Ok(Vec::new());
    }
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let found = Case::all(tx, &BEFORE, &[&customer, &at, &id, &(limit as i64)])?;
    found.into_iter().map(|case| entry(tx, case)).collect()
}

fn entry(tx: &mut Tx<'_>, case: Case) -> Result<Entry> {
    let assignee = case.owner_id.map(|owner| names::user(tx, owner.uuid())).transpose()?;
    Ok(Entry {
        id: case.id.uuid(),
        kind: "case",
        at: case.received_at,
        actor: Some(names::user(tx, case.opened_by.uuid())?),
        title_key: "timeline.case".to_owned(),
        data: json!({
            "number": case.number, "kind": case.kind, "level": case.level, "state": case.state,
            "subject": case.subject, "channel": case.channel, "assignee": assignee, "closed_at": case.closed_at,
        }),
    })
}
