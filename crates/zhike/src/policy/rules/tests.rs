//! The engine by example. Dates are of 2026 in China unless they say otherwise.

use super::facts::in_order;
use super::ladder::{next_check, passed};
use super::window::windows;
use super::*;
use crate::kernel::Fact;
use crate::policy::definition::{Per, Recipient, Rule, Shape};
use crate::policy::start;
use calendar::{CalendarSpec, HolidayTable, Period, WorkCalendar};
use jiff::Timestamp;
use serde_json::{Map, json};
use std::sync::Arc;
use uuid::Uuid;

pub(super) fn calendars() -> Calendars {
    let office = WorkCalendar::from_spec(&CalendarSpec::china_office(), HolidayTable::china());
    Calendars::new(Arc::new(office.expect("the usual office")))
}

/// `2026-11-05 10:00` in China.
pub(super) fn at(wall: &str) -> Timestamp {
    let wall: jiff::civil::DateTime = wall.replace(' ', "T").parse().expect("a wall clock time");
    calendars().zone().to_timestamp(wall).expect("an instant")
}

pub(super) fn start_rule(key: &str) -> Rule {
    start::policy("R3").and_then(|policy| policy.rule(key).map(|(_, rule)| rule.clone())).expect(key)
}

pub(super) fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(super) const CUSTOMER: u128 = 42;

pub(super) fn subject(grade: &str) -> Subject {
    Subject {
        id: id(CUSTOMER),
        kind: "customer".to_owned(),
        grade: Some(grade.to_owned()),
        attributes: Map::new(),
        owner: Some(id(1)),
        deputy: None,
        department: Some(id(2)),
        department_head: Some(id(3)),
        since: at("2020-01-01 00:00"),
        until: None,
    }
}

/// A fact with the customer; its own id is also the interaction it is about.
pub(super) fn fact(n: u128, kind: &str, when: &str) -> Fact {
    let when = at(when);
    Fact {
        id: id(n),
        kind: kind.to_owned(),
        subject: id(n),
        customer: Some(id(CUSTOMER)),
        at: when,
        recorded_at: when,
        actor: Some(id(7)),
        attributes: Map::new(),
    }
}

pub(super) fn frames(rule: &Rule, from: &str, until: &str) -> Vec<Frame> {
    let per = rule.shape.per().expect("a rule with periods");
    let list = windows(per, at(from), at(until), &calendars()).expect("windows");
    list.into_iter().map(|window| Frame::new(rule, window, &calendars()).expect("a frame")).collect()
}

pub(super) fn november(rule: &Rule, subject: &Subject) -> Option<Duty> {
    let frames = frames(rule, "2026-11-01 00:00", "2026-11-30 00:00");
    assert_eq!(frames.len(), 1);
    plan_period(rule, &frames[0], subject).expect("planned")
}

pub(super) fn judged(rule: &Rule, duty: &Duty, facts: &[Fact], as_of: &str) -> Outcome {
    judge(rule, duty, facts, at(as_of), &calendars()).expect("judged")
}

fn vip() -> (Rule, Duty) {
    let rule = start_rule("vip-contact");
    let duty = november(&rule, &subject("vip")).expect("a duty");
    (rule, duty)
}

#[test]
fn a_vip_duty_runs_for_the_month() {
    let (_, duty) = vip();
    assert_eq!(duty.key.occurrence, "2026-11");
    assert_eq!(duty.terms.opens_at, at("2026-11-01 00:00"));
    assert_eq!(duty.terms.due_at, Some(at("2026-12-01 00:00")));
    assert_eq!(duty.terms.owner, Some(id(1)));
    assert_eq!(duty.terms.need.iter().map(|need| need.at_least).collect::<Vec<_>>(), [2, 1]);
    // 80 % of 21 working days of 7½ hours: 6 hours into the 17th.
    assert_eq!(duty.terms.warnings, [Warning { percent: 80, at: at("2026-11-24 16:30") }]);
}

