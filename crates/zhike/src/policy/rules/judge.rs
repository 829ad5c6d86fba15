//! Judging: what the facts say about a duty.
//!
//! * A clock is met by a stop not after its due instant, late by a later one, missed while there is none. A fact that
//!   makes it void undoes no breach: what was late or missed by then stays so, and nobody has to act any more.
//! * A period is met when every line of its need has its facts within `[counts_from, due)`. What happened in the period
//!   counts whenever it was recorded; what happened after it counts for the next one, so a period is never late.
//! * A target is read at the end of its period from the last measurement in it.
//!
//! A person's pause stops a clock. A period keeps its end; when more than half of it was paused, the share that was not
//! paused is owed, rounded up, and a period paused throughout is cancelled.

use super::cycles::{Cycle, cycles, pauses};
use super::duty::{Duty, NeedCount, State, Warning};
use super::facts::{self, concerns, in_order, matches_any};
use super::plan::{Share, acting_days, clock_warnings, steps, stopwatch, suggested};
use super::{Calendars, RuleError};
use crate::kernel::Fact;
use crate::policy::definition::{Rule, Selector, Shape, Target, Within};
use calendar::{Pause, Stopwatch, TimeBase};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub state: State,
    /// The binding due instant, with every pause counted. `None` while a pause without end holds the clock.
    pub due_at: Option<Timestamp>,
    pub provisional: bool,
    /// When it was fulfilled.
    pub met_at: Option<Timestamp>,
    /// When nobody had to act any more: fulfilled, waived or cancelled. Steps of the ladder after it never happened.
    pub closed_at: Option<Timestamp>,
    /// Time left when it was fulfilled, on the rule's calendar; negative: over.
    pub margin_seconds: Option<i64>,
    /// A clock's time from start to stop, on the rule's calendar, without pauses.
    pub elapsed_seconds: Option<i64>,
    pub progress: Vec<Progress>,
    /// A target's last measurement.
    pub measured: Option<f64>,
    /// The facts that counted, in order.
    pub evidence: Vec<Uuid>,
    pub warnings: Vec<Warning>,
    /// When to act next.
    pub act_at: Option<Timestamp>,
    /// The next instant at which the state may change by time alone.
    pub next_check_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub what: String,
    pub have: u32,
    pub need: u32,
}

/// Judges a duty by all facts known about its subject. Facts of other subjects are ignored. Any order and repetition
/// of facts and any later `as_of` give the same answer, except that an open duty becomes missed.
pub fn judge(
    rule: &Rule,
    duty: &Duty,
    facts: &[Fact],
    as_of: Timestamp,
    calendars: &Calendars,
) -> Result<Outcome, RuleError> {
    let base = calendars.base(&rule.calendar)?;
    // A released duty is judged as it stood then, even when the clock of the evaluation runs behind.
    let as_of = duty.cancelled.as_ref().map_or(as_of, |release| as_of.max(release.at));
    let outcome = match &rule.shape {
        Shape::Within(within) => judge_clock(rule, within, duty, facts, as_of, &base)?,
        Shape::Target(target) => judge_target(target, duty, facts, as_of),
        Shape::Every(every) => judge_period(rule, &[&every.facts], duty, facts, as_of, calendars, &base)?,
        Shape::Quota(quota) => {
            let lines: Vec<&[Selector]> = quota.need.iter().map(|need| need.counts.as_slice()).collect();
            judge_period(rule, &lines, duty, facts, as_of, calendars, &base)?
        }
    };
    Ok(release(duty, outcome))
}

fn judge_clock(
    rule: &Rule,
    within: &Within,
    duty: &Duty,
    facts: &[Fact],
    as_of: Timestamp,
    base: &TimeBase,
) -> Result<Outcome, RuleError> {
    let own: Vec<Fact> = facts.iter().filter(|fact| fact.subject == duty.key.subject).cloned().collect();
    let cycle = cycles(within, &own).into_iter().find(|cycle| cycle.number.to_string() == duty.key.occurrence);
    let Some(cycle) = cycle else { return Ok(void(duty, duty.terms.opens_at)) };
    let held = pauses(within, &own).into_iter().chain(personal_pauses(rule, duty));
    let watch = stopwatch(within, &cycle, held, base);
    let Some(cancelled) = cycle.cancelled_at else { return clock_outcome(rule, duty, &cycle, &watch, as_of) };
    if !cycle.stands(&watch)? {
        return Ok(void(duty, cancelled));
    }
    let broken = clock_outcome(rule, duty, &cycle, &watch, as_of.max(cancelled))?;
    Ok(if cycle.stop.is_some() { broken } else { ended(broken, State::Missed, cancelled) })
}

