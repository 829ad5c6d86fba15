//! The national table: counts a year, known days, loading a year, provisional dates.

use std::sync::Arc;

use calendar::{CalendarSpec, HolidayTable, Pause, Stopwatch, TableError, TimeBase, WorkCalendar};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tyme4rs::tyme::holiday::LegalHoliday;

use crate::{china, china_without_table, day, hours};

fn file(year: i16, days: &[(&str, &str, bool)]) -> String {
    let entry =
        |(date, name, off): &(&str, &str, bool)| format!(r#"{{"date":"{date}","name":"{name}","isOffDay":{off}}}"#);
    let days: Vec<String> = days.iter().map(entry).collect();
    format!(r#"{{"$id":"x","year":{year},"papers":[],"days":[{}]}}"#, days.join(","))
}

fn weekday(date: &Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[test]
fn listed_days_of_each_notice() {
    // Per date's year, counted from the notices apart from this crate: (year, days off, make-up days).
    let expected = [
        (2006, 0, 2),
        (2007, 26, 7),
        (2008, 27, 5),
        (2009, 27, 6),
        (2010, 29, 8),
        (2011, 29, 6),
        (2012, 27, 6),
        (2013, 29, 12),
        (2014, 22, 5),
        (2015, 26, 5),
        (2016, 24, 6),
        (2017, 24, 5),
        (2018, 25, 7),
        (2019, 22, 6),
        (2020, 30, 7),
        (2021, 31, 7),
        (2022, 32, 7),
        (2023, 26, 7),
        (2024, 28, 8),
        (2025, 28, 5),
        (2026, 33, 6),
    ];
    for (year, off, made_up) in expected {
        let (first, next) = (Date::new(year, 1, 1).unwrap(), Date::new(year + 1, 1, 1).unwrap());
        let days: Vec<_> = HolidayTable::china().days(first, next).collect();
        let count = |off: bool| days.iter().filter(|(_, day)| day.off == off).count();
        assert_eq!((year, count(true), count(false)), (year, off, made_up));
    }
    assert_eq!(HolidayTable::china().years().collect::<Vec<_>>(), (2007..=2026).collect::<Vec<_>>());
}

/// A second table, kept by other people: who works when differs only by two make-up days that it lacks.
#[test]
fn agrees_with_another_table() {
    let other = |date: Date| {
        let part = |value: i8| usize::from(value.unsigned_abs());
        LegalHoliday::from_ymd(date.year().into(), part(date.month()), part(date.day())).map(|day| !day.is_work())
    };
    let ours = |date: Date| HolidayTable::china().lookup(date).map(|listed| listed.off);
    let is_off = |date: Date, listed: Option<bool>| listed.unwrap_or(!weekday(&date));
    let days = day("2007-01-01").series(1.day()).take_while(|date| date.year() < 2027);
    let different = days.filter(|date| is_off(*date, ours(*date)) != is_off(*date, other(*date)));
    assert_eq!(different.map(|date| date.to_string()).collect::<Vec<_>>(), ["2013-04-07", "2013-10-12"]);
}

#[test]
fn known_make_up_days_and_holidays() {
    // 2013-04-07, 2013-10-12 and 2020-02-03 are missing in other tables.
    for (date, name, off) in [
        ("2013-04-07", "清明节", false),
        ("2013-10-12", "国庆节", false),
        ("2020-02-03", "春节", false),
        ("2026-02-14", "春节", false),
        ("2026-02-17", "春节", true),
        ("2022-12-31", "元旦", true),
        ("2018-12-29", "元旦", false),
        ("2006-12-30", "元旦", false),
    ] {
        let listed = HolidayTable::china().lookup(day(date)).unwrap();
        assert_eq!((listed.name.as_str(), listed.off), (name, off), "{date}");
    }
    assert_eq!(HolidayTable::china().lookup(day("2026-11-23")), None);
}

#[test]
fn make_up_days_are_weekends_but_for_one() {
    let odd: Vec<Date> = HolidayTable::china()
        .days(Date::MIN, Date::MAX)
        .filter(|(date, listed)| !listed.off && weekday(date))
        .map(|(date, _)| date)
        .collect();
    assert_eq!(odd, [day("2020-02-03")]);
}

#[test]
fn loading_a_year() {
    let table = HolidayTable::china();
    assert_eq!(table.last_year(), Some(2026));
    let longer = table.with_year(&file(2027, &[("2026-12-31", "元旦", true), ("2027-01-01", "元旦", true)])).unwrap();
    assert_eq!(longer.last_year(), Some(2027));
    assert!(longer.lookup(day("2026-12-31")).unwrap().off);
    assert_eq!(table.lookup(day("2026-12-31")), None, "the shared table is unchanged");
    let replaced = longer.with_year(&file(2027, &[("2027-01-01", "元旦", true)])).unwrap();
    assert_eq!(replaced.lookup(day("2026-12-31")), None, "a year loaded again replaces the former file");
    assert!(replaced.lookup(day("2026-02-17")).is_some());
}

#[test]
fn bad_files_are_refused() {
    let load = |text: &str| HolidayTable::china().with_year(text).unwrap_err();
    let twice = [("2027-01-01", "元旦", true), ("2027-01-01", "元旦", false)];
    assert!(matches!(load("{"), TableError::Syntax(_)));
    assert!(matches!(
        load(r#"{"year":2027,"days":[{"date":"2027-13-01","name":"x","isOffDay":true}]}"#),
        TableError::Syntax(_)
    ));
    assert!(matches!(load(&file(2027, &[])), TableError::Empty(2027)));
    assert!(matches!(load(&file(2027, &twice)), TableError::Repeated(date) if date == day("2027-01-01")));
    for foreign in ["2026-11-30", "2028-01-01", "2025-12-31"] {
        assert!(matches!(load(&file(2027, &[(foreign, "元旦", true)])), TableError::ForeignDate { year: 2027, .. }));
    }
}

#[test]
fn dates_after_the_table_are_provisional() {
    let table = HolidayTable::china();
    for (date, provisional) in [
        ("1999-01-01", false),
        ("2022-12-31", false),
        ("2026-10-01", false),
        ("2026-12-24", false),
        ("2026-12-31", true),
        ("2027-01-01", true),
        ("2035-06-01", true),
    ] {
        assert_eq!(table.is_provisional(day(date)), provisional, "{date}");
    }
    let with_gap = table.with_year(&file(2028, &[("2028-01-01", "元旦", true)])).unwrap();
    assert!(with_gap.is_provisional(day("2027-06-01")) && !with_gap.is_provisional(day("2028-06-01")));
}

#[test]
fn due_instants_over_the_end_of_the_table_are_provisional() {
    let start = crate::at("2026-11-20T16:00+08");
    assert!(!china().add(start, hours(170)).unwrap().provisional);
    assert!(china().add(start, hours(200)).unwrap().provisional);
    assert!(!china_without_table().add(start, hours(200)).unwrap().provisional);
    assert!(china().provisional(day("2027-05-04")) && !china_without_table().provisional(day("2027-05-04")));
}

#[test]
fn a_clock_that_was_held_through_an_unpublished_year_is_provisional() {
    let table = HolidayTable::china().with_year(&file(2028, &[("2028-01-01", "元旦", true)])).unwrap();
    let calendar = WorkCalendar::from_spec(&CalendarSpec::china_office(), &table).unwrap();
    let held = Pause { from: crate::at("2027-05-04T10:00+08"), to: Some(crate::at("2028-06-01T10:00+08")) };
    let base = TimeBase::Working(Arc::new(calendar));
    let watch = Stopwatch::new(crate::at("2027-05-03T10:00+08"), hours(20), base).with_pauses([held]);
    assert!(watch.due().unwrap().unwrap().provisional);
}
