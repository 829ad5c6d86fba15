//! Orders and contracts in the customer's one timeline.

use jiff::Timestamp;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::Cooperation;
use crate::customers::model::lines;
use crate::customers::service::with_readable;
use crate::customers::timeline::{Before, Entry};
use crate::kernel::{Entity, Result};
use crate::platform::access::names;
use crate::platform::grant::Principal;

store::statements! {
    BEFORE = select Cooperation where "customer_id = $1 and (happened_at < $2 or (happened_at = $2 and id < $3))
        order by happened_at desc, id desc limit $4";
}

/// What a customer ordered and signed, by the day of it, latest first.
pub fn timeline(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    if with_readable(tx, who, Entity::Cooperation, &[customer])?.is_empty() {
        return Ok(Vec::new());
    }
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let found = Cooperation::all(tx, &BEFORE, &[&customer, &at.as_microsecond(), &id, &(limit as i64)])?;
    found.into_iter().map(|record| entry(tx, who, record)).collect()
}

fn entry(tx: &mut Tx<'_>, who: &Principal, record: Cooperation) -> Result<Entry> {
    let shown = |field| who.reads(Entity::Cooperation, field);
    let items = if shown("items") { lines(&record.items) } else { Vec::new() };
    Ok(Entry {
        id: record.id.uuid(),
        kind: "cooperation",
        at: record.happened_at,
        actor: Some(names::user(tx, record.created_by.uuid())?),
        title_key: format!("timeline.cooperation.{}", record.kind.word()),
        data: json!({
            "kind": record.kind, "number": record.number, "items": items, "state": record.state,
            "amount_fen": record.amount_fen.filter(|_| shown("amount_fen")), "starts_on": record.starts_on,
            "ends_on": record.ends_on, "problems": record.problems.filter(|_| shown("problems")),
        }),
    })
}
