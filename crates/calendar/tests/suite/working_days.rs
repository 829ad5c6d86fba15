//! Counting in whole working days, and the spread of a quota.

use std::collections::HashSet;

use calendar::{CalendarSpec, Period, PeriodKind, TimeError};
use jiff::civil::Date;

use crate::{build, china, day};

fn november() -> Period {
    Period::containing(PeriodKind::Month, day("2026-11-21"))
}

#[test]
fn next_and_previous() {
    let calendar = china();
    for (date, previous, next) in [
        ("2026-11-20", "2026-11-19", "2026-11-23"),
        ("2026-11-21", "2026-11-20", "2026-11-23"),
        ("2026-02-13", "2026-02-12", "2026-02-14"),
        ("2026-02-14", "2026-02-13", "2026-02-24"),
        ("2026-10-01", "2026-09-30", "2026-10-08"),
    ] {
        assert_eq!(calendar.next_working_day(day(date)).unwrap(), day(next));
        assert_eq!(calendar.previous_working_day(day(date)).unwrap(), day(previous));
    }
    assert_eq!(calendar.working_day_on_or_after(day("2026-11-20")).unwrap(), day("2026-11-20"));
    assert_eq!(calendar.working_day_on_or_after(day("2026-11-21")).unwrap(), day("2026-11-23"));
}

#[test]
fn adding_working_days() {
    let calendar = china();
    for (date, n, expected) in [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-10-10", -3, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-08"),
        ("2026-10-08", 0, "2026-10-08"),
        ("2026-11-21", 2, "2026-11-24"),
    ] {
        assert_eq!(calendar.add_working_days(day(date), n).unwrap(), day(expected), "{date} {n:+}");
    }
    assert_eq!(calendar.add_working_days(day("2026-01-01"), i32::MAX), Err(TimeError::NoWorkingDay));
    assert_eq!(calendar.next_working_day(Date::MAX), Err(TimeError::OutOfRange));
}

#[test]
fn nth_of_a_period() {
    let calendar = china();
    let nth = |n| calendar.nth_working_day(&november(), n);
    assert_eq!(nth(1), Some(day("2026-11-02")));
    assert_eq!(nth(21), Some(day("2026-11-30")));
    assert_eq!(nth(-1), Some(day("2026-11-30")));
    assert_eq!(nth(-21), Some(day("2026-11-02")));
    assert_eq!([nth(0), nth(22), nth(-22), nth(i32::MIN)], [None; 4]);
}

#[test]
fn spread_is_even_within_and_between_customers() {
    let calendar = china();
    let mut used = HashSet::new();
    for seed in 0..500 {
        let days = november().spread(2, seed, &calendar);
        assert_eq!(days, november().spread(2, seed, &calendar));
        let between = calendar.working_days(days[0], days[1]).count();
        assert!((10..=11).contains(&between), "21 working days in two steps: {days:?}");
        used.extend(days);
    }
    assert_eq!(used.len(), 21, "500 customers use every working day");
}

#[test]
fn spread_of_one_is_uniform() {
    let calendar = china();
    let mut counts = std::collections::HashMap::new();
    for seed in 0..2_100 {
        // Seeds with the stride of the working days would fall on one day if they were not mixed.
        *counts.entry(november().spread(1, seed * 21, &calendar)[0]).or_insert(0) += 1;
    }
    // Expected 100 a day; five standard deviations are 49.
    assert!(counts.len() == 21 && counts.values().all(|count| (51..=149).contains(count)), "{counts:?}");
}

#[test]
fn spread_of_a_short_period() {
    let mut mondays = CalendarSpec::china_office();
    mondays.week[1..].iter_mut().for_each(Vec::clear);
    let calendar = build(&mondays);
    let week = Period::containing(PeriodKind::Week, day("2026-11-21"));
    assert_eq!(week.spread(1, 7, &calendar), [day("2026-11-16")]);
    assert_eq!(week.spread(2, 7, &calendar).len(), 2, "natural days");
    let crowded = week.spread(14, 7, &calendar);
    assert!(crowded.len() == 14 && crowded.iter().collect::<HashSet<_>>().len() == 7);
    assert!(week.spread(0, 7, &calendar).is_empty());
}
