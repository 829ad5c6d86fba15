//! What follows from a fact, in the transaction that published it: the duties that count it are judged, clocks start and
//! stop, and what a changed customer owes is planned anew.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use store::Tx;
use store::jobs::{NewJob, enqueue};
use uuid::Uuid;

use super::cast::{self, Cast};
use super::jobs::{REPLAN, Scope};
use super::pen::{Note, Pen};
use super::replan;
use crate::customers;
use crate::kernel::{Fact, Result};
use crate::people::ABSENCE_CHANGED;
use crate::platform::grant::Principal;
use crate::platform::outbox::Subscription;
use crate::platform::settings::CALENDAR_CHANGED;
use crate::policy::book::{self, Entry};
use crate::policy::codec::{duty_id, duty_of};
use crate::policy::definition::{CUSTOMER, Shape};
use crate::policy::evidence;
use crate::policy::model::{DutyRow, EventKind, NOBODY};
use crate::policy::rules::facts::{CASE, CONTACT_WITHDRAWN, VOCABULARY};
use crate::policy::rules::replan::no_longer_owed;
use crate::policy::rules::{Duty, DutyKey, Terms, plan_told, plan_within};

/// What this room wants to hear of.
pub fn subscriptions() -> Vec<Subscription> {
    use customers::facts::{CREATED, GRADED, IMPORTED, MERGED, OWNER_CHANGED, REMOVED, RESTORED, UNMERGED};
    vec![
        (&VOCABULARY, on_fact),
        (&CASE, on_fact),
        (&[CREATED, GRADED, OWNER_CHANGED, REMOVED, RESTORED], on_customer),
        (&[MERGED, UNMERGED], on_merge),
        (&[IMPORTED], on_import),
        (&[ABSENCE_CHANGED], on_absence),
        (&[CALENDAR_CHANGED], on_calendar),
    ]
}

/// Something that rules count.
fn on_fact(tx: &mut Tx<'_>, who: &Principal, fact: &Fact) -> Result<()> {
    let book = book::load(tx)?;
    let mut pen = Pen::new(Arc::clone(&book), who);
    let mut withdrawn = None;
    let mut known = None;
    for (index, entry) in book.entries.iter().enumerate().filter(|(_, entry)| entry.kinds.contains(&fact.kind)) {
        if entry.is_clock() {
            let mut read = match known.take() {
                Some(read) => read,
                None => Known::by(tx, &pen, fact)?,
            };
            clocks(tx, &mut pen, entry, fact, &mut read)?;
            known = Some(read);
            continue;
        }
        let instants = match &withdrawn {
            Some(instants) => Vec::clone(instants),
            None if fact.kind == CONTACT_WITHDRAWN => evidence::withdrawn_instants(tx, fact.subject)?,
            None => vec![fact.at],
        };
        for at in &instants {
            periods(tx, &mut pen, (index, entry), fact, *at)?;
        }
        withdrawn = Some(instants);
    }
    pen.finish(tx)
}

/// The duties of a rule whose period the instant lies in.
fn periods(tx: &mut Tx<'_>, pen: &mut Pen, (index, entry): (usize, &Entry), fact: &Fact, at: Timestamp) -> Result<()> {
    let book = Arc::clone(&pen.book);
    let subject = subject_of(entry, fact);
    let frames = book.frames(index, book.calendars.company().date_of(at))?;
    for window in
        frames.iter().map(|frame| frame.window()).filter(|window| window.opens_at <= at && at < window.closes_at)
    {
        let key = DutyKey { rule: entry.rule.key.clone(), subject, occurrence: window.key.clone() };
        let id = duty_id(&entry.policy, &key);
        let Some(row) = DutyRow::locked(tx, fact.customer.unwrap_or(NOBODY), id)? else { continue };
        settle(tx, pen, &row)?;
    }
    Ok(())
}

/// Who owes, seen from a fact: its customer, or what it is about.
fn subject_of(entry: &Entry, fact: &Fact) -> Uuid {
    match entry.rule.subject.as_str() {
        CUSTOMER => fact.customer.unwrap_or(fact.subject),
        _ => fact.subject,
    }
}

