//! Planning: who owes what by when.
//!
//! `Every`, `Quota` and `Target`: one duty per rule, subject and period. `Within`: one duty per cycle of the clock.
//!
//! Who joins late. A subject that became one in the first half of a period owes everything, and what it did earlier in
//! the period counts. In the second half it owes, by `joins`, the share of the need that is left of the period, rounded
//! up (so at least one of each), counted from the day it joined; or nothing; or everything. A subject with no working
//! day left in the period owes nothing, nor does one that leaves before the end. Halves and shares are of natural time.

use super::cycles::{Cycle, cycles, pauses};
use super::duty::{Duty, DutyKey, NeedCount, Terms, Warning};
use super::facts::subject_holds;
use super::replan::no_longer_owed;
use super::told::{ASSIGNEE, Held, Told, named};
use super::window::{Window, pace};
use super::{Calendars, RuleError, Subject};
use crate::kernel::Fact;
use crate::policy::definition::{Conditions, GRADE, Joins, Need, Owner, Rule, Shape, Span, Within};
use calendar::{Due, Pause, Stopwatch, TimeBase, Timetable};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// What is the same for all subjects of a rule in one period, computed once: planning a million customers then costs
/// no calendar arithmetic per customer.
pub struct Frame {
    window: Window,
    timetable: Timetable,
    /// The working days to spread suggestions over.
    days: Vec<Date>,
    warnings: Vec<Warning>,
    zone: jiff::tz::TimeZone,
}

impl Frame {
    pub fn new(rule: &Rule, window: Window, calendars: &Calendars) -> Result<Frame, RuleError> {
        let base = calendars.base(&rule.calendar)?;
        let days = acting_days(window.first, window.end, calendars);
        let timetable = Timetable::new(&base, window.opens_at, window.closes_at);
        let warnings = period_warnings(rule, window.opens_at, &timetable);
        Ok(Frame { window, timetable, days, warnings, zone: calendars.zone().clone() })
    }

    pub fn window(&self) -> &Window {
        &self.window
    }
}

/// The duty of this subject in this period, if it owes one.
pub fn plan_period(rule: &Rule, frame: &Frame, subject: &Subject) -> Result<Option<Duty>, RuleError> {
    let window = &frame.window;
    if rule.subject != subject.kind || !subject_holds(&rule.of, subject) {
        return Ok(None);
    }
    if subject.since >= window.closes_at || subject.until.is_some_and(|until| until < window.closes_at) {
        return Ok(None);
    }
    let Some(share) = owed_share(rule, window, subject.since) else { return Ok(None) };
    let opens_at = window.opens_at.max(subject.since);
    let days = days_from(frame, opens_at);
    if days.is_empty() && opens_at > window.opens_at {
        return Ok(None);
    }
    let need = needs(&rule.shape, share);
    let steps = steps(rule, &need, &[]);
    let warnings = match opens_at == window.opens_at {
        true => frame.warnings.clone(),
        false => period_warnings(rule, opens_at, &frame.timetable),
    };
    let terms = Terms {
        customer: (subject.kind == "customer").then_some(subject.id),
        owner: owner(rule, Some(subject), None),
        deputy: deputy(rule.owner, Some(subject)),
        department: subject.department,
        opens_at,
        counts_from: if share.is_whole() { window.opens_at } else { opens_at },
        due_at: Some(window.closes_at),
        provisional: false,
        act_at: suggested(days, steps, 0, subject.id, &frame.zone).map(|at| at.max(opens_at)),
        warnings,
        need,
    };
    Ok(Some(Duty::new(key(rule, subject.id, &window.key), terms)))
}

