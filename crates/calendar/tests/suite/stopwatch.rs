//! Pauses, warnings and ladders beyond the conformance cases.

use std::sync::Arc;

use calendar::{Pause, Stopwatch, TimeBase, TimeError};
use jiff::{SignedDuration, Timestamp};

use crate::{at, china, hours, minutes};

fn local(time: &str) -> Timestamp {
    at(&format!("2026-11-23T{time}+08"))
}

fn watch(pauses: &[(&str, Option<&str>)]) -> Stopwatch {
    let pauses = pauses.iter().map(|(from, to)| Pause { from: local(from), to: to.map(local) });
    Stopwatch::new(local("09:00"), hours(4), TimeBase::Working(Arc::new(china()))).with_pauses(pauses)
}

fn due(watch: &Stopwatch) -> Option<Timestamp> {
    watch.due().unwrap().map(|due| due.at)
}

#[test]
fn overlapping_pauses_count_once() {
    let expected = Some(local("15:30"));
    for pauses in [
        [("10:00", Some("10:30")), ("10:30", Some("11:00"))],
        [("10:15", Some("11:00")), ("10:00", Some("10:45"))],
        [("10:00", Some("11:00")), ("10:15", Some("10:30"))],
    ] {
        assert_eq!(due(&watch(&pauses)), expected);
    }
    assert_eq!(due(&watch(&[])), Some(local("14:30")));
}

#[test]
fn pauses_that_have_no_effect() {
    for pauses in [
        [("11:00", Some("10:00")), ("07:00", Some("08:00"))],
        [("12:00", Some("13:30")), ("06:00", Some("09:00"))],
        [("14:30", Some("17:00")), ("15:00", None)],
    ] {
        assert_eq!(due(&watch(&pauses)), Some(local("14:30")), "{pauses:?}");
    }
    assert_eq!(due(&watch(&[("08:00", Some("10:00"))])), Some(local("15:30")), "clipped to the start");
}

#[test]
fn open_pause_holds_the_clock_until_it_ends() {
    let held = watch(&[("10:00", None), ("11:00", Some("11:30"))]);
    assert_eq!(due(&held), None);
    assert_eq!(held.elapsed(local("17:00")), hours(1));
    assert!(held.is_paused(local("17:00")) && !held.is_paused(local("09:59")));
    assert!(held.is_met(local("17:00")).unwrap());
    assert_eq!(held.warn_at(25).unwrap().map(|due| due.at), Some(local("10:00")), "reached before the pause");
    assert_eq!(held.warn_at(26).unwrap(), None);
}

#[test]
fn pausing_after_the_breach_does_not_undo_it() {
    let paused_late = watch(&[("14:31", None)]);
    assert_eq!(due(&paused_late), Some(local("14:30")));
    assert!(!paused_late.is_met(local("14:40")).unwrap());
}

#[test]
fn warning_and_ladder() {
    let clock = watch(&[("10:00", Some("11:00"))]);
    let instant = |due: Result<Option<calendar::Due>, TimeError>| due.unwrap().unwrap().at;
    assert_eq!(instant(clock.warn_at(0)), local("09:00"));
    assert_eq!(instant(clock.warn_at(50)), local("12:00"), "tie at lunch");
    assert_eq!(instant(clock.warn_at(80)), local("14:42"));
    assert_eq!(instant(clock.warn_at(100)), instant(clock.due()));
    assert_eq!(instant(clock.reach(clock.budget + hours(2))), local("17:30"));
    assert_eq!(clock.reach(minutes(-1)), Err(TimeError::NegativeBudget));
}

#[test]
fn change_of_level_keeps_start_and_pauses() {
    let before = watch(&[("10:00", Some("11:00"))]);
    let after = Stopwatch { budget: hours(2), ..before.clone() };
    assert_eq!((due(&before), due(&after)), (Some(local("15:30")), Some(local("12:00"))));
}

#[test]
fn nothing_before_the_start() {
    let clock = watch(&[]);
    assert_eq!(clock.elapsed(local("08:00")), SignedDuration::ZERO);
    assert_eq!(clock.margin(local("08:00")), hours(4));
}

#[test]
fn natural_time_needs_no_calendar() {
    let held = Pause { from: local("10:00"), to: Some(local("23:00")) };
    let clock = Stopwatch::new(local("09:00"), hours(2), TimeBase::Natural).with_pauses([held]);
    assert_eq!(due(&clock), Some(at("2026-11-24T00:00+08")));
    let endless = Stopwatch::new(Timestamp::MAX, hours(1), TimeBase::Natural);
    assert_eq!(endless.due(), Err(TimeError::OutOfRange));
}