/// Judges a duty that is held by the rule of its own version.
pub(super) fn settle(tx: &mut Tx<'_>, pen: &mut Pen, row: &DutyRow) -> Result<DutyRow> {
    let entry = Arc::clone(&pen.book).entry_of(tx, row.policy_version, &row.rule)?;
    let duty = duty_of(row)?;
    pen.settle(tx, &entry, row, &duty, Note::default())
}

/// The clocks of a rule about the subject of a fact: new ones open, the others are judged.
fn clocks(tx: &mut Tx<'_>, pen: &mut Pen, entry: &Entry, fact: &Fact, known: &mut Known) -> Result<()> {
    let facts = &known.facts;
    let wanted = wanted(tx, pen, &mut known.cast, entry, (facts, known.customer.as_ref()))?;
    let customer = fact.customer.unwrap_or(NOBODY);
    // A clock that facts have made void is no longer wanted, and must hear of it.
    let last = if repeats(entry) { wanted.len() + 1 } else { 1 };
    for number in 1..=last {
        let occurrence = number.to_string();
        let duty = wanted.iter().find(|duty| duty.key.occurrence == occurrence);
        let key = DutyKey { rule: entry.rule.key.clone(), subject: fact.subject, occurrence };
        match (DutyRow::locked_anywhere(tx, customer, duty_id(&entry.policy, &key))?, duty) {
            (Some(row), _) => {
                let row = row.given(tx, customer)?;
                restarted(tx, pen, &row, duty, facts)?;
            }
            (None, Some(duty)) => drop(pen.open_by(tx, entry, duty, facts)?),
            (None, None) => {}
        }
    }
    Ok(())
}

/// What all clocks about the subject of a fact are planned and judged by, read once.
struct Known {
    facts: Vec<Fact>,
    customer: Option<customers::service::Subject>,
    cast: Cast,
}

impl Known {
    fn by(tx: &mut Tx<'_>, pen: &Pen, fact: &Fact) -> Result<Self> {
        let facts = evidence::about(tx, fact.subject)?;
        let customer = match fact.customer {
            Some(customer) => customers::service::snapshot(tx, &[customer])?.pop(),
            None => None,
        };
        let today = pen.book.calendars.company().date_of(pen.now);
        Ok(Self { facts, customer, cast: Cast::new(&pen.who, today) })
    }
}

/// The clocks that a rule asks for about one subject, by all facts about it and its customer, if it has one.
pub(super) fn wanted(
    tx: &mut Tx<'_>,
    pen: &Pen,
    cast: &mut Cast,
    entry: &Entry,
    (facts, customer): (&[Fact], Option<&customers::service::Subject>),
) -> Result<Vec<Duty>> {
    let about = customer.map(|customer| cast.subject(tx, entry, customer, None)).transpose()?;
    let (rule, calendars) = (&entry.rule, &pen.book.calendars);
    if rule.is_of_customers() {
        let mut clocks = plan_within(rule, facts, about.as_ref(), calendars)?;
        for duty in clocks.iter_mut().filter(|duty| duty.terms.customer.is_none()) {
            // What is owed about no customer is of the department of whoever owes it: its head sees it, and owes it perhaps.
            duty.terms.department = cast::department_of(tx, duty.terms.owner)?;
        }
        return Ok(clocks);
    }
    if customer.is_some_and(|customer| customer.removed) && !rule.survives_removal {
        return Ok(Vec::new());
    }
    let mut clocks = plan_told(rule, facts, about.as_ref(), calendars)?;
    // A rule binds what begins under it: on its first day nobody is told of all that would have been due before.
    clocks.retain(|duty| duty.terms.opens_at >= entry.since);
    for duty in &mut clocks {
        cast.complete(tx, rule.owner, &mut duty.terms)?;
    }
    Ok(clocks)
}

fn repeats(entry: &Entry) -> bool {
    matches!(&entry.rule.shape, Shape::Within(within) if within.cycles)
}

