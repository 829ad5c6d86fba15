use std::collections::HashMap;

use store::{Entity as _, Ids, Tx};
use uuid::Uuid;

use super::draft::{self, ContactPatch, NewContact};
use super::model::{Contact, Way};
use super::removal;
use super::view::{ContactView, view, views};
use crate::customers::basis::{self, EntryBasis};
use crate::customers::model::Customer;
use crate::customers::rules::text::Faults;
use crate::customers::{attachments, chart, erasing, input, service};
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::values::{self, Values};
use crate::platform::grant::{Grant, Principal};

/// More people than this are not the contacts of one customer.
pub(super) const CONTACTS_MOST: usize = 500;

store::statements! {
    /// Whoever is restricted is left out of everything.
    OF_CUSTOMER = select Contact where "customer_id = $1 and restricted_at is null
        order by has_left, is_primary desc, decision_maker desc, id";
    ONE = select Contact where "customer_id = $1 and id = $2";
    WHEREVER = select Contact where "id = $1";
    PLACES = "select id, customer_id from contact where id in among($1)";
    OF_MANY = "select customer_id, id, name, position, decision_maker, is_primary, has_left, no_contact_at from contact
        where customer_id in among($1) and restricted_at is null order by is_primary desc, id";
    NO_SUPERIOR = "update contact set reports_to = null, version = version + 1 where customer_id = $1 and reports_to = $2";
    NOT_PRIMARY = "update contact set is_primary = false, version = version + 1 where customer_id = $1 and id <> $2 and is_primary";
}

/// The contacts of a customer whose permission has been checked.
pub fn of_customer(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<Vec<Contact>> {
    Ok(Contact::all(tx, &OF_CUSTOMER, &[&customer])?)
}

/// What cards say of contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub customer: Uuid,
    pub id: Uuid,
    pub name: String,
    pub position: Option<String>,
    pub decision_maker: bool,
    pub primary: bool,
    pub left: bool,
    /// Must not be contacted.
    pub barred: bool,
}

/// The contacts of several customers, with one query.
pub fn of_customers(tx: &mut Tx<'_>, customers: &[Uuid]) -> Result<Vec<Person>> {
    let rows = tx.query(&OF_MANY, &[&Ids(customers)])?;
    let person = |row: &store::Row| {
        Ok(Person {
            customer: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
            position: row.get(3)?,
            decision_maker: row.get(4)?,
            primary: row.get(5)?,
            left: row.get(6)?,
            barred: row.get::<Option<i64>>(7)?.is_some(),
        })
    };
    rows.iter().map(person).collect()
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Contact>, customer: Id<Customer>) -> Result<Vec<ContactView>> {
    let customer = service::load(tx, grant, customer)?;
    let contacts = of_customer(tx, customer.id)?;
    views(tx, grant.principal(), contacts)
}

pub fn create(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Contact>,
    customer: Id<Customer>,
    new: &NewContact,
) -> Result<ContactView> {
    let who = grant.principal();
    let customer = service::load_for_change(tx, grant, customer)?;
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    let basis = new.basis.clone().unwrap_or_else(EntryBasis::usual);
    basis::check(&basis)?;
    let mut new = ContactPatch::from(new.clone());
    chart::place(tx, customer.id, None, &mut new)?;
    let (contact, held) = draft::build(who, customer.id, new, &mut changes, &mut faults)?;
    Error::from_fields(faults.into_fields())?;
    values::check_people(tx, who, Entity::Contact, &Values::new(), &held)?;
    let place = (customer.id.uuid(), Entity::Contact, contact.id.uuid());
    attachments::in_fields(tx, who, place, (&Values::new(), &held))?;
    if of_customer(tx, customer.id)?.len() >= CONTACTS_MOST {
        return Err(Error::invalid("contact.too_many"));
    }
    if erasing::ask_anew(tx, who, (None, std::slice::from_ref(&contact)), (Some(&basis), &[None]))? {
        changes.set("erased_before", true);
    }
    contact.insert(tx)?;
    basis::keep(tx, who, &basis, &[(customer.id, Some(contact.id))])?;
    values::write(tx, service::place(&customer, contact.id.uuid()), &Values::new(), &held)?;
    settle(tx, who, &customer, &contact, "create", changes)?;
    view(tx, who, contact)
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    (customer, contact): (Id<Customer>, Id<Contact>),
    version: i64,
    patch: &ContactPatch,
) -> Result<ContactView> {
    let who = grant.principal();
    let customer = service::load_for_change(tx, grant, customer)?;
    let mut contact = one(tx, customer.id, contact)?;
    if contact.version != version {
        return Err(Error::new(412, "stale"));
    }
    change(tx, who, &customer, &mut contact, patch)?;
    view(tx, who, contact)
}

/// Changes a contact whose customer has been locked and checked.
pub fn change(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    contact: &mut Contact,
    patch: &ContactPatch,
) -> Result<()> {
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    let mut patch = patch.clone();
    chart::place(tx, customer.id, Some(contact.id), &mut patch)?;
    draft::apply(who, contact, &patch, &mut changes, &mut faults)?;
    let row = contact.id.uuid();
    let held = values::of_customer(tx, who, customer.id.uuid())?.remove(&row).unwrap_or_default();
    let (taken, wrong) = values::take(who, (Entity::Contact, row), &held, patch.custom.as_ref(), &mut changes)?;
    faults.extend(wrong);
    Error::from_fields(faults.into_fields())?;
    if changes.is_empty() {
        return Ok(());
    }
    values::check_people(tx, who, Entity::Contact, &held, &taken)?;
    attachments::in_fields(tx, who, (customer.id.uuid(), Entity::Contact, row), (&held, &taken))?;
    save(tx, who, contact)?;
    values::write(tx, service::place(customer, row), &held, &taken)?;
    settle(tx, who, customer, contact, "update", changes)
}

