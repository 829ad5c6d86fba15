//! The task force of an urgent case (专项小组, R3-4.2): who was called, who has seen the call, who has come. It is formed
//! when all have come.

use std::collections::BTreeSet;

use store::{Entity as _, Tx};
use uuid::Uuid;

use super::open::tell;
use super::pen::{Line, Pen};
use crate::desk::cases::facts;
use crate::desk::cases::input::{Calling, Coming};
use crate::desk::cases::model::{CaseId, Member, Step};
use crate::kernel::{Error, Result};
use crate::platform::access::model::{User, UserId};

store::statements! {
    pub OF_CASE = select Member where "customer_id = $1 and case_id = $2 order by called_at, staff_id";
    CALL = "insert into desk_member (customer_id, case_id, staff_id, called_at) values ($1, $2, $3, $4)
        on conflict (customer_id, case_id, staff_id) do nothing";
    SEEN = "update desk_member set acknowledged_at = coalesce(acknowledged_at, $4)
        where customer_id = $1 and case_id = $2 and staff_id = $3";
    CAME = "update desk_member set acknowledged_at = coalesce(acknowledged_at, $4), joined_at = $4
        where customer_id = $1 and case_id = $2 and staff_id = $3 and joined_at is null";
    /// Who is called works on the case, whoever is responsible.
    SHARE = "insert into share (entity, record_id, user_id, level) values ('case', $1, $2, 'write')
        on conflict (entity, record_id, user_id) do update set level = excluded.level";
}

pub(in crate::desk) fn of_case(tx: &mut Tx<'_>, (customer, case): (Uuid, CaseId)) -> Result<Vec<Member>> {
    Ok(Member::all(tx, &OF_CASE, &[&customer, &case])?)
}

/// Calls people into the task force.
pub(super) fn call(tx: &mut Tx<'_>, pen: &mut Pen<'_>, calling: &Calling) -> Result<()> {
    calling.checked()?;
    let at = pen.at(Step::Called, calling.at)?;
    for member in calling.members.iter().copied().collect::<BTreeSet<_>>() {
        let person = User::find(tx, UserId::from_uuid(member))?.filter(|person| person.active);
        let person = person.ok_or_else(|| Error::field_invalid("members", "unknown"))?;
        let place = (pen.case.customer_id, pen.case.id);
        if tx.execute(&CALL, &[&place.0, &place.1, &person.id, &at])? == 0 {
            continue;
        }
        tx.execute(&SHARE, &[&place.1, &person.id])?;
        pen.step(tx, Step::Called, at, Line { changed: Some(about(person.id)), ..Line::default() })?;
        if person.id != pen.who.user {
            tell(tx, pen.who, &pen.case, (person.id, "case_called"))?;
        }
    }
    pen.case.force_called_at = Some(pen.case.force_called_at.unwrap_or(at));
    Ok(())
}

/// Whom an entry is about.
fn about(member: UserId) -> serde_json::Value {
    serde_json::json!({ "member": member })
}

pub(super) fn acknowledge(tx: &mut Tx<'_>, pen: &mut Pen<'_>, coming: &Coming) -> Result<()> {
    let (member, _) = called(tx, pen, coming)?;
    let at = pen.at(Step::Acknowledged, coming.at)?;
    pen.step(tx, Step::Acknowledged, at, Line { changed: Some(about(member)), ..Line::default() })?;
    tx.execute(&SEEN, &[&pen.case.customer_id, &pen.case.id, &member, &at])?;
    Ok(())
}

/// Somebody has come; with the last of them the force is formed.
pub(super) fn join(tx: &mut Tx<'_>, pen: &mut Pen<'_>, coming: &Coming) -> Result<()> {
    let (member, members) = called(tx, pen, coming)?;
    let at = pen.at(Step::Joined, coming.at)?;
    pen.step(tx, Step::Joined, at, Line { changed: Some(about(member)), ..Line::default() })?;
    tx.execute(&CAME, &[&pen.case.customer_id, &pen.case.id, &member, &at])?;
    let others = members.iter().filter(|other| other.staff_id != member);
    let came: Option<Vec<_>> = others.map(|other| other.joined_at).collect();
    if let (Some(came), None) = (came, pen.case.force_formed_at) {
        let formed = came.into_iter().max().map_or(at, |latest| latest.max(at));
        pen.case.force_formed_at = Some(formed);
        pen.tell(facts::FORCE_FORMED, formed);
    }
    Ok(())
}

/// Whoever is meant, who must have been called; and all who were.
fn called(tx: &mut Tx<'_>, pen: &Pen<'_>, coming: &Coming) -> Result<(UserId, Vec<Member>)> {
    let member = coming.member_id.map_or(pen.who.user, UserId::from_uuid);
    let members = of_case(tx, (pen.case.customer_id, pen.case.id))?;
    match members.iter().any(|known| known.staff_id == member) {
        true => Ok((member, members)),
        false => Err(Error::field_invalid("member_id", "case.not_called")),
    }
}
