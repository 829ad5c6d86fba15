//! What a sheet says of a customer that is there already: values given replace those held, words and notes add up,
//! people are found again by their number or name. Whose the customer is stays as it is; handing over has its own way.

use std::sync::Arc;

use store::Tx;
use uuid::Uuid;

use super::write::About;
use crate::customers::contacts::{self, Contact, ContactPatch, NewContact};
use crate::customers::input::{CustomerPatch, NewCustomer};
use crate::customers::model::{Customer, PHONE_LOOKUP};
use crate::customers::{reach, service};
use crate::kernel::permission::action::{Approve, Create, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::grant::{Grant, Principal};

/// Brings a customer up to date and answers how many contacts were added.
pub fn update(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid, said: &NewCustomer, about: &About) -> Result<i64> {
    let id: Id<Customer> = Id::from_uuid(id);
    let mut customer = service::locked(tx, id)?;
    let may_change = reach::predicate(who, Action::Update, Entity::Customer);
    if !reach::reaches(tx, &may_change, &customer)? {
        return Err(Error::new(403, "duplicate.not_yours"));
    }
    let patch = patch(&customer, said);
    service::change(tx, who, &mut customer, &patch, "import")?;
    if let Some(grade) = said.grade.filter(|grade| *grade != customer.grade) {
        let grant: Grant<Approve, entity::Customer> =
            who.grant().map_err(|_| Error::field_invalid("grade", "not_allowed"))?;
        let file: String = about.file.chars().take(200).collect();
        service::set_grade(tx, &grant, id, None, (grade, &format!("导入：{file}")))?;
        customer = service::locked(tx, id)?;
    }
    let mut added = 0;
    for new in &said.contacts {
        added += contact(tx, who, &customer, new, about)?;
    }
    Ok(added)
}

fn patch(customer: &Customer, said: &NewCustomer) -> CustomerPatch {
    let mut patch = said.patch();
    // A company does not become a person because a sheet does not say.
    patch.kind = None;
    if let Some(tags) = &mut patch.tags {
        let mut all = customer.tags();
        all.extend(tags.iter().filter(|tag| !customer.tags().contains(tag)).cloned());
        *tags = all;
    }
    if let Some(Some(notes)) = &patch.notes {
        let held = customer.notes.as_deref().unwrap_or_default();
        let fresh: Vec<&str> = notes.lines().filter(|line| !held.contains(line)).collect();
        let all = if held.is_empty() { fresh.join("\n") } else { format!("{held}\n{}", fresh.join("\n")) };
        patch.notes = (!fresh.is_empty()).then_some(Some(all));
    }
    patch
}

fn contact(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: &Customer, new: &NewContact, about: &About) -> Result<i64> {
    let held = contacts::of_customer(tx, customer.id)?;
    let Some(mut known) = held.into_iter().find(|held| is_same(who, held, new)) else {
        let grant: Grant<Create, entity::Contact> = who.grant()?;
        let new = NewContact { basis: Some(about.basis.clone()), ..new.clone() };
        contacts::service::create(tx, &grant, customer.id, &new)?;
        return Ok(1);
    };
    who.grant::<Update, entity::Contact>()?;
    let patch = ContactPatch { primary: None, left: None, ..new.clone().into() };
    contacts::service::change(tx, who, customer, &mut known, &patch)?;
    Ok(0)
}

/// One person: the same number, or the same name where not both have a number.
fn is_same(who: &Principal, held: &Contact, new: &NewContact) -> bool {
    let number = new.phone.as_ref().and_then(Option::as_deref);
    let index = number.map(|number| who.vault.index(&PHONE_LOOKUP, number));
    let same_name = new.name.as_deref() == Some(held.name.as_str());
    match (&held.phone_index, index) {
        (Some(held), Some(new)) => *held == new,
        _ => same_name,
    }
}
