//! Decisions about a case: which step may follow which, what may be closed, who owes the next step, and when something
//! can have happened (R2-12.2, R0-4.2, R4-fb).

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Case, Kind, Outcome, State, Step};
use crate::kernel::{Error, FieldError, Result};
use crate::platform::input::{fault, micros};

/// The level of a case unless somebody says otherwise: 1 urgent, 2 important, 3 general.
pub const LEVEL_USUAL: i64 = 3;
pub const LEVELS: std::ops::RangeInclusive<i64> = 1..=3;
/// A case is closed without the customer's answer after so many tries that are written down …
pub const TRIES_LEAST: i64 = 2;
/// … and a second call right after the first is none.
pub const TRY_APART: SignedDuration = SignedDuration::from_hours(1);
/// A phone's clock may run ahead of ours by this much; what it calls "now" is then our now.
const CLOCK_AHEAD_MOST: SignedDuration = SignedDuration::from_mins(2);
const RECEIVED_AGO_MOST: SignedDuration = SignedDuration::from_hours(24 * 366 * 2);

impl State {
    /// Whether somebody still owes something.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn | Self::Merged)
    }

    /// Whether the matter itself is still to be settled.
    fn is_unsettled(self) -> bool {
        matches!(self, Self::Received | Self::Classified | Self::Investigating | Self::Handling)
    }
}

impl Kind {
    /// A customer who gives feedback is thanked at once (R4-fb2).
    pub fn is_thanked(self) -> bool {
        matches!(self, Self::Complaint | Self::Suggestion | Self::Praise)
    }

    /// Praise asks for nothing but thanks; all else has a result that the customer is told.
    pub fn has_result(self) -> bool {
        self != Self::Praise
    }
}

/// The state after a step, or why there can be no such step now.
pub fn after(case: &Case, step: Step) -> Result<State> {
    use State::{Classified, Closed, Handling, Investigating, Merged, Received, Replied, Solved, Withdrawn};
    let state = case.state;
    match state {
        Merged => return Err(Error::conflict("case.merged")),
        Withdrawn => return Err(Error::conflict("case.withdrawn")),
        _ => {}
    }
    let next = match step {
        Step::Wrote | Step::Answered | Step::Noted | Step::Corrected | Step::Linked => Some(state),
        Step::Classified if state == Received => Some(Classified),
        Step::Classified | Step::Assigned | Step::Escalated | Step::Thanked | Step::Split | Step::TookIn
            if state.is_open() =>
        {
            Some(state)
        }
        Step::Called | Step::Acknowledged | Step::Joined | Step::Minutes if state.is_unsettled() => Some(state),
        Step::Waiting if state.is_unsettled() && case.waiting_at.is_some() => {
            return Err(Error::conflict("case.already_waiting"));
        }
        Step::Waiting if state.is_unsettled() => Some(state),
        Step::Resumed if case.waiting_at.is_none() => return Err(Error::conflict("case.not_waiting")),
        Step::Resumed => Some(state),
        Step::TakenUp | Step::Solution | Step::Solved if state == Received => {
            return Err(Error::conflict("case.classify_first"));
        }
        Step::TakenUp if state == Classified => Some(Investigating),
        Step::Solution if state.is_unsettled() => Some(Handling),
        Step::Solved if state.is_unsettled() => Some(Solved),
        Step::Told if matches!(state, Solved | Replied) => Some(Replied),
        // Whoever confirms the result knows it.
        Step::FollowedUp if matches!(state, Solved | Replied) => Some(state),
        Step::Closed if state.is_open() => may_close(case).map(|()| Some(Closed))?,
        Step::Reopened if matches!(state, Solved | Replied | Closed) => Some(Investigating),
        Step::Withdrawn if state.is_open() => Some(Withdrawn),
        Step::Merged if state.is_open() => Some(Merged),
        _ => None,
    };
    next.ok_or_else(|| Error::conflict(if state == Closed { "case.closed" } else { "case.not_now" }))
}

/// What people do about cases.
const DOINGS: [Step; 24] = [
    Step::Classified,
    Step::Assigned,
    Step::Escalated,
    Step::TakenUp,
    Step::Answered,
    Step::Wrote,
    Step::Noted,
    Step::Waiting,
    Step::Resumed,
    Step::Called,
    Step::Acknowledged,
    Step::Joined,
    Step::Minutes,
    Step::Solution,
    Step::Solved,
    Step::Told,
    Step::FollowedUp,
    Step::Thanked,
    Step::Closed,
    Step::Reopened,
    Step::Withdrawn,
    Step::Merged,
    Step::Split,
    Step::Linked,
];

/// What can be done about a case as it stands.
pub fn possible(case: &Case) -> Vec<Step> {
    DOINGS.into_iter().filter(|step| after(case, *step).is_ok()).collect()
}