/// A clock after a new fact: an earlier start or another owner moves it, a change of what it is about ends it or brings
/// it back, everything else is judging.
fn restarted(tx: &mut Tx<'_>, pen: &mut Pen, row: &DutyRow, wanted: Option<&Duty>, facts: &[Fact]) -> Result<DutyRow> {
    let entry = Arc::clone(&pen.book).entry_of(tx, row.policy_version, &row.rule)?;
    let mut duty = duty_of(row)?;
    let was_cancelled = duty.cancelled.is_some();
    if !entry.rule.is_of_customers() && !is_decided_by_people(&duty) {
        duty.cancelled = match wanted {
            Some(wanted) => wanted.cancelled.clone(),
            None if row.state.is_open() => Some(no_longer_owed(pen.now)),
            None => duty.cancelled,
        };
    }
    let is_back = was_cancelled && duty.cancelled.is_none();
    // It stays where it stands: a merge moves it.
    let wanted = wanted.map(|wanted| Terms { customer: duty.terms.customer, ..wanted.terms.clone() });
    let moved = wanted.filter(|wanted| (row.live || is_back) && *wanted != duty.terms);
    let note = match moved {
        Some(wanted) => {
            let before = std::mem::replace(&mut duty.terms, wanted);
            let kind = match (before.due_at, duty.terms.due_at) {
                (Some(_), None) => EventKind::Paused,
                (None, Some(_)) => EventKind::Resumed,
                _ => EventKind::Replanned,
            };
            Note::of(kind, None, None, json!({ "before": before }))
        }
        None => Note::default(),
    };
    pen.settle_by(tx, &entry, row, &duty, (facts, note))
}

fn is_decided_by_people(duty: &Duty) -> bool {
    duty.cancelled.as_ref().is_some_and(|release| release.by.is_some())
}

/// A customer is new, graded anew, handed over, removed or brought back.
fn on_customer(tx: &mut Tx<'_>, who: &Principal, fact: &Fact) -> Result<()> {
    let customer = fact.customer.unwrap_or(fact.subject);
    if fact.kind == customers::facts::GRADED {
        cast::graded(tx, customer, fact.at)?;
    }
    let book = book::load(tx)?;
    if book.is_empty() {
        return Ok(());
    }
    super::pass_gate(tx)?;
    let mut pen = Pen::new(book, who);
    replan::customer(tx, &mut pen, customer)?;
    pen.finish(tx)
}

/// Two customers have become one, or two again. What was owed to one for a period is owed to the one that stays by its
/// own duty; running clocks go on; and every duty that can still change is judged by the facts that are now its own.
fn on_merge(tx: &mut Tx<'_>, who: &Principal, fact: &Fact) -> Result<()> {
    let book = book::load(tx)?;
    if book.is_empty() {
        return Ok(());
    }
    super::pass_gate(tx)?;
    let mut pen = Pen::new(book, who);
    for customer in fact.customer.into_iter().chain([fact.subject]) {
        replan::customer(tx, &mut pen, customer)?;
        replan::judge(tx, &mut pen, customer)?;
    }
    pen.finish(tx)
}

/// An import's customers are younger than the import, and ids sort by age.
fn on_import(tx: &mut Tx<'_>, who: &Principal, fact: &Fact) -> Result<()> {
    later(tx, who, &Scope::After(fact.subject))
}

fn on_absence(tx: &mut Tx<'_>, who: &Principal, fact: &Fact) -> Result<()> {
    later(tx, who, &Scope::Owner(fact.subject))
}

fn on_calendar(tx: &mut Tx<'_>, who: &Principal, _: &Fact) -> Result<()> {
    later(tx, who, &Scope::All)
}

/// Plans many customers anew, in a job.
pub fn later(tx: &mut Tx<'_>, who: &Principal, scope: &Scope) -> Result<()> {
    if book::load(tx)?.is_empty() {
        return Ok(());
    }
    let payload = json!({ "scope": scope });
    enqueue(tx, NewJob { kind: REPLAN, once_key: None, asked_by: None, payload, run_at: who.now })?;
    Ok(())
}
