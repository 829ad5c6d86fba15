//! Planning again after something changed: grade, owner, leave, the rule, a calendar, a fact.
//!
//! Open duties follow; what is met, late, missed or waived stays. Replaced terms are kept in the duty's history, a
//! person's pauses and waivers are carried over, and planning the same again changes nothing.

use super::duty::{Amendment, Duty, DutyKey, Release, State};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Why a duty was cancelled by planning.
pub const NO_LONGER_OWED: &str = "no_longer_owed";

/// What to do; the duty in it is the whole new row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// New.
    Open(Duty),
    /// Other terms: owner, deputy, due instant, need …
    Amend(Duty),
    /// No longer owed.
    Cancel(Duty),
    /// Owed again after it had been cancelled by planning.
    Revive(Duty),
}

impl Change {
    pub fn duty(&self) -> &Duty {
        match self {
            Change::Open(duty) | Change::Amend(duty) | Change::Cancel(duty) | Change::Revive(duty) => duty,
        }
    }
}

/// Compares what stands with what is wanted. `standing` holds every duty of the subjects, rules and periods that were
/// planned, with its state; `wanted` is the fresh plan; `at` is when the change took effect.
pub fn replan(standing: &[(Duty, State)], wanted: Vec<Duty>, at: Timestamp) -> Vec<Change> {
    let mut wanted: BTreeMap<DutyKey, Duty> = wanted.into_iter().map(|duty| (duty.key.clone(), duty)).collect();
    let mut changes = Vec::new();
    for (duty, state) in standing {
        changes.extend(follow(duty, *state, wanted.remove(&duty.key), at));
    }
    changes.extend(wanted.into_values().map(Change::Open));
    changes
}

fn follow(duty: &Duty, state: State, wanted: Option<Duty>, at: Timestamp) -> Option<Change> {
    match (state, wanted) {
        (State::Open | State::Paused, None) => Some(Change::Cancel(cancelled(duty, at))),
        (State::Open | State::Paused, Some(wanted)) => amended(duty, wanted, at).map(Change::Amend),
        // The due instant was only provisional: the published table decides anew.
        (State::Missed, Some(wanted)) if duty.terms.provisional => amended(duty, wanted, at).map(Change::Amend),
        (State::Cancelled, Some(wanted)) if cancelled_by_planning(duty) => {
            Some(Change::Revive(revived(duty, wanted, at)))
        }
        _ => None,
    }
}

fn amended(duty: &Duty, wanted: Duty, at: Timestamp) -> Option<Duty> {
    if duty.terms == wanted.terms {
        return None;
    }
    let mut duty = duty.clone();
    let before = std::mem::replace(&mut duty.terms, wanted.terms);
    duty.history.push(Amendment { at, before });
    Some(duty)
}

fn cancelled(duty: &Duty, at: Timestamp) -> Duty {
    Duty { cancelled: Some(no_longer_owed(at)), ..duty.clone() }
}

/// The end of a duty because of what its subject or its rule has become.
pub fn no_longer_owed(at: Timestamp) -> Release {
    Release { at, by: None, reason: NO_LONGER_OWED.to_owned() }
}

fn cancelled_by_planning(duty: &Duty) -> bool {
    duty.cancelled.as_ref().is_some_and(|release| release.by.is_none() && release.reason == NO_LONGER_OWED)
}

fn revived(duty: &Duty, wanted: Duty, at: Timestamp) -> Duty {
    let duty = Duty { cancelled: None, ..duty.clone() };
    amended(&duty, wanted, at).unwrap_or(duty)
}
