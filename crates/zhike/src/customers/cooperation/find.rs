//! Which customer a sheet or another system means: by its number, its credit code or its name. Customers that the asker
//! may not see are not found, and are not told from those that do not exist.

use store::{Entity as _, Tx, search};

use crate::customers::import::existing::is_one_name;
use crate::customers::model::Customer;
use crate::customers::rules::{credit_code, name_core};
use crate::customers::{merges, reach};
use crate::kernel::{Action, Entity, Id, Result};
use crate::platform::grant::Principal;

store::statements! {
    BY_NUMBER = select Customer where "number = $1";
    BY_CODE = select Customer where "credit_code = $1 and removed_at is null";
    BY_NAME = select Customer where "name_key = $1 and removed_at is null order by id limit 200";
    BY_CORE = select Customer where "name_core = $1 and removed_at is null order by id limit 200";
}

/// How a customer is named elsewhere; the number counts before the credit code, and that before the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Named {
    pub number: Option<String>,
    pub credit_code: Option<String>,
    pub name: Option<String>,
}

impl Named {
    /// One text that may be any of the three.
    pub fn by(text: &str) -> Self {
        let text = text.trim().to_owned();
        let code = credit_code::normalise(&text);
        if text.to_uppercase().starts_with("KH-") {
            Self { number: Some(text), ..Self::default() }
        } else if credit_code::check(&code).is_ok() {
            Self { credit_code: Some(code), ..Self::default() }
        } else {
            Self { name: Some(text), ..Self::default() }
        }
    }
}

/// The customer to which `who` may do `action` as to its cooperation, or the code of why there is none.
pub fn find(
    tx: &mut Tx<'_>,
    who: &Principal,
    action: Action,
    named: &Named,
) -> Result<std::result::Result<Id<Customer>, &'static str>> {
    let mut found = Vec::new();
    if let Some(number) = &named.number {
        for customer in Customer::all(tx, &BY_NUMBER, &[&number.trim().to_uppercase()])? {
            found.push(match merges::moved_to(tx, who, &customer)? {
                Some(survivor) => Customer::get(tx, survivor)?,
                None => customer,
            });
        }
    } else if let Some(code) = named.credit_code.as_ref().filter(|_| who.reads(Entity::Customer, "credit_code")) {
        found = Customer::all(tx, &BY_CODE, &[&credit_code::normalise(code)])?;
    } else if let Some(name) = &named.name {
        found = called(tx, name)?;
    }
    let scopes =
        [reach::predicate(who, Action::Read, Entity::Customer), reach::predicate(who, action, Entity::Cooperation)];
    let mut reached = Vec::new();
    for customer in found {
        if reach::reaches(tx, &scopes[0], &customer)? && reach::reaches(tx, &scopes[1], &customer)? {
            reached.push(customer);
        }
    }
    if let Some(name) = named.name.as_ref().filter(|_| reached.len() > 1) {
        let strict = name_core::strict(name);
        let same: Vec<Customer> =
            reached.iter().filter(|customer| name_core::strict(&customer.name) == strict).cloned().collect();
        reached = if same.is_empty() { reached } else { same };
    }
    Ok(match reached.as_slice() {
        [one] => Ok(one.id),
        [] => Err("customer.unknown"),
        _ => Err("customer.ambiguous"),
    })
}

/// Customers of this name, and companies that differ from it in legal form or region only.
fn called(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Customer>> {
    let strict = name_core::strict(name);
    let mut found = Customer::all(tx, &BY_NAME, &[&search::pinyin_key(name)])?;
    found.extend(Customer::all(tx, &BY_NAME, &[&search::person_key(name)])?);
    found.retain(|customer| name_core::strict(&customer.name) == strict);
    if found.is_empty() {
        let core = name_core::core(name);
        if !core.is_empty() {
            found = Customer::all(tx, &BY_CORE, &[&core])?;
            found.retain(|customer| is_one_name((&strict, Some(&core)), &customer.name));
        }
    }
    found.sort_by_key(|customer| customer.id);
    found.dedup_by_key(|customer| customer.id);
    Ok(found)
}
