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
use super::{duplicates, facts, index, merges, reach, service};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::custom::values;
use crate::platform::grant::{Grant, Principal};
use crate::platform::holdings::About;
use crate::platform::vault::Column;
use crate::platform::{audit, exports};

store::statements! {
    EVERY_CONTACT = select Contact where "customer_id = $1 and id = $2";
    NAMES = "select id, name from customer where id in among($1)";
    NAMES_OF_CONTACTS = "select id, name from contact where id in among($1)";
}

/// How often somebody may have changed companies for all of them to be known.
const MOVES_MOST: usize = 10;

/// Somebody of the archive: a customer who is a person, or a contact of a customer.
pub struct Person {
    pub customer: Customer,
    pub contact: Option<Contact>,
    /// The same person at the companies where they worked before, and to which they went.
    pub elsewhere: Vec<Contact>,
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

    fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contact.iter().chain(&self.elsewhere)
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
    if contact.is_none() && customer.kind == CustomerKind::Company {
        // A company has no rights of a person; its people have.
        return Err(Error::field_invalid("contact_id", "required"));
    }
    let elsewhere = match &contact {
        Some(contact) => elsewhere(tx, contact)?,
        None => Vec::new(),
    };
    Ok(Person { customer, contact, elsewhere })
}

fn every_contact(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Id<Contact>) -> Result<Contact> {
    if let Some(found) = Contact::one(tx, &EVERY_CONTACT, &[&customer, &contact])? {
        return Ok(found);
    }
    let code = match contacts::removal::is_kept(tx, customer, contact)? {
        true => "contact.in_bin",
        false => "not_found",
    };
    Err(Error::field_invalid("contact_id", code))
}

/// Where else somebody is on record: people change companies, and their rights go with them.
fn elsewhere(tx: &mut Tx<'_>, contact: &Contact) -> Result<Vec<Contact>> {
    let mut found: Vec<Contact> = Vec::new();
    for forward in [false, true] {
        let onward = |row: &Contact| if forward { row.moved_to_contact } else { row.moved_from_contact };
        let mut next = onward(contact);
        for _ in 0..MOVES_MOST {
            let Some(row) = next.map(|id| contacts::service::wherever(tx, id)).transpose()?.flatten() else { break };
            next = onward(&row);
            found.push(row);
        }
    }
    Ok(found)
}

/// Somebody by the ids of their rows, whoever asks; nothing if they are not there. For work of the house itself.
pub fn anybody(tx: &mut Tx<'_>, customer: Uuid, contact: Option<Uuid>) -> Result<Option<Person>> {
    let contact = match contact {
        Some(contact) => match contacts::service::wherever(tx, Id::from_uuid(contact))? {
            Some(contact) => Some(contact),
            None => return Ok(None),
        },
        None => None,
    };
    let customer = contact.as_ref().map_or(Id::from_uuid(customer), |contact| contact.customer_id);
    let Some(customer) = Customer::find(tx, customer)? else { return Ok(None) };
    let elsewhere = match &contact {
        Some(contact) => elsewhere(tx, contact)?,
        None => Vec::new(),
    };
    Ok(Some(Person { customer, contact, elsewhere }))
}

/// All rows by which somebody is on record: at each of their companies, or the customer with all that became part of it.
pub fn rows_of(tx: &mut Tx<'_>, person: &Person) -> Result<Vec<About>> {
    if person.contact.is_some() {
        return Ok(person.contacts().map(|row| (row.customer_id.uuid(), Some(row.id.uuid()))).collect());
    }
    Ok(merges::family(tx, person.customer.id.uuid())?.into_iter().map(|member| (member, None)).collect())
}

