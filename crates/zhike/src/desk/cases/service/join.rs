//! Cases that belong together: merged, split, linked.

use serde_json::json;
use store::Tx;
use uuid::Uuid;

use super::open::{blank, write};
use super::pen::{Filed, Line, Pen};
use super::reached;
use crate::desk::cases::facts::{self, News};
use crate::desk::cases::input::{NewCase, Other, SUBJECT_MOST, Splitting, TEXT_MOST, remark};
use crate::desk::cases::model::{Case, State, Step};
use crate::desk::cases::{number, rules};
use crate::kernel::permission::action::{Create, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Error, Result};
use crate::platform::audit::Changes;
use crate::platform::grant::Grant;
use crate::platform::input::text_fault;

type Updating = Grant<Update, entity::Case>;

/// A case becomes part of another: its own clocks are void, and the other keeps the earlier start of the two.
pub(super) fn merge(tx: &mut Tx<'_>, grant: &Updating, mut pen: Pen<'_>, other: &Other) -> Result<Filed> {
    let content = remark(&other.content)?;
    let target = another(tx, grant, other)?;
    rules::after(&pen.case, Step::Merged)?;
    if let Some(code) = rules::merge_fault(&pen.case, &target) {
        return Err(Error::conflict(code));
    }
    let now = grant.now();
    let mut into = Pen::new(grant.principal(), target);
    let line = |other: &Case| Line { other: Some(other.id), ..Line::maybe(content.clone()) };
    let source_line = line(&into.case);
    into.step(tx, Step::TookIn, now, line(&pen.case))?;
    if pen.case.received_at < into.case.received_at {
        into.case.received_at = pen.case.received_at;
        into.tell(facts::OPENED, into.case.received_at);
    }
    // Whoever was answered there was answered.
    if let Some(at) = pen.case.answered_at.filter(|at| into.case.answered_at.is_none_or(|answered| *at < answered)) {
        into.answered(at);
    }
    pen.step(tx, Step::Merged, now, source_line)?;
    pen.case.merged_into = Some(into.case.id);
    pen.case.waiting_at = None;
    pen.tell_more(News::new(facts::WITHDRAWN, now).saying("merged_into", json!(into.case.id)));
    let filed = pen.finish(tx, Changes::new())?;
    into.finish(tx, Changes::new())?;
    Ok(filed)
}

/// The other case, which must be within reach too.
fn another(tx: &mut Tx<'_>, grant: &Updating, other: &Other) -> Result<Case> {
    reached(tx, grant, other.case_id)
        .map_err(|error| if error.status == 404 { Error::field_invalid("case_id", "unknown") } else { error })
}

/// A part of a case becomes one of its own, which reached us when the whole did.
pub(super) fn split(tx: &mut Tx<'_>, grant: &Updating, mut pen: Pen<'_>, splitting: &Splitting) -> Result<Filed> {
    let who = grant.principal();
    who.grant::<Create, entity::Case>()?;
    let (subject, content) = (splitting.subject.trim(), splitting.content.trim());
    let faults = [text_fault("subject", subject, SUBJECT_MOST), text_fault("content", content, TEXT_MOST)];
    Error::from_fields(faults.into_iter().flatten().collect())?;
    let whole = &pen.case;
    let part = Case {
        customer_id: whole.customer_id,
        kind: whole.kind,
        level: whole.level,
        channel: whole.channel,
        product: whole.product.clone(),
        subject: subject.to_owned(),
        content: content.to_owned(),
        contact_id: whole.contact_id,
        caller: whole.caller.clone(),
        owner_id: whole.owner_id,
        department_id: whole.department_id,
        state: if whole.state == State::Received { State::Received } else { State::Classified },
        ..blank(who, number::take(tx, who.now)?, whole.received_at)
    };
    let said = NewCase { contact_id: part.contact_id, ..NewCase::by(part.channel) };
    let part = write(tx, who, part, &said)?;
    let mut child = Pen::new(who, part);
    child.step(tx, Step::Split, who.now, Line { other: Some(pen.case.id), ..Line::default() })?;
    pen.step(tx, Step::Split, who.now, Line { other: Some(child.case.id), ..Line::default() })?;
    pen.finish(tx, Changes::new())?;
    child.finish(tx, Changes::new())
}

/// Two cases have to do with each other.
pub(super) fn link(tx: &mut Tx<'_>, grant: &Updating, mut pen: Pen<'_>, other: &Other) -> Result<Filed> {
    let content = remark(&other.content)?;
    let case = another(tx, grant, other)?;
    if case.id == pen.case.id {
        return Err(Error::conflict("case.merge_self"));
    }
    let mut linked = Pen::new(grant.principal(), case);
    let now = grant.now();
    let line = |other: &Case| Line { other: Some(other.id), ..Line::maybe(content.clone()) };
    let back = line(&pen.case);
    pen.step(tx, Step::Linked, now, line(&linked.case))?;
    linked.step(tx, Step::Linked, now, back)?;
    linked.finish(tx, Changes::new())?;
    pen.finish(tx, Changes::new())
}

/// What these cases are called. A number says nothing of what is in the case.
pub(in crate::desk) fn numbers(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let rows = tx.query(&NUMBERS, &[&store::Ids(ids)])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

store::statements! {
    NUMBERS = "select id, number from desk_case where id in among($1) and deleted_at is null";
}
