use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Unit;
use super::rules::{self, Parents};
use crate::customers::contacts::{self, Contact, ContactPatch};
use crate::customers::input::given;
use crate::customers::model::Customer;
use crate::customers::rules::text::clean;
use crate::customers::service::{load, load_for_change};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};

/// More departments, or deeper, is no chart that anybody draws by hand.
const UNITS_MOST: usize = 300;
const DEPTH_MOST: usize = 12;

store::statements! {
    OF_CUSTOMER = select Unit where "customer_id = $1 order by position, id";
    ONE = select Unit where "customer_id = $1 and id = $2";
    PLACE = "update chart_unit set position = $3 where customer_id = $1 and id = $2 and position <> $3";
    RENAME = "update contact set department = $3, version = version + 1 where customer_id = $1 and unit_id = $2";
    STAND_IN = "update contact set unit_id = $3, version = version + 1
        where customer_id = $1 and unit_id is null and department = $2";
    RISE = "update contact set unit_id = $3, department = $4, version = version + 1
        where customer_id = $1 and unit_id = $2";
    CHILDREN_RISE = "update chart_unit set parent_id = $3, version = version + 1
        where customer_id = $1 and parent_id = $2";
}

/// A department of the chart, if it is still there.
pub fn still_there(tx: &mut Tx<'_>, customer: Id<Customer>, unit: Id<Unit>) -> Result<Option<Id<Unit>>> {
    Ok(Unit::one(tx, &ONE, &[&customer, &unit])?.map(|unit| unit.id))
}

/// A department of a customer as it is shown. The departments are in order beside each other.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ChartUnit)]
pub struct UnitView {
    #[schema(value_type = Uuid)]
    pub id: Id<Unit>,
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<Id<Unit>>,
    pub name: String,
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewChartUnit)]
pub struct NewUnit {
    #[schema(example = "采购部")]
    pub name: String,
    #[serde(default)]
    pub parent_id: Option<Uuid>,
}

/// Only what is given changes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ChartUnitPatch)]
pub struct UnitPatch {
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<Option<Uuid>>,
    /// Place among the departments beside it, from 0.
    pub place: Option<usize>,
}

impl From<Unit> for UnitView {
    fn from(unit: Unit) -> Self {
        Self { id: unit.id, parent_id: unit.parent_id, name: unit.name, version: unit.version }
    }
}

/// The chart; empty for whoever may not know the departments of contacts.
pub fn chart(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Contact>, id: Id<Customer>) -> Result<Vec<UnitView>> {
    let customer = load(tx, grant, id)?;
    match grant.principal().reads(Entity::Contact, "department") {
        true => Ok(of_customer(tx, customer.id)?.into_iter().map(UnitView::from).collect()),
        false => Ok(Vec::new()),
    }
}