fn clock_outcome(
    rule: &Rule,
    duty: &Duty,
    cycle: &Cycle<'_>,
    watch: &Stopwatch,
    as_of: Timestamp,
) -> Result<Outcome, RuleError> {
    let due = watch.due()?;
    let due_at = due.map(|due| due.at);
    let stop = cycle.stop;
    let state = match (stop, due_at) {
        (Some(stop), Some(due)) if stop.at > due => State::Late,
        (Some(_), _) => State::Met,
        (None, Some(due)) if as_of > due => State::Missed,
        (None, None) => State::Paused,
        (None, Some(_)) if watch.is_paused(as_of) => State::Paused,
        (None, Some(_)) => State::Open,
    };
    let met_at = stop.map(|stop| stop.at);
    Ok(Outcome {
        state,
        due_at,
        provisional: due.is_some_and(|due| due.provisional),
        met_at,
        closed_at: met_at,
        margin_seconds: met_at.map(|at| watch.margin(at).as_secs()),
        elapsed_seconds: met_at.map(|at| watch.elapsed(at).as_secs()),
        progress: Vec::new(),
        measured: None,
        evidence: std::iter::once(cycle.start.id).chain(stop.map(|stop| stop.fact)).collect(),
        warnings: clock_warnings(rule, watch)?,
        act_at: state.is_open().then(|| clock_act(cycle, duty, due_at)),
        next_check_at: next_check(state, due_at, &watch.pauses, as_of),
    })
}

/// A clock is to be stopped as soon as it runs, unless somebody plans to do so later.
fn clock_act(cycle: &Cycle<'_>, duty: &Duty, due: Option<Timestamp>) -> Timestamp {
    let at = duty.postponed_until.map_or(cycle.start.at, |planned| planned.max(cycle.start.at));
    due.map_or(at, |due| at.min(due))
}

fn judge_period(
    rule: &Rule,
    lines: &[&[Selector]],
    duty: &Duty,
    facts: &[Fact],
    as_of: Timestamp,
    calendars: &Calendars,
    base: &TimeBase,
) -> Result<Outcome, RuleError> {
    // A period always has an end; only clocks lose theirs.
    let due = duty.terms.due_at.unwrap_or(Timestamp::MAX);
    let held: Vec<Pause> = personal_pauses(rule, duty).collect();
    let found = evidence(lines, duty, facts, due);
    let counts: Vec<u32> = found.lines.iter().map(|line| line.len() as u32).collect();
    let Some((owed, met_at)) = owed_and_met(duty, &held, &found.lines, due, as_of) else { return Ok(void(duty, due)) };
    let state = match met_at {
        Some(_) => State::Met,
        None if as_of >= due => State::Missed,
        None if held.iter().any(|pause| is_in(pause, as_of)) => State::Paused,
        None => State::Open,
    };
    let act_at = if state.is_open() { next_act(rule, duty, &owed, &found.lines, due, calendars) } else { None };
    let progress = owed.iter().zip(&counts);
    Ok(Outcome {
        state,
        due_at: Some(due),
        provisional: duty.terms.provisional,
        met_at,
        closed_at: met_at,
        margin_seconds: met_at.map(|at| base.between(at, due).as_secs()),
        elapsed_seconds: None,
        progress: progress
            .map(|(need, have)| Progress { what: need.what.clone(), have: *have, need: need.at_least })
            .collect(),
        measured: None,
        evidence: found.ids,
        warnings: duty.terms.warnings.clone(),
        act_at,
        next_check_at: next_check(state, Some(due), &held, as_of),
    })
}

struct Found {
    /// The instants of the facts of each line, ascending.
    lines: Vec<Vec<Timestamp>>,
    ids: Vec<Uuid>,
}