/// The duties of one subject of a `Within` rule (an interaction, an event, a case): one per cycle. `facts` are all
/// facts about it; `about` is the snapshot of that subject, or of its customer.
pub fn plan_within(
    rule: &Rule,
    facts: &[Fact],
    about: Option<&Subject>,
    calendars: &Calendars,
) -> Result<Vec<Duty>, RuleError> {
    let Shape::Within(within) = &rule.shape else { return Ok(Vec::new()) };
    if !rule.of.is_empty() && !about.is_some_and(|subject| subject_holds(&rule.of, subject)) {
        return Ok(Vec::new());
    }
    let held = pauses(within, facts);
    let base = calendars.base(&rule.calendar)?;
    let mut duties = Vec::new();
    for cycle in cycles(within, facts) {
        let watch = stopwatch(within, &cycle, held.iter().copied(), &base);
        if cycle.stands(&watch)? {
            duties.push(clock_duty(rule, &cycle, &watch, about)?);
        }
    }
    Ok(duties)
}

/// The same for a subject that is known from its facts alone ([`Told`]): a case. Nothing here depends on when the facts
/// arrive. Whether a clock is owed is asked of the subject as it was when the clock was stopped, or as it is now: a case
/// that becomes urgent owes the urgent clocks from its original start, with all pauses kept, and what it had done before
/// stays. A clock that the subject owed only for a while is cancelled as of the change, unless it had run out by then; one
/// that it never owed is cancelled from its start ([`was_never_owed`]).
/// `customer` is the snapshot of the customer, where there is one; a condition on the grade is one on the customer.
pub fn plan_told(
    rule: &Rule,
    facts: &[Fact],
    customer: Option<&Subject>,
    calendars: &Calendars,
) -> Result<Vec<Duty>, RuleError> {
    let Shape::Within(within) = &rule.shape else { return Ok(Vec::new()) };
    let (graded, of): (Conditions, Conditions) = rule.of.clone().into_iter().partition(|(name, _)| name == GRADE);
    if !graded.is_empty() && !customer.is_some_and(|customer| subject_holds(&graded, customer)) {
        return Ok(Vec::new());
    }
    let told = Told::by(facts);
    let held = pauses(within, facts);
    let base = calendars.base(&rule.calendar)?;
    let mut duties = Vec::new();
    for cycle in cycles(within, facts) {
        let watch = stopwatch(within, &cycle, held.iter().copied(), &base);
        if !cycle.stands(&watch)? {
            continue;
        }
        let stopped = cycle.stop.map(|stop| stop.at).or(cycle.cancelled_at);
        let ended = match told.held(&of, cycle.start.at, stopped.unwrap_or(Timestamp::MAX)) {
            Held::Still => None,
            Held::Until(at) => Some(at),
            Held::Never => Some(cycle.start.at),
        };
        // What has been decided stays with whoever it was decided for.
        let due = watch.due()?.map(|due| due.at);
        let decided = [stopped, ended.map(just_before), due].into_iter().flatten().min();
        let subject = (rule.subject.as_str(), cycle.start.subject);
        let about = told.subject(subject, customer, decided.unwrap_or(Timestamp::MAX));
        let mut duty = clock_duty(rule, &cycle, &watch, Some(&about))?;
        duty.terms.customer = told.customer;
        duty.cancelled = ended.map(no_longer_owed);
        duties.push(duty);
    }
    Ok(duties)
}

/// Whether a clock is planned only to tell that the subject never was what owes it.
pub fn was_never_owed(duty: &Duty) -> bool {
    duty.cancelled.as_ref().is_some_and(|release| release.at <= duty.terms.opens_at)
}

/// While it was still so.
fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_micros(1)).unwrap_or(at)
}

fn clock_duty(rule: &Rule, cycle: &Cycle<'_>, watch: &Stopwatch, about: Option<&Subject>) -> Result<Duty, RuleError> {
    let due = watch.due()?;
    let terms = Terms {
        customer: cycle.start.customer,
        owner: owner(rule, about, Some(cycle.start)),
        deputy: deputy(rule.owner, about),
        department: about.and_then(|subject| subject.department),
        opens_at: cycle.start.at,
        counts_from: cycle.start.at,
        due_at: due.map(|due| due.at),
        provisional: due.is_some_and(|due| due.provisional),
        act_at: Some(cycle.start.at),
        warnings: clock_warnings(rule, watch)?,
        need: Vec::new(),
    };
    Ok(Duty::new(key(rule, cycle.start.subject, &cycle.number.to_string()), terms))
}

