use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Tx};
use uuid::Uuid;

use super::view::{DutyDetail, DutyView, EvidenceView, HistoryItem, HistoryKind, Known, StepView, named};
use crate::kernel::permission::action::{Approve, Doing, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Fact, Result};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::policy::book::{self, Entry};
use crate::policy::codec::duty_of;
use crate::policy::engine::{Note, Pen};
use crate::policy::evidence;
use crate::policy::model::{Breach, DutyEvent, DutyRow, EventKind, HISTORY, STEPS};
use crate::policy::regulations::service::checked_reason;
use crate::policy::rules::{Duty, Halt, Release, State, judge};

/// What the list of duties can be filtered and sorted by.
pub const LIST: ListSpec = ListSpec {
    table: "duty",
    columns: DutyRow::COLUMNS,
    fields: &[
        Field::new("due_at", Kind::Instant).sortable(),
        Field::new("due_on", Kind::Date),
        Field::new("act_at", Kind::Instant),
        Field::new("opens_at", Kind::Instant),
        Field::new("met_at", Kind::Instant),
        Field::new("state", Kind::Word),
        Field::new("live", Kind::Bool),
        Field::new("clause", Kind::Word),
        Field::new("rule", Kind::Word),
        Field::new("occurrence", Kind::Word),
        Field::new("owner", Kind::Id).column("owner_id"),
        Field::new("department", Kind::Id).column("department_id"),
        Field::new("customer", Kind::Id).column("customer_id"),
        Field::new("subject", Kind::Id).column("subject_id"),
        Field::new("provisional", Kind::Bool),
    ],
    default_sort: "due_at",
};

store::statements! {
    BY_ID = select DutyRow where "id = $1";
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Duty>, asked: &Asked) -> Result<List<DutyView>> {
    let (rows, next) = LIST.page(tx, &grant.predicate(), asked)?;
    let rows: Vec<DutyRow> = rows.into_iter().map(DutyRow::from_row).collect::<store::Result<_>>()?;
    let known = Known::of(tx, grant.principal(), &rows)?;
    Ok(List { items: rows.iter().map(|row| known.view(tx, row)).collect::<Result<_>>()?, next })
}

/// A duty that the asker may see, or 404.
fn visible(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<DutyRow> {
    let grant = who.grant::<Read, entity::Duty>().map_err(|_| Error::not_found())?;
    let row = DutyRow::one(tx, &BY_ID, &[&id])?.ok_or_else(Error::not_found)?;
    grant.check(tx, &row)?;
    Ok(row)
}

/// That a duty is one of this customer which `who` may see, or 404.
pub fn of_customer(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: Uuid, id: Uuid) -> Result<Uuid> {
    let duty = visible(tx, who, id)?;
    if duty.customer_id == customer { Ok(duty.subject_id) } else { Err(Error::not_found()) }
}

pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Duty>, id: Uuid) -> Result<DutyDetail> {
    let row = visible(tx, grant.principal(), id)?;
    detail(tx, grant.principal(), &row)
}

fn detail(tx: &mut Tx<'_>, who: &Principal, row: &DutyRow) -> Result<DutyDetail> {
    let known = Known::of(tx, who, std::slice::from_ref(row))?;
    let missing = || Error::internal("a duty names a rule that its version does not have");
    let edition = known.edition(row).ok_or_else(missing)?;
    let entry = edition.entry(&row.rule).ok_or_else(missing)?;
    let clause = edition.policy.clause(&row.clause);
    Ok(DutyDetail {
        duty: known.view(tx, row)?,
        clause_title: clause.map(|clause| clause.title.clone()).unwrap_or_default(),
        clause_text: clause.map(|clause| clause.text.clone()).unwrap_or_default(),
        policy: entry.policy.clone(),
        policy_version: edition.number,
        history: history(tx, row)?,
        steps: steps(tx, row)?,
        evidence: evidence_of(tx, who, entry, row)?,
    })
}

fn history(tx: &mut Tx<'_>, row: &DutyRow) -> Result<Vec<HistoryItem>> {
    let opened = HistoryItem {
        kind: HistoryKind::Opened,
        at: row.opens_at,
        recorded_at: row.created_at,
        actor: None,
        reason: None,
        data: json!({}),
    };
    let mut items = vec![opened];
    for event in DutyEvent::all(tx, &HISTORY, &[&row.customer_id, &row.id])? {
        items.push(HistoryItem {
            kind: HistoryKind::Event(event.kind),
            at: event.at,
            recorded_at: event.recorded_at,
            actor: named(tx, event.actor_id)?,
            reason: event.reason,
            data: event.data,
        });
    }
    Ok(items)
}

fn steps(tx: &mut Tx<'_>, row: &DutyRow) -> Result<Vec<StepView>> {
    let mut steps = Vec::new();
    for breach in Breach::all(tx, &STEPS, &[&row.customer_id, &row.id])? {
        let told = breach.told.split(' ').filter_map(|id| id.parse().ok());
        let told = told.map(|id| named(tx, Some(id))).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        steps.push(StepView { key: breach.step, level: breach.level, at: breach.at, told });
    }
    Ok(steps)
}

