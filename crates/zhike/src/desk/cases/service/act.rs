//! What is done about a case.

use jiff::Timestamp;
use serde_json::{Value, json};
use store::Tx;
use uuid::Uuid;

use super::open::{check_assigning, department, put_in_charge, tell_assignee};
use super::pen::{Filed, Line, Pen};
use super::{force, join, reached, upward};
use crate::desk::cases::facts::{self, News};
use crate::desk::cases::input::{
    self, Act, Assigning, Classifying, Done, FollowingUp, Reason, Said, level_fault, remark, said,
};
use crate::desk::cases::model::{Case, Channel, Outcome, State, Step};
use crate::desk::cases::rules;
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Result};
use crate::platform::audit::Changes;
use crate::platform::grant::Grant;
use crate::platform::input::fault;

/// Does something about a case. What is said to one that became part of another is said to the other.
pub fn act(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Case>, id: Uuid, act: &Act) -> Result<Filed> {
    let case = reached(tx, grant, id)?;
    if let (Some(other), Act::Wrote(_) | Act::Answer(_) | Act::Note(_)) = (case.merged_into, act) {
        return self::act(tx, grant, other.uuid(), act);
    }
    let who = grant.principal();
    let mut pen = Pen::new(who, case);
    match act {
        Act::Wrote(said) => wrote(tx, &mut pen, said)?,
        Act::Answer(said) => answer(tx, &mut pen, said)?,
        Act::Note(note) => {
            let content = said("content", &note.content)?;
            let at = pen.at(Step::Noted, note.at)?;
            pen.step(tx, Step::Noted, at, Line::saying(content))?;
        }
        Act::Classify(classifying) => classify(tx, &mut pen, classifying)?,
        Act::Assign(assigning) => return assign(tx, grant, pen, assigning),
        Act::Escalate(reason) => upward::escalate(tx, &mut pen, reason)?,
        Act::TakeUp(done) => {
            let at = pen.at(Step::TakenUp, done.at)?;
            let line = Line::maybe(remark(&done.content)?);
            pen.case.owner_id = pen.case.owner_id.or(Some(who.user));
            pen.case.department_id = pen.case.department_id.or(who.department);
            pen.step(tx, Step::TakenUp, at, line)?;
            taken_up(&mut pen, at);
        }
        Act::Wait(reason) => wait(tx, &mut pen, reason)?,
        Act::Resume(done) => {
            let at = pen.at(Step::Resumed, done.at)?;
            resume(tx, &mut pen, at, remark(&done.content)?)?;
        }
        Act::Call(calling) => force::call(tx, &mut pen, calling)?,
        Act::Acknowledge(coming) => force::acknowledge(tx, &mut pen, coming)?,
        Act::Join(coming) => force::join(tx, &mut pen, coming)?,
        Act::Minutes(minutes) => {
            let content = said("content", &minutes.content)?;
            let at = pen.at(Step::Minutes, minutes.at)?;
            pen.step(tx, Step::Minutes, at, Line::saying(content))?;
        }
        Act::Solution(said) => solution(tx, &mut pen, said)?,
        Act::Solve(result) => solve(tx, &mut pen, result)?,
        Act::Tell(said) => tell_result(tx, &mut pen, said)?,
        Act::FollowUp(following) => follow_up(tx, &mut pen, following)?,
        Act::Thank(said) => thank(tx, &mut pen, said)?,
        Act::Close(done) => close(tx, &mut pen, done)?,
        Act::Reopen(reason) => {
            let content = input::reason(&reason.content)?;
            let at = pen.at(Step::Reopened, reason.at)?;
            reopen(tx, &mut pen, at, Line::saying(content))?;
        }
        Act::Withdraw(reason) => {
            let content = input::reason(&reason.content)?;
            upward::check_withdrawing(tx, who, &pen.case)?;
            let at = pen.at(Step::Withdrawn, reason.at)?;
            pen.step(tx, Step::Withdrawn, at, Line::saying(content))?;
            pen.case.waiting_at = None;
            pen.tell(facts::WITHDRAWN, at);
        }
        Act::Merge(other) => return join::merge(tx, grant, pen, other),
        Act::Split(splitting) => return join::split(tx, grant, pen, splitting),
        Act::Link(other) => return join::link(tx, grant, pen, other),
    }
    pen.finish(tx, Changes::new())
}

fn wrote(tx: &mut Tx<'_>, pen: &mut Pen<'_>, said: &Said) -> Result<()> {
    let (at, line) = spoken(pen, Step::Wrote, said)?;
    let line = Line { contact: pen.case.contact_id, ..line };
    pen.step(tx, Step::Wrote, at, line)?;
    let by = line_channel(pen, said);
    pen.tell_more(News::new(facts::CUSTOMER_WROTE, at).saying("by", by.word()));
    // What it waited for has come.
    match pen.case.waiting_at.is_some_and(|since| since <= at) {
        true => resume(tx, pen, at, None),
        false => Ok(()),
    }
}

