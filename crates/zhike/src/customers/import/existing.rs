//! Which customers of a batch are in the book already: one statement for all of them, in the transaction that writes
//! the batch, so that nobody's customer slips in between.
//!
//! Names are compared as [`name_core`] compares them, but nobody looks at each pair here: two names with one core and
//! two different regions are two companies.

use std::collections::HashMap;
use std::sync::Arc;

use store::{ToValue, Tx, Value};
use uuid::Uuid;

use crate::customers::reach;
use crate::customers::regions;
use crate::customers::rules::name_core;
use crate::customers::service::Prepared;
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::Principal;
use crate::platform::vault::hex;

store::statements! {
    FIND_SQLITE = sqlite "
        select 'c', c.credit_code, c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id from customer c
            where c.credit_code in (select value from json_each($1)) and c.removed_at is null
        union all select 'n', c.name_core, c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id from customer c
            where c.name_core in (select value from json_each($2)) and c.removed_at is null
        union all select 'p', lower(hex(c.phone_index)), c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id
            from customer c where c.phone_index in (select unhex(value) from json_each($3)) and c.removed_at is null
        union all select 'p', lower(hex(x.phone_index)), c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id
            from contact x join customer c on c.id = x.customer_id
            where x.phone_index in (select unhex(value) from json_each($3)) and c.removed_at is null
        union all select 'i', lower(hex(c.id_number_index)), c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id
            from customer c where c.id_number_index in (select unhex(value) from json_each($4)) and c.removed_at is null
        union all select 'k', c.number, c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id from customer c
            where c.number in (select value from json_each($5)) and c.removed_at is null";
    FIND_POSTGRES = postgres "
        select 'c', c.credit_code, c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id from customer c
            where c.credit_code in (select jsonb_array_elements_text(cast(cast($1 as text) as jsonb))) and c.removed_at is null
        union all select 'n', c.name_core, c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id from customer c
            where c.name_core in (select jsonb_array_elements_text(cast(cast($2 as text) as jsonb))) and c.removed_at is null
        union all select 'p', encode(c.phone_index, 'hex'), c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id
            from customer c where c.phone_index in
            (select decode(jsonb_array_elements_text(cast(cast($3 as text) as jsonb)), 'hex')) and c.removed_at is null
        union all select 'p', encode(x.phone_index, 'hex'), c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id
            from contact x join customer c on c.id = x.customer_id where x.phone_index in
            (select decode(jsonb_array_elements_text(cast(cast($3 as text) as jsonb)), 'hex')) and c.removed_at is null
        union all select 'i', encode(c.id_number_index, 'hex'), c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id
            from customer c where c.id_number_index in
            (select decode(jsonb_array_elements_text(cast(cast($4 as text) as jsonb)), 'hex')) and c.removed_at is null
        union all select 'k', c.number, c.id, c.number, c.name, c.credit_code, c.owner_id, c.department_id from customer c
            where c.number in (select jsonb_array_elements_text(cast(cast($5 as text) as jsonb))) and c.removed_at is null";
}

/// By what a customer was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Number,
    Code,
    IdNumber,
    Name,
    /// Only the number of a phone is the same; the names differ.
    Phone,
}

impl How {
    pub fn field(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Code => "credit_code",
            Self::IdNumber => "id_number",
            Self::Name => "name",
            Self::Phone => "phone",
        }
    }
}

/// What tells a customer of the sheet from others.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    name: String,
    strict: String,
    /// Of companies.
    core: Option<String>,
    code: Option<String>,
    phones: Vec<String>,
    id_number: Option<String>,
    number: Option<String>,
}

impl Keys {
    pub fn of(prepared: &Prepared, number: Option<&String>) -> Self {
        let customer = &prepared.customer;
        let contacts = prepared.contacts.iter().filter_map(|contact| contact.phone_index.as_deref());
        let mut phones: Vec<String> = customer.phone_index.as_deref().into_iter().chain(contacts).map(hex).collect();
        phones.dedup();
        Self {
            name: customer.name.clone(),
            strict: name_core::strict(&customer.name),
            core: customer.name_core.clone(),
            code: customer.credit_code.clone(),
            phones,
            id_number: customer.id_number_index.as_deref().map(hex),
            number: number.cloned(),
        }
    }
}