fn evidence(lines: &[&[Selector]], duty: &Duty, facts: &[Fact], due: Timestamp) -> Found {
    let mut found = Found { lines: vec![Vec::new(); lines.len()], ids: Vec::new() };
    let within = |fact: &&Fact| duty.terms.counts_from <= fact.at && fact.at < due;
    let own = |fact: &&Fact| concerns(fact, duty.key.subject);
    for fact in in_order(facts).into_iter().filter(within).filter(own) {
        let mut counted = false;
        for (line, selectors) in found.lines.iter_mut().zip(lines) {
            if matches_any(selectors, fact) {
                line.push(fact.at);
                counted = true;
            }
        }
        if counted {
            found.ids.push(fact.id);
        }
    }
    found
}

/// The instant at which the last line was complete.
fn all_met(owed: &[NeedCount], lines: &[Vec<Timestamp>]) -> Option<Timestamp> {
    let complete =
        |(need, line): (&NeedCount, &Vec<Timestamp>)| line.get((need.at_least as usize).checked_sub(1)?).copied();
    let instants: Option<Vec<Timestamp>> = owed.iter().zip(lines).map(complete).collect();
    instants?.into_iter().max()
}

fn next_act(
    rule: &Rule,
    duty: &Duty,
    owed: &[NeedCount],
    lines: &[Vec<Timestamp>],
    due: Timestamp,
    calendars: &Calendars,
) -> Option<Timestamp> {
    // What a person planned holds until somebody has acted at that moment or later.
    let acted = lines.iter().flatten().max().copied();
    if let Some(planned) = duty.postponed_until.filter(|planned| acted.is_none_or(|acted| acted < *planned)) {
        return Some(planned.min(due));
    }
    let counts: Vec<u32> = lines.iter().map(|line| line.len() as u32).collect();
    let company = calendars.company();
    let last = company.date_of(due.checked_sub(SignedDuration::from_micros(1)).unwrap_or(due));
    let days = acting_days(company.date_of(duty.terms.opens_at), last.saturating_add(1.day()), calendars);
    let total = steps(rule, owed, &[]);
    let done = total.saturating_sub(steps(rule, owed, &counts));
    let earliest = duty.postponed_until.map_or(duty.terms.opens_at, |planned| planned.max(duty.terms.opens_at));
    Some(suggested(&days, total, done, duty.key.subject, calendars.zone())?.max(earliest).min(due))
}

/// What is owed after pauses, and when it was complete; `None` when the whole period was paused and nothing was done.
///
/// A pause without end counts only once the period is over and only against what is still missing: until then it may be
/// lifted, and a need that shrank and grew again would make the answer depend on the time of evaluation. What such a
/// pause excuses is therefore excused at the end of the period, whenever the rest was done: whoever did more, and met
/// the whole need, was never later than that.
fn owed_and_met(
    duty: &Duty,
    held: &[Pause],
    lines: &[Vec<Timestamp>],
    due: Timestamp,
    as_of: Timestamp,
) -> Option<(Vec<NeedCount>, Option<Timestamp>)> {
    let owed = |share: Share| -> Vec<NeedCount> { duty.terms.need.iter().map(|need| shrunk(need, share)).collect() };
    let ended: Vec<Pause> = held.iter().filter(|pause| pause.to.is_some()).copied().collect();
    let lasting = unpaused_share(&ended, duty.terms.opens_at, due);
    let need = owed(if lasting.is_nothing() { Share::WHOLE } else { lasting });
    let met_at = all_met(&need, lines);
    if met_at.is_some() {
        return Some((need, met_at));
    }
    let left = if as_of >= due { unpaused_share(held, duty.terms.opens_at, due) } else { lasting };
    if left.is_nothing() {
        return None;
    }
    let need = owed(left);
    let excused = all_met(&need, lines).map(|_| due);
    Some((need, excused))
}

/// The share of a period that was not paused; a pause without end lasts to the end of the period.
fn unpaused_share(held: &[Pause], opens: Timestamp, due: Timestamp) -> Share {
    let total = due.duration_since(opens);
    let watch = Stopwatch::new(opens, total, TimeBase::Natural).with_pauses(held.iter().copied());
    Share::of(watch.elapsed(due).as_secs(), total.as_secs()).generous()
}