fn answer(tx: &mut Tx<'_>, pen: &mut Pen<'_>, said: &Said) -> Result<()> {
    let (at, line) = spoken(pen, Step::Answered, said)?;
    pen.step(tx, Step::Answered, at, line)?;
    pen.answered(at);
    Ok(())
}

fn line_channel(pen: &Pen<'_>, words: &Said) -> Channel {
    words.channel.unwrap_or(pen.case.channel)
}

/// When and what was said, and by which way.
fn spoken(pen: &Pen<'_>, step: Step, words: &Said) -> Result<(Timestamp, Line)> {
    let content = said("content", &words.content)?;
    let channel = Some(line_channel(pen, words));
    Ok((pen.at(step, words.at)?, Line { channel, ..Line::saying(content) }))
}

fn classify(tx: &mut Tx<'_>, pen: &mut Pen<'_>, classifying: &Classifying) -> Result<()> {
    let first = pen.case.state == State::Received;
    let reason = remark(&classifying.reason)?;
    let unexplained = !first && classifying.level != pen.case.level && reason.is_none();
    let faults = [level_fault(classifying.level), unexplained.then(|| fault("reason", "required"))];
    Error::from_fields(faults.into_iter().flatten().collect())?;
    pen.case.kind = classifying.kind;
    pen.case.level = classifying.level;
    if let Some(given) = classifying.department_id {
        pen.case.department_id = given.map(|id| department(tx, id)).transpose()?;
    }
    let at = pen.who.now;
    let changed = changed(&pen.before, &Case { state: State::Classified, ..pen.case.clone() });
    pen.step(tx, Step::Classified, at, Line { changed, ..Line::maybe(reason) })?;
    pen.tell(facts::CHANGED, at);
    Ok(())
}

/// What became what.
pub(super) fn changed(old: &Case, new: &Case) -> Option<Value> {
    let mut changes = Changes::new();
    // Before somebody has looked at a case it is of no kind.
    let kind = |case: &Case| (case.state != State::Received).then_some(case.kind);
    changes.field("kind", &kind(old), &kind(new)).field("level", &old.level, &new.level);
    changes.field("owner_id", &old.owner_id, &new.owner_id);
    changes.field("department_id", &old.department_id, &new.department_id);
    (!changes.is_empty()).then(|| changes.into())
}

fn assign(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Case>,
    mut pen: Pen<'_>,
    assigning: &Assigning,
) -> Result<Filed> {
    let who = grant.principal();
    if assigning.assignee_id.is_none() && assigning.department_id.is_none() {
        return Err(Error::field_invalid("assignee_id", "required"));
    }
    let content = remark(&assigning.content)?;
    if let Some(assignee) = assigning.assignee_id {
        put_in_charge(tx, &mut pen.case, assignee)?;
    }
    if let Some(given) = assigning.department_id {
        pen.case.department_id = Some(department(tx, given)?);
        // Given to a department, it waits there for somebody who takes it.
        if assigning.assignee_id.is_none() {
            pen.case.owner_id = None;
        }
    }
    check_assigning(tx, who, &pen.before, &pen.case)?;
    let changed = changed(&pen.before, &pen.case);
    pen.step(tx, Step::Assigned, who.now, Line { changed, ..Line::maybe(content) })?;
    pen.tell(facts::CHANGED, who.now);
    if pen.case.owner_id != pen.before.owner_id {
        tell_assignee(tx, who, &pen.case)?;
    }
    pen.finish(tx, Changes::new())
}

/// Somebody has begun with it; whoever proposes or settles something has, too.
fn taken_up(pen: &mut Pen<'_>, at: Timestamp) {
    if pen.case.taken_up_at.is_none() {
        pen.case.taken_up_at = Some(at);
        pen.tell(facts::TAKEN_UP, at);
    }
}

fn wait(tx: &mut Tx<'_>, pen: &mut Pen<'_>, reason: &Reason) -> Result<()> {
    let content = input::reason(&reason.content)?;
    let at = pen.at(Step::Waiting, reason.at)?;
    pen.step(tx, Step::Waiting, at, Line::saying(content.clone()))?;
    pen.case.waiting_at = Some(at);
    pen.tell_more(News::new(facts::WAITING, at).saying("reason", content));
    Ok(())
}

fn resume(tx: &mut Tx<'_>, pen: &mut Pen<'_>, at: Timestamp, content: Option<String>) -> Result<()> {
    pen.step(tx, Step::Resumed, at, Line::maybe(content))?;
    pen.case.waiting_at = None;
    pen.tell(facts::RESUMED, at);
    Ok(())
}

