//! Use cases of the archive. One function is one transaction; each takes the grant of whoever acts.

mod bulk;
mod change;
mod create;
mod lists;
mod owner;
mod plan;
mod removal;
mod reveal;
mod search;
mod subjects;
mod told;

pub use bulk::{Block, Prepared, insert_block, prepare, record_import};
pub(in crate::customers) use change::save;
pub use change::{change, key_mark, regrade, set_grade, update};
pub use create::create;
pub(in crate::customers) use lists::padded;
pub use lists::{Question, SPEC, get, list, rows};
pub(in crate::customers) use owner::move_to;
pub use owner::{Home, give_back, home_in, home_with, set_owner};
pub(in crate::customers) use removal::remove_held;
pub use removal::{remove, restore};
pub use reveal::{Revealed, SHOWN, is_shown, note_reveal, reveal, revealed_in};
pub(in crate::customers) use search::among;
pub use search::{people, readable, records, short_names, with_readable};
pub use subjects::{
    Brief, Card, Subject, Whose, briefs, cards, contacted, count_by_grade, page_of_subjects, recontacted, snapshot,
};
pub use told::told;

use jiff::Timestamp;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::contacts::{self, Contact};
use super::draft::Known;
use super::model::Customer;
use super::rules::completeness::{self, Contacts};
use super::{duplicates, index, merges, quality, reach};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::custom;
use crate::platform::custom::values::{Place, Records, Values, required};
use crate::platform::grant::{Grant, Principal};

store::statements! {
    /// Changes of one customer take turns; SQLite has one writer anyway.
    LOCK = postgres "select id from customer where id = $1 for update";
    /// Nobody makes it part of another one meanwhile; changes of its row go on beside.
    KEEP = postgres "select id from customer where id = $1 for key share";
    CLEAR_TAGS = "delete from customer_tag where customer_id = $1";
    ADD_TAG = "insert into customer_tag (customer_id, tag) values ($1, $2)";
    JUDGED = "update customer set completeness = $2, missing = $3, updated_at = $4 where id = $1";
}

/// A customer that the grant reaches; 404 otherwise. In a transaction that writes, it stays itself until the end: what
/// hangs on it cannot be left behind by a merge.
pub fn load<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, id: Id<Customer>) -> Result<Customer> {
    if tx.is_postgres() && !tx.is_read_only() {
        tx.query(&KEEP, &[&id])?;
    }
    let customer = Customer::find(tx, id)?.ok_or_else(Error::not_found)?;
    checked(tx, grant, customer)
}

/// [`load`] for a change: the row stays as it is read until the transaction ends.
pub fn load_for_change<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, id: Id<Customer>) -> Result<Customer> {
    let customer = locked(tx, id)?;
    checked(tx, grant, customer)
}

/// A customer, held until the transaction ends. For work whose permission is checked by what it works on.
pub fn locked(tx: &mut Tx<'_>, id: Id<Customer>) -> Result<Customer> {
    if tx.is_postgres() {
        tx.query(&LOCK, &[&id])?;
    }
    Customer::find(tx, id)?.ok_or_else(Error::not_found)
}

/// Holds customers in the order of their ids, so that two transactions that need both cannot wait for each other.
pub fn hold<const N: usize>(tx: &mut Tx<'_>, mut ids: [Id<Customer>; N]) -> Result<()> {
    ids.sort_unstable();
    ids.iter().try_for_each(|id| locked(tx, *id).map(drop))
}

/// Whoever may read a customer and not do this to it is told so, and so is whoever might if it were not restricted; to
/// everybody else it does not exist.
pub(in crate::customers) fn checked<A: Doing, E: Of>(
    tx: &mut Tx<'_>,
    grant: &Grant<A, E>,
    customer: Customer,
) -> Result<Customer> {
    if reach::reaches(tx, &reach::scope(grant), &customer)? {
        return Ok(customer);
    }
    let who = grant.principal();
    if customer.restricted_at.is_some()
        && reach::reaches(tx, &reach::register(who, Action::Read, Entity::Customer), &customer)?
    {
        return Err(Error::new(423, "customer.restricted"));
    }
    let readable = reach::predicate(who, Action::Read, Entity::Customer);
    match A::VALUE != Action::Read && reach::reaches(tx, &readable, &customer)? {
        true => Err(Error::forbidden()),
        false => match merges::moved_to(tx, who, &customer)? {
            Some(to) => Err(Error::moved("customer.merged", customer.id.uuid(), to.uuid())),
            None => Err(Error::not_found()),
        },
    }
}

/// What the completeness of an archive needs to know of its contacts and of what stands in added fields.
pub(in crate::customers) fn known_of(
    who: &Principal,
    customer: Id<Customer>,
    contacts: &[Contact],
    values: &Records,
) -> Known {
    let there: Vec<&Contact> = contacts.iter().filter(|contact| !contact.has_left).collect();
    let known = Contacts {
        reachable: contacts.iter().any(Contact::is_reachable),
        decision_maker: there.iter().any(|contact| contact.decision_maker),
    };
    let mut custom: Vec<_> = required(who, Entity::Customer, values.get(&customer.uuid())).collect();
    // A field of contacts is filled when it is with each of them.
    let of_contacts = required(who, Entity::Contact, None).map(|(key, _)| {
        let filled = |contact: &&Contact| {
            required(who, Entity::Contact, values.get(&contact.id.uuid())).any(|(known, filled)| known == key && filled)
        };
        (key, !there.is_empty() && there.iter().all(filled))
    });
    custom.extend(of_contacts);
    (known, custom)
}

/// Brings completeness, search and likely duplicates up to date after a contact changed.
pub fn settle_contacts(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<()> {
    settle(tx, who, customer, who.now)?;
    duplicates::watch(tx, who, customer.id)
}

/// Brings completeness and search up to date after something beside the customer's own row changed, at `at`.
pub fn settle(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, at: Timestamp) -> Result<()> {
    let contacts = contacts::of_customer(tx, customer.id)?;
    let values = custom::values::of_customer(tx, who, customer.id.uuid())?;
    let (known, custom) = known_of(who, customer.id, &contacts, &values);
    let judged = completeness::judge(customer, known, &custom);
    let missing = judged.missing.join(" ");
    tx.execute(&JUDGED, &[&customer.id, &judged.percent, &missing, &at])?;
    let written = Customer { missing, updated_at: at, ..customer.clone() };
    quality::judge(tx, &written, Some(&contacts), who.now)?;
    index::put(tx, customer, &contacts)
}

/// Writes what stands in the added fields of a new customer and its contacts.
pub fn write_values(tx: &mut Tx<'_>, customer: &Customer, values: &Records) -> Result<()> {
    for (record, held) in values {
        custom::values::write(tx, place(customer, *record), &Values::new(), held)?;
    }
    Ok(())
}

/// Where the values of a customer, or of one of its contacts, stand. Customers alone are listed.
pub fn place(customer: &Customer, record: Uuid) -> Place<'_> {
    let listed = record == customer.id.uuid();
    let order = listed.then_some((customer.name_key.as_str(), customer.created_at));
    Place { customer: customer.id.uuid(), record, order }
}

fn write_tags(tx: &mut Tx<'_>, customer: &Customer) -> Result<()> {
    for tag in customer.tags() {
        tx.execute(&ADD_TAG, &[&customer.id, &tag])?;
    }
    Ok(())
}

pub(in crate::customers) fn rewrite_tags(tx: &mut Tx<'_>, customer: &Customer) -> Result<()> {
    tx.execute(&CLEAR_TAGS, &[&customer.id])?;
    write_tags(tx, customer)
}
