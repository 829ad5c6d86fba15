use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use store::Tx;
use uuid::Uuid;

use crate::customers::contacts::Contact;
use crate::customers::model::{Customer, CustomerKind};
use crate::customers::rules::name_core;
use crate::kernel::Result;

store::statements! {
    ALL = "select id, name, name_core, credit_code, phone_index from customer where id > $1 and removed_at is null
        order by id limit 5000";
    ALL_CONTACTS = "select id, customer_id, phone_index from contact where id > $1 and phone_index is not null
        order by id limit 5000";
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
