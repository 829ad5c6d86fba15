//! Hours, overrides, definitions that must be refused, days on which clocks change.

use calendar::{
    CalendarError, CalendarSpec, HolidayTable, HoursError, OverrideKind, OverrideSpec, TimeError, WorkCalendar,
};
use jiff::SignedDuration;

use crate::{at, build, china, day, hours, minutes, off, spec};

fn pairs(list: &[(&str, &str)]) -> Vec<[String; 2]> {
    list.iter().map(|(from, to)| [from.to_string(), to.to_string()]).collect()
}

fn texts(calendar: &WorkCalendar, date: &str) -> Vec<String> {
    calendar.intervals(day(date)).iter().map(ToString::to_string).collect()
}

fn work(date: &str, intervals: Option<&[(&str, &str)]>) -> OverrideSpec {
    OverrideSpec { kind: OverrideKind::Work, intervals: intervals.map(pairs), ..off(date) }
}

fn refused(spec: &CalendarSpec) -> CalendarError {
    WorkCalendar::from_spec(spec, HolidayTable::china()).unwrap_err()
}

#[test]
fn bad_hours_are_refused() {
    let with_tuesday = |list: &[(&str, &str)]| {
        let mut spec = CalendarSpec::china_office();
        spec.week[1] = pairs(list);
        match refused(&spec) {
            CalendarError::Week { weekday: 1, source } => source,
            other => panic!("{other}"),
        }
    };
    for text in ["9:00", "24:01", "25:00", "09:60", "0900", "", "09:00:00", "+9:00", "九:00"] {
        assert_eq!(with_tuesday(&[(text, "18:00")]), HoursError::Time(text.to_owned()));
    }
    for (from, to) in [("18:00", "09:00"), ("09:00", "09:00"), ("24:00", "24:00"), ("23:59", "23:59")] {
        assert!(matches!(with_tuesday(&[(from, to)]), HoursError::Reversed(..)), "{from}–{to}");
    }
    assert!(matches!(with_tuesday(&[("09:00", "12:00"), ("11:59", "18:00")]), HoursError::Overlap(..)));
    assert!(matches!(with_tuesday(&[("13:00", "18:00"), ("08:00", "19:00")]), HoursError::Overlap(..)));
}

#[test]
fn contradictions_are_refused() {
    let with = |overrides: Vec<OverrideSpec>| refused(&CalendarSpec { overrides, ..CalendarSpec::china_office() });
    let date = "2026-11-23";
    let off_with_hours = OverrideSpec { intervals: Some(pairs(&[("09:00", "12:00")])), ..off(date) };
    assert_eq!(with(vec![off_with_hours]), CalendarError::OverrideContradiction(day(date)));
    assert_eq!(with(vec![work(date, Some(&[]))]), CalendarError::OverrideContradiction(day(date)));
    assert_eq!(with(vec![off(date), off("2026-11-24"), work(date, None)]), CalendarError::OverrideRepeated(day(date)));
    let bad = with(vec![work(date, Some(&[("12:00", "09:00")]))]);
    assert_eq!(bad.code(), "calendar.reversed_interval");
    let nowhere = CalendarSpec { zone: "Asia/Nowhere".to_owned(), ..CalendarSpec::china_office() };
    assert_eq!(refused(&nowhere), CalendarError::Zone("Asia/Nowhere".to_owned()));
}

#[test]
fn touching_and_unordered_intervals_are_fine() {
    let mut definition = spec("UTC", 5, "09:00", "12:00");
    definition.week[0] = pairs(&[("12:00", "18:00"), ("09:00", "12:00")]);
    let calendar = build(&definition);
    assert_eq!(texts(&calendar, "2026-11-23"), ["09:00–12:00", "12:00–18:00"]);
    assert_eq!(calendar.add(at("2026-11-23T09:00Z"), hours(3)).unwrap().at, at("2026-11-23T12:00Z"));
    assert_eq!(calendar.add(at("2026-11-23T09:00Z"), hours(4)).unwrap().at, at("2026-11-23T13:00Z"));
}

