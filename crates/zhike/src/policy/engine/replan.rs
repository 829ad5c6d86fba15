//! Planning anew: what a customer owes is compared with what it should owe by now. Open duties follow and keep their
//! earlier terms in the history; what is decided stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::cast::Cast;
use super::follow;
use super::pen::{Note, Pen};
use crate::customers::service as customers;
use crate::kernel::Result;
use crate::policy::book::{AHEAD, Entry};
use crate::policy::codec::{duty_id, duty_of};
use crate::policy::evidence;
use crate::policy::model::{DutyRow, EventKind, NOBODY};
use crate::policy::rules::{Change, Duty, State, plan_period, replan};

store::statements! {
    /// What may still change: open clocks, and whatever lies in a period that has not ended.
    pub(super) STANDING = select DutyRow where "customer_id = $1 and (live or due_at > $2) order by id";
    /// The same page by page, for what is of no customer.
    PAGE = select DutyRow where "customer_id = $1 and (live or due_at > $2) and id > $3 order by id limit $4";
    PAGE_OF_OWNER = select DutyRow where "customer_id = $1 and (live or due_at > $2) and id > $3 and owner_id = $5
        order by id limit $4";
    HOLD = postgres "select id from duty where customer_id = $1 and (live or due_at > $2) order by id for update";
}

/// Plans one customer anew.
pub fn customer(tx: &mut Tx<'_>, pen: &mut Pen, id: Uuid) -> Result<()> {
    let found = customers::snapshot(tx, &[id])?.pop();
    let today = pen.book.calendars.company().date_of(pen.now);
    let mut cast = Cast::of_one(tx, &pen.who, id, today)?;
    one(tx, pen, &mut cast, id, found.as_ref())
}

/// Judges anew what may still change of a customer.
pub fn judge(tx: &mut Tx<'_>, pen: &mut Pen, id: Uuid) -> Result<()> {
    for row in standing(tx, pen, id)?.values() {
        follow::settle(tx, pen, row)?;
    }
    Ok(())
}

/// Plans a page of customers anew.
pub fn page(tx: &mut Tx<'_>, pen: &mut Pen, page: &[customers::Subject]) -> Result<()> {
    let today = pen.book.calendars.company().date_of(pen.now);
    let mut cast = Cast::of_page(tx, &pen.who, page, today)?;
    for customer in page {
        one(tx, pen, &mut cast, customer.id, Some(customer))?;
    }
    Ok(())
}

/// The duties of one policy: what stands, and what is wanted.
#[derive(Default)]
struct Plan {
    standing: Vec<(Duty, State)>,
    wanted: Vec<(Arc<Entry>, Duty)>,
}

fn one(tx: &mut Tx<'_>, pen: &mut Pen, cast: &mut Cast, id: Uuid, customer: Option<&customers::Subject>) -> Result<()> {
    let rows = standing(tx, pen, id)?;
    let wanted = wanted(tx, pen, cast, customer, rows.values())?;
    compared(tx, pen, &rows, wanted)
}

/// Plans duties of no customer anew: the page after this id, of everybody or of one owner. Answers the last id of a full
/// page.
pub fn of_nobody(
    tx: &mut Tx<'_>,
    pen: &mut Pen,
    owner: Option<Uuid>,
    after: Option<Uuid>,
    most: usize,
) -> Result<Option<Uuid>> {
    let (after, limit) = (after.unwrap_or_default(), most as i64);
    let found = match owner {
        None => DutyRow::all(tx, &PAGE, &[&NOBODY, &pen.now, &after, &limit])?,
        Some(owner) => DutyRow::all(tx, &PAGE_OF_OWNER, &[&NOBODY, &pen.now, &after, &limit, &owner])?,
    };
    let last = found.last().map(|row| row.id).filter(|_| found.len() == most);
    let mut rows = BTreeMap::new();
    for row in found {
        if let Some(row) = DutyRow::locked(tx, NOBODY, row.id)? {
            rows.insert(row.id, caught_up(tx, pen, row)?);
        }
    }
    let today = pen.book.calendars.company().date_of(pen.now);
    let mut cast = Cast::new(&pen.who, today);
    let mut wanted = Vec::new();
    for row in rows.values() {
        wanted.extend(clock(tx, pen, &mut cast, None, row)?);
    }
    compared(tx, pen, &rows, wanted)?;
    Ok(last)
}

/// Writes what the comparison of these duties with what is wanted asks for.
fn compared(
    tx: &mut Tx<'_>,
    pen: &mut Pen,
    rows: &BTreeMap<Uuid, DutyRow>,
    wanted: Vec<(Arc<Entry>, Duty)>,
) -> Result<()> {
    let mut plans: BTreeMap<String, Plan> = BTreeMap::new();
    for row in rows.values() {
        let entry = Arc::clone(&pen.book).entry_of(tx, row.policy_version, &row.rule)?;
        plans.entry(entry.policy.clone()).or_default().standing.push((duty_of(row)?, row.state));
    }
    for (entry, duty) in wanted {
        plans.entry(entry.policy.clone()).or_default().wanted.push((entry, duty));
    }
    for (policy, plan) in plans {
        follow_up(tx, pen, &policy, plan, rows)?;
    }
    Ok(())
}

/// The customer's duties that may still change, each as it stands at this moment.
fn standing(tx: &mut Tx<'_>, pen: &mut Pen, customer: Uuid) -> Result<BTreeMap<Uuid, DutyRow>> {
    if tx.is_postgres() {
        tx.query(&HOLD, &[&customer, &pen.now])?;
    }
    let mut rows = BTreeMap::new();
    for row in DutyRow::all(tx, &STANDING, &[&customer, &pen.now])? {
        rows.insert(row.id, caught_up(tx, pen, row)?);
    }
    Ok(rows)
}

