//! What the room of protection does with people of the archive: reach them although they are restricted, restrict them
//! and let them go again (受限, PIPL 47), and copy all that the archive knows of one. Whoever is restricted is stored and
//! protected and nothing else: a customer is out of sight like a removed one and answers 423, a contact is left out of
//! everything that is read of the customer and keeps no digest by which they could be found.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};
use store::{Entity as _, Ids, Tx};
use uuid::Uuid;

use super::contacts::{self, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Contact};
use super::model::{Customer, CustomerKind, EMAIL, ID_NUMBER, PHONE, WECHAT};
use super::sealed::{domain_index, lookup};
use super::{duplicates, facts, index, reach, service};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Entity, Error, Grant, Id, Principal, Result};
use crate::platform::audit;
use crate::platform::custom::values;
use crate::platform::vault::Column;

store::statements! {
    EVERY_CONTACT = select Contact where "customer_id = $1 and id = $2";
    NAMES = "select id, name from customer where id in among($1)";
    NAMES_OF_CONTACTS = "select id, name from contact where id in among($1)";
}

/// Somebody of the archive: a customer who is a person, or a contact of a customer.
pub struct Person {
    pub customer: Customer,
    pub contact: Option<Contact>,
}

impl Person {
    pub fn name(&self) -> &str {
        self.contact.as_ref().map_or(&self.customer.name, |contact| &contact.name)
    }

    pub fn is_restricted(&self) -> bool {
        match &self.contact {
            Some(contact) => contact.restricted_at.is_some(),
            None => self.customer.restricted_at.is_some(),
        }
    }

    fn record(&self) -> (Entity, Uuid) {
        match &self.contact {
            Some(contact) => (Entity::Contact, contact.id.uuid()),
            None => (Entity::Customer, self.customer.id.uuid()),
        }
    }
}

/// Somebody whom the grant reaches, restricted or not; held until the end of a transaction that writes.
pub fn person<A: Doing, E: Of>(
    tx: &mut Tx<'_>,
    grant: &Grant<A, E>,
    (customer, contact): (Id<Customer>, Option<Id<Contact>>),
) -> Result<Person> {
    let found = found(tx, customer)?;
    let customer = match found.restricted_at.is_some() {
        true => self::customer(tx, grant, found.id)?,
        false => service::checked(tx, grant, found)?,
    };
    let contact = contact.map(|contact| every_contact(tx, customer.id, contact)).transpose()?;
    match contact.is_none() && customer.kind == CustomerKind::Company {
        // A company has no rights of a person; its people have.
        true => Err(Error::field_invalid("contact_id", "required")),
        false => Ok(Person { customer, contact }),
    }
}

fn every_contact(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Id<Contact>) -> Result<Contact> {
    let found = Contact::one(tx, &EVERY_CONTACT, &[&customer, &contact])?;
    found.ok_or_else(|| Error::field_invalid("contact_id", "not_found"))
}

/// A customer whom the grant reaches, also one that is restricted or removed: what the register says of it stays.
pub fn customer<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, id: Id<Customer>) -> Result<Customer> {
    let found = found(tx, id)?;
    match reach::reaches(tx, &reach::register(grant.principal(), A::VALUE, E::VALUE), &found)? {
        true => Ok(found),
        false => Err(Error::not_found()),
    }
}

fn found(tx: &mut Tx<'_>, id: Id<Customer>) -> Result<Customer> {
    match tx.is_read_only() {
        true => Customer::find(tx, id)?.ok_or_else(Error::not_found),
        false => service::locked(tx, id),
    }
}

/// Whether a contact is restricted; one that is no longer there is not.
pub fn is_restricted(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Id<Contact>) -> Result<bool> {
    let found = Contact::one(tx, &EVERY_CONTACT, &[&customer, &contact])?;
    Ok(found.is_some_and(|contact| contact.restricted_at.is_some()))
}