/// What holds a clock after it was stopped no longer moves its due instant.
pub(super) fn stopwatch(
    within: &Within,
    cycle: &Cycle<'_>,
    pauses: impl IntoIterator<Item = Pause>,
    base: &TimeBase,
) -> Stopwatch {
    let before_stop = |pause: &Pause| cycle.stop.is_none_or(|stop| pause.from < stop.at);
    let budget = match within.budget {
        Span::Seconds(seconds) => SignedDuration::from_secs(seconds),
        // Refused when the rule is checked.
        Span::WorkingDays(_) => SignedDuration::ZERO,
    };
    Stopwatch::new(cycle.start.at, budget, base.clone()).with_pauses(pauses.into_iter().filter(before_stop))
}

pub(super) fn clock_warnings(rule: &Rule, watch: &Stopwatch) -> Result<Vec<Warning>, RuleError> {
    let mut list = Vec::new();
    for percent in percents(rule) {
        if let Some(Due { at, .. }) = watch.warn_at(u32::from(percent))? {
            list.push(Warning { percent, at });
        }
    }
    Ok(list)
}

/// When shares of the time from `opens` until the end of the period are over.
fn period_warnings(rule: &Rule, opens: Timestamp, timetable: &Timetable) -> Vec<Warning> {
    let total = timetable.left(opens).as_secs();
    let at = |percent: u8| timetable.add(opens, SignedDuration::from_secs(total * i64::from(percent) / 100));
    percents(rule).filter_map(|percent| Some(Warning { percent, at: at(percent)? })).collect()
}

fn percents(rule: &Rule) -> impl Iterator<Item = u8> {
    rule.warnings.iter().map(|share| (share * 100.0).round() as u8)
}

/// A share of a need: `left` of `total` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    left: i64,
    total: i64,
}

impl Share {
    pub(super) const WHOLE: Share = Share { left: 1, total: 1 };

    pub(super) fn of(left: i64, total: i64) -> Share {
        Share { left: left.clamp(0, total.max(1)), total: total.max(1) }
    }

    fn is_whole(self) -> bool {
        self.left == self.total
    }

    pub(super) fn is_nothing(self) -> bool {
        self.left == 0
    }

    /// Half or more is treated as all of it.
    pub(super) fn generous(self) -> Share {
        if self.left * 2 >= self.total { Share::WHOLE } else { self }
    }

    pub(super) fn of_count(self, count: u32) -> u32 {
        let parts = i128::from(count) * i128::from(self.left);
        let whole = parts.div_euclid(i128::from(self.total)) + i128::from(parts % i128::from(self.total) != 0);
        u32::try_from(whole).unwrap_or(count)
    }
}

/// How much of the need somebody owes who joined at `since`; `None`: nothing.
fn owed_share(rule: &Rule, window: &Window, since: Timestamp) -> Option<Share> {
    if since <= window.opens_at {
        return Some(Share::WHOLE);
    }
    let seconds = |from: Timestamp| window.closes_at.duration_since(from).as_secs();
    let share = Share::of(seconds(since), seconds(window.opens_at)).generous();
    match joins(&rule.shape) {
        _ if share.is_whole() => Some(Share::WHOLE),
        Joins::Full => Some(Share::WHOLE),
        Joins::Half => None,
        Joins::Prorate => Some(share),
    }
}

fn joins(shape: &Shape) -> Joins {
    match shape {
        Shape::Within(_) => Joins::Full,
        Shape::Every(every) => every.joins,
        Shape::Quota(quota) => quota.joins,
        Shape::Target(target) => target.joins,
    }
}

fn needs(shape: &Shape, share: Share) -> Vec<NeedCount> {
    let line = |what: &str, at_least: u32| NeedCount { what: what.to_owned(), at_least: share.of_count(at_least) };
    match shape {
        Shape::Every(_) => vec![line("done", 1)],
        Shape::Quota(quota) => quota.need.iter().map(|need| line(&need.what, need.at_least)).collect(),
        Shape::Within(_) | Shape::Target(_) => Vec::new(),
    }
}

