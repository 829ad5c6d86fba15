use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::counts;
use super::model::{Handover, HandoverState, Item, Line};
use crate::customers::facts;
use crate::customers::model::Customer;
use crate::customers::rules::text::clean;
use crate::customers::service::{Card, cards, load};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};

const NOTE_MOST: usize = 2_000;

const LIST: ListSpec = ListSpec {
    table: "handover",
    columns: Handover::COLUMNS,
    fields: &[
        Field::new("opened_at", Kind::Instant).sortable(),
        Field::new("state", Kind::Word),
        Field::new("from", Kind::Id).column("from_id"),
        Field::new("to", Kind::Id).column("to_id"),
    ],
    default_sort: "-opened_at",
};

const LINES: ListSpec = ListSpec {
    table: "handover_customer",
    columns: Line::COLUMNS,
    fields: &[Field::new("position", Kind::Integer).sortable()],
    default_sort: "position",
};

store::statements! {
    HOLD = postgres "select id from handover where id = $1 for update";
    MARK = "insert into handover_mark (customer_id, line_id, item, handover_id, done, at)
        select customer_id, id, $3, handover_id, $4, $5 from handover_customer where handover_id = $2 and customer_id = $1
        on conflict (customer_id, line_id, item) do update set done = excluded.done, at = excluded.at";
    UNMARK_ALL = "delete from handover_mark where handover_id = $1 and item = $2";
    IN_IT = "select 1 from handover_customer where handover_id = $1 and customer_id = $2";
    OPEN_OF = select Handover where "state = 'open' and id in
        (select handover_id from handover_customer where customer_id = $1) order by opened_at desc limit 1";
}

/// A line of the checklist, and how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandoverStep {
    #[serde(flatten)]
    pub item: Item,
    /// Of how many customers it is done; of a line for the whole, 1 or 0.
    pub done: i64,
    pub of: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Handover)]
pub struct HandoverView {
    pub id: Uuid,
    pub from: Named,
    pub to: Named,
    pub opened_by: Named,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    pub reason: String,
    pub state: HandoverState,
    pub steps: Vec<HandoverStep>,
    /// How many customers change hands.
    pub customers: i64,
    pub giver_note: Option<String>,
    pub receiver_note: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Whether the asker is the one who receives, and goes through the checklist.
    pub receives: bool,
    pub gives: bool,
    pub version: i64,
}

/// A running hand-over, on the page of one of its customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandoverBrief {
    pub id: Uuid,
    pub from: Named,
    pub to: Named,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// Whether the asker is the one who receives.
    pub receives: bool,
    /// How far it is; for whoever sees the hand-over itself.
    pub steps: Option<Vec<HandoverStep>>,
}

/// A customer that changes hands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandoverCustomer {
    #[serde(flatten)]
    pub customer: Card,
    /// The keys of the lines that are done for it.
    pub done: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandoverTick)]
pub struct Tick {
    pub item: String,
    pub done: bool,
    /// The one customer; without it, all of them, or the line of the whole.
    #[serde(default)]
    pub customer_id: Option<Uuid>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverNote {
    pub note: String,
}

/// Hand-overs that somebody gives, receives or began, and those of departments whose customers they see.
fn visible(who: &Principal) -> Predicate {
    let Some(reach) = who.permissions.reach(Action::Read, Entity::Customer) else { return Predicate::None };
    if reach.all {
        return Predicate::All;
    }
    let mut any: Vec<Predicate> =
        ["from_id", "to_id", "opened_by"].into_iter().map(|column| Predicate::eq(column, who.user)).collect();
    if !reach.departments.is_empty() {
        for column in ["from_department_id", "to_department_id"] {
            any.push(Predicate::one_of(column, reach.departments.iter().copied()));
        }
    }
    Predicate::Any(any)
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, asked: &Asked) -> Result<List<HandoverView>> {
    let who = grant.principal();
    let (rows, next) = LIST.page(tx, &visible(who), asked)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(tx, who, Handover::from_row(row)?)?);
    }
    Ok(List { items, next })
}

pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Uuid) -> Result<HandoverView> {
    let who = grant.principal();
    let handover = one(tx, who, id)?;
    view(tx, who, handover)
}

fn one(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Handover> {
    let asked = Asked { among: Some(vec![id]), ..Asked::default() };
    let (rows, _) = LIST.page(tx, &visible(who), &asked)?;
    Ok(Handover::from_row(rows.into_iter().next().ok_or_else(Error::not_found)?)?)
}

/// The running hand-over that a customer is part of: who gives to whom since when. What the two have noted about all of
/// its customers is for those alone who see the hand-over.
pub fn of_customer(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    id: Id<Customer>,
) -> Result<Vec<HandoverBrief>> {
    let customer = load(tx, grant, id)?;
    let who = grant.principal();
    let Some(handover) = Handover::one(tx, &OPEN_OF, &[&customer.id])? else { return Ok(Vec::new()) };
    Ok(vec![HandoverBrief {
        id: handover.id,
        from: names::user(tx, handover.from_id.uuid())?,
        to: names::user(tx, handover.to_id.uuid())?,
        opened_at: handover.opened_at,
        receives: handover.to_id == who.user,
        steps: sees(tx, who, &handover)?.then(|| steps(&handover)),
    }])
}

fn sees(tx: &mut Tx<'_>, who: &Principal, handover: &Handover) -> Result<bool> {
    let columns: HashMap<&str, Value> = Handover::COLUMNS.iter().copied().zip(handover.values()).collect();
    Ok(visible(who).matches(tx, handover.id, &|column| columns.get(column).cloned().unwrap_or(Value::Null))?)
}

fn view(tx: &mut Tx<'_>, who: &Principal, handover: Handover) -> Result<HandoverView> {
    let steps = steps(&handover);
    Ok(HandoverView {
        id: handover.id,
        from: names::user(tx, handover.from_id.uuid())?,
        to: names::user(tx, handover.to_id.uuid())?,
        opened_by: names::user(tx, handover.opened_by.uuid())?,
        opened_at: handover.opened_at,
        reason: handover.reason,
        state: handover.state,
        steps,
        customers: handover.customers,
        giver_note: handover.giver_note,
        receiver_note: handover.receiver_note,
        closed_at: handover.closed_at,
        receives: handover.to_id == who.user,
        gives: handover.from_id == who.user,
        version: handover.version,
    })
}

fn steps(handover: &Handover) -> Vec<HandoverStep> {
    let step = |item: Item| {
        let (done, of) = match item.each {
            true => (handover.ticked(&item.key), handover.customers),
            false => (i64::from(handover.done.get(&item.key).is_some()), 1),
        };
        HandoverStep { item, done, of }
    };
    handover.items().into_iter().map(step).collect()
}

/// A page of the customers that change hands. Of one that the asker may not see only the name is told.
pub fn customers(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    id: Uuid,
    asked: &Asked,
) -> Result<List<HandoverCustomer>> {
    let who = grant.principal();
    let handover = one(tx, who, id)?;
    let (rows, next) = LINES.page(tx, &Predicate::eq("handover_id", handover.id), asked)?;
    let lines = rows.into_iter().map(Line::from_row).collect::<store::Result<Vec<_>>>()?;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.customer_id).collect();
    let mut known: HashMap<Uuid, Card> = cards(tx, who, &ids)?.into_iter().map(|card| (card.id, card)).collect();
    let mut done = counts::done_of(tx, &handover, &ids)?;
    let of = |id: Uuid| {
        let customer = known.remove(&id)?;
        Some(HandoverCustomer { customer, done: done.remove(&id).unwrap_or_default() })
    };
    Ok(List { items: ids.into_iter().filter_map(of).collect(), next })
}

