//! Use cases of the cooperation history. Whatever way a record comes, it goes through [`take`].

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, json};
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find::{self, Named as Wanted};
use super::input::{self, CooperationPatch, NewCooperation};
use super::model::{Cooperation, CooperationKind, CooperationState};
use super::rules::Change;
use super::totals;
use crate::customers::model::{Customer, lines};
use crate::customers::rules::text::Faults;
use crate::customers::service::{load, load_for_change, save};
use crate::customers::{facts, reach};
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Fact, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::{outbox, settings};

store::statements! {
    ONE = select Cooperation where "customer_id = $1 and id = $2";
    BY_EXTERNAL = select Cooperation where "customer_id = $1 and external_id = $2 and source = $3 order by id limit 1";
    BY_NUMBER = select Cooperation where "customer_id = $1 and number = $2 and kind = $3 order by id limit 1";
    /// What has neither a number nor a name at its source is known by being the same.
    ALIKE = select Cooperation where "customer_id = $1 and happened_at = $2 and kind = $3 and number is null
        and external_id is null and items = $4 order by id limit 1";
}

/// The source of what people write down themselves.
pub const BY_HAND: &str = "hand";
/// The source of a sheet that names none.
pub const BY_SHEET: &str = "sheet";

const SPEC: ListSpec = ListSpec {
    table: "cooperation",
    columns: Cooperation::COLUMNS,
    fields: &[
        Field::new("happened_at", Kind::Instant).sortable(),
        Field::new("happened_on", Kind::Date),
        Field::new("kind", Kind::Word),
        Field::new("state", Kind::Word),
        Field::new("number", Kind::Text),
        Field::new("ends_on", Kind::Date),
    ],
    default_sort: "-happened_at",
};

/// An order, a contract or a renewal, as somebody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CooperationView {
    #[schema(value_type = Uuid)]
    pub id: Id<Cooperation>,
    #[schema(value_type = Uuid)]
    pub customer_id: Id<Customer>,
    pub kind: CooperationKind,
    pub number: Option<String>,
    #[schema(value_type = String, format = Date)]
    pub happened_on: Date,
    pub items: Vec<String>,
    pub amount_fen: Option<i64>,
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub ends_on: Option<Date>,
    pub contract_number: Option<String>,
    pub state: CooperationState,
    pub problems: Option<String>,
    /// `hand`, `sheet`, or the system that sent it.
    #[schema(example = "erp")]
    pub source: String,
    pub external_id: Option<String>,
    pub created_by: Named,
    pub version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

fn view(tx: &mut Tx<'_>, who: &Principal, record: Cooperation) -> Result<CooperationView> {
    let shown = |field| who.reads(Entity::Cooperation, field);
    Ok(CooperationView {
        items: if shown("items") { lines(&record.items) } else { Vec::new() },
        amount_fen: record.amount_fen.filter(|_| shown("amount_fen")),
        problems: record.problems.filter(|_| shown("problems")),
        created_by: names::user(tx, record.created_by.uuid())?,
        id: record.id,
        customer_id: record.customer_id,
        kind: record.kind,
        number: record.number,
        happened_on: record.happened_on,
        starts_on: record.starts_on,
        ends_on: record.ends_on,
        contract_number: record.contract_number,
        state: record.state,
        source: record.source,
        external_id: record.external_id,
        version: record.version,
        created_at: record.created_at,
        updated_at: record.updated_at,
    })
}

/// A page of what a customer ordered and signed, the latest first.
pub fn list(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Cooperation>,
    id: Id<Customer>,
    asked: &Asked,
) -> Result<List<CooperationView>> {
    let customer = load(tx, grant, id)?;
    let (rows, next) = SPEC.page(tx, &Predicate::eq("customer_id", customer.id), asked)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(tx, grant.principal(), Cooperation::from_row(row)?)?);
    }
    Ok(List { items, next })
}

/// What became of a record that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Created,
    Updated,
    /// It says nothing new.
    Known,
}

impl Taken {
    /// What a change that was written, or none, means.
    pub fn of(change: Option<&Change>) -> Self {
        match change {
            None => Self::Known,
            Some(Change { before: None, .. }) => Self::Created,
            Some(_) => Self::Updated,
        }
    }
}

