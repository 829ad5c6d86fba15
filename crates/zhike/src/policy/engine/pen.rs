//! The one hand that writes duties. It judges, gives warnings and tells breaches, writes the row and its history, and
//! keeps the counts; [`Pen::finish`] ends it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use store::{Entity as _, ToValue, Tx};
use uuid::Uuid;

use super::tell::{self, News};
use crate::kernel::{Fact, Result};
use crate::platform::grant::Principal;
use crate::policy::book::{Book, Entry};
use crate::policy::codec::{decisions_of, duty_id, no_progress, plan_of, progress_of};
use crate::policy::definition::Recipient;
use crate::policy::evidence;
use crate::policy::model::{Breach, DutyEvent, DutyRow, EventKind, NOBODY, STEPS};
use crate::policy::rules::ladder::{DUE, TICK, next_check, passed};
use crate::policy::rules::{Duty, Outcome, State, Step, judge, ladder};
use crate::policy::tally::Tally;

/// A fact published while its duty was being planned has been stored for certain after this time.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);

store::statements! {
    OPEN = "insert into duty (id, customer_id, policy_version, clause, rule, subject_id, occurrence, owner_id, deputy_id,
        department_id, state, live, opens_at, act_at, due_at, due_on, next_check_at, provisional, progress, met_at, margin,
        closed_at, postponed_until, plan, decisions, version, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26, $27) on conflict (customer_id, id) do nothing";
    /// Only what judging changes, so that most indexes stay untouched.
    JUDGED = "update duty set state = $3, live = $4, act_at = $5, next_check_at = $6, progress = $7, met_at = $8,
        margin = $9, closed_at = $10, provisional = $11, version = version + 1 where customer_id = $1 and id = $2";
}

/// Why a duty is written, where it is not just for what the facts say.
#[derive(Clone, Debug, Default)]
pub struct Note {
    pub kind: Option<EventKind>,
    pub actor: Option<Uuid>,
    pub reason: Option<String>,
    pub data: Json,
}

impl Note {
    pub fn of(kind: EventKind, actor: Option<Uuid>, reason: Option<&str>, data: Json) -> Self {
        Self { kind: Some(kind), actor, reason: reason.map(str::to_owned), data }
    }
}

pub struct Pen {
    pub book: Arc<Book>,
    /// Whoever caused it; the system, where time did.
    pub who: Principal,
    pub now: Timestamp,
    tally: Tally,
    pub(super) news: News,
}

impl Pen {
    pub fn new(book: Arc<Book>, who: &Principal) -> Self {
        Self { book, who: who.clone(), now: who.now, tally: Tally::default(), news: News::default() }
    }

    /// Writes the counts and tells people; without it the transaction must not be committed.
    pub fn finish(self, tx: &mut Tx<'_>) -> Result<()> {
        self.news.spread(tx, &self.who)?;
        self.tally.write(tx)
    }

    /// Opens a duty and judges it by what is already known. Nothing, if it is there already.
    pub fn open(&mut self, tx: &mut Tx<'_>, entry: &Entry, duty: &Duty) -> Result<Option<DutyRow>> {
        let facts = evidence::of(tx, entry, duty)?;
        self.open_by(tx, entry, duty, &facts)
    }