#[test]
fn rules_look_at_the_grade() {
    assert!(november(&start_rule("vip-contact"), &subject("key")).is_none());
    assert!(november(&start_rule("key-contact"), &subject("key")).is_some());
    let verification = start_rule("archive-verification");
    let frames = frames(&verification, "2026-11-01 00:00", "2026-12-01 00:00");
    let duty = plan_period(&verification, &frames[0], &subject("ordinary")).expect("planned").expect("owed by all");
    assert_eq!((duty.key.occurrence.as_str(), duty.terms.due_at), ("2026-Q4", Some(at("2027-01-01 00:00"))));
}

#[test]
fn two_contacts_of_which_one_visit() {
    let (rule, duty) = vip();
    let call = fact(101, "contact_made", "2026-11-03 10:00");
    let other_call = fact(102, "contact_made", "2026-11-10 10:00");
    let visit = fact(103, "visit_made", "2026-11-17 18:00");
    let state = |facts: &[Fact]| judged(&rule, &duty, facts, "2026-12-01 00:00").state;
    assert_eq!(state(&[call.clone(), other_call.clone()]), State::Missed);
    assert_eq!(state(std::slice::from_ref(&visit)), State::Missed);
    assert_eq!(state(&[call.clone(), visit.clone()]), State::Met);
    let outcome = judged(&rule, &duty, &[visit.clone(), other_call, call], "2026-11-20 00:00");
    assert_eq!((outcome.state, outcome.met_at), (State::Met, Some(visit.at)));
    assert_eq!(outcome.evidence, [id(101), id(102), id(103)]);
    // 18–20, 23–27 and 30 November: nine working days of 7½ hours were left.
    assert_eq!(outcome.margin_seconds, Some(9 * 27_000));
    assert_eq!((outcome.progress[0].have, outcome.progress[1].have), (3, 1));
}

#[test]
fn what_happened_in_the_period_counts_whenever_it_was_recorded() {
    let (rule, duty) = vip();
    let mut visit = fact(101, "visit_made", "2026-11-30 23:59");
    let call = fact(102, "contact_made", "2026-11-02 10:00");
    assert_eq!(judged(&rule, &duty, std::slice::from_ref(&call), "2026-12-01 00:00").state, State::Missed);
    visit.recorded_at = at("2026-12-03 09:00");
    assert_eq!(judged(&rule, &duty, &[call.clone(), visit.clone()], "2026-12-03 09:00").state, State::Met);
    // The end belongs to the next period.
    visit.at = at("2026-12-01 00:00");
    assert_eq!(judged(&rule, &duty, &[call, visit], "2026-12-03 09:00").state, State::Missed);
}

#[test]
fn the_same_fact_counts_once_and_the_latest_version_is_believed() {
    let (rule, duty) = vip();
    let visit = fact(101, "visit_made", "2026-11-03 10:00");
    let outcome = judged(&rule, &duty, &[visit.clone(), visit.clone()], "2026-11-20 00:00");
    assert_eq!((outcome.state, outcome.progress[0].have), (State::Open, 1));
    let corrected = Fact { at: at("2026-10-03 10:00"), recorded_at: at("2026-11-04 09:00"), ..visit.clone() };
    let both = [corrected.clone(), visit];
    assert_eq!(in_order(&both), [&corrected]);
    assert_eq!(judged(&rule, &duty, &both, "2026-11-20 00:00").progress[0].have, 0);
}

#[test]
fn facts_of_others_do_not_count() {
    let (rule, duty) = vip();
    let mut visit = fact(101, "visit_made", "2026-11-03 10:00");
    visit.customer = Some(id(43));
    assert_eq!(judged(&rule, &duty, &[visit], "2026-11-20 00:00").progress[0].have, 0);
}

