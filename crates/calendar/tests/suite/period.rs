//! Periods, their keys and instants.

use calendar::{Period, PeriodKind};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{at, day};

const KINDS: [PeriodKind; 5] =
    [PeriodKind::Week, PeriodKind::Month, PeriodKind::Quarter, PeriodKind::HalfYear, PeriodKind::Year];

#[test]
fn keys_and_bounds() {
    for (kind, date, key, start, end) in [
        (PeriodKind::Week, "2026-11-21", "2026-W47", "2026-11-16", "2026-11-23"),
        (PeriodKind::Week, "2027-01-01", "2026-W53", "2026-12-28", "2027-01-04"),
        (PeriodKind::Week, "2024-12-31", "2025-W01", "2024-12-30", "2025-01-06"),
        (PeriodKind::Month, "2026-11-30", "2026-11", "2026-11-01", "2026-12-01"),
        (PeriodKind::Month, "2024-02-29", "2024-02", "2024-02-01", "2024-03-01"),
        (PeriodKind::Quarter, "2026-12-31", "2026-Q4", "2026-10-01", "2027-01-01"),
        (PeriodKind::Quarter, "2026-03-31", "2026-Q1", "2026-01-01", "2026-04-01"),
        (PeriodKind::HalfYear, "2026-06-30", "2026-H1", "2026-01-01", "2026-07-01"),
        (PeriodKind::HalfYear, "2026-07-01", "2026-H2", "2026-07-01", "2027-01-01"),
        (PeriodKind::Year, "2026-07-01", "2026", "2026-01-01", "2027-01-01"),
    ] {
        let period = Period::containing(kind, day(date));
        assert_eq!((period.start, period.end, period.key().as_str()), (day(start), day(end), key));
        assert_eq!(Period::parse(key), Ok(period));
        assert!(period.contains(day(date)) && !period.contains(period.end));
    }
}

#[test]
fn next_and_previous_tile_the_calendar() {
    for kind in KINDS {
        let mut period = Period::containing(kind, day("2023-12-31"));
        for _ in 0..120 {
            let next = period.next();
            assert_eq!((next.start, next.previous()), (period.end, period));
            assert_eq!(Period::parse(&next.key()), Ok(next));
            period = next;
        }
    }
}

#[test]
fn other_texts_are_refused() {
    for key in [
        "",
        "26",
        "2026-",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q5",
        "2026-Q0",
        "2026-H3",
        "2026-W54",
        "2025-W53",
        "2026-W7",
        "2026-w07",
        "2026-11-21",
        "20260",
        "+026",
        "2026-+1",
        "２026",
        "2026-Q",
        "x026-11",
        "2026/11",
    ] {
        assert!(Period::parse(key).is_err(), "{key}");
    }
}

#[test]
fn serialised_as_key() {
    let period = Period::containing(PeriodKind::HalfYear, day("2026-11-21"));
    assert_eq!(serde_json::to_string(&period).unwrap(), r#""2026-H2""#);
    assert_eq!(serde_json::from_str::<Period>(r#""2026-H2""#).unwrap(), period);
    assert!(serde_json::from_str::<Period>(r#""2026-H9""#).is_err());
    assert_eq!(serde_json::to_string(&PeriodKind::HalfYear).unwrap(), r#""half_year""#);
}

#[test]
fn instants_in_a_zone() {
    let zone = |name: &str| TimeZone::get(name).unwrap();
    let november = Period::parse("2026-11").unwrap();
    assert_eq!(november.start_instant(&zone("Asia/Shanghai")), at("2026-10-31T16:00Z"));
    assert_eq!(november.end_instant(&zone("Asia/Shanghai")), at("2026-11-30T16:00Z"));
    assert_eq!(november.start_instant(&zone("America/New_York")), at("2026-11-01T04:00Z"));
    assert_eq!(november.end_instant(&zone("America/New_York")), at("2026-12-01T05:00Z"));
    assert_eq!(Period::parse("2018-W44").unwrap().days(), 7);
    // Midnight did not exist: in São Paulo the day began at 01:00, in Toronto at 00:30.
    let from = |date: &str| Period { start: day(date), ..november };
    assert_eq!(from("2018-11-04").start_instant(&zone("America/Sao_Paulo")), at("2018-11-04T03:00Z"));
    assert_eq!(from("1919-03-31").start_instant(&zone("America/Toronto")), at("1919-03-31T04:30Z"));
}

#[test]
fn the_ends_of_time_do_not_panic() {
    for kind in KINDS {
        for date in [Date::MIN, Date::MAX] {
            let period = Period::containing(kind, date);
            let _ = (period.next(), period.previous(), period.key(), period.days());
            assert!(period.start_instant(&TimeZone::UTC) <= period.end_instant(&TimeZone::UTC));
        }
    }
    assert_eq!(Period::parse("2024").unwrap().days(), 366);
}
