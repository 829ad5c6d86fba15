//! Cases D1–D20 of the service area: Zammad, Frappe Helpdesk and Chatwoot scenarios with our rules.
//! Times are UTC unless the case says otherwise. What is "a reply" or "a level" there is here one stopwatch a clock
//! and cycle.

use calendar::{CalendarError, CalendarSpec, Pause, Stopwatch, TimeBase, WorkCalendar};
use jiff::{SignedDuration, Timestamp};

use crate::{at, build, hours, minutes, off, settled, spec, working};

fn due(watch: &Stopwatch) -> Timestamp {
    let due = watch.due().unwrap().unwrap();
    assert_eq!(due, settled(due.at), "without a national table nothing is provisional");
    due.at
}

fn clock(start: &str, budget: SignedDuration, base: &TimeBase) -> Stopwatch {
    Stopwatch::new(at(start), budget, base.clone())
}

fn pause(from: &str, to: &str) -> Pause {
    Pause { from: at(from), to: Some(at(to)) }
}

fn berlin() -> TimeBase {
    working(&spec("Europe/Berlin", 5, "08:00", "18:00"))
}

fn berlin_all_days(from: &str, to: &str) -> TimeBase {
    working(&spec("Europe/Berlin", 7, from, to))
}

/// Frappe: Mon–Fri 10–18. 2024-01-15 is a Monday.
fn helpdesk() -> TimeBase {
    working(&spec("UTC", 5, "10:00", "18:00"))
}

/// Chatwoot: Mon–Fri 09–17.
fn chat() -> WorkCalendar {
    build(&spec("UTC", 5, "09:00", "17:00"))
}

/// The three clocks of D1–D4.
fn berlin_clocks() -> [Stopwatch; 3] {
    [60, 120, 180].map(|budget| clock("2013-03-21T09:30Z", minutes(budget), &berlin()))
}

#[test]
fn d1_three_clocks_from_one_mail() {
    let dues = berlin_clocks().map(|watch| due(&watch));
    assert_eq!(dues, ["10:30", "11:30", "12:30"].map(|time| at(&format!("2013-03-21T{time}Z"))));
    assert_eq!(dues.into_iter().min(), Some(at("2013-03-21T10:30Z")), "next escalation");
}

#[test]
fn d2_first_response_early_and_late() {
    let [first, next, solution] = berlin_clocks();
    let (early, late) = (at("2013-03-21T10:00Z"), at("2013-03-21T14:00Z"));
    assert_eq!((first.elapsed(early), first.margin(early)), (minutes(30), minutes(30)));
    assert_eq!((first.elapsed(late), first.margin(late)), (minutes(270), minutes(-210)));
    assert!(first.is_met(early).unwrap() && !first.is_met(late).unwrap());
    assert_eq!(due(&next).min(due(&solution)), at("2013-03-21T11:30Z"), "next escalation once the first is stopped");
}

#[test]
fn d3_next_response_early_and_late() {
    let [_, next, solution] = berlin_clocks();
    let (early, late) = (at("2013-03-21T11:00Z"), at("2013-03-21T12:00Z"));
    assert_eq!((next.elapsed(early), next.margin(early)), (minutes(90), minutes(30)));
    assert_eq!((next.elapsed(late), next.margin(late)), (minutes(150), minutes(-30)));
    assert_eq!(due(&solution), at("2013-03-21T12:30Z"), "the only clock left");
}

#[test]
fn d4_next_question_is_a_new_cycle() {
    let [_, first_cycle, _] = berlin_clocks();
    let second_cycle = clock("2013-03-21T12:05Z", minutes(120), &berlin());
    assert_eq!(due(&second_cycle), at("2013-03-21T14:05Z"));
    let answered = [first_cycle.elapsed(at("2013-03-21T12:00Z")), second_cycle.elapsed(at("2013-03-21T12:30Z"))];
    assert_eq!(answered.into_iter().max(), Some(minutes(150)), "the worst stays");
}

