//! What this room takes from the customers next door. Everything goes through their services; their tables are theirs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use store::Tx;
use uuid::Uuid;

use crate::customers;
use crate::customers::model::Customer;
use crate::kernel::permission::action::{Doing, Read};
use crate::kernel::permission::entity::{self, Of};
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::grant::{Grant, Principal};

pub use customers::service::Card as CustomerCard;

/// The customer that the grant is to be used on, as a fault of the input where there is none for the asker.
pub fn customer<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, id: Uuid) -> Result<Customer> {
    let customer = seen_customer(tx, grant.principal(), id)?;
    customers::reach::check(tx, grant, &customer).map_err(|_| Error::forbidden())?;
    Ok(customer)
}

/// That somebody is a contact of the customer; 422 if they are none.
pub fn check_contact(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Uuid) -> Result<()> {
    match customers::contacts::service::one(tx, customer, Id::from_uuid(contact)) {
        Err(error) if error.status == 404 => Err(Error::field_invalid("contact_id", "unknown")),
        other => other.map(drop),
    }
}

/// The names of the contacts of these customers that somebody may see.
pub fn contact_names(tx: &mut Tx<'_>, who: &Principal, customers: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let readable = customers::service::readable(tx, who, customers)?;
    let with_contacts = customers::service::with_readable(tx, who, Entity::Contact, &readable)?;
    let people = customers::contacts::of_customers(tx, &with_contacts)?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// What a row says of its customer.
pub fn cards(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid]) -> Result<HashMap<Uuid, CustomerCard>> {
    Ok(customers::service::cards(tx, who, ids)?.into_iter().map(|card| (card.id, card)).collect())
}

/// Which of these customers are there: neither removed nor restricted.
pub fn there(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found = customers::service::snapshot(tx, ids)?;
    Ok(found.into_iter().filter(|customer| !customer.removed).map(|customer| customer.id).collect())
}

/// A customer that somebody may see, as a fault of the input where there is none for them.
pub fn seen_customer(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<Customer> {
    let unknown = || Error::field_invalid("customer_id", "unknown");
    let grant = who.grant::<Read, entity::Customer>().map_err(|_| unknown())?;
    match customers::service::load(tx, &grant, Id::from_uuid(id)) {
        Err(error) if error.status == 404 => Err(unknown()),
        other => other,
    }
}

/// Whether somebody may see the records of this kind of a customer that they may see.
pub fn sees_children(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, children: Entity) -> Result<bool> {
    Ok(!customers::service::with_readable(tx, who, children, &[customer])?.is_empty())
}
