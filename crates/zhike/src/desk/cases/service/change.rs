//! Correcting what a case says, and showing how somebody can be reached.

use serde_json::json;
use store::Tx;
use uuid::Uuid;

use super::open::sealed;
use super::pen::{Filed, Line, Pen};
use super::reached;
use crate::customers::service::{Revealed, SHOWN, note_reveal};
use crate::desk::cases::facts;
use crate::desk::cases::input::{CaseChange, said};
use crate::desk::cases::model::{CALLER_EMAIL, CALLER_PHONE, Case, Step};
use crate::desk::neighbours;
use crate::kernel::permission::action::{Reveal, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::input::{fault, put};
use crate::platform::vault::Column;

store::statements! {
    ENTRIES_GO = "update desk_entry set customer_id = $3 where customer_id = $1 and case_id = $2";
    MEMBERS_GO = "update desk_member set customer_id = $3 where customer_id = $1 and case_id = $2";
}

/// Corrects a case from the version that the asker has seen, and says whose it is, once that is known.
pub fn change(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Case>,
    id: Uuid,
    version: i64,
    change: &CaseChange,
) -> Result<Filed> {
    let who = grant.principal();
    let case = reached(tx, grant, id)?;
    check_fields(who, change)?;
    let change = change.clone().checked()?;
    let mut pen = Pen::new(who, Case { version, ..case });
    let mut changes = Changes::new();
    if let Some(customer) = change.customer_id {
        identify(tx, grant, &mut pen, customer)?;
    }
    if let Some(contact) = change.contact_id {
        set_contact(tx, &mut pen.case, contact)?;
    }
    let case = &mut pen.case;
    put(&change.product, &mut case.product);
    if let Some(subject) = change.subject {
        case.subject = subject;
    }
    if let Some(content) = change.content {
        let content = said("content", &content.unwrap_or_default())?;
        // What the customer said is theirs: the audit knows that it was corrected, not what it says.
        changes.sealed(&who.vault, "case.content", "content", Some(&case.content), Some(&content));
        case.content = content;
    }
    changes.sealed(&who.vault, "case.caller", "caller", case.caller.as_deref(), given(&change.caller, &case.caller));
    put(&change.caller, &mut case.caller);
    reachable(who, pen.case.id.uuid(), &CALLER_PHONE, &change.caller_phone, &mut pen.case.caller_phone, &mut changes)?;
    reachable(who, pen.case.id.uuid(), &CALLER_EMAIL, &change.caller_email, &mut pen.case.caller_email, &mut changes)?;
    if let Some(channel) = change.channel.filter(|channel| *channel != pen.case.channel) {
        pen.case.channel = channel;
        pen.tell(facts::CHANGED, who.now);
    }
    pen.step(tx, Step::Corrected, who.now, Line::default())?;
    pen.finish(tx, changes)
}

fn given<'a>(change: &'a Option<Option<String>>, now: &'a Option<String>) -> Option<&'a str> {
    change.as_ref().unwrap_or(now).as_deref()
}

/// Who may not read a field cannot find out what stands in it by changing it.
fn check_fields(who: &Principal, change: &CaseChange) -> Result<()> {
    let locked = change.content.is_some() && !who.edits(Entity::Case, "content");
    let hidden =
        |sent: bool, column: &Column| (sent && who.is_unseen(Entity::Case, column.name)).then_some(column.name);
    let fields = [
        locked.then_some("content"),
        hidden(change.caller_phone.is_some(), &CALLER_PHONE),
        hidden(change.caller_email.is_some(), &CALLER_EMAIL),
    ];
    Error::from_fields(fields.into_iter().flatten().map(|field| fault(field, "not_allowed")).collect())
}

/// Whose a case is turns out: all that is held of it is the customer's from now on.
fn identify(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Case>, pen: &mut Pen<'_>, customer: Uuid) -> Result<()> {
    if pen.case.customer_id == customer {
        return Ok(());
    }
    if pen.case.customer().is_some() {
        return Err(Error::conflict("case.customer_known"));
    }
    let customer = neighbours::seen_customer(tx, grant.principal(), customer)?;
    let (from, to) = (pen.case.customer_id, customer.id.uuid());
    tx.execute(&ENTRIES_GO, &[&from, &pen.case.id, &to])?;
    tx.execute(&MEMBERS_GO, &[&from, &pen.case.id, &to])?;
    pen.case.customer_id = to;
    pen.tell(facts::CHANGED, grant.now());
    Ok(())
}

fn set_contact(tx: &mut Tx<'_>, case: &mut Case, contact: Option<Uuid>) -> Result<()> {
    if let Some(contact) = contact {
        let customer = case.customer().ok_or_else(|| Error::field_invalid("contact_id", "unknown"))?;
        neighbours::check_contact(tx, customer, contact)?;
    }
    case.contact_id = contact;
    Ok(())
}

fn reachable(
    who: &Principal,
    row: Uuid,
    column: &Column,
    change: &Option<Option<String>>,
    value: &mut Option<Vec<u8>>,
    changes: &mut Changes,
) -> Result<()> {
    let Some(change) = change else { return Ok(()) };
    let open =
        |value: &Option<Vec<u8>>| value.as_ref().map(|value| who.vault.open_sealed(column, row, value)).transpose();
    let new = sealed(who, column, row, change.as_deref())?;
    changes.personal(&who.vault, column, open(value)?.as_deref(), open(&new)?.as_deref());
    *value = new;
    Ok(())
}

/// Shows how somebody who reached us can be reached, to somebody who says why. Written down before it is shown; bounded
/// per day.
pub fn reveal(
    tx: &mut Tx<'_>,
    grant: &Grant<Reveal, entity::Case>,
    id: Uuid,
    (field, reason): (&str, &str),
) -> Result<Revealed> {
    let who = grant.principal();
    let reason = crate::desk::cases::input::reason(reason).map_err(|error| Error {
        fields: error.fields.into_iter().map(|found| fault("reason", &found.code)).collect(),
        ..error
    })?;
    let case = reached(tx, grant, id)?;
    let (column, value) = match field {
        "caller_phone" => (&CALLER_PHONE, &case.caller_phone),
        "caller_email" => (&CALLER_EMAIL, &case.caller_email),
        _ => return Err(Error::field_invalid("field", "unknown_field")),
    };
    if who.is_unseen(Entity::Case, column.name) {
        return Err(Error::forbidden().field(column.name, "not_allowed"));
    }
    let value = value.as_deref().ok_or_else(Error::not_found)?;
    note_reveal(tx, who, Id::from_uuid(case.customer_id), column.field)?;
    let told = json!({ "field": column.name, "reason": reason });
    let customer = case.customer().map(|customer| customer.uuid());
    audit::record(tx, who, "reveal", Entity::Case, case.id.uuid(), customer, told)?;
    let value = who.vault.open_sealed(column, case.id.uuid(), value)?;
    Ok(Revealed { value, file: None, until: who.now + SHOWN })
}