#[test]
fn a_key_customer_needs_a_contact_and_an_activity() {
    let rule = start_rule("key-contact");
    let duty = november(&rule, &subject("key")).expect("a duty");
    let facts = [fact(1, "contact_made", "2026-11-03 10:00"), fact(2, "contact_made", "2026-11-04 10:00")];
    assert_eq!(judged(&rule, &duty, &facts, "2026-12-01 00:00").state, State::Missed);
    let facts = [fact(1, "activity_attended", "2026-11-03 10:00"), fact(2, "visit_made", "2026-11-04 10:00")];
    assert_eq!(judged(&rule, &duty, &facts, "2026-12-01 00:00").state, State::Met);
}

#[test]
fn suggestions_follow_the_period_and_move_with_progress() {
    let (rule, duty) = vip();
    let november = Period::parse("2026-11").expect("a month");
    let seed = id(CUSTOMER).as_u64_pair();
    let days = november.spread(2, seed.0 ^ seed.1, calendars().company());
    let midnight = |n: usize| Some(calendars().midnight(days[n]).expect("midnight"));
    assert_eq!(duty.terms.act_at, midnight(0));
    let open = judged(&rule, &duty, &[], "2026-11-02 00:00");
    assert_eq!(open.act_at, midnight(0));
    let visit = fact(1, "visit_made", "2026-11-02 10:00");
    assert_eq!(judged(&rule, &duty, std::slice::from_ref(&visit), "2026-11-03 00:00").act_at, midnight(1));
    // Two calls: the visit is still to come, as a third act.
    let calls = [fact(2, "contact_made", "2026-11-02 10:00"), fact(3, "contact_made", "2026-11-02 11:00")];
    assert_eq!(judged(&rule, &duty, &calls, "2026-11-03 00:00").act_at, midnight(1));
    let met = judged(&rule, &duty, &[visit, calls[0].clone()], "2026-11-03 00:00");
    assert_eq!((met.act_at, met.next_check_at), (None, None));
    let postponed = Duty { postponed_until: Some(at("2026-11-29 00:00")), ..duty.clone() };
    assert_eq!(judged(&rule, &postponed, &[], "2026-11-02 00:00").act_at, Some(at("2026-11-29 00:00")));
    let too_far = Duty { postponed_until: Some(at("2027-05-01 00:00")), ..duty };
    assert_eq!(judged(&rule, &too_far, &[], "2026-11-02 00:00").act_at, Some(at("2026-12-01 00:00")));
}

#[test]
fn many_customers_are_spread_evenly_over_the_month() {
    let rule = start_rule("key-contact");
    let frame = &frames(&rule, "2026-11-01 00:00", "2026-11-30 00:00")[0];
    let mut days: std::collections::BTreeMap<Timestamp, u32> = Default::default();
    for n in 0..2100_u128 {
        let customer = Subject { id: id(n), ..subject("key") };
        let duty = plan_period(&rule, frame, &customer).expect("planned").expect("a duty");
        *days.entry(duty.terms.act_at.expect("a day")).or_default() += 1;
    }
    // Two acts a month: the first fall on the first half of 21 days, about 200 on each.
    assert!(days.len() <= 11 && days.values().all(|count| *count < 300), "{days:?}");
}

#[test]
fn joining_late_owes_a_share() {
    let rule = start_rule("vip-contact");
    let join = |since: &str| november(&rule, &Subject { since: at(since), ..subject("vip") });
    let need = |duty: &Duty| duty.terms.need.iter().map(|need| need.at_least).collect::<Vec<_>>();
    let early = join("2026-11-16 00:00").expect("in the first half");
    assert_eq!((need(&early), early.terms.counts_from), (vec![2, 1], at("2026-11-01 00:00")));
    let late = join("2026-11-16 00:01").expect("in the second half");
    assert_eq!((need(&late), late.terms.counts_from), (vec![1, 1], at("2026-11-16 00:01")));
    assert!(late.terms.act_at >= Some(late.terms.opens_at));
    assert!(join("2026-12-01 00:00").is_none());
    let five = crate::policy::definition::params::apply(
        &rule,
        &[("quota.need.0.at_least".to_owned(), json!(5))].into_iter().collect(),
    );
    let five = november(&five.expect("five"), &Subject { since: at("2026-11-21 00:00"), ..subject("vip") });
    // Ten of thirty days are left: a third of five, rounded up.
    assert_eq!(need(&five.expect("a duty")), [2, 1]);
}

