use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::change::{save, stale};
use super::load_for_change;
use crate::customers::model::Customer;
use crate::customers::view::{CustomerView, view};
use crate::customers::{contacts, facts, index, input};
use crate::kernel::permission::action::Assign;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Grant, Guarded, Id, Result};
use crate::platform::access::model::User;
use crate::platform::audit::{self, Changes};

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
    let user = active(tx, owner)?;
    may_give_to(tx, grant, &user)?;
    let (from, before) = (customer.owner_id, customer.department_id);
    if from == Some(user.id) && before == user.department_id {
        return view(tx, who, customer);
    }
    customer.owner_id = Some(user.id);
    customer.department_id = user.department_id;
    save(tx, who, &mut customer)?;
    let contacts = contacts::of_customer(tx, customer.id)?;
    index::put(tx, &customer, &contacts)?;
    let mut changes = Changes::new();
    changes.field("owner_id", &from, &customer.owner_id).field("department_id", &before, &customer.department_id);
    changes.set("reason", &reason);
    let id = customer.id.uuid();
    let told = json!({ "from": from, "to": customer.owner_id });
    facts::publish(tx, who, facts::OWNER_CHANGED, (id, Some(id)), who.now, told)?;
    audit::record(tx, who, "assign", Entity::Customer, id, Some(id), changes)?;
    view(tx, who, customer)
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
