//! What this room tells the others.

use jiff::Timestamp;
use serde_json::{Map, Value};
use store::Tx;
use uuid::Uuid;

use crate::kernel::{Fact, Result};
use crate::platform::grant::Principal;
use crate::platform::outbox;

pub const CREATED: &str = "customer_created";
pub const GRADED: &str = "customer_graded";
pub const GRADE_PROPOSED: &str = "grade_change_proposed";
pub const GRADE_DECIDED: &str = "grade_change_decided";
pub const GRADE_WITHDRAWN: &str = "grade_change_withdrawn";
pub const OWNER_CHANGED: &str = "customer_owner_changed";
pub const HANDOVER_OPENED: &str = "handover_opened";
pub const HANDOVER_ACCEPTED: &str = "handover_accepted";
pub const HANDOVER_WITHDRAWN: &str = "handover_withdrawn";
pub const REMOVED: &str = "customer_removed";
pub const RESTORED: &str = "customer_restored";
/// The subject became part of the customer, or was parted from it again.
pub const MERGED: &str = "customer_merged";
pub const UNMERGED: &str = "customer_unmerged";
pub const IMPORTED: &str = "customers_imported";
pub const VERIFIED: &str = "archive_verified";
pub const EVENT_KNOWN: &str = "major_event_known";
pub const EVENT_RECORDED: &str = "major_event_recorded";
pub const EVENT_WITHDRAWN: &str = "major_event_withdrawn";
pub const ORDER_PLACED: &str = "order_placed";
pub const CONTRACT_SIGNED: &str = "contract_signed";
pub const CONTRACT_RENEWED: &str = "contract_renewed";
/// One of the three was called off, or removed since it had been a mistake.
pub const COOPERATION_WITHDRAWN: &str = "cooperation_withdrawn";

/// Tells that `kind` happened to `subject` of `customer` at `at`.
pub fn publish(
    tx: &mut Tx<'_>,
    who: &Principal,
    kind: &str,
    (subject, customer): (Uuid, Option<Uuid>),
    at: Timestamp,
    attributes: Value,
) -> Result<()> {
    let attributes = match attributes {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    };
    let fact = Fact {
        id: Uuid::now_v7(),
        kind: kind.to_owned(),
        subject,
        customer,
        at,
        recorded_at: who.now,
        actor: Some(who.user.uuid()),
        attributes,
    };
    outbox::publish(tx, who, &fact)
}
