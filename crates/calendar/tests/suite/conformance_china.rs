//! Cases DK1–DK8 of the service area: an office in China with the table of 2026. Each case also shows what a calendar
//! without the table would say where that differs, so that it cannot pass by accident.

use std::sync::Arc;

use calendar::{Pause, Stopwatch, TimeBase};

use crate::{at, china, china_without_table, hours, minutes, settled};

/// `02-13 17:00` of 2026 in China.
fn local(text: &str) -> jiff::Timestamp {
    let (date, time) = text.split_once(' ').unwrap();
    at(&format!("2026-{date}T{time}+08"))
}

fn check(start: &str, budget: i64, expected: &str, without_table: &str) {
    assert_eq!(china().add(local(start), hours(budget)).unwrap(), settled(local(expected)));
    assert_eq!(china_without_table().add(local(start), hours(budget)).unwrap(), settled(local(without_table)));
}

#[test]
fn dk1_make_up_saturday_before_spring_festival() {
    check("02-13 17:00", 2, "02-14 10:00", "02-16 10:00");
}

#[test]
fn dk2_over_national_day() {
    check("09-30 17:00", 8, "10-08 17:30", "10-01 17:30");
}

#[test]
fn dk3_make_up_saturday_after_national_day() {
    check("10-09 17:00", 2, "10-10 10:00", "10-12 10:00");
}

#[test]
fn dk4_lunch() {
    check("11-23 11:30", 1, "11-23 14:00", "11-23 14:00");
}

#[test]
fn dk5_make_up_sunday() {
    check("01-04 10:00", 4, "01-04 15:30", "01-05 14:30");
}

#[test]
fn dk6_over_labour_day() {
    check("04-30 16:00", 24, "05-08 17:30", "05-05 17:30");
}

#[test]
fn dk7_waiting_over_mid_autumn() {
    let base = TimeBase::Working(Arc::new(china()));
    let waiting = Pause { from: local("09-24 17:30"), to: Some(local("09-28 10:00")) };
    let watch = Stopwatch::new(local("09-24 17:00"), hours(8), base).with_pauses([waiting]);
    assert_eq!(watch.due().unwrap(), Some(settled(local("09-29 10:00"))));
}

#[test]
fn dk8_natural_clock_at_spring_festival() {
    for (budget, expected) in [(30, "02-18 00:20"), (60, "02-18 00:50"), (240, "02-18 03:50")] {
        let watch = Stopwatch::new(local("02-17 23:50"), minutes(budget), TimeBase::Natural);
        assert_eq!(watch.due().unwrap(), Some(settled(local(expected))));
    }
}