#[test]
fn joining_on_the_last_day_off_owes_nothing() {
    // 31 January 2026 is a Saturday.
    let rule = start_rule("vip-contact");
    let frame = &frames(&rule, "2026-01-01 00:00", "2026-01-31 00:00")[0];
    let since =
        |since: &str| plan_period(&rule, frame, &Subject { since: at(since), ..subject("vip") }).expect("planned");
    assert!(since("2026-01-31 09:00").is_none());
    assert!(since("2026-01-30 09:00").is_some());
}

#[test]
fn half_and_full_decide_otherwise() {
    let verification = start_rule("archive-verification");
    let frame = &frames(&verification, "2026-11-01 00:00", "2026-12-01 00:00")[0];
    let join = |rule: &Rule, since: &str| {
        plan_period(rule, frame, &Subject { since: at(since), ..subject("key") }).expect("planned")
    };
    assert!(join(&verification, "2026-11-10 00:00").is_some());
    assert!(join(&verification, "2026-11-20 00:00").is_none());
    let mut full = verification.clone();
    if let Shape::Every(every) = &mut full.shape {
        every.joins = crate::policy::definition::Joins::Full;
    }
    assert_eq!(join(&full, "2026-12-20 00:00").expect("owed").terms.counts_from, at("2026-10-01 00:00"));
}

#[test]
fn who_leaves_in_the_period_owes_nothing() {
    let rule = start_rule("vip-contact");
    let until = |until: &str| november(&rule, &Subject { until: Some(at(until)), ..subject("vip") });
    assert!(until("2026-11-20 00:00").is_none());
    assert!(until("2026-12-01 00:00").is_some());
}

#[test]
fn festival_windows_follow_the_lunar_year() {
    let rule = start_rule("festival-greeting");
    let list: Vec<(String, Timestamp, Timestamp)> = frames(&rule, "2026-01-01 00:00", "2027-01-01 00:00")
        .iter()
        .map(|frame| (frame.window().key.clone(), frame.window().opens_at, frame.window().closes_at))
        .collect();
    assert_eq!(
        list,
        [
            ("2026-spring_festival".to_owned(), at("2026-02-10 00:00"), at("2026-02-18 00:00")),
            ("2026-mid_autumn".to_owned(), at("2026-09-18 00:00"), at("2026-09-26 00:00")),
            ("2026-national_day".to_owned(), at("2026-09-24 00:00"), at("2026-10-02 00:00")),
        ]
    );
    let frame = &frames(&rule, "2026-02-10 00:00", "2026-02-18 00:00")[0];
    let duty = plan_period(&rule, frame, &subject("ordinary")).expect("planned").expect("a duty");
    assert!(plan_period(&rule, frame, &subject("vip")).expect("planned").is_none());
    let greeting = fact(1, "greeting_sent", "2026-02-17 08:00");
    assert_eq!(judged(&rule, &duty, &[greeting], "2026-03-01 00:00").state, State::Met);
    let hasty = fact(1, "greeting_sent", "2026-02-09 08:00");
    assert_eq!(judged(&rule, &duty, &[hasty], "2026-03-01 00:00").state, State::Missed);
}

#[test]
fn windows_cover_the_asked_time_and_nothing_else() {
    let month = Per::Period(calendar::PeriodKind::Month);
    let keys = |from: &str, until: &str| {
        let list = windows(&month, at(from), at(until), &calendars()).expect("windows");
        list.into_iter().map(|window| window.key).collect::<Vec<_>>()
    };
    assert_eq!(keys("2026-10-31 23:59", "2026-12-01 00:00"), ["2026-10", "2026-11"]);
    assert_eq!(keys("2026-11-01 00:00", "2026-11-01 00:00"), Vec::<String>::new());
}

