//! What must hold for any facts, any time of evaluation and any order of arrival.

use super::tests::{CUSTOMER, at, calendars, fact, frames, id, november, start_rule, subject};
use super::*;
use crate::kernel::Fact;
use crate::policy::definition::{Rule, Shape};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::sync::LazyLock;

struct World {
    calendars: Calendars,
    vip: Rule,
    record: Rule,
    frames: Vec<Frame>,
}

/// Built once: reading policies and calendars for each of thousands of cases would hide what is tested.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let vip = start_rule("vip-contact");
    let frames = frames(&vip, "2026-01-01 00:00", "2026-12-31 00:00");
    World { calendars: calendars(), record: start_rule("contact-record"), frames, vip }
});

const KINDS: [&str; 5] = ["contact_made", "visit_made", "activity_attended", "greeting_sent", "contact_recorded"];

fn minutes(from: &str, minutes: i64) -> Timestamp {
    at(from).checked_add(SignedDuration::from_mins(minutes)).expect("in range")
}

/// A fact around November: 20 October to 10 December; few ids, so that some repeat.
fn any_fact() -> impl Strategy<Value = Fact> {
    (0..KINDS.len(), 100..130_u128, 0..73_440_i64, 0..10_000_i64).prop_map(|(kind, n, minute, delay)| {
        let happened = minutes("2026-10-20 00:00", minute);
        let recorded_at = happened.checked_add(SignedDuration::from_mins(delay)).expect("in range");
        Fact { at: happened, recorded_at, ..fact(n * 10 + kind as u128, KINDS[kind], "2026-10-20 00:00") }
    })
}

/// Facts with their ids made distinct.
fn distinct_facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec(any_fact(), 0..12).prop_map(|mut facts| {
        for (n, fact) in facts.iter_mut().enumerate() {
            fact.id = id(10_000 + n as u128);
        }
        facts
    })
}

/// A contact and records of it.
fn record_facts() -> impl Strategy<Value = Vec<Fact>> {
    let record = |n: usize, minute: i64| {
        let when = minutes("2026-11-20 00:00", minute);
        Fact {
            id: id(900 + n as u128),
            subject: id(101),
            at: when,
            recorded_at: when,
            ..fact(1, "contact_recorded", "2026-11-20 00:00")
        }
    };
    prop::collection::vec(0..6_000_i64, 0..4).prop_map(move |list| {
        let contact = fact(101, "contact_made", "2026-11-20 10:00");
        let records = list.into_iter().enumerate().map(|(n, minute)| record(n, minute));
        std::iter::once(contact).chain(records).collect()
    })
}

fn any_halts() -> impl Strategy<Value = Vec<Halt>> {
    let halt = (0..50_000_i64, prop::option::of(1..30_000_i64)).prop_map(|(from, length)| {
        let to = length.map(|length| minutes("2026-10-25 00:00", from + length));
        Halt { from: minutes("2026-10-25 00:00", from), to, by: Some(id(1)), reason: "客户要求".to_owned() }
    });
    prop::collection::vec(halt, 0..3)
}

fn vip_duty(halts: Vec<Halt>) -> Duty {
    Duty { pauses: halts, ..november(&WORLD.vip, &subject("vip")).expect("a duty") }
}

fn record_duty(facts: &[Fact], halts: Vec<Halt>) -> Duty {
    let duties = plan_within(&WORLD.record, facts, Some(&subject("vip")), &WORLD.calendars).expect("planned");
    Duty { pauses: halts, ..duties.into_iter().next().expect("a duty") }
}

fn judged(rule: &Rule, duty: &Duty, facts: &[Fact], as_of: Timestamp) -> Outcome {
    judge(rule, duty, facts, as_of, &WORLD.calendars).expect("judged")
}

/// How well it stands.
fn rank(state: State) -> u8 {
    match state {
        State::Met => 4,
        State::Late => 3,
        State::Open | State::Paused => 2,
        State::Missed => 1,
        State::Waived | State::Cancelled => 0,
    }
}