/// Nothing is closed before the customer was told the result, and has answered or been tried twice (R2-12.2). Praise is
/// closed once it was thanked for.
fn may_close(case: &Case) -> Result<()> {
    if matches!(case.kind, Kind::Praise | Kind::Suggestion) && case.thanked_at.is_none() {
        return Err(Error::conflict("case.thank_first"));
    }
    if !case.kind.has_result() {
        return Ok(());
    }
    if case.state.is_unsettled() {
        return Err(Error::conflict("case.solve_first"));
    }
    if case.told_at.is_none() {
        return Err(Error::conflict("case.tell_first"));
    }
    match case.confirmed_at.is_some() || case.tries >= TRIES_LEAST {
        true => Ok(()),
        false => Err(Error::conflict("case.follow_up_first")),
    }
}

/// Who owes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CaseParty)]
pub enum Party {
    /// Whoever takes cases in (客服).
    Desk,
    /// The responsible department, as long as nobody there is responsible.
    Department,
    /// Whoever is responsible.
    Assignee,
    /// The customer, for whom it waits.
    Customer,
}

/// What is owed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NextStep)]
pub struct Next {
    #[schema(inline)]
    pub step: Step,
    pub owed_by: Party,
}

/// The one obvious next step of a case; none when nobody owes anything.
pub fn next(case: &Case) -> Option<Next> {
    let handler = match (case.owner_id, case.department_id) {
        (Some(_), _) => Party::Assignee,
        (None, Some(_)) => Party::Department,
        (None, None) => Party::Desk,
    };
    let (step, owed_by) = match case.state {
        State::Closed | State::Withdrawn | State::Merged => return None,
        _ if case.waiting_at.is_some() => (Step::Resumed, Party::Customer),
        State::Received => (Step::Classified, Party::Desk),
        _ if case.kind.is_thanked() && case.thanked_at.is_none() => (Step::Thanked, Party::Desk),
        _ if !case.kind.has_result() => (Step::Closed, Party::Desk),
        State::Classified | State::Investigating if case.answered_at.is_none() => (Step::Answered, handler),
        State::Classified if case.level == 1 && case.force_called_at.is_none() => (Step::Called, handler),
        State::Classified => (Step::TakenUp, handler),
        State::Investigating if case.level == 1 && case.solution_at.is_none() => (Step::Solution, handler),
        State::Investigating | State::Handling => (Step::Solved, handler),
        State::Solved => (Step::Told, handler),
        State::Replied if may_close(case).is_ok() => (Step::Closed, Party::Desk),
        State::Replied => (Step::FollowedUp, Party::Desk),
    };
    Some(Next { step, owed_by })
}

/// What a follow-up leads to by itself: whoever is not content is not left with a solved case.
pub fn reopens(outcome: Outcome) -> bool {
    outcome == Outcome::Dissatisfied
}

/// Whether a try comes too soon after the one before it to be one.
pub fn is_same_try(case: &Case, at: Timestamp) -> bool {
    case.tried_at.is_some_and(|before| at.duration_since(before).abs() < TRY_APART)
}

/// The instant of a step as it is kept: it may be entered later than it was, never before it happened, and nothing
/// happens to a case before it reached us or before what it follows.
pub fn happened(given: Option<Timestamp>, now: Timestamp, not_before: Timestamp) -> Result<Timestamp> {
    let at = micros(given.unwrap_or(now));
    if now.duration_since(at) < -CLOCK_AHEAD_MOST {
        return Err(Error::field_invalid("at", "in_future"));
    }
    let at = at.min(now);
    match at < not_before {
        true => Err(Error::field_invalid("at", "before_case")),
        false => Ok(at),
    }
}

/// The same for when a case reached us.
pub fn received(given: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, FieldError> {
    let at = micros(given.unwrap_or(now));
    let age = now.duration_since(at);
    if age < -CLOCK_AHEAD_MOST {
        return Err(fault("received_at", "in_future"));
    }
    if age > RECEIVED_AGO_MOST { Err(fault("received_at", "too_long_ago")) } else { Ok(at.min(now)) }
}

/// What a step must follow in time: a pause ends after it began, a result is told after there is one.
pub fn not_before(case: &Case, step: Step) -> Timestamp {
    let after = match step {
        Step::Resumed => case.waiting_at,
        Step::Told | Step::FollowedUp | Step::Closed | Step::Reopened => case.solved_at,
        Step::Joined => case.force_called_at,
        _ => None,
    };
    after.unwrap_or(case.received_at).max(case.received_at)
}

/// Why one case cannot become part of another.
pub fn merge_fault(source: &Case, target: &Case) -> Option<&'static str> {
    if source.id == target.id {
        return Some("case.merge_self");
    }
    if target.merged_into == Some(source.id) {
        return Some("case.merge_cycle");
    }
    if !target.state.is_open() {
        return Some("case.merge_target_ended");
    }
    // Two customers' matters are two cases, whatever they have in common.
    let same = source.customer_id == target.customer_id || source.customer().is_none();
    (!same).then_some("case.merge_other_customer")
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