    /// [`Pen::open`] by facts that the caller has read.
    pub fn open_by(&mut self, tx: &mut Tx<'_>, entry: &Entry, duty: &Duty, facts: &[Fact]) -> Result<Option<DutyRow>> {
        if facts.is_empty() && self.now < first_look(duty) {
            return self.open_untouched(tx, entry, duty);
        }
        let outcome = judge(&entry.rule, duty, facts, self.now, &self.book.calendars)?;
        // What was over before anybody could know of it was never owed.
        if outcome.state == State::Cancelled {
            return Ok(None);
        }
        let steps = self.steps(entry, duty, &outcome)?;
        // What started a clock may be followed by what stops it, in this very transaction; the next sweep tells the rest.
        let is_hasty = entry.is_clock() && steps.first().is_some_and(|step| step.at <= self.now);
        let next = if is_hasty { Some(self.now + TICK) } else { next_check(&outcome, &steps, &[], self.now) };
        let next = self.looked_at_again(tx, entry, duty, next);
        let row = self.row(entry, None, duty, &outcome, next)?;
        if !insert(tx, &row)? {
            return Ok(None);
        }
        self.tally.add(&row);
        if !is_hasty {
            self.give_steps(tx, entry, &row, (&outcome, &steps, &[]))?;
        }
        self.note(tx, None, &row, Note::default())?;
        Ok(Some(row))
    }

    /// Opens a duty for which nothing has happened and no warning is due: most of a period's. Costs no judging.
    pub fn open_untouched(&mut self, tx: &mut Tx<'_>, entry: &Entry, duty: &Duty) -> Result<Option<DutyRow>> {
        let outcome = untouched(duty);
        let next = Some(first_look(duty)).filter(|at| *at < Timestamp::MAX);
        let next = self.looked_at_again(tx, entry, duty, next);
        let mut row = self.row(entry, None, duty, &outcome, next)?;
        row.progress = no_progress(&duty.terms)?;
        if !insert(tx, &row)? {
            return Ok(None);
        }
        self.tally.add(&row);
        Ok(Some(row))
    }

    /// When a new duty is looked at next. Of two transactions side by side, one that opens a period's duty and one that
    /// publishes a fact for it, neither sees what the other writes; once both are stored the duty is judged again.
    /// SQLite has one writer.
    fn looked_at_again(&self, tx: &Tx<'_>, entry: &Entry, duty: &Duty, next: Option<Timestamp>) -> Option<Timestamp> {
        let may_cross = tx.is_postgres() && !entry.is_clock() && duty.terms.counts_from <= self.now;
        next.into_iter().chain(may_cross.then(|| self.now + OVERLAP)).min()
    }

    /// Judges a duty anew by everything known and writes what changed.
    pub fn settle(
        &mut self,
        tx: &mut Tx<'_>,
        entry: &Entry,
        old: &DutyRow,
        duty: &Duty,
        note: Note,
    ) -> Result<DutyRow> {
        let facts = evidence::of(tx, entry, duty)?;
        self.settle_by(tx, entry, old, duty, (&facts, note))
    }

    /// [`Pen::settle`] by facts that the caller has read.
    pub fn settle_by(
        &mut self,
        tx: &mut Tx<'_>,
        entry: &Entry,
        old: &DutyRow,
        duty: &Duty,
        (facts, note): (&[Fact], Note),
    ) -> Result<DutyRow> {
        let as_of = self.as_of(old);
        let outcome = judge(&entry.rule, duty, facts, as_of, &self.book.calendars)?;
        let steps = self.steps(entry, duty, &outcome)?;
        let taken = self.taken(tx, old, &steps)?;
        let next = next_check(&outcome, &steps, &taken, self.now);
        let row = self.row(entry, Some(old), duty, &outcome, next)?;
        if row != *old {
            self.tally.remove(old);
            write(tx, old, &row)?;
            self.tally.add(&row);
        }
        self.give_steps(tx, entry, &row, (&outcome, &steps, &taken))?;
        self.note(tx, Some(old), &row, note)?;
        Ok(DutyRow { version: if row == *old { old.version } else { old.version + 1 }, ..row })
    }

    /// What was missed stays missed when a clock jumps back.
    fn as_of(&self, old: &DutyRow) -> Timestamp {
        match (old.state, old.due_at) {
            (State::Missed, Some(due)) => self.now.max(due + TICK),
            _ => self.now,
        }
    }

