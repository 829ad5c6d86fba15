use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::write_tags;
use crate::customers::contacts::{self, Contact, ContactPatch};
use crate::customers::duplicates::{self, Probe};
use crate::customers::input::{self, NewCustomer};
use crate::customers::model::{Customer, CustomerKind, Grade};
use crate::customers::rules::text::Faults;
use crate::customers::view::{CustomerView, view};
use crate::customers::{attachments, basis, draft, erasing, facts, grades, index, number, quality, reach};
use crate::kernel::permission::action::{Assign, Create};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::values::{self as custom, Records, Values};
use crate::platform::grant::{Grant, Principal};

/// Creates a customer, with contacts if given. Whoever creates it owns it, unless they may assign it to somebody else.
pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Customer>, new: &NewCustomer) -> Result<CustomerView> {
    let who = grant.principal();
    let (mut customer, contacts, values, mut changes) = built(who, new)?;
    let owner = owner_of(tx, who, new.owner_id)?;
    (customer.owner_id, customer.department_id) = (owner.0, owner.1);
    if !reach::reaches(tx, &reach::scope(grant), &customer)? {
        return Err(Error::forbidden());
    }
    refuse_grade(tx, who, &customer)?;
    if let Some(reason) = refuse_duplicate(tx, &customer, &contacts, new)? {
        changes.set("duplicate_reason", reason);
    }
    check_people(tx, who, &customer, &contacts, &values)?;
    let each: Vec<_> = new.contacts.iter().map(|contact| contact.basis.clone()).collect();
    let said = (new.basis.as_ref(), &each[..]);
    if erasing::ask_anew(tx, who, (Some(&customer), &contacts), said)? {
        changes.set("erased_before", true);
    }
    let known = super::known_of(who, customer.id, &contacts, &values);
    draft::derive(&mut customer, known);
    customer.number = number::take(tx, who.now, 1)?.next().unwrap_or_default();
    customer.insert(tx)?;
    write_tags(tx, &customer)?;
    for contact in &contacts {
        contact.insert(tx)?;
    }
    basis::keep_new(tx, who, (&customer, &contacts), said)?;
    super::write_values(tx, &customer, &values)?;
    index::put_new(tx, &customer, &contacts, &custom::found_in(who, &values))?;
    duplicates::watch(tx, who, customer.id)?;
    quality::judge(tx, &customer, Some(&contacts), who.now)?;
    changes.set("number", &customer.number).set("owner_id", customer.owner_id).set("contacts", contacts.len());
    let id = customer.id.uuid();
    let told = json!({ "grade": customer.grade, "owner": customer.owner_id, "department": customer.department_id });
    facts::publish(tx, who, facts::CREATED, (id, Some(id)), who.now, told)?;
    audit::record(tx, who, "create", Entity::Customer, id, Some(id), changes)?;
    view(tx, who, customer)
}