/// A running hand-over that the asker receives, held.
fn received(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Handover> {
    let handover = running(tx, who, id)?;
    if handover.to_id != who.user {
        return Err(Error::forbidden().detail("only whoever receives goes through the checklist"));
    }
    Ok(handover)
}

fn running(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Handover> {
    if tx.is_postgres() {
        tx.query(&HOLD, &[&id])?;
    }
    let handover = one(tx, who, id)?;
    match handover.state {
        HandoverState::Open => Ok(handover),
        HandoverState::Accepted | HandoverState::Withdrawn => Err(Error::conflict("handover.closed")),
    }
}

/// Ticks a line of the checklist, or takes that back: of the whole, of one customer, or of all of them.
pub fn tick(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Uuid, tick: &Tick) -> Result<HandoverView> {
    let who = grant.principal();
    let mut handover = received(tx, who, id)?;
    let items = handover.items();
    let item = items.iter().find(|item| item.key == tick.item);
    let item = item.ok_or_else(|| Error::field_invalid("item", "unknown"))?;
    match tick.customer_id.filter(|_| item.each) {
        Some(customer) => {
            tx.query_opt(&IN_IT, &[&handover.id, &customer])?
                .ok_or_else(|| Error::field_invalid("customer_id", "unknown"))?;
            counts::around(tx, who, &[customer], |tx| {
                Ok(tx.execute(&MARK, &[&customer, &handover.id, &item.key, &tick.done, &who.now])?)
            })?;
            handover = Handover::get(tx, id)?;
        }
        None => {
            tick_all(tx, who, &mut handover, item, tick.done)?;
            handover.update(tx)?;
            handover.version += 1;
        }
    }
    let told = json!({ "item": item.zh, "done": tick.done });
    let about = tick.customer_id.filter(|_| item.each);
    audit::record(tx, who, "handover_tick", Entity::Customer, handover.id, about, told)?;
    view(tx, who, handover)
}

/// Ticks a line of the whole, or one of each customer for all that are in it now.
fn tick_all(tx: &mut Tx<'_>, who: &Principal, handover: &mut Handover, item: &Item, is_done: bool) -> Result<()> {
    let mut done: Map<String, Json> = serde_json::from_value(handover.done.clone())?;
    match (is_done, item.each) {
        (false, _) => done.remove(&item.key),
        (true, false) => done.insert(item.key.clone(), json!(who.now)),
        (true, true) => done.insert(item.key.clone(), json!({ "at": who.now, "upto": handover.given })),
    };
    handover.done = Json::Object(done);
    if item.each {
        tx.execute(&UNMARK_ALL, &[&handover.id, &item.key])?;
        handover.ticked[&item.key] = json!(if is_done { handover.customers } else { 0 });
    }
    Ok(())
}

/// Notes what the other side should know; each side has a note of its own.
pub fn note(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Uuid, text: &str) -> Result<HandoverView> {
    let who = grant.principal();
    let mut handover = running(tx, who, id)?;
    let note = clean(text, NOTE_MOST, false).map_err(|code| Error::field_invalid("note", code))?;
    match who.user {
        user if user == handover.to_id => handover.receiver_note = note,
        user if user == handover.from_id => handover.giver_note = note,
        _ => return Err(Error::forbidden().detail("only the two sides note something")),
    }
    handover.update(tx)?;
    handover.version += 1;
    audit::record(tx, who, "handover_note", Entity::Customer, handover.id, None, json!({ "note": text.trim() }))?;
    view(tx, who, handover)
}

/// Accepts what was handed over, when the whole checklist is done.
pub fn accept(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Uuid) -> Result<HandoverView> {
    let who = grant.principal();
    let mut handover = received(tx, who, id)?;
    let left: BTreeSet<String> =
        steps(&handover).into_iter().filter(|step| step.done < step.of).map(|step| step.item.key).collect();
    if !left.is_empty() {
        let left: Vec<String> = left.into_iter().collect();
        return Err(Error::conflict("handover.unfinished").detail(left.join(", ")));
    }
    (handover.state, handover.closed_at) = (HandoverState::Accepted, Some(who.now));
    handover.update(tx)?;
    handover.version += 1;
    facts::publish(tx, who, facts::HANDOVER_ACCEPTED, (handover.id, None), who.now, json!({}))?;
    let told = json!({ "from": handover.from_id, "customers": handover.customers });
    audit::record(tx, who, "handover_accept", Entity::Customer, handover.id, None, told)?;
    view(tx, who, handover)
}
