//! Warnings and escalation: at which instants who is told.
//!
//! A step is named by what it says (`warn-80`, `supervisor`), not by its place, so a rule with one rung more tells
//! nobody twice, and a store that keeps (duty, step) unique may evaluate as often as it likes: after hours of downtime
//! every step that has passed appears with the instant at which it was due, and a clock that jumps back repeats none.

use super::duty::Duty;
use super::judge::Outcome;
use super::{Calendars, RuleError};
use crate::policy::definition::{Recipient, Rule};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// The steps that have come and were not taken yet.
pub fn passed<'a>(steps: &'a [Step], done: &'a [String], as_of: Timestamp) -> impl Iterator<Item = &'a Step> {
    steps.iter().filter(move |step| step.at <= as_of && !done.contains(&step.key))
}

/// When the duty must be looked at again: its state may change, or a step that was not taken yet comes.
pub fn next_check(outcome: &Outcome, steps: &[Step], done: &[String]) -> Option<Timestamp> {
    let waiting = steps.iter().filter(|step| !done.contains(&step.key)).map(|step| step.at);
    waiting.chain(outcome.next_check_at).min()
}