/// Whether no merge is moving rows of these customers at this moment.
pub fn is_settled(tx: &mut Tx<'_>, rows: &[About]) -> Result<bool> {
    for (customer, _) in rows {
        if merges::busy(tx, *customer)? {
            return Ok(false);
        }
    }
    Ok(true)
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

/// Keeps somebody's information from everything but storage and protection, wherever they are on record. Files that were
/// written before are not handed out any more.
pub fn restrict(tx: &mut Tx<'_>, who: &Principal, mut person: Person) -> Result<()> {
    if person.is_restricted() {
        return Ok(());
    }
    exports::recall(tx, who)?;
    for contact in person.contact.iter_mut().chain(&mut person.elsewhere).filter(|row| row.restricted_at.is_none()) {
        contact.restricted_at = Some(who.now);
        set_contact(tx, who, contact, "restrict")?;
    }
    if person.contact.is_some() {
        return Ok(());
    }
    let customer = &mut person.customer;
    (customer.restricted_at, customer.removed_at) = (Some(who.now), Some(who.now));
    service::save(tx, who, customer)?;
    index::remove(tx, customer)?;
    duplicates::forget(tx, customer.id)?;
    let record = customer.id.uuid();
    facts::publish(tx, who, facts::REMOVED, (record, Some(record)), who.now, json!({}))?;
    audit::record(tx, who, "restrict", Entity::Customer, record, Some(record), json!({}))
}

/// Lets somebody's information be used again.
pub fn lift(tx: &mut Tx<'_>, who: &Principal, mut person: Person) -> Result<()> {
    if !person.is_restricted() {
        return Ok(());
    }
    for contact in person.contact.iter_mut().chain(&mut person.elsewhere).filter(|row| row.restricted_at.is_some()) {
        contact.restricted_at = None;
        // Somebody else may have become the first to turn to in the meantime.
        contact.is_primary &= contacts::of_customer(tx, contact.customer_id)?.iter().all(|other| !other.is_primary);
        set_contact(tx, who, contact, "lift_restriction")?;
    }
    if person.contact.is_some() {
        return Ok(());
    }
    let customer = &mut person.customer;
    (customer.restricted_at, customer.removed_at) = (None, None);
    service::save(tx, who, customer)?;
    service::settle(tx, who, customer, customer.updated_at)?;
    duplicates::watch(tx, who, customer.id)?;
    let (record, told) = (customer.id.uuid(), json!({ "grade": customer.grade, "owner": customer.owner_id }));
    facts::publish(tx, who, facts::RESTORED, (record, Some(record)), who.now, told)?;
    audit::record(tx, who, "lift_restriction", Entity::Customer, record, Some(record), json!({}))
}

/// Writes a contact who has been restricted or let go again, with what is found of its customer.
fn set_contact(tx: &mut Tx<'_>, who: &Principal, contact: &mut Contact, action: &str) -> Result<()> {
    digest(who, contact, contact.restricted_at.is_none())?;
    contacts::service::save(tx, who, contact)?;
    let customer = service::locked(tx, contact.customer_id)?;
    if customer.removed_at.is_none() {
        service::settle_contacts(tx, who, &customer)?;
    }
    audit::record(tx, who, action, Entity::Contact, contact.id.uuid(), Some(customer.id.uuid()), json!({}))
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
    if let Some(contact) = &person.contact {
        let mut earlier = Vec::new();
        for row in &person.elsewhere {
            let company = Customer::find(tx, row.customer_id)?.map(|company| company.name);
            earlier.push(json!({ "customer": company, "contact": contact_copy(tx, who, row)? }));
        }
        return Ok(json!({ "contact": contact_copy(tx, who, contact)?, "elsewhere": earlier }));
    }
    let mut copy = customer_copy(tx, who, &person.customer)?;
    // Of others only that they are known, and how: their numbers and birthdays are their own.
    let others = contacts::of_customer(tx, person.customer.id)?.into_iter();
    let named = |other: Contact| filled([("name", json!(other.name)), ("position", json!(other.position))]);
    copy["contacts"] = others.map(named).collect();
    let mut merged = Vec::new();
    for member in merges::family(tx, person.customer.id.uuid())?.into_iter().skip(1) {
        if let Some(part) = Customer::find(tx, member)? {
            merged.push(customer_copy(tx, who, &part)?);
        }
    }
    Ok(json!({ "customer": copy, "merged": merged }))
}

/// What stands in fields that the company added.
fn custom(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, (of, record): (Entity, Uuid)) -> Result<Map<String, Json>> {
    match values::of_customer(tx, who, customer)?.get(&record) {
        Some(held) => values::plain(who, (of, record), held),
        None => Ok(Map::new()),
    }
}

fn customer_copy(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<Json> {
    let row = customer.id.uuid();
    let custom = custom(tx, who, row, (Entity::Customer, row))?;
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

fn contact_copy(tx: &mut Tx<'_>, who: &Principal, contact: &Contact) -> Result<Json> {
    let row = contact.id.uuid();
    let custom = custom(tx, who, contact.customer_id.uuid(), (Entity::Contact, row))?;
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