/// Writes down what a customer ordered or signed. What its source has sent before is brought up to date.
pub fn record(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Cooperation>,
    id: Id<Customer>,
    new: &NewCooperation,
) -> Result<CooperationView> {
    let who = grant.principal();
    let mut customer = load_for_change(tx, grant, id)?;
    let zone = zone(tx)?;
    let (record, change) = take(tx, who, &customer, new, (&zone, BY_HAND))?;
    if let Some(change) = change {
        add_up(tx, who, &mut customer, &[change])?;
    }
    view(tx, who, record)
}

/// The same from a system that knows the customer by its number, credit code or name.
pub fn arrive(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Cooperation>,
    customer: &str,
    new: &NewCooperation,
) -> Result<CooperationView> {
    match find::find(tx, grant.principal(), Action::Create, &Wanted::by(customer))? {
        Ok(id) => record(tx, grant, id, new),
        Err(code) => Err(Error::field_invalid("customer", code)),
    }
}

/// The company's time zone: a day begins there.
pub fn zone(tx: &mut Tx<'_>) -> Result<TimeZone> {
    TimeZone::get(&settings::get(tx)?.time_zone).map_err(Error::internal)
}

/// Takes a record of a customer that is held and whose permission to be added to has been checked. Totals are the
/// caller's to bring up to date ([`add_up`]), once for all that it takes.
pub fn take(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    customer: &Customer,
    new: &NewCooperation,
    (zone, by): (&TimeZone, &str),
) -> Result<(Cooperation, Option<Change>)> {
    let (record, mut changes) = built(who, customer, new, (zone, by))?;
    if let Some(mut known) = known(tx, &record, by)? {
        let patch = new.patch();
        if same(who, &known, &patch)? {
            return Ok((known, None));
        }
        may_change(tx, who, customer)?;
        let change = write_change(tx, who, &mut known, &patch, zone)?;
        return Ok((known, change));
    }
    record.insert(tx)?;
    changes.set("kind", record.kind).set("happened_on", record.happened_on).set("source", &record.source);
    written(tx, who, &record, "create", changes)?;
    if record.state != CooperationState::Cancelled {
        tell(tx, who, &record, record.kind.fact())?;
    }
    let change = Change { before: None, after: Some(record.deal()) };
    Ok((record, Some(change)))
}

/// What [`take`] would make of a record. `seen` remembers those that would have been made before it.
pub fn foresee(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    customer: &Customer,
    new: &NewCooperation,
    (zone, by): (&TimeZone, &str),
    seen: &mut Seen,
) -> Result<Taken> {
    let (record, _) = built(who, customer, new, (zone, by))?;
    match known(tx, &record, by)? {
        Some(known) if same(who, &known, &new.patch())? => Ok(Taken::Known),
        Some(_) => {
            may_change(tx, who, customer)?;
            Ok(Taken::Updated)
        }
        None => Ok(match seen.insert((customer.id, name_of(&record)), new.clone()) {
            None => Taken::Created,
            Some(before) if before == *new => Taken::Known,
            Some(_) => Taken::Updated,
        }),
    }
}

/// Records that would have been made, by what makes them the same again.
pub type Seen = HashMap<(Id<Customer>, String), NewCooperation>;

/// What makes it the same record again.
fn name_of(record: &Cooperation) -> String {
    match (&record.external_id, &record.number) {
        (Some(external), _) => format!("x {} {external}", record.source),
        (None, Some(number)) => format!("n {} {number}", record.kind.word()),
        (None, None) => {
            let Cooperation { kind, happened_on, items, amount_fen, .. } = record;
            format!("a {} {happened_on} {amount_fen:?} {items}", kind.word())
        }
    }
}