    /// Warnings, the due instant, and the rungs above it; of the latter two only those that really came.
    fn steps(&self, entry: &Entry, duty: &Duty, outcome: &Outcome) -> Result<Vec<Step>> {
        let mut steps = ladder(&entry.rule, duty, outcome, &self.book.calendars)?;
        if let Some(at) = outcome.due_at.filter(|due| outcome.closed_at.is_none_or(|closed| *due < closed)) {
            let due = Step { key: DUE.to_owned(), at, level: 0, to: Recipient::Owner };
            let place = steps.partition_point(|step| step.at < at);
            steps.insert(place, due);
        }
        Ok(steps)
    }

    fn taken(&self, tx: &mut Tx<'_>, old: &DutyRow, steps: &[Step]) -> Result<Vec<String>> {
        if steps.first().is_none_or(|step| step.at > self.now) {
            return Ok(Vec::new());
        }
        let taken = Breach::all(tx, &STEPS, &[&old.customer_id, &old.id])?;
        Ok(taken.into_iter().map(|breach| breach.step).collect())
    }

    fn give_steps(
        &mut self,
        tx: &mut Tx<'_>,
        entry: &Entry,
        row: &DutyRow,
        (outcome, steps, taken): (&Outcome, &[Step], &[String]),
    ) -> Result<()> {
        for step in passed(outcome, steps, taken, self.now) {
            tell::give(tx, self, entry, row, step)?;
        }
        Ok(())
    }

    fn row(
        &self,
        entry: &Entry,
        old: Option<&DutyRow>,
        duty: &Duty,
        outcome: &Outcome,
        next_check_at: Option<Timestamp>,
    ) -> Result<DutyRow> {
        let terms = &duty.terms;
        let runs_out = outcome.state == State::Missed && entry.is_clock() && outcome.closed_at.is_none();
        let day = |due: Timestamp| self.book.calendars.company().date_of(due.checked_sub(TICK).unwrap_or(due));
        Ok(DutyRow {
            id: old.map_or_else(|| duty_id(&entry.policy, &duty.key), |old| old.id),
            customer_id: terms.customer.unwrap_or(NOBODY),
            policy_version: entry.version,
            clause: entry.clause.clone(),
            rule: duty.key.rule.clone(),
            subject_id: duty.key.subject,
            occurrence: duty.key.occurrence.clone(),
            owner_id: terms.owner,
            deputy_id: terms.deputy,
            department_id: terms.department,
            state: outcome.state,
            live: outcome.state.is_open() || runs_out,
            opens_at: terms.opens_at,
            act_at: if runs_out { outcome.due_at } else { outcome.act_at },
            due_at: outcome.due_at,
            due_on: outcome.due_at.map(day),
            next_check_at,
            provisional: outcome.provisional,
            progress: progress_of(outcome)?,
            met_at: outcome.met_at,
            margin: outcome.margin_seconds,
            closed_at: outcome.closed_at,
            postponed_until: duty.postponed_until,
            plan: plan_of(terms)?,
            decisions: decisions_of(duty)?,
            version: old.map_or(1, |old| old.version),
            created_at: old.map_or(self.now, |old| old.created_at),
        })
    }

    /// Adds to the history: what was decided, and how the outcome changed.
    fn note(&self, tx: &mut Tx<'_>, old: Option<&DutyRow>, row: &DutyRow, note: Note) -> Result<()> {
        let decided = note.kind;
        if let Some(kind) = decided {
            self.event(tx, row, (kind, self.now), note)?;
        }
        let from = old.map_or(State::Open, |old| old.state);
        let Some((kind, at)) = outcome_event(from, row, self.now) else { return Ok(()) };
        // A decision and what it means for the state are one entry.
        let implied =
            matches!(kind, EventKind::Paused | EventKind::Resumed | EventKind::Revived | EventKind::Corrected);
        if decided == Some(kind) || (decided.is_some() && implied) {
            return Ok(());
        }
        let data = if kind == EventKind::Corrected { json!({ "from": from, "to": row.state }) } else { json!({}) };
        self.event(tx, row, (kind, at), Note { data, ..Note::default() })
    }

