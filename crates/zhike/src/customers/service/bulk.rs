//! Many customers at once, for import and sample data: sealing and checking happen outside the transaction, and the
//! transaction looks nothing up row by row.

use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::write_tags;
use crate::customers::basis::{self, Entered, EntryBasis};
use crate::customers::contacts::Contact;
use crate::customers::input::NewCustomer;
use crate::customers::model::{Customer, CustomerKind};
use crate::customers::{draft, facts, index, number, reach};
use crate::kernel::permission::action::Import;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::values::{Records, found_in};
use crate::platform::grant::{Grant, Principal};

/// A customer ready to be written, without its number.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub customer: Customer,
    pub contacts: Vec<Contact>,
    /// What stands in added fields.
    pub values: Records,
}

impl Prepared {
    /// Whoever it consists of.
    pub fn people(&self) -> impl Iterator<Item = Entered> + '_ {
        let id = self.customer.id;
        let own = (self.customer.kind == CustomerKind::Person).then_some((id, None));
        own.into_iter().chain(self.contacts.iter().map(move |contact| (id, Some(contact.id))))
    }
}

/// Makes the rows of a new customer. Needs no database; an error names every field at fault.
pub fn prepare(
    who: &Principal,
    new: &NewCustomer,
    owner: Option<Id<User>>,
    department: Option<Id<Department>>,
) -> Result<Prepared> {
    let (mut customer, contacts, values, _) = super::create::built(who, new)?;
    (customer.owner_id, customer.department_id) = (owner, department);
    let known = super::known_of(who, customer.id, &contacts, &values);
    draft::derive(&mut customer, known);
    Ok(Prepared { customer, contacts, values })
}

/// What was written, in order.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub customers: Vec<(Id<Customer>, String)>,
}

/// Writes a block of customers with consecutive numbers; each is audited, and carries the import it came with. Whoever
/// imports must reach every one of them. Duplicates have been dealt with before
/// ([`Known`](crate::customers::duplicates::Known)). The facts are told once for all of them ([`record_import`]).
pub fn insert_block(
    tx: &mut Tx<'_>,
    grant: &Grant<Import, entity::Customer>,
    import: Uuid,
    block: &[Prepared],
) -> Result<Block> {
    let who = grant.principal();
    check_reach(tx, grant, block)?;
    let numbers = number::take(tx, who.now, block.len())?;
    let mut written = Block::default();
    for (prepared, number) in block.iter().zip(numbers) {
        let customer = Customer { number, ..prepared.customer.clone() };
        customer.insert(tx)?;
        write_tags(tx, &customer)?;
        for contact in &prepared.contacts {
            contact.insert(tx)?;
        }
        super::write_values(tx, &customer, &prepared.values)?;
        index::put_new(tx, &customer, &prepared.contacts, &found_in(who, &prepared.values))?;
        let id = customer.id.uuid();
        let mut changes = Changes::new();
        changes.set("number", &customer.number).set("import", import).set("contacts", prepared.contacts.len());
        audit::record(tx, who, "import", Entity::Customer, id, Some(id), changes)?;
        written.customers.push((customer.id, customer.number));
    }
    let people: Vec<Entered> = block.iter().flat_map(Prepared::people).collect();
    basis::keep(tx, who, &EntryBasis::usual(), &people)?;
    Ok(written)
}

/// Decided once per owner, department and grade, not per row.
fn check_reach(tx: &mut Tx<'_>, grant: &Grant<Import, entity::Customer>, block: &[Prepared]) -> Result<()> {
    let scope = reach::scope(grant);
    let mut checked = Vec::new();
    for Prepared { customer, .. } in block {
        let place = (customer.owner_id, customer.department_id, customer.grade);
        if checked.contains(&place) {
            continue;
        }
        if !reach::reaches(tx, &scope, customer)? {
            return Err(Error::forbidden());
        }
        super::create::refuse_grade(tx, grant.principal(), customer)?;
        checked.push(place);
    }
    Ok(())
}

/// Tells the other rooms that an import has brought customers, so that they plan for them all at once.
pub fn record_import(tx: &mut Tx<'_>, who: &Principal, import: Uuid, count: i64) -> Result<()> {
    let told = json!({ "count": count });
    facts::publish(tx, who, facts::IMPORTED, (import, None), who.now, told.clone())?;
    audit::record(tx, who, "imported", Entity::Customer, import, None, told)
}