/// A new record of what was sent.
fn built(
    who: &Principal,
    customer: &Customer,
    new: &NewCooperation,
    (zone, by): (&TimeZone, &str),
) -> Result<(Cooperation, Changes)> {
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    let mut record = blank(who, customer, by);
    record.external_id = input::external(new.external_id.as_deref(), &mut faults, "external_id");
    if let Some(source) = input::external(new.source.as_deref(), &mut faults, "source") {
        record.source = source;
    }
    input::apply(who, &mut record, &new.patch(), &mut changes, &mut faults);
    for (field, missing) in [("kind", new.kind.is_none()), ("happened_on", new.happened_on.is_none())] {
        if missing {
            faults.add(field, "required");
        }
    }
    Error::from_fields(faults.into_fields())?;
    record.happened_at = beginning(record.happened_on, zone)?;
    Ok((record, changes))
}

fn blank(who: &Principal, customer: &Customer, by: &str) -> Cooperation {
    Cooperation {
        id: Id::new(),
        customer_id: customer.id,
        kind: CooperationKind::Order,
        number: None,
        happened_on: Date::MIN,
        happened_at: who.now,
        items: String::new(),
        amount_fen: None,
        starts_on: None,
        ends_on: None,
        contract_number: None,
        state: CooperationState::Signed,
        problems: None,
        source: by.to_owned(),
        external_id: None,
        version: 1,
        created_by: who.user,
        created_at: who.now,
        updated_at: who.now,
    }
}

fn beginning(day: Date, zone: &TimeZone) -> Result<Timestamp> {
    Ok(day.to_zoned(zone.clone()).map_err(Error::internal)?.timestamp())
}

/// The record that this one is again. People who write one down are told that its number is taken; what comes from
/// elsewhere may come twice.
fn known(tx: &mut Tx<'_>, record: &Cooperation, by: &str) -> Result<Option<Cooperation>> {
    let customer = record.customer_id;
    if let Some(external) = &record.external_id {
        return Ok(Cooperation::one(tx, &BY_EXTERNAL, &[&customer, external, &record.source])?);
    }
    let found = match &record.number {
        Some(number) => Cooperation::one(tx, &BY_NUMBER, &[&customer, number, &record.kind])?,
        None if by == BY_HAND => None,
        None => Cooperation::one(tx, &ALIKE, &[&customer, &record.happened_at, &record.kind, &record.items])?
            .filter(|known| known.amount_fen == record.amount_fen),
    };
    match found {
        Some(_) if by == BY_HAND => Err(Error::conflict("cooperation.known").field("number", "taken")),
        found => Ok(found),
    }
}

fn same(who: &Principal, known: &Cooperation, patch: &CooperationPatch) -> Result<bool> {
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    input::apply(who, &mut known.clone(), patch, &mut changes, &mut faults);
    Error::from_fields(faults.into_fields())?;
    Ok(changes.is_empty())
}

/// Whoever may add to a customer's history may not therefore change what is in it.
fn may_change(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: &Customer) -> Result<()> {
    let grant = who.grant::<Update, entity::Cooperation>()?;
    match reach::reaches(tx, &reach::scope(&grant), customer)? {
        true => Ok(()),
        false => Err(Error::forbidden()),
    }
}

/// Changes the fields given, from the version that the asker has seen.
pub fn change(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Cooperation>,
    (customer, id): (Id<Customer>, Id<Cooperation>),
    version: i64,
    patch: &CooperationPatch,
) -> Result<CooperationView> {
    let who = grant.principal();
    let mut customer = load_for_change(tx, grant, customer)?;
    let mut record = Cooperation::one(tx, &ONE, &[&customer.id, &id])?.ok_or_else(Error::not_found)?;
    if record.version != version {
        return Err(Error::new(412, "stale"));
    }
    let zone = zone(tx)?;
    if let Some(change) = write_change(tx, who, &mut record, patch, &zone)? {
        add_up(tx, who, &mut customer, &[change])?;
    }
    view(tx, who, record)
}

fn write_change(
    tx: &mut Tx<'_>,
    who: &Principal,
    record: &mut Cooperation,
    patch: &CooperationPatch,
    zone: &TimeZone,
) -> Result<Option<Change>> {
    let (before, mut changes, mut faults) = (record.clone(), Changes::new(), Faults::default());
    input::apply(who, record, patch, &mut changes, &mut faults);
    Error::from_fields(faults.into_fields())?;
    if changes.is_empty() {
        return Ok(None);
    }
    record.happened_at = beginning(record.happened_on, zone)?;
    record.updated_at = who.now;
    record.update(tx)?;
    record.version += 1;
    written(tx, who, record, "update", changes)?;
    tell_change(tx, who, &before, record)?;
    Ok(Some(Change { before: Some(before.deal()), after: Some(record.deal()) }))
}