fn shrunk(need: &NeedCount, share: Share) -> NeedCount {
    NeedCount { what: need.what.clone(), at_least: share.of_count(need.at_least) }
}

fn judge_target(target: &Target, duty: &Duty, all: &[Fact], as_of: Timestamp) -> Outcome {
    let due = duty.terms.due_at.unwrap_or(Timestamp::MAX);
    let last = last_measurement(target, duty, all, due);
    let reached = last.is_some_and(|(_, value)| value >= target.at_least);
    let state = match reached {
        _ if as_of < due => State::Open,
        true => State::Met,
        false => State::Missed,
    };
    let met_at = (state == State::Met).then_some(due);
    Outcome {
        state,
        due_at: Some(due),
        provisional: duty.terms.provisional,
        met_at,
        closed_at: met_at,
        margin_seconds: None,
        elapsed_seconds: None,
        progress: Vec::new(),
        measured: last.map(|(_, value)| value),
        evidence: last.map(|(id, _)| id).into_iter().collect(),
        warnings: if reached { Vec::new() } else { duty.terms.warnings.clone() },
        act_at: None,
        next_check_at: (state == State::Open).then_some(due),
    }
}

fn last_measurement(target: &Target, duty: &Duty, all: &[Fact], due: Timestamp) -> Option<(Uuid, f64)> {
    let of_target = |fact: &&Fact| {
        let named = fact.attributes.get("measure").and_then(|name| name.as_str()) == Some(&target.measure);
        fact.kind == facts::MEASURED && named && concerns(fact, duty.key.subject)
    };
    let in_period = |fact: &&Fact| duty.terms.counts_from <= fact.at && fact.at < due;
    let ordered = in_order(all).into_iter().filter(of_target).filter(in_period);
    ordered.filter_map(|fact| Some((fact.id, fact.attributes.get("value")?.as_f64()?))).next_back()
}

/// A duty that the facts have made void.
fn void(duty: &Duty, at: Timestamp) -> Outcome {
    Outcome {
        state: State::Cancelled,
        due_at: duty.terms.due_at,
        provisional: false,
        met_at: None,
        closed_at: Some(at),
        margin_seconds: None,
        elapsed_seconds: None,
        progress: Vec::new(),
        measured: None,
        evidence: Vec::new(),
        warnings: Vec::new(),
        act_at: None,
        next_check_at: None,
    }
}

/// A decision by people ends a duty, but it does not undo what had happened before it.
fn release(duty: &Duty, outcome: Outcome) -> Outcome {
    if outcome.state == State::Cancelled {
        return outcome;
    }
    if let Some(cancelled) = &duty.cancelled {
        let before = |at: Option<Timestamp>| at.is_some_and(|at| at <= cancelled.at);
        return match outcome.state {
            State::Met | State::Late if before(outcome.met_at) => outcome,
            State::Missed | State::Late if before(outcome.due_at) => ended(outcome, State::Missed, cancelled.at),
            _ => ended(outcome, State::Cancelled, cancelled.at),
        };
    }
    match &duty.waived {
        Some(waived) if outcome.state != State::Met => ended(outcome, State::Waived, waived.at),
        _ => outcome,
    }
}

fn ended(outcome: Outcome, state: State, at: Timestamp) -> Outcome {
    let margins = Outcome { margin_seconds: None, elapsed_seconds: None, met_at: None, ..outcome };
    Outcome { state, closed_at: Some(at), act_at: None, next_check_at: None, ..margins }
}

fn personal_pauses(rule: &Rule, duty: &Duty) -> impl Iterator<Item = Pause> {
    let listed = if rule.pausable { duty.pauses.as_slice() } else { &[] };
    listed.iter().map(|halt| Pause { from: halt.from, to: halt.to })
}

fn is_in(pause: &Pause, at: Timestamp) -> bool {
    pause.from <= at && pause.to.is_none_or(|to| at < to)
}

fn next_check(state: State, due: Option<Timestamp>, held: &[Pause], as_of: Timestamp) -> Option<Timestamp> {
    if !state.is_open() {
        return None;
    }
    let ends = held.iter().filter(|pause| is_in(pause, as_of)).filter_map(|pause| pause.to);
    ends.chain(due).min()
}