/// The facts that counted, as judging the duty names them.
fn evidence_of(tx: &mut Tx<'_>, who: &Principal, entry: &Entry, row: &DutyRow) -> Result<Vec<EvidenceView>> {
    let duty = duty_of(row)?;
    let facts = evidence::of(tx, entry, &duty)?;
    let outcome = judge(&entry.rule, &duty, &facts, who.now, &book::load(tx)?.calendars)?;
    let mut by_id: HashMap<Uuid, Fact> = facts.into_iter().map(|fact| (fact.id, fact)).collect();
    let counted: Vec<Fact> = outcome.evidence.iter().filter_map(|id| by_id.remove(id)).collect();
    counted.into_iter().map(|fact| evidence_view(tx, fact)).collect()
}

fn evidence_view(tx: &mut Tx<'_>, fact: Fact) -> Result<EvidenceView> {
    Ok(EvidenceView {
        id: fact.id,
        kind: fact.kind,
        subject_id: fact.subject,
        at: fact.at,
        recorded_at: fact.recorded_at,
        actor: named(tx, fact.actor)?,
        attributes: fact.attributes,
    })
}

/// Releases somebody from a duty, with the reason. What has been met needs no release.
pub fn waive(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Duty>, id: Uuid, reason: &str) -> Result<DutyDetail> {
    let reason = checked_reason(reason)?;
    let held = held(tx, grant, id)?;
    if matches!(held.row.state, State::Met | State::Waived | State::Cancelled) {
        return Err(Error::conflict("duty.closed"));
    }
    let release = Release { at: grant.now(), by: Some(grant.user().uuid()), reason: reason.clone() };
    let duty = Duty { waived: Some(release), ..held.duty.clone() };
    decide(tx, grant.principal(), held, duty, (EventKind::Waived, Some(&reason)))
}

/// Stops a duty's clock, or takes time out of its period, with the reason; only where the rule allows it.
pub fn pause(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Duty>, id: Uuid, reason: &str) -> Result<DutyDetail> {
    let reason = checked_reason(reason)?;
    let held = held(tx, grant, id)?;
    if !held.entry.rule.pausable {
        return Err(Error::conflict("duty.not_pausable"));
    }
    if !held.row.state.is_open() || is_paused(&held.duty) {
        return Err(Error::conflict("duty.not_open"));
    }
    let mut duty = held.duty.clone();
    let by = Some(grant.user().uuid());
    duty.pauses.push(Halt { from: grant.now(), to: None, by, reason: reason.clone() });
    decide(tx, grant.principal(), held, duty, (EventKind::Paused, Some(&reason)))
}

/// Ends a person's pause.
pub fn resume(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Duty>, id: Uuid) -> Result<DutyDetail> {
    let held = held(tx, grant, id)?;
    if !is_paused(&held.duty) {
        return Err(Error::conflict("duty.not_paused"));
    }
    let mut duty = held.duty.clone();
    for halt in duty.pauses.iter_mut().filter(|halt| halt.to.is_none()) {
        // A clock that jumped back makes no pause of less than nothing.
        halt.to = Some(grant.now().max(halt.from));
    }
    decide(tx, grant.principal(), held, duty, (EventKind::Resumed, None))
}

fn is_paused(duty: &Duty) -> bool {
    duty.pauses.iter().any(|halt| halt.to.is_none())
}

/// Moves the proposed moment to act, with the reason; never the deadline, and never past it.
pub fn postpone(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Duty>,
    id: Uuid,
    (until, reason): (Timestamp, &str),
) -> Result<DutyDetail> {
    let reason = checked_reason(reason)?;
    let held = held(tx, grant, id)?;
    if held.row.state != State::Open {
        return Err(Error::conflict("duty.not_open"));
    }
    if until <= grant.now() || held.row.due_at.is_some_and(|due| until >= due) {
        return Err(Error::field_invalid("until", "out_of_range"));
    }
    let duty = Duty { postponed_until: Some(until), ..held.duty.clone() };
    decide(tx, grant.principal(), held, duty, (EventKind::Postponed, Some(&reason)))
}

/// A duty that the grant reaches, held until the transaction ends.
struct Held {
    row: DutyRow,
    entry: Arc<Entry>,
    duty: Duty,
}

/// Whoever may see a duty and not decide this about it is told so; to everybody else it does not exist.
fn held<A: Doing>(tx: &mut Tx<'_>, grant: &Grant<A, entity::Duty>, id: Uuid) -> Result<Held> {
    let found = visible(tx, grant.principal(), id)?;
    let row = DutyRow::locked(tx, found.customer_id, id)?.ok_or_else(Error::not_found)?;
    grant.check(tx, &row).map_err(|_: Error| Error::forbidden())?;
    let entry = book::load(tx)?.entry_of(tx, row.policy_version, &row.rule)?;
    let duty = duty_of(&row)?;
    Ok(Held { row, entry, duty })
}

fn decide(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    held: Held,
    duty: Duty,
    (kind, reason): (EventKind, Option<&str>),
) -> Result<DutyDetail> {
    let Held { row, entry, .. } = held;
    let data = match kind {
        EventKind::Postponed => json!({ "from": row.act_at, "until": duty.postponed_until }),
        _ => json!({}),
    };
    let mut pen = Pen::new(book::load(tx)?, who);
    let note = Note::of(kind, Some(who.user.uuid()), reason, data);
    let after = pen.settle(tx, &entry, &row, &duty, note)?;
    pen.finish(tx)?;
    let told = json!({ "clause": row.clause, "rule": row.rule, "state": { "from": row.state, "to": after.state }, "reason": reason,
        "postponed_until": duty.postponed_until });
    audit::record(tx, who, kind.word(), Entity::Duty, row.id, Some(row.customer_id), told)?;
    detail(tx, who, &after)
}
