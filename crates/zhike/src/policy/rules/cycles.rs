//! Clocks from facts: where each cycle of a `Within` rule starts, stands still and stops.

use super::RuleError;
use super::facts::{in_order, latest, matches_any};
use crate::kernel::Fact;
use crate::policy::definition::{PauseWhile, Within};
use calendar::{Pause, Stopwatch};
use jiff::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One run of a clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle<'a> {
    /// From 1.
    pub number: u32,
    pub start: &'a Fact,
    /// Never after it was cancelled.
    pub stop: Option<Stop>,
    pub cancelled_at: Option<Timestamp>,
}

impl Cycle<'_> {
    /// Whether it is owed: a cancellation makes void what still runs or was kept, but undoes no breach. Whoever was not
    /// at fault is excused by somebody, with the reason.
    pub fn stands(&self, watch: &Stopwatch) -> Result<bool, RuleError> {
        let Some(cancelled) = self.cancelled_at else { return Ok(true) };
        let ended = self.stop.map_or(cancelled, |stop| stop.at);
        Ok(watch.due()?.is_some_and(|due| due.at < ended))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Never before the start.
    pub at: Timestamp,
    pub fact: Uuid,
}

/// The cycles in the facts about one subject. A start while the clock runs does not restart it, so a repeated question
/// gains no time and of two merged cases the earlier start counts.
pub fn cycles<'a>(within: &Within, facts: &'a [Fact]) -> Vec<Cycle<'a>> {
    let heard = heard(within, facts);
    if within.cycles { repeated(within, &heard) } else { single(within, &heard).into_iter().collect() }
}

/// What happened, in order. What was taken back had happened all the same: the clock that it started was running, and may
/// have been broken, until then.
fn heard<'a>(within: &Within, facts: &'a [Fact]) -> Vec<&'a Fact> {
    let mut ordered = in_order(facts);
    let voids = |fact: &Fact| matches_any(&within.cancel, fact);
    let taken_back: BTreeSet<Uuid> = ordered.iter().filter(|fact| voids(fact)).map(|fact| fact.id).collect();
    if !taken_back.is_empty() {
        ordered.extend(latest(facts.iter().filter(|fact| taken_back.contains(&fact.id) && !voids(fact))));
        ordered.sort_by_key(|fact| (fact.at, fact.id, fact.recorded_at));
    }
    ordered
}

/// Without repetition the first start and the first stop belong together, whichever was entered with the earlier hour.
fn single<'a>(within: &Within, ordered: &[&'a Fact]) -> Option<Cycle<'a>> {
    let first = |selectors| ordered.iter().find(|fact| matches_any(selectors, fact));
    let start = first(&within.start)?;
    let cancelled_at = first(&within.cancel).map(|fact| fact.at.max(start.at));
    let stop = first(&within.stop).map(|fact| Stop { at: fact.at.max(start.at), fact: fact.id });
    let stop = stop.filter(|stop| cancelled_at.is_none_or(|cancelled| stop.at <= cancelled));
    Some(Cycle { number: 1, start, stop, cancelled_at })
}

fn repeated<'a>(within: &Within, ordered: &[&'a Fact]) -> Vec<Cycle<'a>> {
    let mut list: Vec<Cycle<'a>> = Vec::new();
    for fact in ordered {
        if matches_any(&within.cancel, fact) {
            list.iter_mut().for_each(|cycle| cycle.cancelled_at = cycle.cancelled_at.or(Some(fact.at)));
            continue;
        }
        let running = list.last_mut().filter(|cycle| cycle.stop.is_none() && cycle.cancelled_at.is_none());
        match running {
            Some(cycle) if matches_any(&within.stop, fact) => cycle.stop = Some(Stop { at: fact.at, fact: fact.id }),
            None if matches_any(&within.start, fact) => {
                let number = list.len() as u32 + 1;
                list.push(Cycle { number, start: fact, stop: None, cancelled_at: None });
            }
            _ => {}
        }
    }
    list
}

/// When the states of the subject hold its clocks; the clock itself takes what falls after its start.
pub fn pauses(within: &Within, facts: &[Fact]) -> Vec<Pause> {
    let ordered = in_order(facts);
    within.pause_while.iter().flat_map(|state| state_pauses(state, &ordered)).collect()
}

fn state_pauses(state: &PauseWhile, ordered: &[&Fact]) -> Vec<Pause> {
    let mut list: Vec<Pause> = Vec::new();
    for fact in ordered {
        let held = list.last_mut().filter(|pause| pause.to.is_none());
        match held {
            None if matches_any(&state.from, fact) => list.push(Pause { from: fact.at, to: None }),
            Some(pause) if matches_any(&state.until, fact) => pause.to = Some(fact.at),
            _ => {}
        }
    }
    list
}