#[test]
fn override_stands_above_table_and_week() {
    let office = ["09:00–12:00", "13:30–18:00"];
    let calendar = build(&CalendarSpec {
        overrides: vec![
            off("2026-11-23"),
            off("2026-02-14"),
            work("2026-02-17", None),
            work("2026-11-22", None),
            work("2026-02-28", None),
            work("2026-11-25", Some(&[("10:00", "11:00")])),
            work("2027-01-04", None),
        ],
        ..CalendarSpec::china_office()
    });
    for closed in ["2026-11-23", "2026-02-14", "2026-11-21", "2026-10-01"] {
        assert!(!calendar.is_working_day(day(closed)), "{closed}");
    }
    for ordinary in ["2026-02-17", "2026-11-22", "2026-02-28", "2026-11-24"] {
        assert_eq!(texts(&calendar, ordinary), office, "{ordinary}");
    }
    assert_eq!(texts(&calendar, "2026-11-25"), ["10:00–11:00"]);
    assert!(!calendar.provisional(day("2027-01-04")), "the company has decided");
    assert!(calendar.provisional(day("2027-01-05")));
}

#[test]
fn make_up_day_works_the_hours_of_the_first_weekday() {
    // Closed on Mondays, half a day on Saturdays.
    let mut definition = CalendarSpec::china_office();
    definition.week[0].clear();
    definition.week[1] = pairs(&[("08:00", "16:00")]);
    definition.week[5] = pairs(&[("09:00", "11:00")]);
    definition.overrides = vec![work("2026-02-28", None), work("2026-10-03", None)];
    let calendar = build(&definition);
    assert_eq!(texts(&calendar, "2026-02-14"), ["08:00–16:00"], "make-up Saturday");
    assert_eq!(texts(&calendar, "2026-03-07"), ["09:00–11:00"], "ordinary Saturday");
    assert_eq!(texts(&calendar, "2026-02-28"), ["08:00–16:00"], "make-up Saturday, confirmed by an override");
    assert_eq!(texts(&calendar, "2026-10-03"), ["09:00–11:00"], "Saturday in a holiday, worked by an override");
    assert_eq!(texts(&calendar, "2026-05-02"), Vec::<String>::new(), "Saturday in a holiday");
    assert_eq!(texts(&calendar, "2020-02-03"), Vec::<String>::new(), "a listed Monday keeps the hours of Mondays");
}

#[test]
fn days_on_which_clocks_change() {
    let all_day = |zone: &str| build(&spec(zone, 7, "00:00", "24:00"));
    for (zone, date, expected) in [
        ("Europe/Berlin", "2026-03-29", hours(23)),
        ("Europe/Berlin", "2026-10-25", hours(25)),
        ("America/New_York", "2026-03-08", hours(23)),
        ("America/New_York", "2026-11-01", hours(25)),
        ("Australia/Lord_Howe", "2026-04-05", minutes(24 * 60 + 30)),
        ("Australia/Lord_Howe", "2026-10-04", minutes(23 * 60 + 30)),
        ("Asia/Shanghai", "2026-03-29", hours(24)),
        ("America/Sao_Paulo", "2018-11-04", hours(23)),
        ("America/Sao_Paulo", "2018-02-17", hours(25)),
        ("Pacific/Apia", "2011-12-30", hours(0)),
        ("Pacific/Apia", "2011-12-31", hours(24)),
    ] {
        assert_eq!(all_day(zone).working_time(day(date)), expected, "{zone} {date}");
    }
}

