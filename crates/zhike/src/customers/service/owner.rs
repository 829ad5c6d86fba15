use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::change::{save, stale};
use super::load_for_change;
use crate::customers::model::Customer;
use crate::customers::view::{CustomerView, view};
use crate::customers::{contacts, facts, handovers, index, input, reach};
use crate::kernel::permission::action::Assign;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Guarded, Principal};

/// Hands a customer over to somebody else; the department follows.
pub fn set_owner(
    tx: &mut Tx<'_>,
    grant: &Grant<Assign, entity::Customer>,
    id: Id<Customer>,
    version: Option<i64>,
    (owner, reason): (Uuid, &str),
) -> Result<CustomerView> {
    let who = grant.principal();
    let reason = input::reason(reason)?;
    let mut customer = load_for_change(tx, grant, id)?;
    version.map_or(Ok(()), |version| stale(&customer, version))?;
    let home = home_with(tx, grant, owner)?;
    move_to(tx, who, &mut customer, home, &reason)?;
    view(tx, who, customer)
}

/// Gives a customer that is held back to whom it was taken from. Whoever does reaches it there.
pub fn give_back(
    tx: &mut Tx<'_>,
    grant: &Grant<Assign, entity::Customer>,
    mut customer: Customer,
    home: Home,
    reason: &str,
) -> Result<()> {
    let there = Customer { owner_id: home.owner, department_id: home.department, ..customer.clone() };
    if !reach::reaches(tx, &reach::scope(grant), &there)? {
        return Err(Error::forbidden());
    }
    if let Some(owner) = home.owner {
        active(tx, owner.uuid())?;
    }
    move_to(tx, grant.principal(), &mut customer, home, reason)
}

/// Whose a customer is, and of which department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    pub owner: Option<Id<User>>,
    pub department: Option<Id<Department>>,
}

impl Home {
    pub fn of(customer: &Customer) -> Self {
        Self { owner: customer.owner_id, department: customer.department_id }
    }
}

/// With a colleague, who must still work here and be within reach of who hands over.
pub fn home_with(tx: &mut Tx<'_>, grant: &Grant<Assign, entity::Customer>, owner: Uuid) -> Result<Home> {
    let user = active(tx, owner)?;
    may_give_to(tx, grant, &user)?;
    Ok(Home { owner: Some(user.id), department: user.department_id })
}

/// With a department, as its head's.
pub fn home_in(tx: &mut Tx<'_>, grant: &Grant<Assign, entity::Customer>, department: Uuid) -> Result<Home> {
    let unknown = || Error::field_invalid("department_id", "department.unknown");
    let department = Department::find(tx, Id::<Department>::from_uuid(department))?.ok_or_else(unknown)?;
    let head = department.head_id.ok_or_else(|| Error::field_invalid("department_id", "department.no_head"))?;
    let reach = grant.principal().permissions.reach(Action::Assign, Entity::Customer);
    if !reach.is_some_and(|reach| reach.all || reach.departments.contains(&department.id.uuid())) {
        return Err(Error::forbidden().field("department_id", "not_allowed"));
    }
    active(tx, head.uuid())?;
    Ok(Home { owner: Some(head), department: Some(department.id) })
}

/// What follows from a customer that is held being somebody else's. Nothing, where it is theirs already.
pub fn move_to(tx: &mut Tx<'_>, who: &Principal, customer: &mut Customer, home: Home, reason: &str) -> Result<()> {
    let before = Home::of(customer);
    if before == home {
        return Ok(());
    }
    (customer.owner_id, customer.department_id) = (home.owner, home.department);
    save(tx, who, customer)?;
    let contacts = contacts::of_customer(tx, customer.id)?;
    index::put(tx, customer, &contacts)?;
    let mut changes = Changes::new();
    changes.field("owner_id", &before.owner, &home.owner).field("department_id", &before.department, &home.department);
    changes.set("reason", reason);
    let id = customer.id.uuid();
    let told = json!({ "from": before.owner, "to": home.owner });
    facts::publish(tx, who, facts::OWNER_CHANGED, (id, Some(id)), who.now, told)?;
    audit::record(tx, who, "assign", Entity::Customer, id, Some(id), changes)?;
    handovers::follow::owner_changed(tx, who, customer, before, reason)
}

/// A colleague who still works here.
pub(super) fn active(tx: &mut Tx<'_>, id: Uuid) -> Result<User> {
    let user = User::find(tx, id)?.ok_or_else(|| Error::field_invalid("owner_id", "user.unknown"))?;
    if user.active { Ok(user) } else { Err(Error::field_invalid("owner_id", "user.inactive")) }
}

/// Whether the grant reaches the new owner: nobody pushes customers into departments that are not theirs to fill.
pub(super) fn may_give_to(tx: &mut Tx<'_>, grant: &Grant<Assign, entity::Customer>, user: &User) -> Result<()> {
    let reached = grant.predicate().matches(tx, user.id(), &|column| user.column(column))?;
    if reached { Ok(()) } else { Err(Error::forbidden().field("owner_id", "not_allowed")) }
}
