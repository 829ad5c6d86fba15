use std::collections::{HashMap, HashSet};

use store::{Ids, Statement, ToValue, Tx, turns};
use uuid::Uuid;

use crate::customers::contacts::Contact;
use crate::customers::model::{Customer, CustomerKind};
use crate::customers::rules::likeness::{Likeness, SURE, Traits, compare};
use crate::customers::rules::name_core;
use crate::kernel::{Id, Result};

/// What more customers than this have in common tells none of them from the others: a switchboard, a common name.
pub const CROWD: usize = 20;

store::statements! {
    BY_CODE = "select id from customer where credit_code = $1 and removed_at is null limit 21";
    BY_ID_NUMBER = "select id from customer where id_number_index = $1 and removed_at is null limit 21";
    BY_NAME = "select id from customer where name_core = $1 and removed_at is null limit 21";
    BY_SOUND = "select id from customer where name_sound = $1 and removed_at is null limit 21";
    BY_PHONE = "select id from customer where phone_index = $1 and removed_at is null limit 21";
    BY_CONTACT = "select c.id from contact x join customer c on c.id = x.customer_id
        where x.phone_index = $1 and c.removed_at is null limit 21";
    BY_DOMAIN = "select id from customer where email_domain = $1 and removed_at is null limit 21";
    BY_CONTACT_DOMAIN = "select c.id from contact x join customer c on c.id = x.customer_id
        where x.email_domain = $1 and c.removed_at is null limit 21";
    TRAITS = "select id, kind, name, name_core, name_sound, credit_code, id_number_index, phone_index, email_domain
        from customer where id in among($1) and removed_at is null";
    CONTACT_TRAITS = "select customer_id, phone_index, email_domain from contact
        where customer_id in among($1) and (phone_index is not null or email_domain is not null)";
}

/// What to look for, and by whom it need not be told.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    pub traits: Traits,
    /// The customer itself, when it is being changed.
    pub except: Option<Id<Customer>>,
}

impl Probe {
    pub fn of(customer: &Customer, contacts: &[Contact]) -> Self {
        let company = customer.kind == CustomerKind::Company;
        let core = company.then(|| name_core::core(&customer.name)).filter(|core| !core.is_empty());
        let phones = contacts.iter().filter_map(|contact| contact.phone_index.as_ref());
        let domains = contacts.iter().filter_map(|contact| contact.email_domain.as_ref());
        let traits = Traits {
            credit_code: customer.credit_code.clone(),
            id_number: customer.id_number_index.clone(),
            name: core.is_some().then(|| name_core::strict(&customer.name)),
            sound: core.as_deref().map(store::search::pinyin_key),
            core,
            phones: once_each(customer.phone_index.iter().chain(phones)),
            domains: once_each(customer.email_domain.iter().chain(domains)),
        };
        Self { traits, except: None }
    }

    fn keys(&self) -> Vec<&[u8]> {
        let traits = &self.traits;
        let texts = [&traits.credit_code, &traits.core].into_iter().flatten().map(String::as_bytes);
        texts.chain(traits.id_number.iter().chain(&traits.phones).map(Vec::as_slice)).collect()
    }
}

/// More numbers than these do not make a customer easier to recognise.
const VALUES_MOST: usize = 10;

fn once_each<'a>(values: impl Iterator<Item = &'a Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    values.filter(|value| seen.insert(*value)).take(VALUES_MOST).cloned().collect()
}

/// Customers that are surely the one looked for, by a transaction that goes on to write it: of two that write the same
/// customer at once, the second finds what the first wrote.
pub fn find_before_writing(tx: &mut Tx<'_>, probe: &Probe) -> Result<Vec<Id<Customer>>> {
    turns::take(tx, "customer", probe.keys())?;
    let found = like(tx, &probe.traits, SURE)?.into_iter().map(|(id, _)| id);
    Ok(found.filter(|id| Some(*id) != probe.except).collect())
}

/// Customers that look like this at least so much, the likeliest first.
pub fn like(tx: &mut Tx<'_>, traits: &Traits, least: i64) -> Result<Vec<(Id<Customer>, Likeness)>> {
    let shared = sharing(tx, traits)?.into_iter().flatten();
    let ids: HashSet<Uuid> = shared.collect();
    let candidates = traits_of(tx, &ids.into_iter().collect::<Vec<_>>())?;
    let mut found: Vec<_> = candidates
        .into_iter()
        .map(|(id, other)| (Id::from_uuid(id), compare(traits, &other)))
        .filter(|(_, likeness)| likeness.score >= least)
        .collect();
    found.sort_by_key(|(id, likeness)| (-likeness.score, *id));
    Ok(found)
}

/// For each value, some customers that have it too: one more than a crowd at most.
pub(super) fn sharing(tx: &mut Tx<'_>, traits: &Traits) -> Result<Vec<Vec<Uuid>>> {
    let mut found = Vec::new();
    let texts = [(&BY_CODE, &traits.credit_code), (&BY_NAME, &traits.core), (&BY_SOUND, &traits.sound)];
    for (statement, value) in texts {
        if let Some(value) = value {
            found.push(with(tx, &[statement], value)?);
        }
    }
    if let Some(number) = &traits.id_number {
        found.push(with(tx, &[&BY_ID_NUMBER], number)?);
    }
    for phone in &traits.phones {
        found.push(with(tx, &[&BY_PHONE, &BY_CONTACT], phone)?);
    }
    for domain in &traits.domains {
        found.push(with(tx, &[&BY_DOMAIN, &BY_CONTACT_DOMAIN], domain)?);
    }
    Ok(found)
}

fn with(tx: &mut Tx<'_>, statements: &[&Statement], value: &dyn ToValue) -> Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for statement in statements {
        for row in tx.query(statement, &[value])? {
            ids.push(row.get(0)?);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// What these customers are recognised by; removed ones are left out.
pub(super) fn traits_of(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Traits>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found = HashMap::with_capacity(ids.len());
    for mut row in tx.query(&TRAITS, &[&Ids(ids)])? {
        let company = row.get::<CustomerKind>(1)? == CustomerKind::Company;
        let name: String = row.take(2)?;
        let core: Option<String> = row.take(3)?;
        let traits = Traits {
            credit_code: row.take(5)?,
            id_number: row.take(6)?,
            name: (company && core.is_some()).then(|| name_core::strict(&name)),
            core,
            sound: row.take(4)?,
            phones: row.take::<Option<_>>(7)?.into_iter().collect(),
            domains: row.take::<Option<_>>(8)?.into_iter().collect(),
        };
        found.insert(row.get(0)?, traits);
    }
    for mut row in tx.query(&CONTACT_TRAITS, &[&Ids(ids)])? {
        let Some(traits) = found.get_mut(&row.get::<Uuid>(0)?) else { continue };
        add(&mut traits.phones, row.take(1)?);
        add(&mut traits.domains, row.take(2)?);
    }
    Ok(found)
}

fn add(values: &mut Vec<Vec<u8>>, value: Option<Vec<u8>>) {
    if let Some(value) = value.filter(|value| values.len() < VALUES_MOST && !values.contains(value)) {
        values.push(value);
    }
}
