//! Customers in the search index: by name, short name, contacts' names, number, credit code, phone numbers, and the
//! texts of added fields that are to be found.

use store::search::{self, Doc};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::contacts::{self, Contact};
use super::model::{Customer, PHONE_LOOKUP, SEARCH_KIND};
use super::reach;
use super::rules::credit_code;
use super::{collaborators, draft, merges};
use crate::kernel::{Entity, Id, Result};
use crate::platform::custom::values as custom;
use crate::platform::grant::Principal;
use crate::platform::search::RENEWED_AT_ONCE;
use crate::platform::vault::{hex, normalise};

store::statements! {
    NUMBER = "select number from customer where id = $1";
}

/// Indexes a customer anew, with its contacts.
pub fn put(tx: &mut Tx<'_>, customer: &Customer, contacts: &[Contact]) -> Result<()> {
    let collaborators = collaborators::of_customer(tx, customer.id)?;
    let found = custom::found(tx, customer.id.uuid())?;
    let mut doc = doc(customer, contacts, &collaborators, &found);
    // It is found by the numbers of all that became part of it.
    for part in merges::family(tx, customer.id.uuid())?.into_iter().skip(1) {
        if let Some(row) = tx.query_opt(&NUMBER, &[&part])? {
            doc.keys.push(number_key(&row.get::<String>(0)?));
        }
    }
    Ok(search::put(tx, &doc)?)
}

/// Takes a customer that is to go for good out of the search.
pub fn forget(tx: &mut Tx<'_>, customer: Uuid) -> Result<()> {
    match Customer::find(tx, Id::<Customer>::from_uuid(customer))? {
        Some(customer) => remove(tx, &customer),
        None => Ok(()),
    }
}

/// Indexes a customer that is surely new, without looking whether it is there; `found` are the texts of added fields.
pub fn put_new(tx: &mut Tx<'_>, customer: &Customer, contacts: &[Contact], found: &[String]) -> Result<()> {
    Ok(search::put_new(tx, &doc(customer, contacts, &[], found))?)
}

store::statements! {
    AFTER = select Customer where "id > $1 and removed_at is null order by id limit $2";
    SET_NAME_KEY = "update customer set name_key = $2 where id = $1";
}

/// Puts the next customers after one into the index again, and sorts them by how their names are said now.
pub fn renew(tx: &mut Tx<'_>, after: Option<Uuid>) -> Result<Option<Uuid>> {
    let customers = Customer::all(tx, &AFTER, &[&after.unwrap_or_default(), &RENEWED_AT_ONCE])?;
    for customer in &customers {
        let contacts = contacts::of_customer(tx, customer.id)?;
        put(tx, customer, &contacts)?;
        let name_key = draft::name_key(customer);
        if name_key != customer.name_key {
            tx.execute(&SET_NAME_KEY, &[&customer.id, &name_key])?;
            custom::rename(tx, customer.id.uuid(), &name_key)?;
        }
    }
    Ok(customers.last().map(|customer| customer.id.uuid()))
}

pub fn remove(tx: &mut Tx<'_>, customer: &Customer) -> Result<()> {
    Ok(search::remove(tx, SEARCH_KIND, customer.id.uuid())?)
}

fn doc<'a>(customer: &'a Customer, contacts: &'a [Contact], collaborators: &[Uuid], found: &'a [String]) -> Doc<'a> {
    let names = customer.short_name.iter().chain(contacts.iter().map(|contact| &contact.name)).chain(found);
    let of_customer = (&customer.phone_index, &customer.phone_last4);
    let phones = contacts.iter().map(|contact| (&contact.phone_index, &contact.phone_last4));
    let digests = std::iter::once(of_customer).chain(phones);
    let mut keys = vec![number_key(&customer.number)];
    keys.extend(customer.credit_code.as_deref().map(credit_code_key));
    for (full, last4) in digests {
        keys.extend(full.as_deref().map(phone_key));
        keys.extend(last4.as_deref().map(last4_key));
    }
    Doc {
        kind: SEARCH_KIND,
        id: customer.id.uuid(),
        title: &customer.name,
        subtitle: &customer.number,
        names: names.map(String::as_str).collect(),
        keys,
        access: reach::tokens_of(customer, collaborators),
    }
}

/// The keys that a text may be: a short number, a credit code, a phone number, its last four digits.
pub fn keys_for(who: &Principal, text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let plain = credit_code::normalise(text);
    if plain.starts_with("KH") {
        keys.push(number_key(&plain));
    }
    if credit_code::check(&plain).is_ok() && who.reads(Entity::Customer, "credit_code") {
        keys.push(credit_code_key(&plain));
    }
    if reach::may_look_up_phones(who) {
        keys.extend(phone_keys(who, text));
    }
    keys
}

fn phone_keys(who: &Principal, text: &str) -> Option<String> {
    let text = crate::platform::vault::half_width(text.trim());
    if !text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c)) {
        return None;
    }
    match normalise(PHONE_LOOKUP.kind, &text).len() {
        4 => who.vault.last4_index(&PHONE_LOOKUP, &text).map(|digest| last4_key(&digest)),
        7..=20 => Some(phone_key(&who.vault.index(&PHONE_LOOKUP, &text))),
        _ => None,
    }
}

fn number_key(number: &str) -> String {
    format!("n{number}")
}

fn credit_code_key(code: &str) -> String {
    format!("c{code}")
}

/// Half of the digest tells numbers apart well enough, and keeps the index small.
fn phone_key(digest: &[u8]) -> String {
    format!("p{}", hex(&digest[..digest.len().min(16)]))
}

fn last4_key(digest: &[u8]) -> String {
    format!("l{}", hex(digest))
}