#[test]
fn skipped_hours_do_not_exist_and_repeated_hours_count_twice() {
    let night = build(&spec("Europe/Berlin", 7, "02:30", "04:00"));
    assert_eq!(night.working_time(day("2026-03-29")), hours(1), "02:30 does not exist, 03:00 is open");
    assert_eq!(night.next_opening(at("2026-03-29T00:00Z")).unwrap(), at("2026-03-29T01:00Z"));
    assert_eq!(night.working_time(day("2026-10-25")), hours(2), "half past two comes twice");
    let gone = build(&spec("Europe/Berlin", 7, "02:00", "03:00"));
    assert_eq!(gone.working_time(day("2026-03-29")), SignedDuration::ZERO);
}

#[test]
fn closed_moments() {
    let saturday = at("2026-11-21T10:00+08");
    let calendar = china();
    assert!(!calendar.is_open(saturday) && calendar.is_open(at("2026-11-23T09:00+08")));
    assert!(!calendar.is_open(at("2026-11-23T12:00+08")), "half-open");
    assert_eq!(calendar.next_opening(saturday).unwrap(), at("2026-11-23T09:00+08"));
    assert_eq!(calendar.next_opening(at("2026-11-23T09:30+08")).unwrap(), at("2026-11-23T09:30+08"));
    assert_eq!(calendar.add(saturday, SignedDuration::ZERO).unwrap().at, saturday, "zero budget is due at once");
    assert_eq!(calendar.add(saturday, hours(-1)), Err(TimeError::NegativeBudget));
}

#[test]
fn fractions_of_a_second_survive() {
    for start in ["2026-11-23T17:59:59.999999+08", "1969-11-24T17:59:59.999999+08"] {
        let calendar = crate::china_without_table();
        let due = calendar.add(at(start), SignedDuration::from_micros(2)).unwrap().at;
        assert_eq!(calendar.between(at(start), due), SignedDuration::from_micros(2));
        assert_eq!(due.duration_since(at(start)), hours(15) + SignedDuration::from_micros(2));
    }
}

#[test]
fn fractions_of_a_second_before_1970() {
    let all_day = build(&spec("UTC", 7, "00:00", "24:00"));
    let start = at("1969-12-31T23:59:59.5Z");
    assert_eq!(all_day.between(start, start + SignedDuration::from_secs(1)), SignedDuration::from_secs(1));
}

#[test]
fn search_is_bounded() {
    let one_minute_a_week = {
        let mut definition = spec("UTC", 7, "00:00", "00:01");
        definition.week[1..].iter_mut().for_each(Vec::clear);
        build(&definition)
    };
    let start = at("2026-01-01T00:00Z");
    assert!(one_minute_a_week.add(start, minutes(500)).is_ok());
    assert_eq!(one_minute_a_week.add(start, minutes(600)), Err(TimeError::BeyondHorizon(start)));
    let last = jiff::Timestamp::MAX;
    assert_eq!(one_minute_a_week.add(last, minutes(1)), Err(TimeError::BeyondHorizon(last)));
    assert_eq!(one_minute_a_week.between(last, last), SignedDuration::ZERO);
}

#[test]
fn definition_as_json() {
    let text = r#"{"zone":"Asia/Shanghai","week":[[["09:00","12:00"]],[],[],[],[],[],[]],"national":"cn",
        "overrides":[{"date":"2026-12-31","kind":"work","intervals":[["09:00","12:00"]]},{"date":"2026-12-30","kind":"off"}]}"#;
    let definition: CalendarSpec = serde_json::from_str(text).unwrap();
    let again: CalendarSpec = serde_json::from_str(&serde_json::to_string(&definition).unwrap()).unwrap();
    assert_eq!(definition, again);
    assert_eq!(texts(&build(&definition), "2026-12-31"), ["09:00–12:00"]);
    for bad in [
        text.replace("national", "nation"),
        text.replace("\"cn\"", "\"xx\""),
        text.replace(",[],[],[]]", ",[],[]]"),
        text.replace("\"off\"", "\"closed\""),
    ] {
        assert!(serde_json::from_str::<CalendarSpec>(&bad).is_err(), "{bad}");
    }
}