/// Rules plan from when something was ordered or signed: what is now known to be of another day or kind is told anew.
fn tell_change(tx: &mut Tx<'_>, who: &Principal, before: &Cooperation, after: &Cooperation) -> Result<()> {
    let (was, is) = (before.deal(), after.deal());
    if was.counts() && (!is.counts() || was.kind != is.kind) {
        let gone = Cooperation { version: after.version, ..before.clone() };
        tell(tx, who, &gone, facts::COOPERATION_WITHDRAWN)?;
    }
    let anew = !was.counts() || was.kind != is.kind || was.on != is.on;
    if is.counts() && anew { tell(tx, who, after, after.kind.fact()) } else { Ok(()) }
}

/// Removes what was written down by mistake.
pub fn remove(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Cooperation>,
    (customer, id): (Id<Customer>, Id<Cooperation>),
) -> Result<()> {
    let who = grant.principal();
    let mut customer = load_for_change(tx, grant, customer)?;
    let record = Cooperation::one(tx, &ONE, &[&customer.id, &id])?.ok_or_else(Error::not_found)?;
    record.delete(tx)?;
    let mut changes = Changes::new();
    changes.set("kind", record.kind).set("number", &record.number).set("happened_on", record.happened_on);
    changes.set("items", lines(&record.items)).set("amount_fen", record.amount_fen);
    written(tx, who, &record, "delete", changes)?;
    if record.state != CooperationState::Cancelled {
        let gone = Cooperation { version: record.version + 1, ..record.clone() };
        tell(tx, who, &gone, facts::COOPERATION_WITHDRAWN)?;
    }
    add_up(tx, who, &mut customer, &[Change { before: Some(record.deal()), after: None }])
}

/// Brings the totals of a held customer up to date with what was written. Its first deal tells since when we cooperate,
/// where nobody has said another day; it goes along when that deal is corrected or removed.
pub fn add_up(tx: &mut Tx<'_>, who: &Principal, customer: &mut Customer, written: &[Change]) -> Result<()> {
    let was = totals::known(tx, customer.id)?.map(|sum| sum.first_on);
    let is = totals::follow(tx, customer.id, written)?.map(|sum| sum.first_on);
    let since = customer.cooperation_since;
    if since == is || (since.is_some() && since != was) {
        return Ok(());
    }
    let mut changes = Changes::new();
    changes.field("cooperation_since", &since, &is);
    customer.cooperation_since = is;
    save(tx, who, customer)?;
    let id = customer.id.uuid();
    audit::record(tx, who, "update", Entity::Customer, id, Some(id), changes)
}

fn written(tx: &mut Tx<'_>, who: &Principal, record: &Cooperation, action: &str, changes: Changes) -> Result<()> {
    let customer = Some(record.customer_id.uuid());
    audit::record(tx, who, action, Entity::Cooperation, record.id.uuid(), customer, changes)
}

/// The fact of a deal carries the id of its record, one for each kind that it may be of, so that what is told later is
/// another version of it: of two, the one recorded last is believed.
fn tell(tx: &mut Tx<'_>, who: &Principal, record: &Cooperation, fact: &str) -> Result<()> {
    let at = if fact == facts::COOPERATION_WITHDRAWN { who.now } else { record.happened_at.min(who.now) };
    let fact = Fact {
        id: Uuid::from_u128(record.id.uuid().as_u128() ^ record.kind as u128),
        kind: fact.to_owned(),
        subject: record.id.uuid(),
        customer: Some(record.customer_id.uuid()),
        at,
        // Two versions are told apart by when they were recorded, also if a clock stands still.
        recorded_at: who.now + SignedDuration::from_micros(record.version),
        actor: Some(who.user.uuid()),
        attributes: Map::from_iter([("kind".to_owned(), json!(record.kind))]),
    };
    outbox::publish(tx, who, &fact)
}
