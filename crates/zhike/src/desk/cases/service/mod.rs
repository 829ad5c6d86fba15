//! Use cases of the desk. One function is one transaction; each takes the grant of whoever acts.

mod act;
mod change;
mod force;
mod join;
mod lists;
mod open;
mod pen;
mod removal;
mod upward;

pub use act::act;
pub use change::{change, reveal};
pub(in crate::desk) use force::of_case as members_of;
pub(in crate::desk) use join::numbers;
pub use lists::{LIST, entries, get, letter, list};
pub use open::open;
pub use pen::Filed;
pub use removal::{bin, forget_person, remove};
pub(in crate::desk) use upward::may_withdraw;

use store::list::{Asked, Page};
use store::{Entity as _, Predicate, Tx};
use uuid::Uuid;

use super::model::Case;
use crate::customers;
use crate::desk::neighbours;
use crate::kernel::permission::action::{Doing, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::grant::{Grant, Guarded, Principal};

store::statements! {
    BY_ID = select Case where "id = $1 and deleted_at is null";
    /// Steps of one case take turns; SQLite has one writer anyway.
    LOCK = postgres "select id from desk_case where id = $1 for update";
    THERE = "select id from desk_case where customer_id = $1 and id in among($2) and deleted_at is null";
    THESE = select Case where "customer_id = $1 and id in among($2) and deleted_at is null";
}

/// The cases that somebody may see: those that they reach by who is responsible, those that they took in, and those of
/// customers whose cases they reach.
pub fn visible(who: &Principal) -> Predicate {
    let stands = Predicate::IsNull("deleted_at");
    match who.predicate(Action::Read, Entity::Case) {
        Predicate::Any(mut any) => {
            any.push(Predicate::eq("opened_by", who.user));
            any.push(customers::reach::through(who, "customer_id", Entity::Case));
            stands.and(Predicate::Any(any))
        }
        Predicate::None => Predicate::None,
        _ => stands,
    }
}

/// A case that the asker may see; 404 otherwise. Of a customer who is removed or restricted there are none.
fn found(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Case> {
    if tx.is_postgres() && !tx.is_read_only() {
        tx.query(&LOCK, &[&id])?;
    }
    let case = Case::one(tx, &BY_ID, &[&id])?.ok_or_else(Error::not_found)?;
    let asked = Asked { among: Some(vec![id]), page: Page { limit: 1, after: None }, ..Asked::default() };
    let (seen, _) = lists::LIST.page(tx, &visible(who), &asked)?;
    let there = match case.customer() {
        Some(customer) => !neighbours::there(tx, &[customer.uuid()])?.is_empty(),
        None => true,
    };
    match there && !seen.is_empty() {
        true => Ok(case),
        false => Err(Error::not_found()),
    }
}

/// A case that the grant may be used on: 404 for who may not see it, 403 for who may see it only.
fn reached<A: Doing>(tx: &mut Tx<'_>, grant: &Grant<A, entity::Case>, id: Uuid) -> Result<Case> {
    let who = grant.principal();
    who.grant::<Read, entity::Case>().map_err(|_| Error::not_found())?;
    let case = found(tx, who, id)?;
    match may(tx, who, A::VALUE, &case)? {
        true => Ok(case),
        false => Err(Error::forbidden()),
    }
}

/// Whoever took a case in can go on with it; else it is decided by who is responsible.
pub(in crate::desk) fn may(tx: &mut Tx<'_>, who: &Principal, action: Action, case: &Case) -> Result<bool> {
    let Some(reach) = who.permissions.reach(action, Entity::Case) else { return Ok(false) };
    let reached = reach.predicate(who.user.uuid(), action, Entity::Case);
    let by_reach = reached.matches(tx, case.id.uuid(), &|column| Guarded::column(case, column))?;
    Ok(by_reach || (action == Action::Update && case.opened_by == who.user))
}

/// Which of these cases of a customer stand.
pub fn there(tx: &mut Tx<'_>, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = tx.query(&THERE, &[&customer, &store::Ids(ids)])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// On which of these cases of a customer somebody may hang files, or take them off.
pub fn may_change(tx: &mut Tx<'_>, who: &Principal, action: Action, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut allowed = Vec::new();
    for case in Case::all(tx, &THESE, &[&customer, &store::Ids(ids)])? {
        if may(tx, who, action, &case)? {
            allowed.push(case.id.uuid());
        }
    }
    Ok(allowed)
}