fn record_duty(facts: &[Fact]) -> (Rule, Duty) {
    let rule = start_rule("contact-record");
    let duties = plan_within(&rule, facts, Some(&subject("vip")), &calendars()).expect("planned");
    assert_eq!(duties.len(), 1);
    (rule, duties.into_iter().next().expect("a duty"))
}

/// The record of interaction 101, made at this instant.
fn recorded(when: &str) -> Fact {
    Fact { id: id(999), subject: id(101), ..fact(101, "contact_recorded", when) }
}

#[test]
fn a_contact_is_recorded_within_24_hours() {
    let contact = fact(101, "contact_made", "2026-11-21 10:00");
    let (rule, duty) = record_duty(std::slice::from_ref(&contact));
    assert_eq!((duty.terms.owner, duty.terms.customer), (Some(id(7)), Some(id(CUSTOMER))));
    // Saturday: natural hours run on.
    assert_eq!(duty.terms.due_at, Some(at("2026-11-22 10:00")));
    let outcome = |when: &str| judged(&rule, &duty, &[contact.clone(), recorded(when)], "2026-12-01 00:00");
    assert_eq!(
        (outcome("2026-11-21 12:00").state, outcome("2026-11-21 12:00").margin_seconds),
        (State::Met, Some(79_200))
    );
    assert_eq!(outcome("2026-11-22 10:00").state, State::Met);
    let late = outcome("2026-11-22 11:00");
    assert_eq!((late.state, late.margin_seconds, late.elapsed_seconds), (State::Late, Some(-3600), Some(90_000)));
    let silent = |as_of: &str| judged(&rule, &duty, std::slice::from_ref(&contact), as_of).state;
    assert_eq!(silent("2026-11-22 10:00"), State::Open);
    assert_eq!(silent("2026-11-22 10:01"), State::Missed);
    let withdrawn = |when: &str| {
        let facts = [contact.clone(), Fact { subject: id(101), ..fact(998, "contact_withdrawn", when) }];
        judged(&rule, &duty, &facts, "2026-12-01 00:00").state
    };
    assert_eq!(withdrawn("2026-11-22 10:00"), State::Cancelled);
    assert_eq!(withdrawn("2026-11-22 10:01"), State::Missed, "too late to undo it");
}

#[test]
fn a_late_record_is_late_even_if_nobody_looked_meanwhile() {
    // Case D19: evaluated only after the stop.
    let contact = fact(101, "visit_made", "2026-11-20 10:00");
    let (rule, duty) = record_duty(std::slice::from_ref(&contact));
    let facts = [contact, recorded("2026-11-22 10:00")];
    assert_eq!(judged(&rule, &duty, &facts, "2026-11-22 10:00").state, State::Late);
    // And on a machine whose clock has jumped back.
    assert_eq!(judged(&rule, &duty, &facts, "2026-11-20 11:00").state, State::Late);
}

#[test]
fn escalation_climbs_from_the_due_instant() {
    let (rule, duty) = vip();
    let outcome = judged(&rule, &duty, &[], "2026-12-05 00:00");
    let steps = ladder(&rule, &duty, &outcome, &calendars()).expect("a ladder");
    let told: Vec<_> = steps.iter().map(|step| (step.key.as_str(), step.at, step.to)).collect();
    assert_eq!(
        told,
        [
            ("warn-80", at("2026-11-24 16:30"), Recipient::Owner),
            ("supervisor", at("2026-12-01 00:00"), Recipient::Supervisor),
            ("department_head", at("2026-12-02 00:00"), Recipient::DepartmentHead),
        ]
    );
    // After downtime all of them have passed, each with its own instant; none twice, also when the clock jumps back.
    let done = ["warn-80".to_owned()];
    assert_eq!(passed(&outcome, &steps, &done, at("2026-12-05 00:00")).count(), 2);
    assert_eq!(passed(&outcome, &steps, &done, at("2026-11-25 00:00")).count(), 0);
    let early = judged(&rule, &duty, &[], "2026-11-25 00:00");
    assert_eq!(next_check(&early, &steps, &done, at("2026-11-25 00:00")), Some(at("2026-12-01 00:00")));
    let rung = next_check(&outcome, &steps, &done, at("2026-12-01 00:00"));
    assert_eq!(rung, Some(at("2026-12-02 00:00")));
    assert_eq!(next_check(&outcome, &steps, &done, at("2026-12-05 00:00")), None, "what has come is taken at once");
}