/// A customer of the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: Uuid,
    /// Empty for one that is only about to be made.
    pub number: String,
    pub name: String,
    code: Option<String>,
    owner: Option<Uuid>,
    department: Option<Uuid>,
    /// Made, or to be made, from the sheet itself.
    made: bool,
}

impl Known {
    /// A customer that was, or would have been, made from the sheet itself.
    pub fn made(keys: &Keys, id: Uuid) -> Self {
        let (name, code) = (keys.name.clone(), keys.code.clone());
        Self { id, number: String::new(), name, code, owner: None, department: None, made: true }
    }

    pub fn is_made(&self) -> bool {
        self.made
    }

    /// Whether `who` may do this to it.
    pub fn allows(&self, tx: &mut Tx<'_>, who: &Principal, action: Action) -> Result<bool> {
        let scope = reach::predicate(who, action, Entity::Customer);
        let column = |name: &str| match name {
            "owner_id" => self.owner.to_value(),
            "department_id" => self.department.to_value(),
            "id" => self.id.to_value(),
            _ => Value::Null,
        };
        Ok(scope.matches(tx, self.id, &column)?)
    }
}

/// Customers by their keys.
#[derive(Clone, Debug, Default)]
pub struct Book {
    codes: Index,
    cores: Index,
    phones: Index,
    id_numbers: Index,
    numbers: Index,
}

#[derive(Clone, Debug, Default)]
struct Index(HashMap<String, Vec<Arc<Known>>>);

impl Index {
    fn put(&mut self, key: &str, known: &Arc<Known>) {
        match self.0.get_mut(key) {
            Some(all) => all.push(Arc::clone(known)),
            None => drop(self.0.insert(key.to_owned(), vec![Arc::clone(known)])),
        }
    }

    fn with(&self, key: &str) -> impl Iterator<Item = &Arc<Known>> + Clone {
        self.0.get(key).map(Vec::as_slice).unwrap_or_default().iter()
    }

    fn first(&self, key: &Option<String>) -> Option<Arc<Known>> {
        key.as_deref().and_then(|key| self.with(key).next()).cloned()
    }
}

impl Book {
    /// The customers of the book that any of these could be.
    pub fn load<'a>(tx: &mut Tx<'_>, all: impl Iterator<Item = &'a Keys> + Clone) -> Result<Self> {
        let list =
            |of: &dyn Fn(&'a Keys) -> Vec<&'a str>| serde_json::to_value(all.clone().flat_map(of).collect::<Vec<_>>());
        let codes = list(&|keys| keys.code.as_deref().into_iter().collect())?;
        let cores = list(&|keys| keys.core.as_deref().into_iter().collect())?;
        let phones = list(&|keys| keys.phones.iter().map(String::as_str).collect())?;
        let id_numbers = list(&|keys| keys.id_number.as_deref().into_iter().collect())?;
        let numbers = list(&|keys| keys.number.as_deref().into_iter().collect())?;
        let statement = if tx.is_postgres() { &FIND_POSTGRES } else { &FIND_SQLITE };
        let mut book = Self::default();
        for mut row in tx.query(statement, &[&codes, &cores, &phones, &id_numbers, &numbers])? {
            let (kind, key) = (row.take::<String>(0)?, row.take::<String>(1)?);
            let known = Known {
                id: row.take(2)?,
                number: row.take(3)?,
                name: row.take(4)?,
                code: row.take(5)?,
                owner: row.take(6)?,
                department: row.take(7)?,
                made: false,
            };
            book.index(&kind).put(&key, &Arc::new(known));
        }
        Ok(book)
    }

    /// The index that a row of the statement belongs to.
    fn index(&mut self, kind: &str) -> &mut Index {
        match kind {
            "c" => &mut self.codes,
            "n" => &mut self.cores,
            "p" => &mut self.phones,
            "i" => &mut self.id_numbers,
            _ => &mut self.numbers,
        }
    }

    /// Adds a customer that was made in the meantime.
    pub fn add(&mut self, keys: &Keys, known: Known) {
        let known = Arc::new(known);
        keys.code.iter().for_each(|code| self.codes.put(code, &known));
        keys.core.iter().for_each(|core| self.cores.put(core, &known));
        keys.phones.iter().for_each(|phone| self.phones.put(phone, &known));
        keys.id_number.iter().for_each(|number| self.id_numbers.put(number, &known));
    }

