//! The clocks of records that are no customers, for their rooms' pages.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::Known;
use crate::kernel::Result;
use crate::policy::book;
use crate::policy::definition::Text;
use crate::policy::model::DutyRow;
use crate::policy::rules::calendars::NATURAL;
use crate::policy::rules::{Calendars, State};

/// The engine is never further behind than this in telling that a deadline has passed.
const BEHIND: SignedDuration = SignedDuration::from_hours(24);
/// Clocks of one record that are shown.
const SHOWN_MOST: i64 = 100;

store::statements! {
    LIVE = select DutyRow where "subject_id in among($1) and subject_id <> customer_id and live";
    ABOUT = select DutyRow where "subject_id = $1 and subject_id <> customer_id order by opens_at, id limit $2";
    /// What is live has its deadline ahead of it, or just passed …
    RUNNING = "select subject_id from duty where due_at > $1 and due_at <= $2 and live and subject_id <> customer_id
        order by due_at, id limit $3";
    /// … or is a clock that ran out, there until it is stopped; a small index has those.
    RAN_OUT = "select subject_id from duty where live and state = 'missed' and subject_id <> customer_id limit $1";
}

/// What is owed about a record, and by when.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Clock {
    pub duty_id: Uuid,
    #[schema(example = "R3-4.1")]
    pub clause: String,
    pub rule: String,
    pub name: Text,
    #[schema(value_type = String, example = "open")]
    pub state: State,
    /// Whether something is still to be done.
    pub live: bool,
    /// It counts working hours only.
    pub working: bool,
    /// Missing while it is paused.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Time left as the clock counts it; negative: over. Missing when it is paused or nothing is to be done any more.
    pub left_seconds: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub met_at: Option<Timestamp>,
    /// Time that was left when it was met, as the clock counts it; negative: over.
    pub margin_seconds: Option<i64>,
}

impl Clock {
    /// What runs out first comes first, what is paused after it, what is decided last.
    fn urgency(&self) -> (bool, Timestamp) {
        (!self.live, self.due_at.unwrap_or(Timestamp::MAX))
    }
}

/// The next clock of each of these records: the one that runs out first. What is paused comes last.
pub fn next_clocks(tx: &mut Tx<'_>, subjects: &[Uuid], now: Timestamp) -> Result<HashMap<Uuid, Clock>> {
    let mut next: HashMap<Uuid, Clock> = HashMap::new();
    if subjects.is_empty() {
        return Ok(next);
    }
    let rows = DutyRow::all(tx, &LIVE, &[&Ids(subjects)])?;
    let clocks = clocks(tx, &rows, now)?;
    for (row, clock) in rows.iter().zip(clocks) {
        match next.get(&row.subject_id) {
            Some(before) if before.urgency() <= clock.urgency() => {}
            _ => drop(next.insert(row.subject_id, clock)),
        }
    }
    Ok(next)
}

/// All clocks of a record, the most urgent first, then those that are decided.
pub fn clocks_of(tx: &mut Tx<'_>, subject: Uuid, now: Timestamp) -> Result<Vec<Clock>> {
    let rows = DutyRow::all(tx, &ABOUT, &[&subject, &SHOWN_MOST])?;
    let mut clocks = clocks(tx, &rows, now)?;
    clocks.sort_by_key(Clock::urgency);
    Ok(clocks)
}

fn clocks(tx: &mut Tx<'_>, rows: &[DutyRow], now: Timestamp) -> Result<Vec<Clock>> {
    let known = Known::of_rules(tx, rows)?;
    let book = book::load(tx)?;
    Ok(rows.iter().map(|row| clock(&known, &book.calendars, row, now)).collect())
}

fn clock(known: &Known, calendars: &Calendars, row: &DutyRow, now: Timestamp) -> Clock {
    let rule = known.entry(row).map(|entry| &entry.rule);
    let base = rule.and_then(|rule| calendars.base(&rule.calendar).ok());
    let due = row.due_at.filter(|_| row.live);
    Clock {
        duty_id: row.id,
        clause: row.clause.clone(),
        rule: row.rule.clone(),
        name: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
        state: row.state,
        live: row.live,
        working: rule.is_some_and(|rule| rule.calendar != NATURAL),
        due_at: row.due_at,
        left_seconds: base.zip(due).map(|(base, due)| base.between(now, due).as_secs()),
        met_at: row.met_at,
        margin_seconds: row.margin,
    }
}

/// The records other than customers about which something must be done by then, or should have been.
pub fn pressing(tx: &mut Tx<'_>, (now, until): (Timestamp, Timestamp), most: usize) -> Result<Vec<Uuid>> {
    let mut rows = tx.query(&RAN_OUT, &[&(most as i64)])?;
    rows.extend(tx.query(&RUNNING, &[&(now - BEHIND), &until, &(most as i64)])?);
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}