/// Who goes on with a case waits no longer.
fn resume_if_waiting(tx: &mut Tx<'_>, pen: &mut Pen<'_>, at: Timestamp) -> Result<()> {
    match pen.case.waiting_at {
        Some(since) => resume(tx, pen, at.max(since), None),
        None => Ok(()),
    }
}

fn solution(tx: &mut Tx<'_>, pen: &mut Pen<'_>, said: &Said) -> Result<()> {
    let (at, line) = spoken(pen, Step::Solution, said)?;
    resume_if_waiting(tx, pen, at)?;
    pen.step(tx, Step::Solution, at, line)?;
    taken_up(pen, at);
    pen.case.solution_at = Some(pen.case.solution_at.unwrap_or(at));
    pen.answered(at);
    pen.tell(facts::SOLUTION_GIVEN, at);
    Ok(())
}

fn solve(tx: &mut Tx<'_>, pen: &mut Pen<'_>, result: &Reason) -> Result<()> {
    let content = said("content", &result.content)?;
    let at = pen.at(Step::Solved, result.at)?;
    resume_if_waiting(tx, pen, at)?;
    pen.step(tx, Step::Solved, at, Line::saying(content.clone()))?;
    taken_up(pen, at);
    pen.case.solved_at = Some(at);
    pen.case.result = Some(content);
    (pen.case.told_at, pen.case.confirmed_at) = (None, None);
    (pen.case.tries, pen.case.tried_at) = (0, None);
    pen.tell(facts::SOLVED, at);
    Ok(())
}

fn tell_result(tx: &mut Tx<'_>, pen: &mut Pen<'_>, said: &Said) -> Result<()> {
    let (at, line) = spoken(pen, Step::Told, said)?;
    pen.step(tx, Step::Told, at, line)?;
    told(pen, at);
    pen.answered(at);
    Ok(())
}

fn told(pen: &mut Pen<'_>, at: Timestamp) {
    if pen.case.told_at.is_none() {
        pen.case.told_at = Some(at);
        pen.tell(facts::RESULT_TOLD, at);
    }
}

fn follow_up(tx: &mut Tx<'_>, pen: &mut Pen<'_>, following: &FollowingUp) -> Result<()> {
    let words = Said { content: following.content.clone(), channel: following.channel, at: following.at };
    let (at, line) = spoken(pen, Step::FollowedUp, &words)?;
    let outcome = following.outcome;
    if outcome == Outcome::Unreachable && rules::is_same_try(&pen.case, at) {
        return Err(Error::field_invalid("at", "try_too_soon"));
    }
    pen.step(tx, Step::FollowedUp, at, Line { outcome: Some(outcome), ..line })?;
    pen.case.tried_at = pen.case.tried_at.max(Some(at));
    pen.tell_more(News::new(facts::FOLLOWED_UP, at).saying("outcome", outcome.word()));
    match outcome {
        Outcome::Unreachable => pen.case.tries += 1,
        Outcome::Confirmed => {
            pen.case.confirmed_at = Some(at);
            pen.case.state = State::Replied;
            told(pen, at);
        }
        Outcome::Dissatisfied => {}
    }
    if rules::reopens(outcome) {
        return reopen(tx, pen, at, Line::default());
    }
    match following.close {
        true => close(tx, pen, &Done { content: None, at: Some(at) }),
        false => Ok(()),
    }
}

fn thank(tx: &mut Tx<'_>, pen: &mut Pen<'_>, said: &Said) -> Result<()> {
    let (at, line) = spoken(pen, Step::Thanked, said)?;
    pen.step(tx, Step::Thanked, at, line)?;
    pen.case.thanked_at = Some(pen.case.thanked_at.unwrap_or(at));
    pen.answered(at);
    pen.tell(facts::THANKED, at);
    Ok(())
}

fn close(tx: &mut Tx<'_>, pen: &mut Pen<'_>, done: &Done) -> Result<()> {
    let at = pen.at(Step::Closed, done.at)?;
    pen.step(tx, Step::Closed, at, Line::maybe(remark(&done.content)?))?;
    pen.case.closed_at = Some(at);
    pen.case.waiting_at = None;
    pen.tell(facts::CLOSED, at);
    Ok(())
}

/// A new cycle: it is to be solved, told and followed up anew.
fn reopen(tx: &mut Tx<'_>, pen: &mut Pen<'_>, at: Timestamp, line: Line) -> Result<()> {
    pen.step(tx, Step::Reopened, at, line)?;
    pen.case.cycle += 1;
    (pen.case.solved_at, pen.case.told_at, pen.case.confirmed_at) = (None, None, None);
    (pen.case.tries, pen.case.tried_at, pen.case.closed_at) = (0, None, None);
    pen.tell_more(News::new(facts::REOPENED, at).saying("cycle", json!(pen.case.cycle)));
    Ok(())
}
