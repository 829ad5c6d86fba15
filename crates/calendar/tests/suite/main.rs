//! Tests of the calendar crate: the conformance cases of the service area, properties, tables.

mod conformance;
mod conformance_china;
mod holidays;
mod hours;
mod lunar;
mod period;
mod properties;
mod stopwatch;
mod working_days;

use std::sync::Arc;

use calendar::{CalendarSpec, Due, HolidayTable, National, OverrideKind, OverrideSpec, TimeBase, WorkCalendar};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// An instant from `2013-03-21T09:30Z` or `2026-02-13T17:00+08`.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

/// The same hours on the first `days` days of the week.
fn spec(zone: &str, days: usize, from: &str, to: &str) -> CalendarSpec {
    let hours = vec![[from.to_owned(), to.to_owned()]];
    let week = std::array::from_fn(|weekday| if weekday < days { hours.clone() } else { Vec::new() });
    CalendarSpec { zone: zone.to_owned(), week, national: None, overrides: Vec::new() }
}

fn off(date: &str) -> OverrideSpec {
    OverrideSpec { date: day(date), kind: OverrideKind::Off, intervals: None, note: None }
}

fn build(spec: &CalendarSpec) -> WorkCalendar {
    WorkCalendar::from_spec(spec, HolidayTable::china()).unwrap()
}

fn working(spec: &CalendarSpec) -> TimeBase {
    TimeBase::Working(Arc::new(build(spec)))
}

fn china() -> WorkCalendar {
    build(&CalendarSpec::china_office())
}

fn china_without_table() -> WorkCalendar {
    build(&CalendarSpec { national: None::<National>, ..CalendarSpec::china_office() })
}

fn settled(at: Timestamp) -> Due {
    Due { at, provisional: false }
}