/// What time has decided is decided before anything is planned.
fn caught_up(tx: &mut Tx<'_>, pen: &mut Pen, row: DutyRow) -> Result<DutyRow> {
    let is_behind = row.next_check_at.is_some_and(|at| at <= pen.now);
    if is_behind { follow::settle(tx, pen, &row) } else { Ok(row) }
}

/// What the customer should owe: of every rule the periods that run or are about to, and its running clocks. One that
/// was removed owes nothing but what survives it.
pub(super) fn wanted<'a>(
    tx: &mut Tx<'_>,
    pen: &Pen,
    cast: &mut Cast,
    customer: Option<&customers::Subject>,
    rows: impl Iterator<Item = &'a DutyRow>,
) -> Result<Vec<(Arc<Entry>, Duty)>> {
    let book = Arc::clone(&pen.book);
    let mut wanted = Vec::new();
    let Some(customer) = customer else { return Ok(wanted) };
    let today = book.calendars.company().date_of(pen.now);
    for (index, entry) in book.entries.iter().enumerate().filter(|(_, entry)| !entry.is_clock()) {
        if customer.removed || !entry.rule.is_of_customers() {
            continue;
        }
        for frame in book.frames(index, today)?.iter() {
            let window = frame.window();
            if window.closes_at <= pen.now || window.opens_at > pen.now + AHEAD {
                continue;
            }
            let subject = cast.subject(tx, entry, customer, Some(window))?;
            wanted.extend(plan_period(&entry.rule, frame, &subject)?.map(|duty| (Arc::clone(entry), duty)));
        }
    }
    for row in rows {
        wanted.extend(clock(tx, pen, cast, Some(customer), row)?);
    }
    Ok(wanted)
}

/// A running clock as the rule in force asks for it, unless it no longer does.
fn clock(
    tx: &mut Tx<'_>,
    pen: &Pen,
    cast: &mut Cast,
    customer: Option<&customers::Subject>,
    row: &DutyRow,
) -> Result<Option<(Arc<Entry>, Duty)>> {
    let is_its_rule = |entry: &&Arc<Entry>| entry.is_clock() && entry.rule.key == row.rule;
    let Some(entry) = pen.book.entries.iter().find(is_its_rule) else { return Ok(None) };
    if customer.is_some_and(|customer| customer.removed) && !entry.rule.survives_removal {
        return Ok(None);
    }
    let facts = evidence::about(tx, row.subject_id)?;
    let clocks = follow::wanted(tx, pen, cast, entry, (&facts, customer))?;
    let is_wanted = |duty: &Duty| duty.key.occurrence == row.occurrence && duty.cancelled.is_none();
    let mut found = clocks.into_iter().find(is_wanted);
    if let Some(duty) = found.as_mut().filter(|_| !entry.rule.is_of_customers()) {
        // It stays where it stands: a merge moves it.
        duty.terms.customer = Some(row.customer_id).filter(|customer| *customer != NOBODY);
    }
    Ok(found.map(|duty| (Arc::clone(entry), duty)))
}

/// Writes what the comparison of one policy's duties asks for.
fn follow_up(tx: &mut Tx<'_>, pen: &mut Pen, policy: &str, plan: Plan, rows: &BTreeMap<Uuid, DutyRow>) -> Result<()> {
    let entries: BTreeMap<Uuid, Arc<Entry>> =
        plan.wanted.iter().map(|(entry, duty)| (duty_id(policy, &duty.key), Arc::clone(entry))).collect();
    let wanted = plan.wanted.into_iter().map(|(_, duty)| duty).collect();
    let changes = replan(&plan.standing, wanted, pen.now);
    let mut touched = Vec::new();
    for change in changes {
        let id = duty_id(policy, &change.duty().key);
        touched.push(id);
        apply(tx, pen, &change, entries.get(&id), rows.get(&id))?;
    }
    // The terms may be the same and the rule another all the same: what counts, the ladder.
    let kept = entries.iter().filter(|(id, _)| !touched.contains(id));
    for (id, entry) in kept {
        let Some(row) = rows.get(id).filter(|row| row.live && row.policy_version != entry.version) else { continue };
        pen.settle(tx, entry, row, &duty_of(row)?, Note::default())?;
    }
    Ok(())
}

fn apply(
    tx: &mut Tx<'_>,
    pen: &mut Pen,
    change: &Change,
    entry: Option<&Arc<Entry>>,
    row: Option<&DutyRow>,
) -> Result<()> {
    let duty = change.duty();
    let (Some(row), false) = (row, matches!(change, Change::Open(_))) else {
        let Some(entry) = entry else { return Ok(()) };
        return pen.open(tx, entry, duty).map(drop);
    };
    let entry = match entry {
        Some(entry) => Arc::clone(entry),
        None => Arc::clone(&pen.book).entry_of(tx, row.policy_version, &row.rule)?,
    };
    let actor = Some(pen.who.user.uuid()).filter(|user| !user.is_nil());
    let before = duty.history.last().map(|amendment| &amendment.before);
    let note = match change {
        Change::Cancel(duty) => {
            let reason = duty.cancelled.as_ref().map(|release| release.reason.as_str());
            Note::of(EventKind::Cancelled, actor, reason, json!({}))
        }
        Change::Revive(_) => Note::of(EventKind::Revived, actor, None, json!({ "before": before })),
        Change::Amend(_) | Change::Open(_) => Note::of(EventKind::Replanned, actor, None, json!({ "before": before })),
    };
    pen.settle(tx, &entry, row, duty, note).map(drop)
}