/// Writes the row; its version goes up.
pub(in crate::customers) fn save(tx: &mut Tx<'_>, who: &Principal, contact: &mut Contact) -> Result<()> {
    contact.updated_at = who.now;
    contact.update(tx)?;
    contact.version += 1;
    Ok(())
}

/// Says that a person must not be contacted any more, with the reason (`Some`), or that they may be again.
pub fn set_no_contact(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    (customer, contact): (Id<Customer>, Id<Contact>),
    why: Option<&str>,
) -> Result<ContactView> {
    let who = grant.principal();
    let why = why.map(input::reason).transpose()?;
    let customer = service::load_for_change(tx, grant, customer)?;
    let mut contact = one(tx, customer.id, contact)?;
    if why == contact.no_contact_why {
        return view(tx, who, contact);
    }
    let mut changes = Changes::new();
    changes.field("no_contact", &contact.no_contact_why, &why);
    contact.no_contact_at = why.is_some().then_some(who.now);
    contact.no_contact_by = why.is_some().then_some(who.user);
    contact.no_contact_why = why;
    save(tx, who, &mut contact)?;
    settle(tx, who, &customer, &contact, "update", changes)?;
    view(tx, who, contact)
}

/// Notes that a number does not exist or that mail comes back, or that it works after all. It goes away by itself when
/// the number or the address changes.
pub fn set_invalid(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    (customer, contact): (Id<Customer>, Id<Contact>),
    (way, invalid): (Way, bool),
) -> Result<ContactView> {
    let who = grant.principal();
    let customer = service::load_for_change(tx, grant, customer)?;
    let mut contact = one(tx, customer.id, contact)?;
    let noted = invalid.then_some((who.now, who.user)).unzip();
    let (field, known, before) = match way {
        Way::Phone => ("phone_invalid", contact.phone.is_some(), &mut contact.phone_invalid_at),
        Way::Email => ("email_invalid", contact.email.is_some(), &mut contact.email_invalid_at),
    };
    if !known && invalid {
        return Err(Error::field_invalid(way.word(), "required"));
    }
    if before.is_some() == invalid {
        return view(tx, who, contact);
    }
    let mut changes = Changes::new();
    changes.field(field, &before.is_some(), &invalid);
    match way {
        Way::Phone => (contact.phone_invalid_at, contact.phone_invalid_by) = noted,
        Way::Email => (contact.email_invalid_at, contact.email_invalid_by) = noted,
    }
    save(tx, who, &mut contact)?;
    settle(tx, who, &customer, &contact, "update", changes)?;
    view(tx, who, contact)
}

/// Takes a contact away, into the recycle bin.
pub fn delete(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Contact>,
    customer: Id<Customer>,
    contact: Id<Contact>,
) -> Result<()> {
    let customer = service::load_for_change(tx, grant, customer)?;
    let contact = one(tx, customer.id, contact)?;
    let (who, row) = (grant.principal(), contact.id.uuid());
    let held = values::of_customer(tx, who, customer.id.uuid())?.remove(&row).unwrap_or_default();
    removal::keep(tx, who, &customer, &contact, held)?;
    contact.delete(tx)?;
    tx.execute(&NO_SUPERIOR, &[&customer.id, &contact.id])?;
    values::forget(tx, customer.id.uuid(), row)?;
    let mut changes = Changes::new();
    changes.field("name", &Some(&contact.name), &None);
    audited(tx, who, &customer, &contact, "delete", changes)?;
    service::settle_contacts(tx, who, &customer)
}

/// One contact of a customer that has been checked; 423 for one who is restricted.
pub fn one(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Id<Contact>) -> Result<Contact> {
    let contact = Contact::one(tx, &ONE, &[&customer, &contact])?.ok_or_else(Error::not_found)?;
    match contact.restricted_at {
        Some(_) => Err(Error::new(423, "contact.restricted")),
        None => Ok(contact),
    }
}

/// A contact at whichever customer they are by now, restricted or not; for who may know of them anyway.
pub fn wherever(tx: &mut Tx<'_>, contact: Id<Contact>) -> Result<Option<Contact>> {
    Ok(Contact::one(tx, &WHEREVER, &[&contact])?)
}

/// At which customers these contacts are by now: one may have become part of another since.
pub(super) fn places(tx: &mut Tx<'_>, contacts: &[Uuid]) -> Result<HashMap<Uuid, Id<Customer>>> {
    if contacts.is_empty() {
        return Ok(HashMap::new());
    }
    let place = |row: &store::Row| Ok((row.get(0)?, Id::from_uuid(row.get(1)?)));
    tx.query(&PLACES, &[&Ids(contacts)])?.iter().map(place).collect()
}

/// What follows from a contact that was written: one primary contact only, audit, completeness, search.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    contact: &Contact,
    action: &str,
    changes: Changes,
) -> Result<()> {
    if contact.is_primary {
        tx.execute(&NOT_PRIMARY, &[&customer.id, &contact.id])?;
    }
    audited(tx, who, customer, contact, action, changes)?;
    service::settle_contacts(tx, who, customer)
}

fn audited(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    contact: &Contact,
    action: &str,
    changes: Changes,
) -> Result<()> {
    audit::record(tx, who, action, Entity::Contact, contact.id.uuid(), Some(customer.id.uuid()), changes)
}
