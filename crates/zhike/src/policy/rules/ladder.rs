//! Warnings and escalation: at which instants who is told.
//!
//! A step is named by what it says (`warn-80`, `supervisor`), not by its place, so a rule with one rung more tells
//! nobody twice, and a store that keeps (duty, step) unique may evaluate as often as it likes: after hours of downtime
//! every step that has passed appears with the instant at which it was due, and a clock that jumps back repeats none.

use super::duty::{Duty, State};
use super::judge::Outcome;
use super::{Calendars, RuleError};
use crate::policy::definition::{Recipient, Rule};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The step at the due instant itself, for whoever tells of it apart from warnings and rungs.
pub const DUE: &str = "due";

/// The smallest step of time.
pub const TICK: SignedDuration = SignedDuration::from_micros(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Unique within a duty.
    pub key: String,
    pub at: Timestamp,
    /// 0 for warnings, then 1 for the first rung.
    pub level: u8,
    pub to: Recipient,
}

/// All steps of a duty, in order of time: warnings to the owner, then the rungs from the due instant on. What would have
/// come after the duty was closed is left out; nothing depends on the time of evaluation.
pub fn ladder(rule: &Rule, duty: &Duty, outcome: &Outcome, calendars: &Calendars) -> Result<Vec<Step>, RuleError> {
    let mut steps: Vec<Step> = warnings(rule, duty, outcome).collect();
    if let Some(due) = outcome.due_at {
        let base = calendars.base(&rule.calendar)?;
        for (place, rung) in rule.ladder.iter().enumerate() {
            let at = calendars.after(due, rung.after, &base)?;
            let level = u8::try_from(place + 1).unwrap_or(u8::MAX);
            steps.push(Step { key: rung.to.as_str().to_owned(), at, level, to: rung.to });
        }
    }
    steps.retain(|step| outcome.closed_at.is_none_or(|closed| step.at < closed));
    // Hours on the rule's calendar and working days can cross; time decides, the rung breaks ties.
    steps.sort_by_key(|step| (step.at, step.level));
    Ok(steps)
}

/// Nobody is warned while a person has paused the duty.
fn warnings<'a>(rule: &'a Rule, duty: &'a Duty, outcome: &'a Outcome) -> impl Iterator<Item = Step> + 'a {
    let paused = |at: Timestamp| {
        let holds = |from: Timestamp, to: Option<Timestamp>| from <= at && to.is_none_or(|to| at < to);
        rule.pausable && duty.pauses.iter().any(|halt| holds(halt.from, halt.to))
    };
    let step = |percent: u8, at| Step { key: format!("warn-{percent}"), at, level: 0, to: Recipient::Owner };
    let heard = outcome.warnings.iter().filter(move |warning| !paused(warning.at));
    heard.map(move |warning| step(warning.percent, warning.at))
}

impl Step {
    /// Whether it tells of what may still be prevented.
    pub fn is_warning(&self) -> bool {
        self.level == 0 && self.key != DUE
    }

    /// Whether what it tells of has come to pass. At its very due instant a clock can still be stopped in time.
    fn is_true(&self, state: State) -> bool {
        match self.is_warning() {
            true => state.is_open() || state == State::Missed,
            false => matches!(state, State::Missed | State::Late),
        }
    }
}

/// The steps to be taken now: they have come, were not taken yet, and what they tell of is so.
pub fn passed<'a>(
    outcome: &'a Outcome,
    steps: &'a [Step],
    done: &'a [String],
    as_of: Timestamp,
) -> impl Iterator<Item = &'a Step> {
    let come = steps.iter().filter(move |step| step.at <= as_of && !done.contains(&step.key));
    come.filter(|step| step.is_true(outcome.state))
}

/// When the duty must be looked at again, always later than `as_of`: its state may change, or a step that was not taken
/// yet comes. A warning whose time has passed never comes again.
pub fn next_check(outcome: &Outcome, steps: &[Step], done: &[String], as_of: Timestamp) -> Option<Timestamp> {
    let is_past = |step: &Step| step.at <= as_of && (step.is_warning() || step.is_true(outcome.state));
    let waiting = steps.iter().filter(|step| !done.contains(&step.key) && !is_past(step)).map(|step| step.at);
    let next = waiting.chain(outcome.next_check_at).min()?;
    Some(next.max(as_of + TICK))
}