fn far() -> Timestamp {
    at("2027-06-01 00:00")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_and_repetition_of_facts_do_not_matter(
        (facts, shuffled) in prop::collection::vec(any_fact(), 0..12).prop_flat_map(|facts| {
            let twice: Vec<Fact> = facts.iter().chain(&facts).cloned().collect();
            (Just(facts), Just(twice).prop_shuffle())
        }),
        minute in 0..100_000_i64,
    ) {
        let (duty, as_of) = (vip_duty(vec![]), minutes("2026-10-20 00:00", minute));
        // Versions of a fact that were recorded at the same instant are told apart by when they happened.
        prop_assert_eq!(judged(&WORLD.vip, &duty, &facts, as_of), judged(&WORLD.vip, &duty, &shuffled, as_of));
    }

    #[test]
    fn the_time_of_evaluation_only_turns_open_into_missed(
        facts in distinct_facts(), halts in any_halts(), first in 0..100_000_i64, second in 0..100_000_i64,
    ) {
        let duty = vip_duty(halts);
        let (early, late) = (first.min(second), first.max(second));
        let look = |minute: i64| judged(&WORLD.vip, &duty, &facts, minutes("2026-10-20 00:00", minute));
        let (early, late) = (look(early), look(late));
        if !early.state.is_open() {
            prop_assert_eq!(early, late);
        }
    }

    #[test]
    fn a_clock_is_judged_the_same_at_any_later_time(
        facts in record_facts(), first in 0..100_000_i64, second in 0..100_000_i64,
    ) {
        let duty = record_duty(&facts, vec![]);
        let look = |minute: i64| judged(&WORLD.record, &duty, &facts, minutes("2026-11-20 00:00", minute));
        let (early, late) = (look(first.min(second)), look(first.max(second)));
        if facts.len() > 1 || early.state == State::Missed {
            prop_assert_eq!(early, late);
        }
    }

    #[test]
    fn more_evidence_never_makes_it_worse(
        facts in distinct_facts(), halts in any_halts(), extra in any_fact(), minute in 0..100_000_i64,
    ) {
        let (duty, as_of) = (vip_duty(halts), minutes("2026-10-20 00:00", minute));
        let before = judged(&WORLD.vip, &duty, &facts, as_of);
        let more: Vec<Fact> = facts.into_iter().chain([Fact { id: id(77_777), ..extra }]).collect();
        let after = judged(&WORLD.vip, &duty, &more, as_of);
        prop_assert!(rank(after.state) >= rank(before.state), "{:?} became {:?}", before.state, after.state);
        prop_assert!(after.met_at.is_none_or(|met| before.met_at.is_none_or(|earlier| met <= earlier)));
    }

    #[test]
    fn one_more_record_never_makes_a_clock_worse(facts in record_facts(), minute in 0..6_000_i64, look in 0..100_000_i64) {
        let (duty, as_of) = (record_duty(&facts, vec![]), minutes("2026-11-20 00:00", look));
        let when = minutes("2026-11-20 00:00", minute);
        let one_more = Fact { id: id(950), subject: id(101), at: when, ..fact(1, "contact_recorded", "2026-11-20 00:00") };
        let before = rank(judged(&WORLD.record, &duty, &facts, as_of).state);
        let more: Vec<Fact> = facts.into_iter().chain([one_more]).collect();
        prop_assert!(rank(judged(&WORLD.record, &duty, &more, as_of).state) >= before);
    }

    #[test]
    fn no_duty_leaves_its_period(month in 0..12_usize, joined in 0..600_000_i64, contacts in 1..20_u32, visits in 1..20_u32) {
        let mut rule = WORLD.vip.clone();
        if let Shape::Quota(quota) = &mut rule.shape {
            quota.need[0].at_least = contacts;
            quota.need[1].at_least = visits;
        }
        let frame = &WORLD.frames[month];
        let joined = minutes("2025-12-01 00:00", joined);
        let planned = plan_period(&rule, frame, &Subject { since: joined, ..subject("vip") }).expect("planned");
        let Some(duty) = planned else { return Ok(()) };
        let (opens, due) = (duty.terms.opens_at, duty.terms.due_at.expect("a period ends"));
        prop_assert!(frame.window().opens_at <= opens && opens < due && due == frame.window().closes_at);
        prop_assert!(joined <= opens || joined <= frame.window().opens_at);
        prop_assert!(duty.terms.act_at.is_none_or(|act| opens <= act && act < due));
        prop_assert!(duty.terms.warnings.iter().all(|warning| opens <= warning.at && warning.at <= due));
        let owed: Vec<u32> = duty.terms.need.iter().map(|need| need.at_least).collect();
        prop_assert!((1..=contacts).contains(&owed[0]) && (1..=visits).contains(&owed[1]));
    }

    #[test]
    fn steps_are_unique_and_ordered(
        facts in distinct_facts(), halts in any_halts(), hours in 0..200_i64, days in 0..20_u16, minute in 0..100_000_i64,
    ) {
        let mut rule = WORLD.vip.clone();
        rule.warnings = vec![0.5, 0.8];
        rule.ladder[0].after = crate::policy::definition::Span::Seconds(hours * 3600);
        rule.ladder[1].after = crate::policy::definition::Span::WorkingDays(days);
        let (duty, as_of) = (vip_duty(halts), minutes("2026-10-20 00:00", minute));
        let outcome = judged(&rule, &duty, &facts, as_of);
        let steps = ladder(&rule, &duty, &outcome, &WORLD.calendars).expect("a ladder");
        prop_assert!(steps.is_sorted_by_key(|step| step.at));
        let keys: std::collections::HashSet<&str> = steps.iter().map(|step| step.key.as_str()).collect();
        prop_assert_eq!(keys.len(), steps.len());
        prop_assert!(steps.iter().all(|step| outcome.closed_at.is_none_or(|closed| step.at < closed)));
    }

    #[test]
    fn steps_do_not_depend_on_when_they_are_computed(facts in distinct_facts(), first in 0..100_000_i64) {
        let duty = vip_duty(vec![]);
        let at_time = |as_of: Timestamp| {
            let outcome = judged(&WORLD.vip, &duty, &facts, as_of);
            ladder(&WORLD.vip, &duty, &outcome, &WORLD.calendars).expect("a ladder")
        };
        prop_assert_eq!(at_time(minutes("2026-10-20 00:00", first)), at_time(far()));
    }

    #[test]
    fn planning_again_changes_nothing(
        grades in prop::collection::vec((0..3_usize, 1..5_u128, 0..43_200_i64), 1..6), facts in distinct_facts(),
    ) {
        let mut standing: Vec<(Duty, State)> = Vec::new();
        let mut when = grades.iter().map(|(_, _, minute)| *minute).collect::<Vec<_>>();
        when.sort_unstable();
        for ((grade, owner, _), minute) in grades.iter().zip(when) {
            let now = minutes("2026-11-01 00:00", minute);
            let snapshot = Subject { owner: Some(id(*owner)), since: now, ..subject(["vip", "key", "ordinary"][*grade]) };
            let wanted: Vec<Duty> = november(&WORLD.vip, &snapshot).into_iter().collect();
            let apply = |standing: &[(Duty, State)]| {
                let changes = replan(standing, wanted.clone(), now);
                let mut next: std::collections::BTreeMap<_, _> =
                    standing.iter().map(|(duty, _)| (duty.key.clone(), duty.clone())).collect();
                next.extend(changes.iter().map(|change| (change.duty().key.clone(), change.duty().clone())));
                let state = |duty: &Duty| judged(&WORLD.vip, duty, &facts, now).state;
                let list: Vec<(Duty, State)> = next.into_values().map(|duty| (duty.clone(), state(&duty))).collect();
                (changes.len(), list)
            };
            let (_, once) = apply(&standing);
            let (changes, twice) = apply(&once);
            prop_assert_eq!(changes, 0);
            prop_assert_eq!(&once, &twice);
            standing = once;
        }
        prop_assert!(standing.iter().all(|(duty, _)| duty.key.subject == id(CUSTOMER)));
    }
}
