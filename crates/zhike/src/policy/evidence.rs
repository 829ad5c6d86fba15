//! The facts that a duty is judged by, from the outbox.

use jiff::Timestamp;
use serde_json::Value;
use store::{Tx, outbox};
use uuid::Uuid;

use super::book::Entry;
use super::rules::Duty;
use super::rules::facts::{CONTACT_WITHDRAWN, WITHDRAWABLE};
use crate::kernel::{Fact, Result};

/// Everything known that may count for a duty.
pub fn of(tx: &mut Tx<'_>, entry: &Entry, duty: &Duty) -> Result<Vec<Fact>> {
    let customer = match duty.terms.customer {
        Some(customer) if !entry.is_clock() => customer,
        _ => return about(tx, duty.key.subject),
    };
    let until = duty.terms.due_at.unwrap_or(Timestamp::MAX);
    let mut found = outbox::of_customer(tx, customer, duty.terms.counts_from, until)?;
    found.retain(|fact| fact.kind != CONTACT_WITHDRAWN && entry.kinds.contains(&fact.kind));
    if found.iter().any(is_withdrawable) {
        // A withdrawal comes at any time after what it takes back.
        let later = outbox::of_customer(tx, customer, duty.terms.counts_from, Timestamp::MAX)?;
        found.extend(later.into_iter().filter(|fact| fact.kind == CONTACT_WITHDRAWN));
    }
    Ok(found.into_iter().map(fact).collect())
}

fn is_withdrawable(fact: &outbox::Fact) -> bool {
    WITHDRAWABLE.contains(&fact.kind.as_str())
}

/// All facts about one subject: an interaction, a request, a case. They are few, and every clock of it reads them.
pub fn about(tx: &mut Tx<'_>, subject: Uuid) -> Result<Vec<Fact>> {
    Ok(outbox::about(tx, subject)?.into_iter().map(fact).collect())
}

/// When what a withdrawal takes back took place.
pub fn withdrawn_instants(tx: &mut Tx<'_>, subject: Uuid) -> Result<Vec<Timestamp>> {
    let mut instants = Vec::new();
    for kind in WITHDRAWABLE {
        instants.extend(outbox::of_subject(tx, subject, kind)?.into_iter().map(|fact| fact.at));
    }
    Ok(instants)
}

fn fact(row: outbox::Fact) -> Fact {
    let attributes = match row.attributes {
        Value::Object(attributes) => attributes,
        _ => serde_json::Map::new(),
    };
    Fact {
        id: row.id,
        kind: row.kind,
        subject: row.subject,
        customer: row.customer_id,
        at: row.at,
        recorded_at: row.recorded_at,
        // What the system did for nobody in particular is nobody's duty.
        actor: row.actor.filter(|actor| !actor.is_nil()),
        attributes,
    }
}