    /// How many keys it holds.
    pub fn keys(&self) -> usize {
        self.codes.0.len() + self.cores.0.len() + self.phones.0.len() + self.id_numbers.0.len()
    }

    /// The customer that this one is, the surest way of telling first.
    pub fn find(&self, keys: &Keys) -> Option<(How, Arc<Known>)> {
        let found = self.numbers.first(&keys.number).map(|known| (How::Number, known));
        let found = found.or_else(|| self.codes.first(&keys.code).map(|known| (How::Code, known)));
        let found = found.or_else(|| self.id_numbers.first(&keys.id_number).map(|known| (How::IdNumber, known)));
        found.or_else(|| self.named(keys)).or_else(|| self.called(keys))
    }

    fn named(&self, keys: &Keys) -> Option<(How, Arc<Known>)> {
        let same = self.cores.with(keys.core.as_deref()?).find(|known| is_same_name(keys, known));
        same.map(|known| (How::Name, Arc::clone(known)))
    }

    fn called(&self, keys: &Keys) -> Option<(How, Arc<Known>)> {
        let known = keys.phones.iter().flat_map(|phone| self.phones.with(phone));
        if let Some(same) = known.clone().find(|known| is_same_name(keys, known)) {
            return Some((How::Name, Arc::clone(same)));
        }
        known.clone().next().map(|known| (How::Phone, Arc::clone(known)))
    }
}

/// One name but for spelling, legal form, and a region that only one of the two tells or that is spelled out in one
/// (上海, 上海市). Companies whose credit codes differ are two, whatever they are called.
fn is_same_name(keys: &Keys, known: &Known) -> bool {
    if keys.code.as_deref().zip(known.code.as_deref()).is_some_and(|(one, other)| one != other) {
        return false;
    }
    is_one_name((&keys.strict, keys.core.as_deref()), &known.name)
}

/// The same of a name whose strict form and core are at hand.
pub(in crate::customers) fn is_one_name((strict, core): (&str, Option<&str>), known: &str) -> bool {
    let other = name_core::strict(known);
    if strict == other {
        return true;
    }
    let known_core = name_core::core(known);
    if core != Some(known_core.as_str()) {
        return false;
    }
    let (one, other) = (place_in(strict, &known_core), place_in(&other, &known_core));
    one.is_empty() || other.is_empty() || regions::short_name(&one) == regions::short_name(&other)
}

/// What a name says beside its core.
fn place_in(strict: &str, core: &str) -> String {
    strict.replacen(core, "", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(name: &str, code: Option<&str>, phone: Option<&str>) -> Keys {
        Keys {
            name: name.to_owned(),
            strict: name_core::strict(name),
            core: Some(name_core::core(name)),
            code: code.map(str::to_owned),
            phones: phone.iter().map(|phone| (*phone).to_owned()).collect(),
            ..Keys::default()
        }
    }

    #[test]
    fn names_that_differ_by_region_alone_are_two_companies() {
        let mut book = Book::default();
        let first = keys("上海华盛机械有限公司", None, Some("aa"));
        book.add(&first, Known::made(&first, Uuid::nil()));
        let how = |name, code, phone| book.find(&keys(name, code, phone)).map(|(how, _)| how);
        assert_eq!(how("上海市华盛机械股份有限公司", None, None), Some(How::Name));
        assert_eq!(how("华盛机械（上海）有限公司", None, None), Some(How::Name));
        assert_eq!(how("上海 华盛机械 有限责任公司", None, None), Some(How::Name));
        assert_eq!(how("华盛机械", None, None), Some(How::Name));
        assert_eq!(how("北京华盛机械有限公司", None, None), None);
        assert_eq!(how("北京华盛机械有限公司", None, Some("aa")), Some(How::Phone));
        assert_eq!(how("上海华盛机械有限公司", None, Some("aa")), Some(How::Name));
    }

    #[test]
    fn credit_codes_come_first() {
        let mut book = Book::default();
        let first = keys("华盛机械", Some("A"), None);
        book.add(&first, Known::made(&first, Uuid::nil()));
        let how = |name, code| book.find(&keys(name, Some(code), None)).map(|(how, _)| how);
        assert_eq!(how("改名机械", "A"), Some(How::Code));
        assert_eq!(how("华盛机械", "B"), None, "two codes, two companies");
    }
}