/// How many separate acts are still needed when `done[i]` of each line are there. A line whose facts all count for a
/// wider line adds nothing to it: two contacts of which one visit are two acts.
pub(super) fn steps(rule: &Rule, need: &[NeedCount], done: &[u32]) -> usize {
    let Shape::Quota(quota) = &rule.shape else { return usize::from(done.is_empty() || done[0] == 0) };
    let left = |index: usize| {
        let owed = need.get(index).map_or(0, |need| need.at_least);
        owed.saturating_sub(done.get(index).copied().unwrap_or(0)) as usize
    };
    let mut total = 0;
    for (index, line) in quota.need.iter().enumerate() {
        if widened_by(&quota.need, index) {
            continue;
        }
        let inner: usize =
            (0..quota.need.len()).filter(|i| *i != index && inside(&quota.need[*i], line)).map(left).sum();
        total += left(index).max(inner);
    }
    total
}

fn widened_by(lines: &[Need], index: usize) -> bool {
    let wider = |(other, line): (usize, &Need)| {
        let same = inside(line, &lines[index]);
        other != index && inside(&lines[index], line) && (!same || other < index)
    };
    lines.iter().enumerate().any(wider)
}

/// Whether every fact that counts for `inner` counts for `outer` as well.
fn inside(inner: &Need, outer: &Need) -> bool {
    let covered = |one: &_| outer.counts.contains(one) || outer.counts.iter().any(|all| covers(all, one));
    inner.counts.iter().all(covered)
}

fn covers(all: &crate::policy::definition::Selector, one: &crate::policy::definition::Selector) -> bool {
    all.fact == one.fact && all.conditions.is_empty()
}

/// The working days of a stretch, or all its days where there are none.
pub(super) fn acting_days(first: Date, end: Date, calendars: &Calendars) -> Vec<Date> {
    let working: Vec<Date> = calendars.company().working_days(first, end).collect();
    if !working.is_empty() {
        return working;
    }
    std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(|date| *date < end).collect()
}

fn days_from(frame: &Frame, opens_at: Timestamp) -> &[Date] {
    let first = frame.zone.to_datetime(opens_at).date();
    let place = frame.days.partition_point(|day| *day < first);
    &frame.days[place..]
}

/// The suggested moment for act number `index` of `steps`: the start of its day.
pub(super) fn suggested(
    days: &[Date],
    steps: usize,
    index: usize,
    subject: Uuid,
    zone: &jiff::tz::TimeZone,
) -> Option<Timestamp> {
    let day = pace(days, steps, index, seed(subject))?;
    zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
}

fn seed(subject: Uuid) -> u64 {
    let (high, low) = subject.as_u64_pair();
    high ^ low
}

fn owner(rule: &Rule, about: Option<&Subject>, start: Option<&Fact>) -> Option<Uuid> {
    let customer_owner = || about.and_then(|subject| subject.owner);
    let actor = || start.and_then(|fact| fact.actor);
    match rule.owner {
        Owner::CustomerOwner => customer_owner(),
        Owner::FactActor => actor().or_else(customer_owner),
        Owner::FactAssignee if rule.is_of_customers() => {
            start.and_then(|fact| named(&fact.attributes, ASSIGNEE)).or_else(customer_owner)
        }
        // Nobody has it yet: whoever took it in, or whoever knows the customer.
        Owner::FactAssignee => {
            about.and_then(|subject| named(&subject.attributes, ASSIGNEE)).or_else(actor).or_else(customer_owner)
        }
        Owner::DepartmentHead => about.and_then(|subject| subject.department_head),
    }
}

/// Only the customer's owner has a known deputy in the snapshot.
fn deputy(owner: Owner, about: Option<&Subject>) -> Option<Uuid> {
    if owner == Owner::CustomerOwner { about.and_then(|subject| subject.deputy) } else { None }
}

fn key(rule: &Rule, subject: Uuid, occurrence: &str) -> DutyKey {
    DutyKey { rule: rule.key.clone(), subject, occurrence: occurrence.to_owned() }
}
