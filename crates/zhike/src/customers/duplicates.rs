//! Whether a customer is there already: by credit code, by the core of its name, by phone. Two companies whose credit
//! codes are known and differ are two companies, whatever they are called. Persons share names, so theirs do not count.
//!
//! What the asker may not see is told only as being there, with nothing of what it is.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::contacts::Contact;
use super::model::{Customer, CustomerKind, PHONE_LOOKUP};
use super::reach;
use super::rules::{credit_code, name_core, personal};
use crate::kernel::permission::action::Create;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Grant, Id, Principal, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::vault::Kind;

store::statements! {
    BY_CODE = "select id from customer where credit_code = $1 and removed_at is null limit 10";
    BY_NAME = "select id, credit_code from customer where name_core = $1 and removed_at is null limit 20";
    BY_PHONE = "select id from customer where phone_index = $1 and removed_at is null limit 10";
    BY_CONTACT = "select c.id from contact x join customer c on c.id = x.customer_id
        where x.phone_index = $1 and c.removed_at is null limit 10";
    BY_ID_NUMBER = "select id from customer where id_number_index = $1 and removed_at is null limit 10";
    ALL = "select id, name, name_core, credit_code, phone_index from customer where id > $1 and removed_at is null
        order by id limit 5000";
    ALL_CONTACTS = "select id, customer_id, phone_index from contact where id > $1 and phone_index is not null
        order by id limit 5000";
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    pub credit_code: Option<String>,
    pub name_core: Option<String>,
    pub phones: Vec<Vec<u8>>,
    pub id_number: Option<Vec<u8>>,
    /// The customer itself, when it is being changed.
    pub except: Option<Id<Customer>>,
}

impl Probe {
    pub fn of(customer: &Customer, contacts: &[Contact]) -> Self {
        let company = customer.kind == CustomerKind::Company;
        let core = company.then(|| name_core::core(&customer.name)).filter(|core| !core.is_empty());
        let phones =
            customer.phone_index.iter().chain(contacts.iter().filter_map(|contact| contact.phone_index.as_ref()));
        Self {
            credit_code: customer.credit_code.clone(),
            name_core: core,
            phones: phones.take(10).cloned().collect(),
            id_number: customer.id_number_index.clone(),
            except: None,
        }
    }

    fn keys(&self) -> Vec<&[u8]> {
        let texts = [&self.credit_code, &self.name_core].into_iter().flatten().map(String::as_bytes);
        texts.chain(self.id_number.iter().chain(&self.phones).map(Vec::as_slice)).collect()
    }
}

/// Customers that are probably the one looked for, by a transaction that goes on to write it: of two that write the same
/// customer at once, the second finds what the first wrote.
pub fn find_before_writing(tx: &mut Tx<'_>, probe: &Probe) -> Result<Vec<Id<Customer>>> {
    turns::take(tx, "customer", probe.keys())?;
    find(tx, probe)
}

/// Customers that are probably the one looked for, each once, the surest first.
pub fn find(tx: &mut Tx<'_>, probe: &Probe) -> Result<Vec<Id<Customer>>> {
    let mut found: Vec<Id<Customer>> = Vec::new();
    if let Some(code) = &probe.credit_code {
        found.extend(ids(tx.query(&BY_CODE, &[code])?)?);
    }
    if let Some(number) = &probe.id_number {
        found.extend(ids(tx.query(&BY_ID_NUMBER, &[number])?)?);
    }
    if let Some(core) = &probe.name_core {
        found.extend(named(tx, core, probe.credit_code.as_deref())?);
    }
    for phone in &probe.phones {
        found.extend(ids(tx.query(&BY_PHONE, &[phone])?)?);
        found.extend(ids(tx.query(&BY_CONTACT, &[phone])?)?);
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|id| Some(*id) != probe.except && seen.insert(*id));
    Ok(found)
}

