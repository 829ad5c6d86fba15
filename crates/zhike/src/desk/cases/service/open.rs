//! Taking a case in.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::pen::{Filed, Line, Pen};
use crate::customers::rules::personal;
use crate::desk::cases::facts::{self, News};
use crate::desk::cases::input::NewCase;
use crate::desk::cases::model::{CALLER_EMAIL, CALLER_PHONE, Case, Kind, NOBODY, State, Step};
use crate::desk::cases::{number, rules};
use crate::desk::neighbours;
use crate::kernel::permission::action::{Assign, Create};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::model::{Department, DepartmentId, User, UserId};
use crate::platform::audit::Changes;
use crate::platform::grant::{Grant, Principal};
use crate::platform::notifications::{self, Notice};
use crate::platform::vault::Column;

/// Takes a case in: with what was said, and, where it was said on the spot, what was answered.
pub fn open(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Case>, new: &NewCase) -> Result<Filed> {
    let who = grant.principal();
    let new = new.clone().checked(who.now)?;
    let customer = new.customer_id.map(|id| neighbours::customer(tx, grant, id)).transpose()?;
    if let (Some(customer), Some(contact)) = (&customer, new.contact_id) {
        neighbours::check_contact(tx, customer.id, contact)?;
    }
    let mut case = drafted(tx, who, &new)?;
    case.customer_id = customer.map_or(NOBODY, |customer| customer.id.uuid());
    if let Some(assignee) = new.assignee_id {
        put_in_charge(tx, &mut case, assignee)?;
    }
    case.department_id = new.department_id.map(|id| department(tx, id)).transpose()?.or(case.department_id);
    if case.owner_id.is_some() || case.department_id.is_some() {
        check_assigning(tx, who, &case, &case)?;
    }
    let case = write(tx, who, case, &new)?;
    tell_assignee(tx, who, &case)?;
    Ok(Filed { id: case.id.uuid(), number: case.number, version: case.version })
}

/// Writes a case that is made up, with its first entries.
pub(in crate::desk) fn write(tx: &mut Tx<'_>, who: &Principal, case: Case, new: &NewCase) -> Result<Case> {
    let at = case.received_at;
    let mut pen = Pen::new(who, case);
    let wrote =
        Line { channel: Some(pen.case.channel), contact: new.contact_id, ..Line::saying(pen.case.content.clone()) };
    pen.note(tx, Step::Opened, at, wrote)?;
    pen.tell(facts::OPENED, at);
    pen.tell_more(News::new(facts::CUSTOMER_WROTE, at).saying("by", pen.case.channel.word()));
    if let Some(answer) = &new.answer {
        let line = Line { channel: Some(pen.case.channel), ..Line::saying(answer.clone()) };
        let step = if new.thanked { Step::Thanked } else { Step::Answered };
        pen.note(tx, step, at, line)?;
        pen.answered(at);
        if new.thanked {
            pen.case.thanked_at = Some(at);
            pen.tell(facts::THANKED, at);
        }
    }
    let changes = opened(&pen.case);
    pen.insert(tx, changes)
}

fn opened(case: &Case) -> Changes {
    let mut changes = Changes::new();
    changes.set("number", &case.number).set("kind", case.kind).set("level", case.level).set("channel", case.channel);
    changes.set("subject", &case.subject).set("received_at", case.received_at);
    changes.set("owner_id", case.owner_id).set("department_id", case.department_id);
    changes
}

pub(in crate::desk) fn drafted(tx: &mut Tx<'_>, who: &Principal, new: &NewCase) -> Result<Case> {
    let mut case = blank(who, number::take(tx, who.now)?, new.received_at.unwrap_or(who.now));
    case.kind = new.kind.unwrap_or(Kind::Inquiry);
    case.level = new.level.unwrap_or(rules::LEVEL_USUAL);
    case.channel = new.channel;
    // Whoever says of what kind it is has looked at it.
    case.state = if new.kind.is_some() { State::Classified } else { State::Received };
    case.product.clone_from(&new.product);
    case.subject.clone_from(&new.subject);
    case.content = new.content.clone().unwrap_or_else(|| new.subject.clone());
    case.contact_id = new.contact_id;
    case.caller.clone_from(&new.caller);
    case.caller_phone = sealed(who, &CALLER_PHONE, case.id.uuid(), new.caller_phone.as_deref())?;
    case.caller_email = sealed(who, &CALLER_EMAIL, case.id.uuid(), new.caller_email.as_deref())?;
    Ok(case)
}

