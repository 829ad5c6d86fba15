//! Customers and contacts in the recycle bin, and how all that is held of a customer goes for good.

use std::sync::Arc;

use store::{Predicate, Tx};
use uuid::Uuid;

use super::model::Customer;
use super::{contacts, handovers, index, merges, reach, relations, service};
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::bin::{Bin, Item};
use crate::platform::grant::Principal;
use crate::platform::holdings;

pub const CUSTOMER: &str = "customer";
pub const CONTACT: &str = "contact";
/// Rows of each table that go in one transaction.
const ROWS_AT_ONCE: i64 = 500;

store::statements! {
    PAIRS_WITH = "delete from duplicate_pair where other_id = $1";
    MERGES_OF = "delete from customer_merge where loser_id = $1";
    SHARES = "delete from share where entity = 'customer' and record_id = $1";
    ROW = "delete from customer where id = $1";
    RESTRICTED = "select id from contact where customer_id = $1 and restricted_at is not null limit 1";
    REMOVED = "select removed_at from customer where id = $1";
}

/// What this room has in the bin.
pub fn bins() -> Vec<Bin> {
    vec![
        Bin { kind: CUSTOMER, entity: Entity::Customer, visible, restore, held: Some(held), purge },
        Bin {
            kind: CONTACT,
            entity: Entity::Contact,
            visible: visible_contacts,
            restore: restore_contact,
            held: None,
            purge: contacts::removal::purge,
        },
    ]
}

/// Whoever could see a customer sees it in the bin.
fn visible(who: &Principal) -> Predicate {
    match reach::register(who, Action::Read, Entity::Customer) {
        Predicate::All => Predicate::All,
        Predicate::None => Predicate::None,
        reached => {
            let table = <Customer as store::Entity>::TABLE;
            Predicate::Through { column: "id", table, predicate: Box::new(reached) }
        }
    }
}

fn visible_contacts(who: &Principal) -> Predicate {
    of_customers(who, Entity::Contact)
}

/// Rows of the bin that hang on customers whose children of that kind somebody may see. Who sees all of them does not see
/// what hangs on one that is removed or restricted either.
pub fn of_customers(who: &Principal, children: Entity) -> Predicate {
    reach::through(who, "customer_id", children)
}

fn restore(tx: &mut Tx<'_>, who: &Arc<Principal>, item: &Item) -> Result<()> {
    service::restore(tx, &who.grant()?, Id::from_uuid(item.id)).map(drop)
}

fn restore_contact(tx: &mut Tx<'_>, who: &Arc<Principal>, item: &Item) -> Result<()> {
    let customer = customer_of(tx, item)?;
    contacts::removal::restore(tx, &who.grant()?, Id::from_uuid(customer), Id::from_uuid(item.id))
}

/// The customer that an item hangs on, which must be there for it to come back.
pub fn customer_of(tx: &mut Tx<'_>, item: &Item) -> Result<Uuid> {
    let customer = item.customer_id.ok_or_else(|| Error::internal("an item that hangs on nobody"))?;
    let row = tx.query_opt(&REMOVED, &[&customer])?.ok_or_else(Error::not_found)?;
    match row.get::<Option<i64>>(0)? {
        None => Ok(customer),
        Some(_) => Err(Error::conflict("bin.customer_first")),
    }
}

/// While somebody's request is unanswered, or one of its people is kept because a law forbids to delete them, a customer
/// stays.
fn held(tx: &mut Tx<'_>, item: &Item) -> Result<bool> {
    for member in merges::family(tx, item.id)? {
        if holdings::held(tx, member)?.is_some() || tx.query_opt(&RESTRICTED, &[&member])?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn purge(tx: &mut Tx<'_>, who: &Principal, item: &Item) -> Result<bool> {
    purge_some(tx, who, item.id, ROWS_AT_ONCE)
}

/// Removes the next rows of a customer, and of all that became part of it, in every room: `most` of each table at a time,
/// at last the customer itself. Whether any are left. What was done with it stays in the audit and in the history of
/// duties. The caller has seen to it that the customer is out of sight.
pub fn purge_some(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, most: i64) -> Result<bool> {
    let family = merges::family(tx, customer)?;
    for member in &family {
        if relations::service::purge_some(tx, *member, most)? {
            return Ok(true);
        }
        if handovers::around(tx, who, &[*member], |tx| holdings::purge_some(tx, *member, most))? {
            return Ok(true);
        }
    }
    // The customer itself goes last, so that an interrupted removal still knows the whole family.
    for member in family.iter().rev() {
        index::forget(tx, *member)?;
        for statement in [&PAIRS_WITH, &MERGES_OF, &SHARES, &ROW] {
            tx.execute(statement, &[member])?;
        }
    }
    Ok(false)
}