#[test]
fn d5_no_policy_no_clock() {
    let base = working(&spec("Europe/Berlin", 5, "09:00", "17:00"));
    // A policy is what makes clocks; the next-response clock needs a customer's message, which there is not.
    let clocks = |policy: Option<[i64; 2]>| {
        policy.map(|targets| targets.map(|budget| clock("2013-03-21T09:30Z", minutes(budget), &base)))
    };
    let with_policy = clocks(Some([60, 240])).map(|watches| watches.map(|watch| due(&watch)));
    assert_eq!(with_policy, Some([at("2013-03-21T10:30Z"), at("2013-03-21T13:30Z")]));
    assert!(clocks(None).is_none());
}

#[test]
fn d6_waiting_and_closed_spans_do_not_count() {
    let watch = clock("2013-06-04T09:00Z", minutes(120), &berlin_all_days("09:00", "18:00")).with_pauses([
        pause("2013-06-04T10:00Z", "2013-06-04T10:30Z"),
        pause("2013-06-04T09:30Z", "2013-06-04T09:45Z"),
    ]);
    assert_eq!(due(&watch), at("2013-06-04T11:45Z"));
}

#[test]
fn d7_never_open_takes_no_time() {
    let base = berlin_all_days("09:00", "18:00");
    let held = [Pause { from: at("2013-06-04T09:00Z"), to: None }];
    for budget in [120, 240] {
        let watch = clock("2013-06-04T09:00Z", minutes(budget), &base).with_pauses(held);
        let closed = at("2013-06-04T12:00Z");
        assert_eq!((watch.elapsed(closed), watch.margin(closed)), (minutes(0), minutes(budget)));
        assert_eq!(watch.due().unwrap(), None);
        assert_eq!(watch.warn_at(80).unwrap(), None);
        assert!(watch.is_met(closed).unwrap());
    }
}

#[test]
fn d8_only_the_active_holiday_is_off() {
    for (from, to, first, solution) in [("08:00", "17:00", "07:30", "09:30"), ("09:00", "17:00", "08:30", "10:30")] {
        let mut calendar = spec("Europe/Berlin", 7, from, to);
        calendar.overrides.push(off("2015-09-22"));
        let base = working(&calendar);
        let on_wednesday = |time: &str| at(&format!("2015-09-23T{time}Z"));
        assert_eq!(due(&clock("2015-09-21T14:30Z", minutes(120), &base)), on_wednesday(first));
        assert_eq!(due(&clock("2015-09-21T14:30Z", minutes(240), &base)), on_wednesday(solution));
    }
}

#[test]
fn d9_day_to_23_59_ends_at_midnight() {
    for end in ["23:59", "24:00"] {
        let calendar = build(&spec("UTC", 7, "00:00", end));
        let due = calendar.add(at("2024-01-15T12:00Z"), hours(24)).unwrap();
        assert_eq!(due, settled(at("2024-01-16T12:00Z")));
    }
}

#[test]
fn d10_created_before_opening() {
    assert_eq!(due(&clock("2024-01-15T08:00Z", hours(1), &helpdesk())), at("2024-01-15T11:00Z"));
    assert_eq!(due(&clock("2024-01-15T08:00Z", hours(4), &helpdesk())), at("2024-01-15T14:00Z"));
}

#[test]
fn d11_over_the_weekend() {
    assert_eq!(due(&clock("2024-01-19T17:00Z", minutes(30), &helpdesk())), at("2024-01-19T17:30Z"));
    assert_eq!(due(&clock("2024-01-19T17:00Z", hours(2), &helpdesk())), at("2024-01-22T11:00Z"));
}

#[test]
fn d12_hold_up_to_closing_and_one_second_more() {
    let held = |until: &str| {
        clock("2024-01-18T15:00Z", hours(2), &helpdesk()).with_pauses([pause("2024-01-18T15:30:00Z", until)])
    };
    assert_eq!(due(&held("2024-01-18T16:30:00Z")), at("2024-01-18T18:00Z"), "tie = closing time");
    assert_eq!(due(&held("2024-01-18T16:30:01Z")), at("2024-01-19T10:00:01Z"));
}

