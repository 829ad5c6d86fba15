use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::desk::cases::model::{Channel, NOBODY};
use crate::kernel::Id;

const NOW: &str = "2026-11-23T01:30:00Z";

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn case(kind: Kind, state: State) -> Case {
    let now = instant(NOW);
    Case {
        id: Id::new(),
        customer_id: NOBODY,
        number: "TS-2026-000001".to_owned(),
        tracking: "7KQM-2XW9-4HTC".to_owned(),
        kind,
        level: 3,
        channel: Channel::Phone,
        state,
        open: state.is_open(),
        product: None,
        subject: "漏油".to_owned(),
        content: "漏油".to_owned(),
        contact_id: None,
        caller: None,
        caller_phone: None,
        caller_email: None,
        owner_id: None,
        department_id: None,
        opened_by: Id::new(),
        received_at: now,
        answered_at: None,
        taken_up_at: None,
        waiting_at: None,
        force_called_at: None,
        force_formed_at: None,
        solution_at: None,
        solved_at: None,
        result: None,
        told_at: None,
        confirmed_at: None,
        tries: 0,
        tried_at: None,
        thanked_at: None,
        closed_at: None,
        merged_into: None,
        cycle: 1,
        entries: 0,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

fn refused(case: &Case, step: Step) -> &'static str {
    after(case, step).expect_err("it is refused").code
}

#[test]
fn a_case_goes_its_way_from_receipt_to_follow_up() {
    let mut moving = case(Kind::Complaint, State::Received);
    let way = [
        (Step::Classified, State::Classified),
        (Step::Answered, State::Classified),
        (Step::TakenUp, State::Investigating),
        (Step::Solution, State::Handling),
        (Step::Solved, State::Solved),
        (Step::Told, State::Replied),
        (Step::FollowedUp, State::Replied),
    ];
    for (step, state) in way {
        moving.state = after(&moving, step).expect("a step");
        assert_eq!(moving.state, state, "{step:?}");
    }
}

#[test]
fn nobody_begins_with_what_was_not_classified() {
    for step in [Step::TakenUp, Step::Solution, Step::Solved] {
        assert_eq!(refused(&case(Kind::Problem, State::Received), step), "case.classify_first");
    }
}

#[test]
fn nothing_is_closed_without_an_answer_or_two_tries() {
    for kind in Kind::ALL.iter().copied().filter(|kind| kind.has_result()) {
        let now = instant(NOW);
        let mut solved = Case { thanked_at: Some(now), ..case(kind, State::Solved) };
        assert_eq!(refused(&solved, Step::Closed), "case.tell_first", "{kind:?}");
        (solved.told_at, solved.state) = (Some(now), State::Replied);
        assert_eq!(refused(&solved, Step::Closed), "case.follow_up_first", "{kind:?}");
        let tried = Case { tries: 1, ..solved.clone() };
        assert_eq!(refused(&tried, Step::Closed), "case.follow_up_first", "{kind:?}");
        assert_eq!(after(&Case { tries: 2, ..solved.clone() }, Step::Closed).expect("closed"), State::Closed);
        let confirmed = Case { confirmed_at: Some(now), ..solved };
        assert_eq!(after(&confirmed, Step::Closed).expect("closed"), State::Closed);
        for unsettled in [State::Received, State::Classified, State::Investigating, State::Handling] {
            let early = Case { state: unsettled, ..confirmed.clone() };
            assert_eq!(refused(&early, Step::Closed), "case.solve_first", "{kind:?} {unsettled:?}");
        }
    }
}

#[test]
fn praise_is_closed_when_it_was_thanked_for() {
    let praise = case(Kind::Praise, State::Classified);
    assert_eq!(refused(&praise, Step::Closed), "case.thank_first");
    let thanked = Case { thanked_at: Some(instant(NOW)), ..praise };
    assert_eq!(after(&thanked, Step::Closed).expect("closed"), State::Closed);
    assert_eq!(next(&thanked).map(|next| next.step), Some(Step::Closed));
}

#[test]
fn what_is_ended_stays_ended_unless_it_is_opened_again() {
    let closed = case(Kind::Problem, State::Closed);
    assert_eq!(after(&closed, Step::Reopened).expect("open again"), State::Investigating);
    assert_eq!(after(&closed, Step::Wrote).expect("noted"), State::Closed);
    for step in [Step::Solved, Step::Waiting, Step::Withdrawn, Step::Merged, Step::Closed, Step::Assigned] {
        assert_eq!(refused(&closed, step), "case.closed", "{step:?}");
    }
    for (state, code) in [(State::Withdrawn, "case.withdrawn"), (State::Merged, "case.merged")] {
        for step in Step::ALL {
            assert_eq!(refused(&case(Kind::Problem, state), *step), code, "{step:?}");
        }
    }
}

#[test]
fn a_case_waits_once_and_resumes_once() {
    let waiting = Case { waiting_at: Some(instant(NOW)), ..case(Kind::Problem, State::Investigating) };
    assert_eq!(refused(&waiting, Step::Waiting), "case.already_waiting");
    assert_eq!(refused(&case(Kind::Problem, State::Investigating), Step::Resumed), "case.not_waiting");
    assert_eq!(after(&waiting, Step::Resumed).expect("resumed"), State::Investigating);
    assert_eq!(next(&waiting).map(|next| next.owed_by), Some(Party::Customer));
}

#[test]
fn the_next_step_is_owed_by_whoever_has_it() {
    let owes = |case: &Case| next(case).map(|next| (next.step, next.owed_by));
    let received = case(Kind::Complaint, State::Received);
    assert_eq!(owes(&received), Some((Step::Classified, Party::Desk)));
    let classified = case(Kind::Complaint, State::Classified);
    assert_eq!(owes(&classified), Some((Step::Thanked, Party::Desk)), "a complaint is thanked for at once");
    let problem = Case { department_id: Some(Id::new()), ..case(Kind::Problem, State::Classified) };
    assert_eq!(owes(&problem), Some((Step::Answered, Party::Department)));
    let answered = Case { answered_at: Some(instant(NOW)), owner_id: Some(Id::new()), ..problem };
    assert_eq!(owes(&answered), Some((Step::TakenUp, Party::Assignee)));
    assert_eq!(owes(&Case { level: 1, ..answered.clone() }), Some((Step::Called, Party::Assignee)));
    let urgent = Case { level: 1, state: State::Investigating, ..answered.clone() };
    assert_eq!(owes(&urgent), Some((Step::Solution, Party::Assignee)));
    assert_eq!(owes(&Case { state: State::Solved, ..answered.clone() }), Some((Step::Told, Party::Assignee)));
    let replied = Case { state: State::Replied, told_at: Some(instant(NOW)), ..answered };
    assert_eq!(owes(&replied), Some((Step::FollowedUp, Party::Desk)));
    assert_eq!(owes(&Case { tries: 2, ..replied.clone() }), Some((Step::Closed, Party::Desk)));
    assert_eq!(owes(&Case { state: State::Closed, ..replied }), None);
}

#[test]
fn things_are_written_down_late_and_never_early() {
    let (now, received) = (instant(NOW), instant("2026-11-23T00:30:00Z"));
    let code = |at: &str| happened(Some(instant(at)), now, received).map_err(|error| error.fields[0].code.clone());
    assert_eq!(code("2026-11-23T01:00:00Z"), Ok(instant("2026-11-23T01:00:00Z")));
    assert_eq!(code("2026-11-23T01:31:00Z"), Ok(now), "a phone's clock may run ahead");
    assert_eq!(code("2026-11-23T02:00:00Z"), Err("in_future".to_owned()));
    assert_eq!(code("2026-11-23T00:29:59Z"), Err("before_case".to_owned()));
    assert_eq!(super::received(Some(instant("2026-11-23T02:00:00Z")), now).expect_err("early").code, "in_future");
    assert_eq!(super::received(Some(instant("2020-11-23T02:00:00Z")), now).expect_err("old").code, "too_long_ago");
}

#[test]
fn a_call_right_after_the_first_is_no_second_try() {
    let tried = Case { tried_at: Some(instant(NOW)), ..case(Kind::Problem, State::Replied) };
    assert!(is_same_try(&tried, instant("2026-11-23T02:29:59Z")));
    assert!(!is_same_try(&tried, instant("2026-11-23T02:30:00Z")));
}

#[test]
fn cases_become_one_only_if_that_can_be() {
    let (one, other) = (case(Kind::Problem, State::Classified), case(Kind::Problem, State::Classified));
    assert_eq!(merge_fault(&one, &other), None);
    assert_eq!(merge_fault(&one, &one), Some("case.merge_self"));
    let part = Case { merged_into: Some(one.id), state: State::Merged, ..other.clone() };
    assert_eq!(merge_fault(&one, &part), Some("case.merge_cycle"));
    let closed = Case { state: State::Closed, ..other.clone() };
    assert_eq!(merge_fault(&one, &closed), Some("case.merge_target_ended"));
    let theirs = Case { customer_id: uuid::Uuid::now_v7(), ..other };
    assert_eq!(merge_fault(&one, &theirs), None, "an unknown caller turns out to be theirs");
    assert_eq!(merge_fault(&theirs, &one), Some("case.merge_other_customer"));
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(proptest::sample::select(Step::ALL), 0..30)
}

proptest! {
    /// Whatever is tried in whatever order, a case is never found closed that nobody answered for.
    #[test]
    fn no_way_leads_past_the_customer(kind in proptest::sample::select(Kind::ALL), tried in steps()) {
        let now = instant(NOW);
        let mut moving = case(kind, State::Received);
        for step in tried {
            let Ok(state) = after(&moving, step) else { continue };
            moving.state = state;
            match step {
                Step::Told => moving.told_at = Some(now),
                Step::FollowedUp => moving.tries += 1,
                Step::Thanked => moving.thanked_at = Some(now),
                Step::Waiting => moving.waiting_at = Some(now),
                Step::Resumed => moving.waiting_at = None,
                Step::Solved | Step::Reopened => (moving.told_at, moving.tries) = (None, 0),
                _ => {}
            }
            if state == State::Closed {
                let asked = moving.told_at.is_some() && moving.tries >= TRIES_LEAST;
                let answered = if kind.has_result() { asked } else { moving.thanked_at.is_some() };
                prop_assert!(answered);
            }
        }
    }

    /// Whatever is owed next can be done.
    #[test]
    fn the_next_step_is_possible(kind in proptest::sample::select(Kind::ALL), state in proptest::sample::select(State::ALL),
        level in 1..=3_i64, answered: bool, thanked: bool, told: bool, called: bool, tries in 0..4_i64) {
        let now = Some(instant(NOW));
        let standing = Case {
            level,
            answered_at: now.filter(|_| answered),
            thanked_at: now.filter(|_| thanked),
            told_at: now.filter(|_| told || state == State::Replied),
            force_called_at: now.filter(|_| called),
            tries,
            ..case(kind, state)
        };
        match next(&standing) {
            Some(next) => prop_assert!(after(&standing, next.step).is_ok(), "{:?}", next),
            None => prop_assert!(!state.is_open()),
        }
    }
}