/// A new customer has the lowest grade, unless whoever enters it may set another one.
pub(super) fn refuse_grade(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<()> {
    match customer.grade == Grade::DEFAULT || grades::service::may_set(tx, who, customer)? {
        true => Ok(()),
        false => Err(Error::field_invalid("grade", "not_allowed")),
    }
}

/// The rows of a new customer, before an owner, a number and what is derived. Needs no database.
pub(super) fn built(who: &Principal, new: &NewCustomer) -> Result<(Customer, Vec<Contact>, Records, Changes)> {
    let mut customer = Customer::blank(CustomerKind::Company, "");
    (customer.created_at, customer.updated_at) = (who.now, who.now);
    customer.created_by = Some(who.user);
    customer.grade = new.grade.unwrap_or(Grade::DEFAULT);
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    draft::apply(who, &mut customer, &new.patch(), &mut changes, &mut faults)?;
    if new.name.is_none() {
        faults.add("name", "required");
    }
    changes.set("grade", customer.grade);
    let mut values = Records::new();
    let place = (Entity::Customer, customer.id.uuid());
    let (own, wrong) = custom::take(who, place, &Values::new(), new.custom.as_ref(), &mut changes)?;
    faults.extend(wrong);
    values.insert(customer.id.uuid(), own);
    let contacts = built_contacts(who, customer.id, new, &mut values, &mut faults)?;
    Error::from_fields(faults.into_fields())?;
    Ok((customer, contacts, values, changes))
}

const CONTACTS_MOST: usize = 50;

fn built_contacts(
    who: &Principal,
    customer: Id<Customer>,
    new: &NewCustomer,
    values: &mut Records,
    faults: &mut Faults,
) -> Result<Vec<Contact>> {
    if new.contacts.len() > CONTACTS_MOST {
        faults.add("contacts", "too_many");
        return Ok(Vec::new());
    }
    let mut contacts = Vec::with_capacity(new.contacts.len());
    let mut has_primary = false;
    for (at, given) in new.contacts.iter().enumerate() {
        // What a contact began with is told by its own record; the audit of the customer says how many there were.
        let (mut unsaid, mut own) = (Changes::new(), Faults::default());
        // There is no organisation chart to stand in yet.
        let given = ContactPatch { unit_id: None, reports_to: None, ..given.clone().into() };
        let (mut contact, held) = contacts::draft::build(who, customer, given, &mut unsaid, &mut own)?;
        values.insert(contact.id.uuid(), held);
        contact.is_primary &= !has_primary;
        has_primary |= contact.is_primary;
        for fault in own.into_fields() {
            faults.add(&format!("contacts[{at}].{}", fault.field), &fault.code);
        }
        contacts.push(contact);
    }
    if let Some(first) = contacts.first_mut().filter(|_| !has_primary) {
        first.is_primary = true;
    }
    Ok(contacts)
}

/// People named in added fields work here; files hang on nothing that is not there yet.
fn check_people(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    contacts: &[Contact],
    values: &Records,
) -> Result<()> {
    let none = Values::new();
    let mut check = |entity, id: Uuid| {
        let held = values.get(&id).unwrap_or(&none);
        custom::check_people(tx, who, entity, &none, held)?;
        attachments::in_fields(tx, who, (customer.id.uuid(), entity, id), (&none, held))
    };
    check(Entity::Customer, customer.id.uuid())?;
    contacts.iter().try_for_each(|contact| check(Entity::Contact, contact.id.uuid()))
}

/// An owner and the department that follows from it.
type Place = (Option<Id<User>>, Option<Id<Department>>);

/// Who is to own a new customer, with their department.
pub(super) fn owner_of(tx: &mut Tx<'_>, who: &std::sync::Arc<Principal>, asked: Option<Uuid>) -> Result<Place> {
    match asked {
        Some(owner) if owner != who.user.uuid() => {
            let assign: Grant<Assign, entity::Customer> = who.grant()?;
            let user = super::owner::active(tx, owner)?;
            super::owner::may_give_to(tx, &assign, &user)?;
            Ok((Some(user.id), user.department_id))
        }
        // The system owns nothing: what it makes waits for an owner.
        _ if who.user.uuid().is_nil() => Ok((None, who.department)),
        _ => Ok((Some(who.user), who.department)),
    }
}

/// Refuses a likely duplicate, or answers the reason for which it is wanted all the same.
fn refuse_duplicate(
    tx: &mut Tx<'_>,
    customer: &Customer,
    contacts: &[Contact],
    new: &NewCustomer,
) -> Result<Option<String>> {
    let found = duplicates::find_before_writing(tx, &Probe::of(customer, contacts))?;
    if found.is_empty() {
        return Ok(None);
    }
    if !new.allow_duplicate {
        return Err(Error::conflict("customer.duplicate"));
    }
    input::reason(new.duplicate_reason.as_deref().unwrap_or_default())
        .map(Some)
        .map_err(|_| Error::field_invalid("duplicate_reason", "required"))
}