fn ids(rows: Vec<store::Row>) -> Result<Vec<Id<Customer>>> {
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

fn named(tx: &mut Tx<'_>, core: &str, code: Option<&str>) -> Result<Vec<Id<Customer>>> {
    let mut found = Vec::new();
    for row in tx.query(&BY_NAME, &[&core])? {
        let other: Option<String> = row.get(1)?;
        let two_companies = code.zip(other.as_deref()).is_some_and(|(one, other)| one != other);
        if !two_companies {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicateQuery {
    #[schema(example = "华盛机械")]
    pub name: Option<String>,
    pub credit_code: Option<String>,
    pub phone: Option<String>,
}

/// A likely duplicate: in full for whoever may see it, else only that there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicate {
    pub visible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub id: Option<Id<Customer>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Named>,
    /// `exists`: there is one, ask your supervisor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

const UNSEEN: Duplicate =
    Duplicate { visible: false, id: None, name: None, number: None, owner: None, reason: Some("exists") };

/// What somebody who is about to create a customer is told.
pub fn check(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Customer>,
    asked: &DuplicateQuery,
) -> Result<Vec<Duplicate>> {
    let who = grant.principal();
    let probe = probe(who, asked)?;
    let scope = reach::predicate(who, Action::Read, Entity::Customer);
    let mut told = Vec::new();
    let mut unseen = false;
    for id in find(tx, &probe)? {
        let Some(customer) = Customer::find(tx, id)? else { continue };
        match reach::reaches(tx, &scope, &customer)? {
            true => told.push(seen(tx, customer)?),
            false => unseen = true,
        }
    }
    // One line however many there are: not even their number is told.
    told.extend(unseen.then_some(UNSEEN));
    Ok(told)
}

fn seen(tx: &mut Tx<'_>, customer: Customer) -> Result<Duplicate> {
    let owner = customer.owner_id.map(|owner| names::user(tx, owner.uuid())).transpose()?;
    Ok(Duplicate {
        visible: true,
        id: Some(customer.id),
        name: Some(customer.name),
        number: Some(customer.number),
        owner,
        reason: None,
    })
}

fn probe(who: &Principal, asked: &DuplicateQuery) -> Result<Probe> {
    let text =
        |value: &Option<String>| value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if [&asked.name, &asked.credit_code, &asked.phone].into_iter().flatten().any(|value| value.chars().count() > 200) {
        return Err(Error::field_invalid("name", "too_long"));
    }
    // Nobody finds out by trying what they are not shown.
    let code = text(&asked.credit_code).filter(|_| who.reads(Entity::Customer, "credit_code"));
    let phone = text(&asked.phone).filter(|_| reach::may_look_up_phones(who));
    let phone = phone.and_then(|phone| personal::clean(Kind::Phone, &phone).ok());
    Ok(Probe {
        credit_code: code.map(|code| credit_code::normalise(&code)),
        name_core: text(&asked.name).map(|name| name_core::core(&name)).filter(|core| !core.is_empty()),
        phones: phone.map(|phone| who.vault.index(&PHONE_LOOKUP, &phone)).into_iter().collect(),
        id_number: None,
        except: None,
    })
}

/// All customers by what tells duplicates, in memory, for work on many rows at once. Names are compared strictly here
/// ([`name_core::strict`]), since nobody looks at each pair.
#[derive(Clone, Debug, Default)]
pub struct Known {
    by_code: HashMap<u64, Uuid>,
    by_name: HashMap<u64, (Uuid, Option<u64>)>,
    by_phone: HashMap<u64, Uuid>,
}

impl Known {
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        let mut known = Self::default();
        let mut after = Uuid::nil();
        loop {
            let rows = tx.query(&ALL, &[&after])?;
            for row in &rows {
                after = row.get(0)?;
                let company = row.get::<Option<String>>(2)?.is_some();
                let name = company.then(|| row.get::<String>(1)).transpose()?;
                let (code, phone): (Option<String>, Option<Vec<u8>>) = (row.get(3)?, row.get(4)?);
                known.add(after, name.as_deref(), code.as_deref(), phone.as_deref());
            }
            if rows.is_empty() {
                break;
            }
        }
        known.load_contacts(tx)?;
        Ok(known)
    }

    fn load_contacts(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let rows = tx.query(&ALL_CONTACTS, &[&after])?;
            for row in &rows {
                after = row.get(0)?;
                self.by_phone.entry(short(&row.get::<Vec<u8>>(2)?)).or_insert(row.get(1)?);
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// Remembers a customer; the first of several that look alike counts. `name` of companies only.
    pub fn add(&mut self, id: Uuid, name: Option<&str>, code: Option<&str>, phone: Option<&[u8]>) {
        if let Some(code) = code {
            self.by_code.entry(hashed(code)).or_insert(id);
        }
        if let Some(name) = name {
            self.by_name.entry(hashed(&name_core::strict(name))).or_insert((id, code.map(hashed)));
        }
        if let Some(phone) = phone {
            self.by_phone.entry(short(phone)).or_insert(id);
        }
    }

    pub fn add_customer(&mut self, customer: &Customer, contacts: &[Contact]) {
        let name = (customer.kind == CustomerKind::Company).then_some(customer.name.as_str());
        let id = customer.id.uuid();
        self.add(id, name, customer.credit_code.as_deref(), customer.phone_index.as_deref());
        for phone in contacts.iter().filter_map(|contact| contact.phone_index.as_deref()) {
            self.by_phone.entry(short(phone)).or_insert(id);
        }
    }

    /// The customer that this one probably is.
    pub fn find(&self, customer: &Customer, contacts: &[Contact]) -> Option<Uuid> {
        let code = customer.credit_code.as_deref().map(hashed);
        let by_code = code.and_then(|code| self.by_code.get(&code)).copied();
        let company = customer.kind == CustomerKind::Company;
        let by_name = || {
            let (id, other) = self.by_name.get(&hashed(&name_core::strict(&customer.name))).filter(|_| company)?;
            let two_companies = code.zip(*other).is_some_and(|(one, other)| one != other);
            (!two_companies).then_some(*id)
        };
        let phones =
            customer.phone_index.iter().chain(contacts.iter().filter_map(|contact| contact.phone_index.as_ref()));
        by_code
            .or_else(by_name)
            .or_else(|| phones.into_iter().find_map(|phone| self.by_phone.get(&short(phone)).copied()))
    }
}

fn hashed(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A digest is random already: its beginning tells it from a million others.
fn short(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
