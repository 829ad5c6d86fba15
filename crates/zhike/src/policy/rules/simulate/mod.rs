//! Simulation: calendars, rules, subjects and a timeline in; duties with due instants, outcomes and margins out.
//!
//! It answers "what would this rule have meant" and is the way in which cases from outside are run through the engine.
//! The format is described in `docs/simulate.md`. The same file always gives the same answer.

mod book;
mod file;
mod people;
mod result;

use super::{Duty, Frame, Outcome, RuleError, State, Subject, Window};
use super::{judge, ladder, plan_period, plan_told, plan_within, replan, was_never_owed, window};
use crate::kernel::Fact;
use crate::policy::definition::{self, Policy, Rule, Shape};
use book::Book;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use uuid::Uuid;

pub use file::SimulationFile;
pub use result::{SimulatedDuty, SimulationResult};

/// Enough for any example and for a what-if over a department; more is a job for the live engine.
const MOST_SUBJECTS: usize = 5_000;
const MOST_ENTRIES: usize = 5_000;
const MOST_RULES: usize = 50;
const MOST_CHANGES: usize = 200;
const LONGEST: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);
const MOST_DUTIES: usize = 200_000;

#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    #[error("the file cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("calendar {name:?}: {error}")]
    Calendar { name: String, error: calendar::CalendarError },
    #[error("holidays: {0}")]
    Holidays(#[from] calendar::TableError),
    #[error("there is no policy {0:?}")]
    UnknownPolicy(String),
    #[error("rule {0}")]
    Rule(#[from] definition::Error),
    #[error("there are no rules: name a policy or write some")]
    NoRules,
    #[error("`until` must be after `from`")]
    EmptyTime,
    #[error("at most ten years can be simulated")]
    TooLong,
    #[error("timeline entry {0}: exactly one of fact, change, pause, resume, waive, postpone is needed")]
    Entry(usize),
    #[error("timeline entry {entry}: there is no subject {name:?}")]
    UnknownSubject { entry: usize, name: String },
    #[error("{0:?} occurs twice")]
    Twice(String),
    #[error("at most {0} {1}")]
    TooMany(usize, &'static str),
    /// Whoever asked does not want to wait any longer.
    #[error("it takes too long; simulate fewer subjects, a shorter time or fewer rules")]
    Stopped,
    #[error(transparent)]
    Engine(#[from] RuleError),
}

/// Reads a file.
pub fn read(text: &str) -> Result<SimulationFile, SimulationError> {
    Ok(serde_json::from_str(text)?)
}

/// Runs a file. `policy` finds the policy that the file may name.
pub fn simulate(
    file: &SimulationFile,
    policy: &dyn Fn(&str) -> Option<Policy>,
) -> Result<SimulationResult, SimulationError> {
    simulate_while(file, policy, &|| true)
}

/// Runs a file as long as `go_on` agrees; it is asked before every piece of work.
pub fn simulate_while(
    file: &SimulationFile,
    policy: &dyn Fn(&str) -> Option<Policy>,
    go_on: &dyn Fn() -> bool,
) -> Result<SimulationResult, SimulationError> {
    let book = Book::open(file, policy)?;
    let asked = || if go_on() { Ok(()) } else { Err(SimulationError::Stopped) };
    let mut ended = Vec::new();
    for rule in &book.rules {
        let duties = match &rule.shape {
            Shape::Within(_) => clocks(&book, rule, &asked)?,
            _ => periods(&book, rule, MOST_DUTIES - ended.len().min(MOST_DUTIES), &asked)?,
        };
        for duty in duties {
            asked()?;
            ended.push(end(&book, rule, duty)?);
        }
        if ended.len() > MOST_DUTIES {
            return Err(SimulationError::TooMany(MOST_DUTIES, "duties"));
        }
    }
    Ok(result::result(&book, ended))
}

/// A duty at the end of the simulation.
struct Ended<'a> {
    rule: &'a Rule,
    duty: Duty,
    outcome: Outcome,
    steps: Vec<super::Step>,
}

fn end<'a>(book: &Book<'_>, rule: &'a Rule, duty: Duty) -> Result<Ended<'a>, SimulationError> {
    let outcome = judged(book, rule, &duty, book.until)?;
    let mut steps = ladder(rule, &duty, &outcome, &book.calendars)?;
    steps.retain(|step| step.at <= book.until);
    Ok(Ended { rule, duty, outcome, steps })
}

/// Asks whether to go on.
type Asked<'a> = &'a dyn Fn() -> Result<(), SimulationError>;

fn periods(book: &Book<'_>, rule: &Rule, most: usize, asked: Asked<'_>) -> Result<Vec<Duty>, SimulationError> {
    let Some(per) = rule.shape.per() else { return Ok(Vec::new()) };
    let windows = window::windows(per, book.from, book.until, &book.calendars)?;
    if windows.len().saturating_mul(book.people.len()) > most {
        return Err(SimulationError::TooMany(MOST_DUTIES, "duties"));
    }
    let frames: Result<Vec<Frame>, RuleError> =
        windows.into_iter().map(|window| Frame::new(rule, window, &book.calendars)).collect();
    let mut duties = Vec::new();
    for frame in frames? {
        for person in book.people.values() {
            asked()?;
            duties.extend(one_period(book, rule, &frame, person)?);
        }
    }
    Ok(duties)
}

/// One subject in one period: planned at its beginning and again at every change within it.
fn one_period(
    book: &Book<'_>,
    rule: &Rule,
    frame: &Frame,
    person: &people::Person,
) -> Result<Option<Duty>, SimulationError> {
    let Window { opens_at, closes_at, .. } = *frame.window();
    let mut standing: Option<Duty> = None;
    for (from, snapshot) in person.between(opens_at.max(book.from), closes_at.min(book.until)) {
        let subject = Subject { since: person.since(rule, from), ..snapshot.clone() };
        let wanted = plan_period(rule, frame, &subject)?;
        standing = replanned(book, rule, standing, wanted, from)?;
    }
    Ok(standing)
}

/// All clocks of a rule: subject by subject, planned again at every change of the subject or its customer. What only
/// facts tell of is planned by all of them at once.
fn clocks(book: &Book<'_>, rule: &Rule, asked: Asked<'_>) -> Result<Vec<Duty>, SimulationError> {
    let mut duties = Vec::new();
    for (subject, facts) in &book.by_subject {
        asked()?;
        if !rule.is_of_customers() && !book.is_listed(*subject) {
            let mut told = plan_told(rule, facts, book.customer(facts), &book.calendars)?;
            told.retain(|duty| !was_never_owed(duty));
            told.iter_mut().for_each(|duty| book.act_on(duty));
            duties.extend(told);
            continue;
        }
        let mut standing: Vec<Duty> = Vec::new();
        for (from, to, snapshot) in book.segments(*subject, facts) {
            let known: Vec<Fact> = facts.iter().filter(|fact| fact.at < to).cloned().collect();
            let wanted = plan_within(rule, &known, snapshot, &book.calendars)?;
            standing = replanned_all(book, rule, standing, wanted, from)?;
        }
        duties.extend(standing);
    }
    Ok(duties)
}

fn replanned(
    book: &Book<'_>,
    rule: &Rule,
    standing: Option<Duty>,
    wanted: Option<Duty>,
    at: Timestamp,
) -> Result<Option<Duty>, SimulationError> {
    let list = replanned_all(book, rule, standing.into_iter().collect(), wanted.into_iter().collect(), at)?;
    Ok(list.into_iter().next())
}

fn replanned_all(
    book: &Book<'_>,
    rule: &Rule,
    standing: Vec<Duty>,
    wanted: Vec<Duty>,
    at: Timestamp,
) -> Result<Vec<Duty>, SimulationError> {
    let mut judged_now: Vec<(Duty, State)> = Vec::with_capacity(standing.len());
    for duty in standing {
        let state = judged(book, rule, &duty, at)?.state;
        judged_now.push((duty, state));
    }
    let changes = replan(&judged_now, wanted, at);
    let touched: BTreeSet<_> = changes.iter().map(|change| change.duty().key.clone()).collect();
    let kept = judged_now.into_iter().map(|(duty, _)| duty).filter(|duty| !touched.contains(&duty.key));
    let mut list: Vec<Duty> = kept.chain(changes.iter().map(|change| change.duty().clone())).collect();
    list.iter_mut().for_each(|duty| book.act_on(duty));
    Ok(list)
}

/// The duty as it looked at an instant: with the facts and the decisions up to it.
fn judged(book: &Book<'_>, rule: &Rule, duty: &Duty, at: Timestamp) -> Result<Outcome, RuleError> {
    let known: Vec<Fact> = book.about(duty.key.subject).iter().filter(|fact| fact.at <= at).cloned().collect();
    judge(rule, &decided_by(duty, at), &known, at, &book.calendars)
}

fn decided_by(duty: &Duty, at: Timestamp) -> Duty {
    let mut duty = duty.clone();
    duty.pauses.retain(|halt| halt.from <= at);
    for halt in &mut duty.pauses {
        halt.to = halt.to.filter(|to| *to <= at);
    }
    duty.waived = duty.waived.filter(|release| release.at <= at);
    duty
}

/// A stable id for a name: the id itself, or FNV-1a (128 bit) of the text.
fn id_of(name: &str) -> Uuid {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    name.parse().unwrap_or_else(|_| {
        Uuid::from_u128(name.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)))
    })
}

#[cfg(test)]
mod tests;