#[test]
fn nobody_is_told_after_it_was_done() {
    let (rule, duty) = vip();
    let facts = [fact(1, "visit_made", "2026-11-03 10:00"), fact(2, "contact_made", "2026-11-25 10:00")];
    let outcome = judged(&rule, &duty, &facts, "2026-12-05 00:00");
    let steps = ladder(&rule, &duty, &outcome, &calendars()).expect("a ladder");
    assert_eq!(steps.iter().map(|step| step.key.as_str()).collect::<Vec<_>>(), ["warn-80"]);
}

#[test]
fn working_days_of_the_ladder_skip_holidays_and_use_make_up_days() {
    use crate::policy::definition::Span;
    let natural = calendars().base("natural").expect("natural");
    let after =
        |from: &str, days: u16| calendars().after(at(from), Span::WorkingDays(days), &natural).expect("in time");
    // End of January, a Saturday: the next working day is Monday.
    assert_eq!(after("2026-02-01 00:00", 1), at("2026-02-03 00:00"));
    // Saturday 14 February is a make-up day, then the Spring Festival until the 23rd.
    assert_eq!(after("2026-02-13 17:00", 1), at("2026-02-14 17:00"));
    assert_eq!(after("2026-02-14 17:00", 1), at("2026-02-24 17:00"));
    assert_eq!(after("2026-02-17 12:00", 1), at("2026-02-25 00:00"));
    assert_eq!(after("2026-02-17 12:00", 0), at("2026-02-17 12:00"));
}

