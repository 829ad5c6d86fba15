use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{EventKind, MajorEvent};
use crate::customers::facts;
use crate::customers::model::Customer;
use crate::customers::rules::text::{Faults, clean};
use crate::customers::service::{load, load_for_change};
use crate::customers::timeline::{Before, Entry};
use crate::kernel::permission::action::{Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};

store::statements! {
    OF_CUSTOMER = select MajorEvent where "customer_id = $1 order by happened_at desc, id desc limit 500";
    BEFORE = select MajorEvent where "customer_id = $1 and (recorded_at < $2 or (recorded_at = $2 and id < $3))
        order by recorded_at desc, id desc limit $4";
    ONE = select MajorEvent where "customer_id = $1 and id = $2";
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    pub kind: EventKind,
    #[schema(value_type = String, format = DateTime)]
    pub happened_at: Timestamp,
    /// When we learned of it; now, if not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub known_at: Option<Timestamp>,
    pub content: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    #[schema(value_type = Uuid)]
    pub id: Id<MajorEvent>,
    #[schema(value_type = Uuid)]
    pub customer_id: Id<Customer>,
    pub kind: EventKind,
    #[schema(value_type = String, format = DateTime)]
    pub happened_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub known_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    pub actor: Named,
    pub content: String,
}

fn view(tx: &mut Tx<'_>, event: MajorEvent) -> Result<EventView> {
    Ok(EventView {
        id: event.id,
        customer_id: event.customer_id,
        kind: event.kind,
        happened_at: event.happened_at,
        known_at: event.known_at,
        recorded_at: event.recorded_at,
        actor: names::user(tx, event.actor.uuid())?,
        content: event.content,
    })
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, customer: Id<Customer>) -> Result<Vec<EventView>> {
    let customer = load(tx, grant, customer)?;
    let events = MajorEvent::all(tx, &OF_CUSTOMER, &[&customer.id])?;
    events.into_iter().map(|event| view(tx, event)).collect()
}

/// Records a major event. An event cannot have been known before it happened, nor have happened after now.
pub fn record(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    customer: Id<Customer>,
    new: &NewEvent,
) -> Result<EventView> {
    let who = grant.principal();
    let customer = load_for_change(tx, grant, customer)?;
    let event = checked(who, &customer, new)?;
    event.insert(tx)?;
    let place = (event.id.uuid(), Some(customer.id.uuid()));
    facts::publish(tx, who, facts::EVENT_KNOWN, place, event.known_at, json!({ "kind": event.kind }))?;
    facts::publish(tx, who, facts::EVENT_RECORDED, place, who.now, json!({ "kind": event.kind }))?;
    audited(tx, who, &event, "major_event")?;
    view(tx, event)
}

fn checked(who: &Principal, customer: &Customer, new: &NewEvent) -> Result<MajorEvent> {
    let mut faults = Faults::default();
    let known_at = new.known_at.unwrap_or(who.now);
    if new.happened_at > who.now {
        faults.add("happened_at", "date.in_future");
    }
    if known_at > who.now || known_at < new.happened_at {
        faults.add("known_at", if known_at > who.now { "date.in_future" } else { "before_it_happened" });
    }
    let content = faults.take("content", clean(&new.content, 4_000, false)).flatten();
    if content.is_none() {
        faults.add("content", "required");
    }
    Error::from_fields(faults.into_fields())?;
    Ok(MajorEvent {
        id: Id::new(),
        customer_id: customer.id,
        kind: new.kind,
        happened_at: micros(new.happened_at)?,
        known_at: micros(known_at)?,
        recorded_at: who.now,
        actor: who.user,
        content: content.unwrap_or_default(),
    })
}

/// Instants are kept in whole microseconds.
fn micros(at: Timestamp) -> Result<Timestamp> {
    Timestamp::from_microsecond(at.as_microsecond()).map_err(Error::internal)
}

/// Takes back an event that was recorded by mistake.
pub fn withdraw(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Customer>,
    customer: Id<Customer>,
    event: Id<MajorEvent>,
) -> Result<()> {
    let who = grant.principal();
    let customer = load_for_change(tx, grant, customer)?;
    let event = MajorEvent::one(tx, &ONE, &[&customer.id, &event])?.ok_or_else(Error::not_found)?;
    event.delete(tx)?;
    let place = (event.id.uuid(), Some(customer.id.uuid()));
    facts::publish(tx, who, facts::EVENT_WITHDRAWN, place, who.now, json!({ "kind": event.kind }))?;
    audited(tx, who, &event, "major_event_withdrawn")
}

fn audited(tx: &mut Tx<'_>, who: &Principal, event: &MajorEvent, action: &str) -> Result<()> {
    let customer = event.customer_id.uuid();
    let mut changes = Changes::new();
    changes.set("event", event.id).set("kind", event.kind).set("happened_at", event.happened_at);
    changes.set("known_at", event.known_at).set("content", &event.content);
    audit::record(tx, who, action, Entity::Customer, customer, Some(customer), changes)
}

/// Major events of a customer that the asker may see, by when they were recorded, newest first.
pub fn timeline(tx: &mut Tx<'_>, _: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let at = at.as_microsecond();
    let found = MajorEvent::all(tx, &BEFORE, &[&customer, &at, &id, &(limit as i64)])?;
    let entry = |event: MajorEvent| {
        Ok(Entry {
            id: event.id.uuid(),
            kind: "major_event",
            at: event.recorded_at,
            actor: Some(names::user(tx, event.actor.uuid())?),
            title_key: format!("timeline.major_event.{}", event.kind.word()),
            data: json!({
                "kind": event.kind, "happened_at": event.happened_at, "known_at": event.known_at,
                "content": event.content,
            }),
        })
    };
    found.into_iter().map(entry).collect()
}