    fn event(&self, tx: &mut Tx<'_>, row: &DutyRow, (kind, at): (EventKind, Timestamp), note: Note) -> Result<()> {
        let event = DutyEvent {
            id: Uuid::now_v7(),
            customer_id: row.customer_id,
            duty_id: row.id,
            kind,
            at,
            recorded_at: self.now,
            actor_id: note.actor,
            reason: note.reason,
            data: if note.data.is_null() { json!({}) } else { note.data },
        };
        Ok(event.insert(tx)?)
    }
}

/// When something can happen first to a duty that nobody touches: its first warning, or its end.
fn first_look(duty: &Duty) -> Timestamp {
    let warnings = duty.terms.warnings.iter().map(|warning| warning.at);
    warnings.chain(duty.terms.due_at).min().unwrap_or(Timestamp::MAX)
}

/// The outcome of a duty without facts before its first warning.
fn untouched(duty: &Duty) -> Outcome {
    Outcome {
        state: State::Open,
        due_at: duty.terms.due_at,
        provisional: duty.terms.provisional,
        met_at: None,
        closed_at: None,
        margin_seconds: None,
        elapsed_seconds: None,
        progress: Vec::new(),
        measured: None,
        evidence: Vec::new(),
        warnings: Vec::new(),
        act_at: duty.terms.act_at,
        next_check_at: None,
    }
}

/// What a change of state is called in the history, and when it happened.
fn outcome_event(from: State, row: &DutyRow, now: Timestamp) -> Option<(EventKind, Timestamp)> {
    if from == row.state {
        return None;
    }
    let decided = !from.is_open();
    Some(match row.state {
        State::Open if from == State::Paused => (EventKind::Resumed, now),
        State::Open if from == State::Cancelled => (EventKind::Revived, now),
        State::Paused if from == State::Open => (EventKind::Paused, now),
        State::Late if from == State::Missed => (EventKind::Late, row.met_at.unwrap_or(now)),
        State::Cancelled => (EventKind::Cancelled, row.closed_at.unwrap_or(now)),
        State::Waived => (EventKind::Waived, row.closed_at.unwrap_or(now)),
        _ if decided => (EventKind::Corrected, now),
        State::Met => (EventKind::Met, row.met_at.unwrap_or(now)),
        State::Late => (EventKind::Late, row.met_at.unwrap_or(now)),
        State::Missed => (EventKind::Missed, row.due_at.unwrap_or(now)),
        State::Open | State::Paused => (EventKind::Corrected, now),
    })
}

fn insert(tx: &mut Tx<'_>, row: &DutyRow) -> Result<bool> {
    let values = row.values();
    let values: Vec<&dyn ToValue> = values.iter().map(|value| value as &dyn ToValue).collect();
    Ok(tx.execute(&OPEN, &values)? == 1)
}

/// Writes a row that is held.
fn write(tx: &mut Tx<'_>, old: &DutyRow, new: &DutyRow) -> Result<()> {
    let judged = DutyRow {
        state: new.state,
        live: new.live,
        act_at: new.act_at,
        next_check_at: new.next_check_at,
        progress: new.progress.clone(),
        met_at: new.met_at,
        margin: new.margin,
        closed_at: new.closed_at,
        provisional: new.provisional,
        ..old.clone()
    };
    if judged != *new {
        return Ok(new.update(tx)?);
    }
    let DutyRow { customer_id, id, state, live, act_at, next_check_at, .. } = new;
    let DutyRow { progress, met_at, margin, closed_at, provisional, .. } = new;
    let values: [&dyn ToValue; 11] =
        [customer_id, id, state, live, act_at, next_check_at, progress, met_at, margin, closed_at, provisional];
    tx.execute(&JUDGED, &values)?;
    Ok(())
}
