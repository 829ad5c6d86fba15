//! What is refused although it is well-formed: a policy that cannot be run, or that says less than it seems to.

use super::{
    Clause, Error, FestivalWindow, Need, Owner, PauseWhile, Per, Policy, Problem, Rule, Selector, Shape, Span, Text,
};
use super::{Conditions, Quota, Target, Within};
use calendar::Festival;
use std::collections::HashSet;

/// A quota or a period beyond this is a slip of the finger, not a regulation.
pub(super) const MOST_PER_PERIOD: u32 = 100;
/// A year, also for the ladder: enough for any regulation, and within reach of every sensible calendar.
const LONGEST_SPAN_SECONDS: i64 = 366 * 24 * 3600;
const LONGEST_SPAN_DAYS: u16 = 250;
/// Festival windows must not overlap the same festival of the next year.
pub(super) const LONGEST_WINDOW_DAYS: u16 = 60;
const LONGEST_NAME: usize = 60;

type Checked = Result<(), Error>;

pub(super) fn check_policy(policy: &Policy) -> Checked {
    name(&policy.key, "key")?;
    text(&policy.title, "title")?;
    text(&policy.summary, "summary")?;
    if policy.clauses.is_empty() {
        return Err(Error::at("clause", Problem::Empty));
    }
    unique(policy.clauses.iter().map(|clause| clause.id.as_str()), "clause")?;
    unique(policy.rules().map(|(_, rule)| rule.key.as_str()), "rule")?;
    policy.clauses.iter().try_for_each(check_clause)
}

fn check_clause(clause: &Clause) -> Checked {
    let place = &clause.id;
    name(&clause.id, "clause")?;
    text(&clause.title, &format!("{place} title"))?;
    text(&clause.text, &format!("{place} text"))?;
    unique(clause.see.iter().map(String::as_str), place)?;
    match (&clause.pending, clause.rules.is_empty()) {
        (None, true) => return Err(Error::at(place, Problem::NoRulesNoPending)),
        (Some(_), false) => return Err(Error::at(place, Problem::RulesAndPending)),
        (Some(pending), true) => text(pending, &format!("{place} pending"))?,
        (None, false) => {}
    }
    clause.rules.iter().try_for_each(|rule| check_rule(rule, &format!("{place} {}", rule.key)))
}

/// Refuses a rule that could not be run; `place` names it in the error.
pub fn check_rule(rule: &Rule, place: &str) -> Checked {
    name(&rule.key, place)?;
    text(&rule.name, &format!("{place} name"))?;
    name(&rule.subject, &format!("{place} subject"))?;
    name(&rule.calendar, &format!("{place} calendar"))?;
    conditions(&rule.of, &format!("{place} of"))?;
    warnings(&rule.warnings, &format!("{place} warnings"))?;
    ladder(rule, &format!("{place} ladder"))?;
    let by_fact = matches!(rule.owner, Owner::FactActor | Owner::FactAssignee);
    if by_fact && !matches!(rule.shape, Shape::Within(_)) {
        return Err(Error::at(format!("{place} owner"), Problem::NoActor));
    }
    match &rule.shape {
        Shape::Within(within) => check_within(within, &format!("{place} within")),
        Shape::Every(every) => {
            per(&every.per, &format!("{place} every"))?;
            selectors(&every.facts, &format!("{place} every facts"))
        }
        Shape::Quota(quota) => check_quota(quota, &format!("{place} quota")),
        Shape::Target(target) => check_target(target, &format!("{place} target")),
    }
}

fn check_within(within: &Within, place: &str) -> Checked {
    selectors(&within.start, &format!("{place} start"))?;
    selectors(&within.stop, &format!("{place} stop"))?;
    if !within.cancel.is_empty() {
        selectors(&within.cancel, &format!("{place} cancel"))?;
    }
    match within.budget {
        Span::Seconds(1..=LONGEST_SPAN_SECONDS) => {}
        _ => return Err(Error::at(format!("{place} budget"), Problem::NotABudget)),
    }
    within.pause_while.iter().try_for_each(|pause| check_pause(pause, &format!("{place} pause_while")))
}

fn check_pause(pause: &PauseWhile, place: &str) -> Checked {
    not_blank(&pause.reason, &format!("{place} reason"))?;
    selectors(&pause.from, &format!("{place} from"))?;
    selectors(&pause.until, &format!("{place} until"))
}

fn check_quota(quota: &Quota, place: &str) -> Checked {
    per(&quota.per, place)?;
    if quota.need.is_empty() {
        return Err(Error::at(format!("{place} need"), Problem::Empty));
    }
    unique(quota.need.iter().map(|need| need.what.as_str()), &format!("{place} need"))?;
    quota.need.iter().try_for_each(|need| check_need(need, &format!("{place} need {}", need.what)))
}

fn check_need(need: &Need, place: &str) -> Checked {
    name(&need.what, place)?;
    selectors(&need.counts, &format!("{place} counts"))?;
    between(i64::from(need.at_least), 1, i64::from(MOST_PER_PERIOD), &format!("{place} at_least"))
}

