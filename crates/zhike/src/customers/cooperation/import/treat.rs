//! What becomes of rows: whoever shows it beforehand and whoever writes it go through here, so that both say the same.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::read::Said;
use crate::customers::cooperation::find::{self, Named};
use crate::customers::cooperation::rules::Change;
use crate::customers::cooperation::service::{self, BY_SHEET, Seen, Taken};
use crate::customers::import::model::Problem;
use crate::customers::model::Customer;
use crate::customers::service::locked;
use crate::kernel::{Action, Error, Id, Result};
use crate::platform::grant::Principal;

/// What becomes of a row.
#[derive(Clone, Debug)]
pub struct Fate {
    pub row: u64,
    /// Nothing, if it is refused.
    pub taken: Option<Taken>,
    pub customer: Option<Id<Customer>>,
    pub problems: Vec<Problem>,
}

/// Treats rows in their order; `seen` is given where nothing is written.
pub fn treat(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    zone: &TimeZone,
    rows: &[Said],
    mut seen: Option<&mut Seen>,
) -> Result<Vec<Fate>> {
    let mut held = customers(tx, who, rows, seen.is_none())?;
    let mut written: HashMap<Id<Customer>, Vec<Change>> = HashMap::new();
    let mut fates = Vec::with_capacity(rows.len());
    for said in rows {
        let mut fate = Fate { row: said.row, taken: None, customer: None, problems: said.problems.clone() };
        let found = held.by_name.get(&said.customer).copied().unwrap_or(Err("customer.required"));
        match found {
            Err(code) => fate.problems.push(Problem::error("cooperation.customer", code)),
            Ok(id) => fate.customer = Some(id),
        }
        if let (Ok(id), false) = (found, said.is_refused()) {
            let Some(customer) = held.customers.get_mut(&id) else { return Err(Error::not_found()) };
            let outcome = match seen.as_deref_mut() {
                Some(seen) => service::foresee(tx, who, customer, &said.new, (zone, BY_SHEET), seen),
                None => tx.nested(|tx| {
                    let (_, change) = service::take(tx, who, customer, &said.new, (zone, BY_SHEET))?;
                    let taken = Taken::of(change.as_ref());
                    written.entry(id).or_default().extend(change);
                    Ok::<_, Error>(taken)
                }),
            };
            match outcome {
                Ok(taken) => fate.taken = Some(taken),
                Err(error) if error.status < 500 => fate.problems.extend(problems_of(&error)),
                Err(error) => return Err(error),
            }
        }
        fates.push(fate);
    }
    for (id, changes) in written {
        let Some(customer) = held.customers.get_mut(&id).filter(|_| !changes.is_empty()) else { continue };
        service::add_up(tx, who, customer, &changes)?;
    }
    Ok(fates)
}

struct Held {
    by_name: HashMap<Named, std::result::Result<Id<Customer>, &'static str>>,
    customers: BTreeMap<Id<Customer>, Customer>,
}

/// The customers of these rows; where they are written to, held in one order, so that two imports cannot wait for each
/// other.
fn customers(tx: &mut Tx<'_>, who: &Arc<Principal>, rows: &[Said], writes: bool) -> Result<Held> {
    let mut held = Held { by_name: HashMap::new(), customers: BTreeMap::new() };
    for Said { customer: named, .. } in rows {
        if *named != Named::default() && !held.by_name.contains_key(named) {
            held.by_name.insert(named.clone(), find::find(tx, who, Action::Import, named)?);
        }
    }
    let mut ids: Vec<Id<Customer>> = held.by_name.values().filter_map(|found| found.ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let customer = if writes { locked(tx, id)? } else { Customer::get(tx, id)? };
        held.customers.insert(id, customer);
    }
    Ok(held)
}

fn problems_of(error: &Error) -> Vec<Problem> {
    let of_field =
        |fault: &crate::kernel::FieldError| Problem::error(&format!("cooperation.{}", fault.field), &fault.code);
    match error.fields.is_empty() {
        true => vec![Problem::error("", error.code)],
        false => error.fields.iter().map(of_field).collect(),
    }
}

/// Names and numbers of customers, for those who look at the rows beforehand.
pub fn named(tx: &mut Tx<'_>, fates: &[Fate]) -> Result<HashMap<Uuid, (String, String)>> {
    let mut names = HashMap::new();
    for id in fates.iter().filter_map(|fate| fate.customer) {
        if let std::collections::hash_map::Entry::Vacant(free) = names.entry(id.uuid()) {
            let customer = Customer::get(tx, id)?;
            free.insert((customer.number, customer.name));
        }
    }
    Ok(names)
}