/// The names of customers and of contacts, restricted or not, for the register.
pub fn names(tx: &mut Tx<'_>, customers: &[Uuid], contacts: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    for (statement, ids) in [(&NAMES, customers), (&NAMES_OF_CONTACTS, contacts)] {
        if ids.is_empty() {
            continue;
        }
        for row in tx.query(statement, &[&Ids(ids)])? {
            names.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(names)
}

/// Keeps somebody's information from everything but storage and protection.
pub fn restrict(tx: &mut Tx<'_>, who: &Principal, mut person: Person) -> Result<()> {
    if person.is_restricted() {
        return Ok(());
    }
    let (of, record) = person.record();
    match &mut person.contact {
        Some(contact) => {
            contact.restricted_at = Some(who.now);
            digest(who, contact, false)?;
            contacts::service::save(tx, who, contact)?;
            service::settle_contacts(tx, who, &person.customer)?;
        }
        None => {
            let customer = &mut person.customer;
            (customer.restricted_at, customer.removed_at) = (Some(who.now), Some(who.now));
            service::save(tx, who, customer)?;
            index::remove(tx, customer)?;
            duplicates::forget(tx, customer.id)?;
            facts::publish(tx, who, facts::REMOVED, (record, Some(record)), who.now, json!({}))?;
        }
    }
    audit::record(tx, who, "restrict", of, record, Some(person.customer.id.uuid()), json!({}))
}

/// Lets somebody's information be used again.
pub fn lift(tx: &mut Tx<'_>, who: &Principal, mut person: Person) -> Result<()> {
    if !person.is_restricted() {
        return Ok(());
    }
    let (of, record) = person.record();
    match &mut person.contact {
        Some(contact) => {
            contact.restricted_at = None;
            digest(who, contact, true)?;
            contacts::service::save(tx, who, contact)?;
            service::settle_contacts(tx, who, &person.customer)?;
        }
        None => {
            let customer = &mut person.customer;
            (customer.restricted_at, customer.removed_at) = (None, None);
            service::save(tx, who, customer)?;
            service::settle(tx, who, customer, customer.updated_at)?;
            duplicates::watch(tx, who, customer.id)?;
            let told = json!({ "grade": customer.grade, "owner": customer.owner_id });
            facts::publish(tx, who, facts::RESTORED, (record, Some(record)), who.now, told)?;
        }
    }
    audit::record(tx, who, "lift_restriction", of, record, Some(person.customer.id.uuid()), json!({}))
}

/// The digests by which a contact is found: none, or those of what is sealed.
fn digest(who: &Principal, contact: &mut Contact, findable: bool) -> Result<()> {
    let row = contact.id.uuid();
    let open = |column: &Column, sealed: &Option<Vec<u8>>| match sealed.as_deref().filter(|_| findable) {
        Some(sealed) => who.vault.open_sealed(column, row, sealed).map(Some),
        None => Ok(None),
    };
    let vault = &who.vault;
    let phone = open(&CONTACT_PHONE, &contact.phone)?;
    contact.phone_index = phone.as_deref().map(|value| vault.index(lookup(&CONTACT_PHONE), value));
    contact.phone_last4 = phone.as_deref().and_then(|value| vault.last4_index(lookup(&CONTACT_PHONE), value));
    let email = open(&CONTACT_EMAIL, &contact.email)?;
    contact.email_index = email.as_deref().map(|value| vault.index(lookup(&CONTACT_EMAIL), value));
    contact.email_domain = email.as_deref().and_then(|value| domain_index(vault, value));
    let wechat = open(&CONTACT_WECHAT, &contact.wechat)?;
    contact.wechat_index = wechat.as_deref().map(|value| vault.index(lookup(&CONTACT_WECHAT), value));
    Ok(())
}

/// All that the archive knows of somebody, in plain words and in the form in which a new record is sent: what is copied
/// here can be sent to `POST /customers` (a customer) or `POST /customers/{id}/contacts` (a contact) as it is.
pub fn archive(tx: &mut Tx<'_>, who: &Principal, person: &Person) -> Result<Json> {
    let held = values::of_customer(tx, who, person.customer.id.uuid())?;
    let custom = |of, record: Uuid| match held.get(&record) {
        Some(held) => values::plain(who, (of, record), held),
        None => Ok(Map::new()),
    };
    if let Some(contact) = &person.contact {
        return Ok(json!({ "contact": contact_copy(who, contact, custom(Entity::Contact, contact.id.uuid())?)? }));
    }
    let mut copy = customer_copy(who, &person.customer, custom(Entity::Customer, person.customer.id.uuid())?)?;
    let mut people = Vec::new();
    for contact in contacts::of_customer(tx, person.customer.id)? {
        people.push(contact_copy(who, &contact, custom(Entity::Contact, contact.id.uuid())?)?);
    }
    copy["contacts"] = json!(people);
    Ok(json!({ "customer": copy }))
}

fn customer_copy(who: &Principal, customer: &Customer, custom: Map<String, Json>) -> Result<Json> {
    let row = customer.id.uuid();
    let open = |column: &Column, sealed: &Option<Vec<u8>>| opened(who, column, row, sealed);
    Ok(filled([
        ("kind", json!(customer.kind)),
        ("name", json!(customer.name)),
        ("short_name", json!(customer.short_name)),
        ("credit_code", json!(customer.credit_code)),
        ("industry", json!(customer.industry)),
        ("region", json!(customer.region)),
        ("address", json!(customer.address)),
        ("website", json!(customer.website)),
        ("phone", open(&PHONE, &customer.phone)?),
        ("email", open(&EMAIL, &customer.email)?),
        ("wechat", open(&WECHAT, &customer.wechat)?),
        ("id_number", open(&ID_NUMBER, &customer.id_number)?),
        ("staff_count", json!(customer.staff_count)),
        ("annual_revenue_fen", json!(customer.annual_revenue_fen)),
        ("founded_on", json!(customer.founded_on)),
        ("main_business", json!(customer.main_business)),
        ("organisation", json!(customer.organisation)),
        ("source", json!(customer.source)),
        ("tags", json!(customer.tags())),
        ("cooperation_since", json!(customer.cooperation_since)),
        ("preferences", json!(customer.preferences)),
        ("core_need", json!(customer.core_need)),
        ("notes", json!(customer.notes)),
        ("grade", json!(customer.grade)),
        ("custom", json!(custom)),
    ]))
}

fn contact_copy(who: &Principal, contact: &Contact, custom: Map<String, Json>) -> Result<Json> {
    let row = contact.id.uuid();
    let open = |column: &Column, sealed: &Option<Vec<u8>>| opened(who, column, row, sealed);
    Ok(filled([
        ("name", json!(contact.name)),
        ("salutation", json!(contact.salutation)),
        ("position", json!(contact.position)),
        ("department", json!(contact.department)),
        ("phone", open(&CONTACT_PHONE, &contact.phone)?),
        ("email", open(&CONTACT_EMAIL, &contact.email)?),
        ("wechat", open(&CONTACT_WECHAT, &contact.wechat)?),
        ("decision_maker", json!(contact.decision_maker)),
        ("authority", json!(contact.authority)),
        ("birthday", json!(contact.birthday())),
        ("preferences", json!(contact.preferences)),
        ("primary", json!(contact.is_primary)),
        ("left", json!(contact.has_left)),
        ("attitude", json!(contact.attitude)),
        ("influence", json!(contact.influence)),
        ("custom", json!(custom)),
    ]))
}

fn opened(who: &Principal, column: &Column, row: Uuid, sealed: &Option<Vec<u8>>) -> Result<Json> {
    Ok(json!(sealed.as_deref().map(|sealed| who.vault.open_sealed(column, row, sealed)).transpose()?))
}

/// What is known of all that could be.
fn filled<const N: usize>(fields: [(&str, Json); N]) -> Json {
    let known = |value: &Json| !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty());
    let fields = fields.into_iter().filter(|(_, value)| known(value));
    fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}