fn check_target(target: &Target, place: &str) -> Checked {
    per(&target.per, place)?;
    name(&target.measure, &format!("{place} measure"))?;
    if target.at_least.is_finite() {
        return Ok(());
    }
    Err(Error::at(format!("{place} at_least"), Problem::Value("must be a number".to_owned())))
}

fn per(per: &Per, place: &str) -> Checked {
    match per {
        Per::Period(_) => Ok(()),
        Per::Festivals(window) => check_window(window, &format!("{place} per")),
    }
}

fn check_window(window: &FestivalWindow, place: &str) -> Checked {
    if window.festivals.is_empty() {
        return Err(Error::at(format!("{place} festivals"), Problem::Empty));
    }
    unique(window.festivals.iter().map(Festival::key), &format!("{place} festivals"))?;
    let most = i64::from(LONGEST_WINDOW_DAYS);
    between(i64::from(window.days_before), 0, most, &format!("{place} days_before"))?;
    between(i64::from(window.days_after), 0, most, &format!("{place} days_after"))
}

fn selectors(list: &[Selector], place: &str) -> Checked {
    if list.is_empty() {
        return Err(Error::at(place, Problem::Empty));
    }
    list.iter().try_for_each(|selector| {
        name(&selector.fact, place)?;
        conditions(&selector.conditions, place)
    })
}

fn conditions(list: &Conditions, place: &str) -> Checked {
    list.iter().try_for_each(|(attribute, values)| {
        let place = format!("{place} {attribute}");
        if attribute.contains('.') {
            return Err(Error::at(place, Problem::Name(attribute.clone())));
        }
        name(attribute, &place)?;
        if values.is_empty() {
            return Err(Error::at(place, Problem::Empty));
        }
        let scalar = |value: &serde_json::Value| value.is_string() || value.is_i64() || value.is_boolean();
        if values.iter().all(scalar) { Ok(()) } else { Err(Error::at(place, Problem::NotAScalar)) }
    })
}

fn warnings(shares: &[f64], place: &str) -> Checked {
    if !shares.iter().all(|share| *share > 0.0 && *share < 1.0) {
        return Err(Error::at(place, Problem::NotAShare));
    }
    // Compared as whole percents because that is how a warning is named.
    let percents: Vec<i64> = shares.iter().map(|share| (share * 100.0).round() as i64).collect();
    if !percents.iter().all(|percent| (1..=99).contains(percent)) {
        return Err(Error::at(place, Problem::NotAShare));
    }
    ascending(&percents, place)
}

/// Rungs ascend within their unit, hours come before working days, and nobody is told twice.
fn ladder(rule: &Rule, place: &str) -> Checked {
    unique(rule.ladder.iter().map(|rung| rung.to.as_str()), place)?;
    for rung in &rule.ladder {
        let (value, most) = match rung.after {
            Span::Seconds(seconds) => (seconds, LONGEST_SPAN_SECONDS),
            Span::WorkingDays(days) => (i64::from(days), i64::from(LONGEST_SPAN_DAYS)),
        };
        between(value, 0, most, place)?;
    }
    let ranks: Vec<(u8, i64)> = rule.ladder.iter().map(|rung| span_rank(rung.after)).collect();
    if ranks.is_sorted() { Ok(()) } else { Err(Error::at(place, Problem::NotAscending)) }
}

fn span_rank(span: Span) -> (u8, i64) {
    match span {
        Span::Seconds(seconds) => (0, seconds),
        Span::WorkingDays(days) => (1, i64::from(days)),
    }
}

fn ascending(values: &[i64], place: &str) -> Checked {
    if values.windows(2).all(|pair| pair[0] < pair[1]) {
        return Ok(());
    }
    Err(Error::at(place, Problem::NotAscending))
}

fn between(value: i64, least: i64, most: i64, place: &str) -> Checked {
    if value < least {
        return Err(Error::at(place, Problem::TooSmall(least)));
    }
    if value > most {
        return Err(Error::at(place, Problem::TooLarge(most)));
    }
    Ok(())
}

fn unique<'a>(names: impl Iterator<Item = &'a str>, place: &str) -> Checked {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::at(place, Problem::Twice(name.to_owned())));
        }
    }
    Ok(())
}

fn name(text: &str, place: &str) -> Checked {
    let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    if !text.is_empty() && text.len() <= LONGEST_NAME && text.chars().all(usable) {
        return Ok(());
    }
    Err(Error::at(place, Problem::Name(text.to_owned())))
}

fn text(text: &Text, place: &str) -> Checked {
    not_blank(&text.zh, &format!("{place} zh"))?;
    not_blank(&text.en, &format!("{place} en"))
}

fn not_blank(text: &str, place: &str) -> Checked {
    if text.trim().is_empty() { Err(Error::at(place, Problem::Empty)) } else { Ok(()) }
}