#[test]
fn d13_waiting_moves_the_due_instant() {
    let watch = clock("2024-01-15T12:00Z", hours(4), &helpdesk())
        .with_pauses([pause("2024-01-15T12:30Z", "2024-01-15T13:00Z")]);
    let resolved = at("2024-01-15T13:30Z");
    assert_eq!(due(&watch), at("2024-01-15T16:30Z"));
    assert_eq!(watch.elapsed(resolved), SignedDuration::from_secs(3_600));
    assert!(watch.is_met(resolved).unwrap());
}

#[test]
fn d14_stopped_once() {
    let watch = clock("2024-01-15T12:00Z", hours(4), &helpdesk());
    let (resolved, closed) = (at("2024-01-15T12:30Z"), at("2024-01-16T12:30Z"));
    let stop = resolved.min(closed);
    assert_eq!(watch.elapsed(stop), SignedDuration::from_secs(1_800));
    assert_ne!(watch.elapsed(closed), watch.elapsed(stop), "closing must not be taken as the stop");
}

#[test]
fn d15_reopened_and_forgotten() {
    let watch = clock("2024-01-15T10:00Z", hours(2), &helpdesk())
        .with_pauses([pause("2024-01-15T10:10Z", "2024-01-15T10:20Z")]);
    assert_eq!(due(&watch), at("2024-01-15T12:10Z"));
    assert!(!watch.is_met(at("2024-01-15T12:15Z")).unwrap());
    assert!(watch.is_met(at("2024-01-15T12:10Z")).unwrap(), "exactly at the due instant is kept");
}

#[test]
fn d16_response_breached_resolution_open() {
    let [response, resolution] = [minutes(30), hours(2)].map(|budget| clock("2024-01-15T10:00Z", budget, &helpdesk()));
    let seen = at("2024-01-15T11:00Z");
    assert!(due(&response) < seen && seen < due(&resolution));
}

#[test]
fn d17_office_hours() {
    for (start, expected) in [
        ("2024-01-17T10:00Z", "2024-01-17T12:00Z"),
        ("2024-01-17T07:00Z", "2024-01-17T11:00Z"),
        ("2024-01-17T18:00Z", "2024-01-18T11:00Z"),
        ("2024-01-19T16:00Z", "2024-01-22T10:00Z"),
        ("2024-01-20T10:00Z", "2024-01-22T11:00Z"),
    ] {
        assert_eq!(chat().add(at(start), hours(2)).unwrap(), settled(at(expected)), "{start}");
    }
}

#[test]
fn d18_friday_afternoon() {
    assert_eq!(chat().add(at("2024-01-19T16:30Z"), hours(1)).unwrap(), settled(at("2024-01-22T09:30Z")));
}

#[test]
fn d19_late_is_late_whenever_it_is_judged() {
    let watch = clock("2024-01-17T10:00Z", hours(1), &TimeBase::Natural);
    let resolved = at("2024-01-17T16:00Z");
    assert!(!watch.is_met(resolved).unwrap());
    assert_eq!(watch.margin(resolved), hours(-5));
}

#[test]
fn d20_all_closed_is_refused() {
    let closed = CalendarSpec { week: Default::default(), ..CalendarSpec::china_office() };
    let mut one_day_only = closed.clone();
    one_day_only.overrides.push(calendar::OverrideSpec {
        intervals: Some(vec![["09:00".to_owned(), "12:00".to_owned()]]),
        kind: calendar::OverrideKind::Work,
        ..off("2026-11-23")
    });
    for spec in [closed, one_day_only] {
        let refused = WorkCalendar::from_spec(&spec, calendar::HolidayTable::china());
        assert_eq!(refused.err(), Some(CalendarError::AllClosed));
    }
}