#[test]
fn open_duties_follow_and_closed_ones_stay() {
    let (rule, duty) = vip();
    let (now, other) = (at("2026-11-12 09:00"), Subject { owner: Some(id(9)), ..subject("vip") });
    let moved = november(&rule, &other).expect("still owed");
    let changes = replan(&[(duty.clone(), State::Open)], vec![moved.clone()], now);
    let [Change::Amend(amended)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((amended.terms.owner, amended.history.len()), (Some(id(9)), 1));
    assert_eq!((amended.history[0].at, amended.history[0].before.owner), (now, Some(id(1))));
    assert_eq!(replan(&[(amended.clone(), State::Open)], vec![moved.clone()], now), []);
    for closed in [State::Met, State::Late, State::Missed, State::Waived] {
        assert_eq!(replan(&[(duty.clone(), closed)], vec![moved.clone()], now), [], "{closed:?}");
        assert_eq!(replan(&[(duty.clone(), closed)], vec![], now), [], "{closed:?}");
    }
}

#[test]
fn a_changed_grade_cancels_and_a_grade_changed_back_revives() {
    let (rule, duty) = vip();
    let [Change::Cancel(cancelled)] = &replan(&[(duty.clone(), State::Open)], vec![], at("2026-11-10 09:00"))[..]
    else {
        panic!("not cancelled")
    };
    assert_eq!(judged(&rule, cancelled, &[], "2026-12-05 00:00").state, State::Cancelled);
    // What was done before stays done.
    let done = [fact(1, "visit_made", "2026-11-03 10:00"), fact(2, "visit_made", "2026-11-04 10:00")];
    assert_eq!(judged(&rule, cancelled, &done, "2026-12-05 00:00").state, State::Met);
    let again = november(&rule, &Subject { since: at("2026-11-20 09:00"), ..subject("vip") }).expect("owed again");
    let [Change::Revive(revived)] =
        &replan(&[(cancelled.clone(), State::Cancelled)], vec![again], at("2026-11-20 09:00"))[..]
    else {
        panic!("not revived")
    };
    assert_eq!((revived.cancelled.is_none(), revived.terms.need[0].at_least, revived.history.len()), (true, 1, 1));
}

#[test]
fn decisions_of_people_survive_planning() {
    let (_, mut duty) = vip();
    let reason = || "客户出差".to_owned();
    duty.pauses.push(Halt { from: at("2026-11-02 09:00"), to: None, by: Some(id(1)), reason: reason() });
    duty.postponed_until = Some(at("2026-11-20 09:00"));
    let moved = november(&start_rule("vip-contact"), &Subject { owner: Some(id(9)), ..subject("vip") }).expect("owed");
    let [Change::Amend(amended)] = &replan(&[(duty.clone(), State::Paused)], vec![moved], at("2026-11-03 09:00"))[..]
    else {
        panic!("not amended")
    };
    assert_eq!((&amended.pauses, amended.postponed_until), (&duty.pauses, duty.postponed_until));
}

#[test]
fn a_waiver_excuses_but_does_not_undo() {
    let (rule, mut duty) = vip();
    duty.waived = Some(Release { at: at("2026-11-25 09:00"), by: Some(id(5)), reason: "停产检修".to_owned() });
    let outcome = judged(&rule, &duty, &[], "2026-12-05 00:00");
    assert_eq!((outcome.state, outcome.closed_at), (State::Waived, Some(at("2026-11-25 09:00"))));
    let steps = ladder(&rule, &duty, &outcome, &calendars()).expect("a ladder");
    assert_eq!(steps.len(), 1, "only the warning came before the waiver");
    let done = [fact(1, "visit_made", "2026-11-03 10:00"), fact(2, "visit_made", "2026-11-28 10:00")];
    assert_eq!(judged(&rule, &duty, &done, "2026-12-05 00:00").state, State::Met);
}

fn paused(duty: &Duty, from: &str, to: Option<&str>) -> Duty {
    let halt = Halt { from: at(from), to: to.map(at), by: Some(id(1)), reason: "客户要求".to_owned() };
    Duty { pauses: vec![halt], ..duty.clone() }
}

#[test]
fn a_paused_period_keeps_its_end_and_owes_a_share() {
    let (rule, duty) = vip();
    let call = [fact(1, "visit_made", "2026-11-29 10:00")];
    let short = paused(&duty, "2026-11-02 00:00", Some("2026-11-10 00:00"));
    assert_eq!(judged(&rule, &short, &call, "2026-12-01 00:00").state, State::Missed);
    let long = paused(&duty, "2026-11-02 00:00", Some("2026-11-20 00:00"));
    assert_eq!(judged(&rule, &long, &call, "2026-12-01 00:00").state, State::Met);
    let inside = judged(&rule, &long, &[], "2026-11-05 00:00");
    assert_eq!((inside.state, inside.next_check_at), (State::Paused, Some(at("2026-11-20 00:00"))));
    let throughout = paused(&duty, "2026-10-20 00:00", None);
    assert_eq!(judged(&rule, &throughout, &[], "2026-11-30 00:00").state, State::Paused);
    assert_eq!(judged(&rule, &throughout, &[], "2026-12-01 00:00").state, State::Cancelled);
    let both = [fact(1, "visit_made", "2026-11-03 10:00"), fact(2, "visit_made", "2026-11-04 10:00")];
    assert_eq!(judged(&rule, &throughout, &both, "2026-12-01 00:00").state, State::Met);
    let steps = |duty: &Duty| {
        let outcome = judged(&rule, duty, &[], "2026-12-05 00:00");
        ladder(&rule, duty, &outcome, &calendars()).expect("a ladder").len()
    };
    assert_eq!((steps(&duty), steps(&paused(&duty, "2026-11-20 00:00", Some("2026-11-26 00:00")))), (3, 2));
}

#[test]
fn what_a_lasting_pause_excuses_is_excused_at_the_end() {
    let (rule, duty) = vip();
    let held = paused(&duty, "2026-11-01 00:01", None);
    let visit = fact(1, "visit_made", "2026-11-01 00:00");
    // Nearly the whole month was paused: one visit is enough, which nobody knows before the month is over.
    let one = std::slice::from_ref(&visit);
    assert_eq!(judged(&rule, &held, one, "2026-11-30 23:59").state, State::Paused);
    let excused = judged(&rule, &held, one, "2026-12-05 00:00");
    assert_eq!((excused.state, excused.met_at), (State::Met, Some(at("2026-12-01 00:00"))));
    // A contact at the very instant at which the pause begins happened in the month and counts: both are met, then.
    let both = [visit, fact(2, "contact_made", "2026-11-01 00:01")];
    for looked in ["2026-11-02 00:00", "2026-12-05 00:00"] {
        let met = judged(&rule, &held, &both, looked);
        assert_eq!((met.state, met.met_at), (State::Met, Some(at("2026-11-01 00:01"))), "looked at {looked}");
    }
}

#[test]
fn what_a_person_plans_stands_until_somebody_acts() {
    let (rule, duty) = vip();
    let planned = Duty { postponed_until: Some(at("2026-11-20 09:00")), ..duty.clone() };
    let act = |duty: &Duty, facts: &[Fact]| judged(&rule, duty, facts, "2026-11-26 00:00").act_at.expect("open");
    let (early, late) = (fact(1, "contact_made", "2026-11-10 09:00"), fact(1, "contact_made", "2026-11-25 09:00"));
    assert_eq!(act(&planned, &[]), at("2026-11-20 09:00"));
    assert_eq!(act(&planned, &[early]), at("2026-11-20 09:00"), "also where the rule would propose a later day");
    let next = act(&planned, std::slice::from_ref(&late));
    assert_eq!(next, act(&duty, &[late]).max(at("2026-11-20 09:00")), "then the rule proposes again");
    let sooner = Duty { postponed_until: Some(at("2026-11-02 09:00")), ..duty };
    assert_eq!(act(&sooner, &[]), at("2026-11-02 09:00"));
}

#[test]
fn compliance_counts_what_was_decided() {
    use State::*;
    let counts = Counts::of([Met, Met, Met, Late, Missed, Waived, Open, Paused, Cancelled]);
    assert_eq!(counts, Counts { met: 3, late: 1, missed: 1, waived: 1, open: 2 });
    assert_eq!((counts.due(), counts.rate()), (8, Some(0.6)));
    assert_eq!(Counts::of([Open, Waived, Cancelled]).rate(), None);
}

#[test]
fn a_target_is_read_at_the_end_of_its_period() {
    let rule = Rule::from_json(
        &json!({ "key": "satisfaction", "name": { "zh": "满意度", "en": "Satisfaction" }, "subject": "company",
            "owner": "department.head", "target": { "per": "quarter", "measure": "satisfaction", "at_least": 0.9 } })
        .to_string(),
    )
    .expect("a target");
    let company = Subject { kind: "company".to_owned(), ..subject("") };
    let frame = &frames(&rule, "2026-11-01 00:00", "2026-12-01 00:00")[0];
    let duty = plan_period(&rule, frame, &company).expect("planned").expect("a duty");
    assert_eq!((duty.terms.owner, duty.terms.customer), (Some(id(3)), None));
    let measured = |n: u128, when: &str, value: f64| {
        let attributes = json!({ "measure": "satisfaction", "value": value }).as_object().expect("an object").clone();
        Fact { attributes, ..fact(n, "measured", when) }
    };
    let facts = [measured(1, "2026-10-31 09:00", 0.93), measured(2, "2026-12-20 09:00", 0.88)];
    assert_eq!(judged(&rule, &duty, &facts, "2026-12-31 00:00").state, State::Open);
    let outcome = judged(&rule, &duty, &facts, "2027-01-01 00:00");
    assert_eq!((outcome.state, outcome.measured), (State::Missed, Some(0.88)));
    assert_eq!(judged(&rule, &duty, &facts[..1], "2027-01-01 00:00").state, State::Met);
    assert_eq!(judged(&rule, &duty, &[], "2027-01-01 00:00").state, State::Missed);
}
