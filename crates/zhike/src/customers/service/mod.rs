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

pub use bulk::{Block, Prepared, insert_block, prepare, record_import};
pub use change::{change, key_mark, set_grade, update};
pub use create::create;
pub use lists::{Question, SPEC, get, list, rows};
pub use owner::set_owner;
pub use removal::{remove, restore};
pub use reveal::{Revealed, reveal};
pub use search::{people, readable, records, short_names, with_readable};
pub use subjects::{Card, Subject, Whose, cards, contacted, count_by_grade, page_of_subjects, recontacted, snapshot};

use store::{Entity as _, Tx};

use super::contacts;
use super::model::Customer;
use super::rules::completeness::{self, Contacts};
use super::{duplicates, index, reach};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Action, Entity, Error, Grant, Id, Principal, Result};

store::statements! {
    /// Changes of one customer take turns; SQLite has one writer anyway.
    LOCK = postgres "select id from customer where id = $1 for update";
    CLEAR_TAGS = "delete from customer_tag where customer_id = $1";
    ADD_TAG = "insert into customer_tag (customer_id, tag) values ($1, $2)";
    JUDGED = "update customer set completeness = $2, missing = $3, updated_at = $4 where id = $1";
}

/// A customer that the grant reaches; 404 otherwise.
pub fn load<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, id: Id<Customer>) -> Result<Customer> {
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

/// Whoever may read a customer and not do this to it is told so; to everybody else it does not exist.
fn checked<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, customer: Customer) -> Result<Customer> {
    if reach::reaches(tx, &reach::scope(grant), &customer)? {
        return Ok(customer);
    }
    let readable = reach::predicate(grant.principal(), Action::Read, Entity::Customer);
    match A::VALUE != Action::Read && reach::reaches(tx, &readable, &customer)? {
        true => Err(Error::forbidden()),
        false => Err(Error::not_found()),
    }
}

/// What the completeness of an archive needs to know of its contacts.
fn known_of(contacts: &[contacts::Contact]) -> Contacts {
    Contacts {
        reachable: contacts.iter().any(contacts::Contact::is_reachable),
        decision_maker: contacts.iter().any(|contact| contact.decision_maker && !contact.has_left),
    }
}

/// Brings completeness, search and likely duplicates up to date after a contact changed.
pub fn settle_contacts(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<()> {
    let contacts = contacts::of_customer(tx, customer.id)?;
    let judged = completeness::judge(customer, known_of(&contacts));
    tx.execute(&JUDGED, &[&customer.id, &judged.percent, &judged.missing.join(" "), &who.now])?;
    index::put(tx, customer, &contacts)?;
    duplicates::watch(tx, who, customer.id)
}

fn write_tags(tx: &mut Tx<'_>, customer: &Customer) -> Result<()> {
    for tag in customer.tags() {
        tx.execute(&ADD_TAG, &[&customer.id, &tag])?;
    }
    Ok(())
}

fn rewrite_tags(tx: &mut Tx<'_>, customer: &Customer) -> Result<()> {
    tx.execute(&CLEAR_TAGS, &[&customer.id])?;
    write_tags(tx, customer)
}
