//! Cases in the recycle bin, and how the desk lets go of somebody who is erased.

use std::sync::Arc;

use store::{Entity as _, Predicate, Tx};
use uuid::Uuid;

use super::reached;
use crate::customers;
use crate::desk::cases::model::{CALLER_EMAIL, CALLER_PHONE, Case, CaseId, NOBODY, State};
use crate::kernel::permission::action::Delete;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::bin::{self, Bin, Item, Removed};
use crate::platform::grant::{Grant, Guarded, Principal};
use crate::platform::traces::{BLANK, Traces};
use crate::platform::vault::normalise;

/// What the recycle bin calls cases.
const BIN: &str = "case";

store::statements! {
    REMOVED = select Case where "id = $1 and deleted_at is not null";
    PURGE = "delete from desk_case where id = $1 and deleted_at is not null";
    PURGE_ENTRIES = "delete from desk_entry where customer_id = $1 and case_id = $2";
    PURGE_MEMBERS = "delete from desk_member where customer_id = $1 and case_id = $2";
    UNSHARE = "delete from share where entity = 'case' and record_id = $1";
    /// What somebody wrote themselves is theirs; that there was a case, and what was done about it, is the company's.
    FORGET_CONTACT = "update desk_case set contact_id = null, caller = null, caller_phone = null, caller_email = null,
        content = $3 where customer_id = $1 and contact_id = $2";
    FORGET_WORDS_OF = "update desk_entry set contact_id = null, content = $3 where customer_id = $1 and contact_id = $2";
    FORGET_CALLER = "update desk_case set caller = null, caller_phone = null, caller_email = null, content = $2
        where id = $1";
    FORGET_CALLS = "update desk_entry set content = $2 where case_id = $1 and customer_id = $3
        and step in ('opened', 'wrote')";
    CALLERS = select Case where "customer_id = $1 and (caller_phone is not null or caller_email is not null)
        and id > $2 order by id limit 500";
    BLANK_CASES = "update desk_case set subject = replace(subject, $2, $3), content = replace(content, $2, $3),
        caller = replace(caller, $2, $3), result = replace(result, $2, $3), product = replace(product, $2, $3)
        where customer_id = $1 and (replace(subject, $2, '') <> subject or replace(content, $2, '') <> content
            or replace(caller, $2, '') <> caller or replace(result, $2, '') <> result or replace(product, $2, '') <> product)";
    BLANK_ENTRIES = "update desk_entry set content = replace(content, $2, $3)
        where customer_id = $1 and replace(content, $2, '') <> content";
}

/// Takes a withdrawn case off every list, into the recycle bin. What was a customer's matter is ended, not removed.
pub fn remove(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Case>, id: Uuid) -> Result<()> {
    let who = grant.principal();
    let mut case = reached(tx, grant, id)?;
    if case.state != State::Withdrawn {
        return Err(Error::conflict("case.withdraw_first"));
    }
    let customer = case.customer().map(|customer| customer.uuid());
    let removed = Removed {
        id,
        kind: BIN,
        customer,
        title: &case.number,
        owner: case.owner_id.map(|owner| owner.uuid()),
        department: case.department_id.map(|department| department.uuid()),
    };
    bin::put(tx, who, &removed)?;
    case.deleted_at = Some(who.now);
    case.updated_at = who.now;
    case.update(tx)?;
    let mut changes = Changes::new();
    changes.field("subject", &Some(&case.subject), &None);
    audit::record(tx, who, "delete", Entity::Case, id, customer, changes)
}

/// Removed cases in the recycle bin.
pub fn bin() -> Bin {
    Bin { kind: BIN, entity: Entity::Case, visible: visible_in_bin, restore, held: None, purge }
}

fn visible_in_bin(who: &Principal) -> Predicate {
    let nobodys = match who.predicate(Action::Read, Entity::Case) {
        Predicate::Any(mut any) => {
            any.push(Predicate::eq("removed_by", who.user));
            Predicate::Any(any)
        }
        other => other,
    };
    let of_customers = customers::bin::of_customers(who, Entity::Case);
    Predicate::Any(vec![of_customers, Predicate::IsNull("customer_id").and(nobodys)])
}

fn restore(tx: &mut Tx<'_>, who: &Arc<Principal>, item: &Item) -> Result<()> {
    let grant = who.grant::<Delete, entity::Case>()?;
    let mut case = Case::one(tx, &REMOVED, &[&item.id])?.ok_or_else(Error::not_found)?;
    if item.customer_id.is_some() {
        customers::bin::customer_of(tx, item)?;
    }
    if !grant.predicate().matches(tx, item.id, &|column| Guarded::column(&case, column))? {
        return Err(Error::forbidden());
    }
    case.deleted_at = None;
    case.updated_at = who.now;
    case.update(tx)?;
    let mut changes = Changes::new();
    changes.set("subject", &case.subject);
    audit::record(tx, who, "restore", Entity::Case, item.id, item.customer_id, changes)
}

fn purge(tx: &mut Tx<'_>, _: &Principal, item: &Item) -> Result<bool> {
    let Some(case) = Case::one(tx, &REMOVED, &[&item.id])? else { return Ok(false) };
    tx.execute(&PURGE_ENTRIES, &[&case.customer_id, &case.id])?;
    tx.execute(&PURGE_MEMBERS, &[&case.customer_id, &case.id])?;
    tx.execute(&UNSHARE, &[&case.id])?;
    tx.execute(&PURGE, &[&case.id])?;
    Ok(false)
}

/// Lets go of somebody: their own words, how they can be reached, and, in the cases that are nobody's, their name
/// wherever it stands. A customer's own cases go with the customer.
pub fn forget_person(tx: &mut Tx<'_>, who: &Principal, traces: &Traces) -> Result<()> {
    for (customer, contact) in &traces.rows {
        if let Some(contact) = contact {
            tx.execute(&FORGET_CONTACT, &[customer, contact, &BLANK])?;
            tx.execute(&FORGET_WORDS_OF, &[customer, contact, &BLANK])?;
        }
    }
    forget_callers(tx, who, &traces.words)?;
    for word in &traces.words {
        tx.execute(&BLANK_CASES, &[&NOBODY, word, &BLANK])?;
        tx.execute(&BLANK_ENTRIES, &[&NOBODY, word, &BLANK])?;
    }
    Ok(())
}

/// Somebody who once called and was not recognised is known by their number.
fn forget_callers(tx: &mut Tx<'_>, who: &Principal, words: &[String]) -> Result<()> {
    let mut after = CaseId::from_uuid(Uuid::nil());
    loop {
        let cases = Case::all(tx, &CALLERS, &[&NOBODY, &after])?;
        let Some(last) = cases.last() else { return Ok(()) };
        after = last.id;
        for case in &cases {
            if is_theirs(who, case, words)? {
                tx.execute(&FORGET_CALLER, &[&case.id, &BLANK])?;
                tx.execute(&FORGET_CALLS, &[&case.id, &BLANK, &NOBODY])?;
            }
        }
    }
}

fn is_theirs(who: &Principal, case: &Case, words: &[String]) -> Result<bool> {
    for (column, sealed) in [(&CALLER_PHONE, &case.caller_phone), (&CALLER_EMAIL, &case.caller_email)] {
        let Some(sealed) = sealed else { continue };
        let value = normalise(column.kind, &who.vault.open_sealed(column, case.id.uuid(), sealed)?);
        if words.iter().any(|word| normalise(column.kind, word) == value) {
            return Ok(true);
        }
    }
    Ok(false)
}