pub(super) fn blank(who: &Principal, number: String, received_at: Timestamp) -> Case {
    Case {
        id: Id::new(),
        customer_id: NOBODY,
        number,
        tracking: number::tracking(),
        kind: Kind::Inquiry,
        level: rules::LEVEL_USUAL,
        channel: crate::desk::cases::Channel::Phone,
        state: State::Received,
        open: true,
        product: None,
        subject: String::new(),
        content: String::new(),
        contact_id: None,
        caller: None,
        caller_phone: None,
        caller_email: None,
        owner_id: None,
        department_id: None,
        opened_by: who.user,
        received_at,
        answered_at: None,
        taken_up_at: None,
        waiting_at: None,
        force_called_at: None,
        force_formed_at: None,
        solution_at: None,
        solved_at: None,
        result: None,
        told_at: None,
        confirmed_at: None,
        tries: 0,
        tried_at: None,
        thanked_at: None,
        closed_at: None,
        merged_into: None,
        cycle: 1,
        entries: 0,
        version: 1,
        created_at: who.now,
        updated_at: who.now,
        deleted_at: None,
    }
}

/// How somebody can be reached, cleaned and sealed for its place.
pub(super) fn sealed(who: &Principal, column: &Column, row: Uuid, given: Option<&str>) -> Result<Option<Vec<u8>>> {
    let Some(given) = given.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if who.is_unseen(Entity::Case, column.name) {
        return Err(Error::field_invalid(column.name, "not_allowed"));
    }
    let clean = personal::clean(column.kind, given).map_err(|code| Error::field_invalid(column.name, code))?;
    who.vault.seal_some(column, row, Some(&clean))
}

/// Makes somebody responsible, and their department with them.
pub(super) fn put_in_charge(tx: &mut Tx<'_>, case: &mut Case, assignee: Uuid) -> Result<()> {
    let person = User::find(tx, UserId::from_uuid(assignee))?.filter(|person| person.active);
    let person = person.ok_or_else(|| Error::field_invalid("assignee_id", "unknown"))?;
    case.owner_id = Some(person.id);
    case.department_id = person.department_id.or(case.department_id);
    Ok(())
}

/// Anybody takes on what they reach; who gives a case to others must be allowed to assign it where it is, or where it
/// goes.
pub(super) fn check_assigning(tx: &mut Tx<'_>, who: &Arc<Principal>, before: &Case, after: &Case) -> Result<()> {
    if after.owner_id == Some(who.user) && after.department_id == who.department {
        return Ok(());
    }
    let grant = who.grant::<Assign, entity::Case>()?;
    match grant.check(tx, before).is_ok() || grant.check(tx, after).is_ok() {
        true => Ok(()),
        false => Err(Error::forbidden()),
    }
}

pub(super) fn department(tx: &mut Tx<'_>, id: Uuid) -> Result<DepartmentId> {
    let found = Department::find(tx, DepartmentId::from_uuid(id))?;
    found.map(|department| department.id).ok_or_else(|| Error::field_invalid("department_id", "unknown"))
}

/// Tells whoever was made responsible, unless they did it themselves.
pub(super) fn tell_assignee(tx: &mut Tx<'_>, who: &Principal, case: &Case) -> Result<()> {
    match case.owner_id.filter(|owner| *owner != who.user) {
        Some(owner) => tell(tx, who, case, (owner, "case_assigned")),
        None => Ok(()),
    }
}

/// Tells a colleague something about a case; its number only, since notices hold no personal values.
pub(super) fn tell(tx: &mut Tx<'_>, who: &Principal, case: &Case, (user, kind): (UserId, &str)) -> Result<()> {
    let link = format!("/cases/{}", case.id);
    let params = json!({ "number": case.number, "level": case.level, "by": &*who.name });
    let notice = Notice { user, kind, params, link: Some(&link), dedupe_key: None, at: who.now };
    notifications::notify(tx, &notice).map(drop)
}
