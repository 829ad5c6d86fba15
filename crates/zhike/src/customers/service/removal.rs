use serde_json::json;
use store::Tx;

use super::change::save;
use super::{load, load_for_change, locked, settle};
use crate::customers::bin::CUSTOMER;
use crate::customers::model::Customer;
use crate::customers::view::{CustomerView, view};
use crate::customers::{duplicates, facts, index, merges, reach};
use crate::kernel::permission::action::Delete;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::bin::{self, Removed};
use crate::platform::grant::{Grant, Principal};

/// Takes a customer out of sight, into the recycle bin. Nothing of it is lost: [`restore`] brings it back until its time
/// there has passed.
pub fn remove(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Customer>, id: Id<Customer>) -> Result<()> {
    let customer = load_for_change(tx, grant, id)?;
    remove_held(tx, grant.principal(), customer)
}

/// [`remove`] for a customer that is held and whose permission has been checked.
pub fn remove_held(tx: &mut Tx<'_>, who: &Principal, mut customer: Customer) -> Result<()> {
    customer.removed_at = Some(who.now);
    save(tx, who, &mut customer)?;
    index::remove(tx, &customer)?;
    duplicates::forget(tx, customer.id)?;
    let id = customer.id.uuid();
    let removed = Removed {
        id,
        kind: CUSTOMER,
        customer: None,
        title: &customer.name,
        owner: customer.owner_id.map(Id::uuid),
        department: customer.department_id.map(Id::uuid),
    };
    bin::put(tx, who, &removed)?;
    facts::publish(tx, who, facts::REMOVED, (id, Some(id)), who.now, json!({}))?;
    audit::record(tx, who, "delete", Entity::Customer, id, Some(id), json!({ "number": customer.number }))
}

/// Brings a removed customer back.
pub fn restore(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Customer>, id: Id<Customer>) -> Result<CustomerView> {
    let who = grant.principal();
    let mut customer = locked(tx, id)?;
    if let Some(to) = merges::moved_to(tx, who, &customer)? {
        return Err(Error::moved("customer.merged", id.uuid(), to.uuid()));
    }
    if customer.restricted_at.is_some() {
        load(tx, grant, id)?;
    }
    let was_removed = customer.removed_at.take().is_some();
    if !reach::reaches(tx, &reach::scope(grant), &customer)? {
        return Err(Error::not_found());
    }
    if !was_removed {
        return view(tx, who, customer);
    }
    save(tx, who, &mut customer)?;
    // What an archive needs, and what is found of it, may have changed in the meantime.
    settle(tx, who, &customer, customer.updated_at)?;
    duplicates::watch(tx, who, customer.id)?;
    let id = customer.id.uuid();
    bin::take_out(tx, id)?;
    let told = json!({ "grade": customer.grade, "owner": customer.owner_id });
    facts::publish(tx, who, facts::RESTORED, (id, Some(id)), who.now, told)?;
    audit::record(tx, who, "restore", Entity::Customer, id, Some(id), json!({ "number": customer.number }))?;
    view(tx, who, customer)
}
