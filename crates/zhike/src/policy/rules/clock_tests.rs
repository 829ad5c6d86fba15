//! Clocks with states, cycles and levels: what the service desk will ask of `Within`.

use super::tests::{at, calendars, fact, id, judged, subject};
use super::*;
use crate::kernel::Fact;
use crate::policy::definition::Rule;
use serde_json::{Value, json};

/// A clock of the service desk, in the format of a simulation.
fn clock(extra: Value) -> Rule {
    let mut rule = json!({
        "key": "level-2-solved", "name": { "zh": "二级解决", "en": "Level 2 solved" }, "owner": "customer.owner",
        "of": { "level": [2] }, "warnings": [0.8],
        "ladder": [{ "after": "0", "to": "supervisor" }, { "after": "2h", "to": "department_head" }],
        "within": { "start": ["case_opened", "case_reopened"], "stop": ["case_solved"], "budget": "8h", "cycles": true,
            "pause_while": [{ "from": ["case_waiting"], "until": ["case_resumed"], "reason": "waiting for the customer" }] }
    });
    let (Value::Object(rule), Value::Object(extra)) = (&mut rule, extra) else { panic!("objects") };
    rule.extend(extra);
    Rule::from_json(&Value::Object(rule.clone()).to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn case(n: u128, kind: &str, when: &str) -> Fact {
    Fact { subject: id(500), ..fact(n, kind, when) }
}

fn level(level: u8) -> Subject {
    let attributes = json!({ "level": level }).as_object().expect("an object").clone();
    Subject { id: id(500), kind: "case".to_owned(), attributes, ..subject("vip") }
}

#[test]
fn clocks_pause_over_the_holidays() {
    // Case DK7.
    let facts = [
        case(1, "case_opened", "2026-09-24 17:00"),
        case(2, "case_waiting", "2026-09-24 17:30"),
        case(3, "case_resumed", "2026-09-28 10:00"),
    ];
    let rule = clock(json!({}));
    let duties = plan_within(&rule, &facts, Some(&level(2)), &calendars()).expect("planned");
    assert_eq!(duties[0].terms.due_at, Some(at("2026-09-29 10:00")));
    let waiting = plan_within(&rule, &facts[..2], Some(&level(2)), &calendars()).expect("planned");
    assert_eq!(waiting[0].terms.due_at, None);
    let outcome = judged(&rule, &waiting[0], &facts[..2], "2026-09-26 12:00");
    assert_eq!((outcome.state, outcome.next_check_at), (State::Paused, None));
    let changes = replan(&[(waiting[0].clone(), State::Paused)], duties, at("2026-09-28 10:00"));
    assert!(matches!(&changes[..], [Change::Amend(duty)] if duty.history[0].before.due_at.is_none()));
}

#[test]
fn a_reopened_case_has_a_second_cycle_and_repeated_starts_gain_no_time() {
    let facts = [
        case(1, "case_opened", "2026-11-23 09:00"),
        case(2, "case_opened", "2026-11-23 11:00"),
        case(3, "case_solved", "2026-11-23 15:00"),
        case(4, "case_reopened", "2026-11-25 09:00"),
    ];
    let rule = clock(json!({}));
    let duties = plan_within(&rule, &facts, Some(&level(2)), &calendars()).expect("planned");
    let dues: Vec<_> = duties.iter().map(|duty| (duty.key.occurrence.as_str(), duty.terms.due_at)).collect();
    assert_eq!(dues, [("1", Some(at("2026-11-24 09:30"))), ("2", Some(at("2026-11-26 09:30")))]);
    assert_eq!(judged(&rule, &duties[0], &facts, "2026-12-01 00:00").state, State::Met);
    assert_eq!(judged(&rule, &duties[0], &facts, "2026-12-01 00:00").elapsed_seconds, Some(16_200));
    assert_eq!(judged(&rule, &duties[1], &facts, "2026-12-01 00:00").state, State::Missed);
}

#[test]
fn a_change_of_level_starts_from_the_original_instant() {
    let facts = [case(1, "case_opened", "2026-02-17 23:50")];
    let two = clock(json!({}));
    let one =
        clock(json!({ "key": "level-1-solution", "of": { "level": [1] }, "calendar": "natural", "pausable": false,
        "within": { "start": ["case_opened"], "stop": ["solution_given"], "budget": "4h" } }));
    let plan = |rule: &Rule, n: u8| plan_within(rule, &facts, Some(&level(n)), &calendars()).expect("planned");
    let standing = [(plan(&two, 2)[0].clone(), State::Open)];
    let wanted: Vec<Duty> = plan(&two, 1).into_iter().chain(plan(&one, 1)).collect();
    let changes = replan(&standing, wanted, at("2026-02-18 00:10"));
    let [Change::Cancel(_), Change::Open(opened)] = &changes[..] else { panic!("{changes:?}") };
    // Case DK8: the Spring Festival does not stop a natural clock.
    assert_eq!(opened.terms.due_at, Some(at("2026-02-18 03:50")));
}

/// The clock of level 2 with a fact that makes it void, and the state of its first cycle long after.
fn cancelled(rule: &Rule, facts: &[Fact]) -> (State, Option<jiff::Timestamp>) {
    let known: Vec<Fact> = facts.iter().filter(|fact| fact.kind != "case_withdrawn").cloned().collect();
    let duty = plan_within(rule, &known, Some(&level(2)), &calendars()).expect("planned").remove(0);
    let outcome = judged(rule, &duty, facts, "2026-12-31 00:00");
    let planned = plan_within(rule, facts, Some(&level(2)), &calendars()).expect("planned");
    let stands = planned.iter().any(|other| other.key == duty.key);
    assert_eq!(stands, outcome.state != State::Cancelled, "whoever learns of everything at once learns the same");
    (outcome.state, outcome.closed_at)
}

#[test]
fn a_cancellation_voids_what_runs_or_was_kept_and_undoes_no_breach() {
    for cycles in [true, false] {
        let rule = clock(json!({ "within": { "start": ["case_opened"], "stop": ["case_solved"],
            "cancel": ["case_withdrawn"], "budget": "8h", "cycles": cycles } }));
        let opened = case(1, "case_opened", "2026-11-23 09:00");
        let withdrawn = |when: &str| case(9, "case_withdrawn", when);
        let solved = |when: &str| case(5, "case_solved", when);
        let state = |facts: &[Fact]| cancelled(&rule, facts);
        // Eight working hours end on the 24th at 09:30.
        let (before, after) = ("2026-11-24 09:30", "2026-11-24 09:31");
        assert_eq!(state(&[opened.clone(), withdrawn(before)]), (State::Cancelled, Some(at(before))));
        assert_eq!(state(&[opened.clone(), withdrawn(after)]), (State::Missed, Some(at(after))));
        let kept = [opened.clone(), solved(before), withdrawn(after)];
        assert_eq!(state(&kept).0, State::Cancelled, "what was kept is no more");
        let late = [opened.clone(), solved(after), withdrawn("2026-11-25 09:00")];
        assert_eq!(state(&late), (State::Late, Some(at(after))));
        let too_late = [opened.clone(), withdrawn(after), solved("2026-11-25 09:00")];
        assert_eq!(state(&too_late), (State::Missed, Some(at(after))), "after the end nothing stops it");
    }
}

#[test]
fn what_is_taken_back_had_happened_all_the_same() {
    let rule = clock(json!({ "within": { "start": ["case_opened"], "stop": ["case_solved"],
        "cancel": ["case_withdrawn"], "budget": "8h" } }));
    let opened = case(1, "case_opened", "2026-11-23 09:00");
    let recorded = |kind: &str, when: &str| Fact { recorded_at: at(when), ..case(1, kind, when) };
    let taken_back = recorded("case_withdrawn", "2026-11-25 09:00");
    assert_eq!(cancelled(&rule, &[opened.clone(), taken_back.clone()]).0, State::Missed);
    let soon = recorded("case_withdrawn", "2026-11-23 10:00");
    assert_eq!(cancelled(&rule, &[opened.clone(), soon.clone()]).0, State::Cancelled);
    let again = Fact { recorded_at: at("2026-11-25 10:00"), ..opened.clone() };
    let solved = case(5, "case_solved", "2026-11-23 16:00");
    assert_eq!(
        cancelled(&rule, &[opened, soon, again, solved]).0,
        State::Met,
        "and what is brought back is owed again"
    );
}

#[test]
fn deadlines_beyond_the_published_table_are_provisional() {
    let rule = clock(json!({ "of": {} }));
    let plan = |when: &str| {
        plan_within(&rule, &[case(1, "case_opened", when)], None, &calendars()).expect("planned")[0].terms.clone()
    };
    assert!(!plan("2026-11-23 09:00").provisional);
    assert!(plan("2027-02-05 17:00").provisional);
}

#[test]
fn an_unknown_calendar_is_said() {
    let rule = clock(json!({ "calendar": "moon" }));
    let error = plan_within(&rule, &[case(1, "case_opened", "2026-11-23 09:00")], Some(&level(2)), &calendars());
    assert_eq!(error, Err(RuleError::UnknownCalendar("moon".to_owned())));
}