fn of_customer(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<Vec<Unit>> {
    Ok(Unit::all(tx, &OF_CUSTOMER, &[&customer])?)
}

fn parents(units: &[Unit]) -> Parents<Id<Unit>> {
    units.iter().map(|unit| (unit.id, unit.parent_id)).collect()
}

/// The customer, held, for whoever may change the departments of its contacts.
fn held(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Contact>, id: Id<Customer>) -> Result<Customer> {
    let customer = load_for_change(tx, grant, id)?;
    match grant.principal().edits(Entity::Contact, "department") {
        true => Ok(customer),
        false => Err(Error::forbidden().field("department", "not_allowed")),
    }
}

fn named(name: &str) -> Result<String> {
    clean(name, 100, true).ok().flatten().ok_or_else(|| match name.trim().is_empty() {
        true => Error::field_invalid("name", "required"),
        false => Error::field_invalid("name", "too_long"),
    })
}

/// A name says where somebody stands, so no two departments of a customer share one.
fn refuse_twice(units: &[Unit], name: &str, except: Option<Id<Unit>>) -> Result<()> {
    match units.iter().any(|unit| unit.name == name && Some(unit.id) != except) {
        true => Err(Error::field_invalid("name", "twice")),
        false => Ok(()),
    }
}

fn known(units: &[Unit], id: Option<Uuid>) -> Result<Option<Id<Unit>>> {
    let Some(id) = id else { return Ok(None) };
    let found = units.iter().find(|unit| unit.id.uuid() == id);
    found.map(|unit| Some(unit.id)).ok_or_else(|| Error::field_invalid("parent_id", "not_found"))
}

/// Adds a department at the end of those beside it. Contacts who were written down with its name stand in it at once.
pub fn add(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    id: Id<Customer>,
    new: &NewUnit,
) -> Result<UnitView> {
    let who = grant.principal();
    let customer = held(tx, grant, id)?;
    let units = of_customer(tx, customer.id)?;
    let name = named(&new.name)?;
    refuse_twice(&units, &name, None)?;
    let parent_id = known(&units, new.parent_id)?;
    let unit = insert(tx, who, &customer, &units, (name, parent_id))?;
    let mut changes = Changes::new();
    changes.set("unit", &unit.name);
    audited(tx, who, &customer, changes)?;
    Ok(unit.into())
}

fn insert(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    units: &[Unit],
    (name, parent_id): (String, Option<Id<Unit>>),
) -> Result<Unit> {
    let deep = parent_id.is_some_and(|parent| rules::depth(&parents(units), parent) >= DEPTH_MOST);
    if units.len() >= UNITS_MOST || deep {
        return Err(Error::invalid("chart.too_large"));
    }
    let beside = units.iter().filter(|unit| unit.parent_id == parent_id);
    let unit = Unit {
        id: Id::new(),
        customer_id: customer.id,
        parent_id,
        name,
        position: beside.map(|unit| unit.position + 1).max().unwrap_or(0),
        version: 1,
        created_at: who.now,
        updated_at: who.now,
    };
    unit.insert(tx)?;
    tx.execute(&STAND_IN, &[&customer.id, &unit.name, &unit.id])?;
    Ok(unit)
}

/// Renames a department, or puts it elsewhere with all that is below it.
pub fn change(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    (id, unit): (Id<Customer>, Id<Unit>),
    version: i64,
    patch: &UnitPatch,
) -> Result<UnitView> {
    let who = grant.principal();
    let customer = held(tx, grant, id)?;
    let units = of_customer(tx, customer.id)?;
    let mut unit = units.iter().find(|one| one.id == unit).cloned().ok_or_else(Error::not_found)?;
    if unit.version != version {
        return Err(Error::new(412, "stale"));
    }
    let before = unit.clone();
    let mut changes = Changes::new();
    if let Some(name) = &patch.name {
        unit.name = named(name)?;
        refuse_twice(&units, &unit.name, Some(unit.id))?;
    }
    if let Some(parent) = patch.parent_id {
        unit.parent_id = known(&units, parent)?;
        refuse_move(&units, &unit)?;
    }
    let order = order_of(&units, &unit, patch.place);
    unit.position = order.iter().position(|one| *one == unit.id).unwrap_or_default() as i64;
    changes.field("unit", &before.name, &unit.name);
    changes.field("parent", &name_of(&units, before.parent_id), &name_of(&units, unit.parent_id));
    changes.field("position", &before.position, &unit.position);
    if changes.is_empty() {
        return Ok(unit.into());
    }
    unit.updated_at = who.now;
    unit.update(tx)?;
    unit.version += 1;
    for (position, beside) in order.iter().enumerate().filter(|(_, one)| **one != unit.id) {
        tx.execute(&PLACE, &[&customer.id, beside, &(position as i64)])?;
    }
    if before.name != unit.name {
        tx.execute(&RENAME, &[&customer.id, &unit.id, &unit.name])?;
    }
    audited(tx, who, &customer, changes)?;
    Ok(unit.into())
}

fn refuse_move(units: &[Unit], moved: &Unit) -> Result<()> {
    let Some(parent) = moved.parent_id else { return Ok(()) };
    let parents = parents(units);
    if rules::would_loop(&parents, moved.id, parent) {
        return Err(Error::field_invalid("parent_id", "below_itself"));
    }
    match rules::depth(&parents, parent) + rules::height(&parents, moved.id) > DEPTH_MOST {
        true => Err(Error::invalid("chart.too_large")),
        false => Ok(()),
    }
}

/// The departments beside the one that is put there, with it in its place: the end, if none is given.
fn order_of(units: &[Unit], moved: &Unit, place: Option<usize>) -> Vec<Id<Unit>> {
    let beside: Vec<Id<Unit>> =
        units.iter().filter(|unit| unit.parent_id == moved.parent_id).map(|unit| unit.id).collect();
    let stays = beside.iter().position(|one| *one == moved.id);
    rules::put_at(beside, moved.id, place.or(stays).unwrap_or(usize::MAX))
}

fn name_of(units: &[Unit], id: Option<Id<Unit>>) -> Option<&str> {
    units.iter().find(|unit| Some(unit.id) == id).map(|unit| unit.name.as_str())
}

/// Takes a department out of the chart. What stood in it, departments and people, comes to stand where it stood.
pub fn remove(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    (id, unit): (Id<Customer>, Id<Unit>),
) -> Result<()> {
    let who = grant.principal();
    let customer = held(tx, grant, id)?;
    let units = of_customer(tx, customer.id)?;
    let unit = units.iter().find(|one| one.id == unit).ok_or_else(Error::not_found)?;
    unit.delete(tx)?;
    tx.execute(&CHILDREN_RISE, &[&customer.id, &unit.id, &unit.parent_id])?;
    tx.execute(&RISE, &[&customer.id, &unit.id, &unit.parent_id, &name_of(&units, unit.parent_id)])?;
    let mut changes = Changes::new();
    changes.field("unit", &Some(&unit.name), &None);
    audited(tx, who, &customer, changes)
}

/// Makes a department of every name that contacts were written down with and that the chart does not have yet.
pub fn from_departments(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    id: Id<Customer>,
) -> Result<Vec<UnitView>> {
    let who = grant.principal();
    let customer = held(tx, grant, id)?;
    let mut units = of_customer(tx, customer.id)?;
    let mut changes = Changes::new();
    for contact in contacts::of_customer(tx, customer.id)? {
        let Some(name) = contact.department.filter(|_| contact.unit_id.is_none() && !contact.has_left) else {
            continue;
        };
        if units.iter().any(|unit| unit.name == name) {
            continue;
        }
        changes.set("unit", &name);
        let unit = insert(tx, who, &customer, &units, (name, None))?;
        units.push(unit);
    }
    if !changes.is_empty() {
        audited(tx, who, &customer, changes)?;
    }
    Ok(of_customer(tx, customer.id)?.into_iter().map(UnitView::from).collect())
}

fn audited(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, changes: Changes) -> Result<()> {
    let id = customer.id.uuid();
    audit::record(tx, who, "chart", Entity::Customer, id, Some(id), changes)
}

/// Completes a change of a contact: whoever is put into a department has its name as theirs, and whoever is given the
/// name of one stands in it. Nobody comes to report to themselves.
pub fn place(
    tx: &mut Tx<'_>,
    customer: Id<Customer>,
    contact: Option<Id<Contact>>,
    patch: &mut ContactPatch,
) -> Result<()> {
    match (patch.unit_id, &patch.department) {
        (Some(Some(unit)), _) => {
            let unit = Unit::one(tx, &ONE, &[&customer, &unit])?;
            let unit = unit.ok_or_else(|| Error::field_invalid("unit_id", "not_found"))?;
            patch.department = Some(Some(unit.name));
        }
        (Some(None), None) => patch.department = Some(None),
        (None, Some(department)) => {
            let name = department.as_deref().unwrap_or_default().trim();
            let units = of_customer(tx, customer)?;
            patch.unit_id = Some(units.iter().find(|unit| unit.name == name).map(|unit| unit.id));
        }
        (Some(None), Some(_)) | (None, None) => {}
    }
    match patch.reports_to {
        Some(Some(superior)) => refuse_superior(tx, customer, contact, superior),
        _ => Ok(()),
    }
}

fn refuse_superior(
    tx: &mut Tx<'_>,
    customer: Id<Customer>,
    contact: Option<Id<Contact>>,
    superior: Id<Contact>,
) -> Result<()> {
    let people = contacts::of_customer(tx, customer)?;
    let above: HashMap<_, _> = people.iter().map(|person| (person.id, person.reports_to)).collect();
    if !above.contains_key(&superior) {
        return Err(Error::field_invalid("reports_to", "not_found"));
    }
    match contact.is_some_and(|contact| rules::would_loop(&above, contact, superior)) {
        true => Err(Error::field_invalid("reports_to", "below_itself")),
        false => Ok(()),
    }
}
