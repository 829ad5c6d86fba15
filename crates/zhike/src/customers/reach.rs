//! Which customers somebody may reach, for lists, for one record, and for the search index. A child of a customer
//! (contact, verification, event) is reached through its customer.

use store::{Predicate, Tx};
use uuid::Uuid;

use super::model::{Customer, PHONE};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Action, Entity, Error, FieldAccess, Result};
use crate::platform::grant::{Grant, Guarded, Principal};

/// Customers that `who` may do `action` to what belongs to them as `entity`. Removed ones are nobody's.
pub fn predicate(who: &Principal, action: Action, entity: Entity) -> Predicate {
    register(who, action, entity).and(Predicate::IsNull("removed_at"))
}

/// The same with those that were removed or restricted: for what must be kept of them.
pub fn register(who: &Principal, action: Action, entity: Entity) -> Predicate {
    match who.permissions.reach(action, entity) {
        // Shares name the customer, whatever of it is asked for.
        Some(reach) => reach.predicate(who.user.uuid(), action, Entity::Customer),
        None => Predicate::None,
    }
}

/// Rows of a register about customers, in `column`, that `who` may see as `entity`. Whoever may see all of it sees what is
/// about customers who are gone for good, too.
pub fn registered(who: &Principal, column: &'static str, entity: Entity) -> Predicate {
    match register(who, Action::Read, entity) {
        Predicate::All => Predicate::All,
        reached => {
            Predicate::Through { column, table: <Customer as store::Entity>::TABLE, predicate: Box::new(reached) }
        }
    }
}

/// Rows of another table that belong to the customer in `column` as `children`: they are there for whoever may see both.
pub fn through(who: &Principal, column: &'static str, children: Entity) -> Predicate {
    let customers = predicate(who, Action::Read, Entity::Customer);
    let children = predicate(who, Action::Read, children);
    let both = if customers == children { customers } else { customers.and(children) };
    Predicate::Through { column, table: <Customer as store::Entity>::TABLE, predicate: Box::new(both) }
}

/// Rows of another table whose customer may be taken out of the house with them.
pub fn taken(who: &Principal, column: &'static str, children: Entity) -> Predicate {
    let predicate = Box::new(predicate(who, Action::Export, children));
    Predicate::Through { column, table: <Customer as store::Entity>::TABLE, predicate }
}

/// The customers that a grant reaches.
pub fn scope<A: Doing, E: Of>(grant: &Grant<A, E>) -> Predicate {
    predicate(grant.principal(), A::VALUE, E::VALUE)
}

/// Whether a customer in hand is reached; 404 if not, as if there were none.
#[track_caller]
pub fn check<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, customer: &Customer) -> Result<()> {
    match reaches(tx, &scope(grant), customer)? {
        true => Ok(()),
        false => Err(Error::not_found()),
    }
}

pub fn reaches(tx: &mut Tx<'_>, scope: &Predicate, customer: &Customer) -> Result<bool> {
    Ok(scope.matches(tx, customer.id(), &|column| customer.column(column))?)
}

/// The tokens that a customer carries in the search index: whoever reaches it by owner, department or share asks for
/// one of them.
pub fn tokens_of(customer: &Customer, collaborators: &[Uuid]) -> Vec<String> {
    let owner = customer.owner_id.map(|owner| owner_token(owner.uuid()));
    let department = customer.department_id.map(|department| department_token(department.uuid()));
    let shared = collaborators.iter().map(|user| share_token(*user));
    owner.into_iter().chain(department).chain(shared).collect()
}

/// The tokens that somebody's search asks for; `None` asks for all customers.
pub fn tokens_for(who: &Principal) -> Option<Vec<String>> {
    let Some(reach) = who.permissions.reach(Action::Read, Entity::Customer) else { return Some(Vec::new()) };
    if reach.all {
        return None;
    }
    let owners = reach.owners.iter().map(|owner| owner_token(*owner));
    let departments = reach.departments.iter().map(|department| department_token(*department));
    let shared = share_token(who.user.uuid());
    Some(owners.chain(departments).chain(std::iter::once(shared)).collect())
}

fn owner_token(owner: Uuid) -> String {
    format!("o{}", owner.simple())
}

fn share_token(user: Uuid) -> String {
    format!("s{}", user.simple())
}

fn department_token(department: Uuid) -> String {
    format!("d{}", department.simple())
}

/// Whether somebody may look customers up by phone: whoever may at least recognise a masked number.
pub fn may_look_up_phones(who: &Principal) -> bool {
    who.field(PHONE.field, PHONE.class()) >= FieldAccess::Masked
}
