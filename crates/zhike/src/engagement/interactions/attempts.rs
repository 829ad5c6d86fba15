//! What is known of a contact before it is written down (R3-2.3): somebody dials from Today, or checks in at the
//! customer's. From that moment on the record is owed, and it takes the id of its attempt. Whoever reached nobody says so
//! in time; nothing is kept of an attempt but its facts.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Tx, outbox as facts};
use utoipa::ToSchema;
use uuid::Uuid;

use super::facts::RECORDED;
use super::model::Kind;
use crate::customers::model::Customer;
use crate::engagement::neighbours;
use crate::kernel::permission::action::Create;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Fact, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::outbox;

const BEGUN: &str = "contact_begun";
const FAILED: &str = "contact_failed";

/// Whoever dials again so soon is still at the same call.
const SAME: SignedDuration = SignedDuration::from_mins(10);
/// No contact is written down as that of an attempt that lies further from it.
const NEAR: SignedDuration = SignedDuration::from_hours(12);

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttempt {
    /// `phone`, `visit` or `on_site`.
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Attempt {
    /// That of the record to come.
    pub id: Uuid,
}

/// How a contact began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Begun {
    pub kind: Kind,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Somebody dials, or has arrived.
pub fn begin(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Interaction>,
    customer: Uuid,
    NewAttempt { kind }: NewAttempt,
) -> Result<Attempt> {
    let who = grant.principal();
    let customer = neighbours::customer(tx, grant, customer)?;
    if !matches!(kind, Kind::Phone | Kind::Visit | Kind::OnSite) {
        return Err(Error::field_invalid("kind", "invalid"));
    }
    if let Some(id) = nearest(tx, who, customer.id, (kind, who.now), SAME)? {
        return Ok(Attempt { id });
    }
    let id = Uuid::now_v7();
    tell(tx, who, (customer.id, id), (BEGUN, kind))?;
    let mut changes = Changes::new();
    changes.set("kind", kind);
    audit::record(tx, who, "begin_contact", Entity::Interaction, id, Some(customer.id.uuid()), changes)?;
    Ok(Attempt { id })
}

/// Nobody was reached, so there is nothing to write down.
pub fn fail(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Interaction>, (customer, id): (Uuid, Uuid)) -> Result<()> {
    let who = grant.principal();
    let customer = neighbours::customer(tx, grant, customer)?;
    let known = Known::of(tx, id)?;
    let is_own =
        |begun: &facts::Fact| begun.actor == Some(who.user.uuid()) && begun.customer_id == Some(customer.id.uuid());
    let begun = known.begun.filter(is_own).filter(|_| !known.recorded).ok_or_else(Error::not_found)?;
    if known.failed {
        return Ok(());
    }
    let kind = kind_of(&begun).unwrap_or(Kind::Phone);
    tell(tx, who, (customer.id, id), (FAILED, kind))?;
    let mut changes = Changes::new();
    changes.set("kind", kind);
    audit::record(tx, who, "fail_contact", Entity::Interaction, id, Some(customer.id.uuid()), changes)
}

/// The attempt that a record is of: the one that its duty is about, or the nearest in time that the same person has made
/// by the same way and not yet accounted for.
pub fn of_record(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: Id<Customer>,
    (kind, at): (Kind, Timestamp),
    owed: Option<Uuid>,
) -> Result<Option<Uuid>> {
    if let Some(id) = owed
        && Known::of(tx, id)?.is_open()
    {
        return Ok(Some(id));
    }
    nearest(tx, who, customer, (kind, at), NEAR)
}

/// Which of these records, that are still to be written, are of a contact that was begun.
pub fn begun(tx: &mut Tx<'_>, records: &[Uuid]) -> Result<HashMap<Uuid, Begun>> {
    if records.is_empty() {
        return Ok(HashMap::new());
    }
    let found = facts::of_subjects(tx, records, BEGUN)?;
    Ok(found.iter().filter_map(|fact| Some((fact.subject, Begun { kind: kind_of(fact)?, at: fact.at }))).collect())
}

fn nearest(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: Id<Customer>,
    (kind, at): (Kind, Timestamp),
    within: SignedDuration,
) -> Result<Option<Uuid>> {
    let mut begun = facts::of_customer(tx, customer.uuid(), at - within, at + within)?;
    let is_own = |fact: &facts::Fact| fact.kind == BEGUN && fact.actor == Some(who.user.uuid());
    begun.retain(|fact| is_own(fact) && kind_of(fact).is_some_and(|begun| is_same(begun, kind)));
    begun.sort_by_key(|fact| at.duration_since(fact.at).abs());
    for fact in begun {
        if Known::of(tx, fact.subject)?.is_open() {
            return Ok(Some(fact.subject));
        }
    }
    Ok(None)
}

/// A call is a call; who is on site visits.
fn is_same(begun: Kind, recorded: Kind) -> bool {
    begun == recorded || (begun != Kind::Phone && begun.fact() == recorded.fact())
}

fn kind_of(fact: &facts::Fact) -> Option<Kind> {
    serde_json::from_value(fact.attributes.get("kind")?.clone()).ok()
}

/// What has become of an attempt.
struct Known {
    begun: Option<facts::Fact>,
    recorded: bool,
    failed: bool,
}

impl Known {
    fn of(tx: &mut Tx<'_>, id: Uuid) -> Result<Self> {
        let all = facts::about(tx, id)?;
        let there = |kind: &str| all.iter().any(|fact| fact.kind == kind);
        let (recorded, failed) = (there(RECORDED), there(FAILED));
        Ok(Self { begun: all.into_iter().find(|fact| fact.kind == BEGUN), recorded, failed })
    }

    fn is_open(&self) -> bool {
        self.begun.is_some() && !self.recorded && !self.failed
    }
}

fn tell(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, subject): (Id<Customer>, Uuid),
    (what, kind): (&str, Kind),
) -> Result<()> {
    let fact = Fact {
        id: Uuid::now_v7(),
        kind: what.to_owned(),
        subject,
        customer: Some(customer.uuid()),
        at: who.now,
        recorded_at: who.now,
        actor: Some(who.user.uuid()),
        attributes: Map::from_iter([("kind".to_owned(), Value::from(kind.word()))]),
    };
    outbox::publish(tx, who, &fact)
}
