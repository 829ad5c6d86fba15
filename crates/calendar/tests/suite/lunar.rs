//! Lunar dates, festivals, birthdays; checked against known dates and against the national table.

use calendar::{
    Birthday, Festival, FestivalDay, HolidayTable, LunarBirthday, LunarDate, LunarError, SolarBirthday, festivals,
    festivals_on,
};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::day;

fn lunar(date: &str) -> LunarDate {
    LunarDate::from_solar(day(date)).unwrap()
}

#[test]
fn known_dates() {
    for (solar, text) in [
        ("2026-11-23", "十月十五"),
        ("2026-02-17", "正月初一"),
        ("2026-02-16", "十二月廿九"),
        ("2025-07-25", "闰六月初一"),
        ("2025-06-25", "六月初一"),
        ("2020-05-23", "闰四月初一"),
        ("2023-03-22", "闰二月初一"),
        ("2033-12-22", "闰十一月初一"),
        ("2024-02-09", "十二月三十"),
        ("1900-01-31", "正月初一"),
        ("1900-01-01", "十二月初一"),
    ] {
        assert_eq!(lunar(solar).to_string(), text, "{solar}");
    }
    assert_eq!((lunar("2026-02-16").year, lunar("2026-02-17").year), (2025, 2026));
    assert_eq!((lunar("2025-07-25").text_en(), lunar("2026-11-23").text_en()), ("leap 6-1".into(), "10-15".into()));
}

#[test]
fn every_day_there_and_back() {
    let mut date = day("1900-01-01");
    let mut before = LunarDate::from_solar(day("1900-01-01")).unwrap();
    while date < day("2199-12-31") {
        assert_eq!(before.to_solar(), Ok(date));
        date = date.tomorrow().unwrap();
        let next = LunarDate::from_solar(date).unwrap();
        assert!(next > before && (next.day == 1 || next.day == before.day + 1), "{date}");
        before = next;
    }
}

#[test]
fn days_that_do_not_exist() {
    let of = |year, month, leap, day| LunarDate { year, month, leap, day }.to_solar();
    assert_eq!(of(2025, 6, true, 1), Ok(day("2025-07-25")));
    for (year, month, leap, day) in [
        (2026, 6, true, 1),
        (2025, 12, false, 30),
        (2026, 13, false, 1),
        (2026, 0, false, 1),
        (2026, 1, false, 0),
        (2026, 1, false, 31),
    ] {
        assert_eq!(of(year, month, leap, day), Err(LunarError::NoSuchDay), "{year} {leap} {month}-{day}");
    }
    assert_eq!(of(2300, 1, false, 1), Err(LunarError::OutOfRange));
    assert_eq!(LunarDate::from_solar(day("1899-12-31")), Err(LunarError::OutOfRange));
    assert_eq!(LunarDate::from_solar(Date::MAX), Err(LunarError::OutOfRange));
}

#[test]
fn festivals_of_2026() {
    let of_year: Vec<(String, &str)> =
        festivals(2026).unwrap().into_iter().map(|day| (day.date.to_string(), day.festival.zh())).collect();
    let expected = [
        ("2026-01-01", "元旦"),
        ("2026-02-16", "除夕"),
        ("2026-02-17", "春节"),
        ("2026-03-03", "元宵节"),
        ("2026-04-05", "清明节"),
        ("2026-05-01", "劳动节"),
        ("2026-06-19", "端午节"),
        ("2026-08-19", "七夕"),
        ("2026-09-25", "中秋节"),
        ("2026-10-01", "国庆节"),
        ("2026-10-18", "重阳节"),
    ];
    assert_eq!(of_year, expected.map(|(date, name)| (date.to_owned(), name)));
}

#[test]
fn festivals_agree_with_the_national_table() {
    // From 2008 on all seven are statutory: the festival itself is a listed day off in every year.
    let statutory = [
        Festival::NewYear,
        Festival::SpringFestival,
        Festival::Qingming,
        Festival::Labour,
        Festival::DragonBoat,
        Festival::MidAutumn,
        Festival::NationalDay,
    ];
    for year in 2008..=2026 {
        for festival in statutory {
            let date = festival.date_in(year).unwrap();
            let listed = HolidayTable::china().lookup(date).filter(|listed| listed.off);
            assert!(listed.is_some(), "{} {date}", festival.zh());
        }
    }
}

#[test]
fn by_year_and_by_day_are_the_same() {
    for year in (1900..=2199).step_by(13) {
        let mut by_day = Vec::new();
        for date in Date::new(year, 1, 1).unwrap().series(1.day()).take_while(|date| date.year() == year) {
            by_day.extend(festivals_on(date).unwrap().into_iter().map(|festival| FestivalDay { festival, date }));
        }
        assert_eq!(by_day, festivals(year).unwrap());
    }
}

#[test]
fn two_festivals_on_one_day() {
    assert_eq!(festivals_on(day("2020-10-01")).unwrap(), [Festival::MidAutumn, Festival::NationalDay]);
    assert_eq!(festivals_on(day("2026-11-23")).unwrap(), []);
    assert!(festivals_on(day("2500-01-01")).is_err() && festivals(1800).is_err());
}

#[test]
fn festival_keys() {
    for festival in Festival::ALL {
        assert_eq!(serde_json::to_value(festival).unwrap(), festival.key());
        assert_eq!(Festival::from_key(festival.key()), Some(festival));
        assert!(!festival.zh().is_empty() && festival.en().is_ascii());
    }
    assert_eq!(Festival::from_key("carnival"), None);
}

#[test]
fn lunar_birthdays() {
    let next = |month, day, leap, from: &str| LunarBirthday { month, day, leap }.next_on_or_after(crate::day(from));
    for (month, date, leap, from, expected, why) in [
        (8, 15, false, "2026-09-25", "2026-09-25", "the day itself"),
        (8, 15, false, "2026-09-26", "2027-09-15", "the year after"),
        (12, 8, false, "2026-11-23", "2027-01-15", "last lunar month lies in the next solar year"),
        (12, 30, false, "2026-01-01", "2026-02-16", "a 30th in a month of 29 days"),
        (12, 30, false, "2024-01-01", "2024-02-09", "a 30th that exists"),
        (6, 1, true, "2025-01-01", "2025-07-25", "leap month that exists"),
        (6, 1, true, "2026-01-01", "2026-07-14", "leap month that does not: the ordinary one"),
        (6, 1, false, "2025-06-26", "2026-07-14", "born in the ordinary month: not in the leap month"),
    ] {
        assert_eq!(next(month, date, leap, from), Ok(day(expected)), "{why}");
    }
    for (month, date) in [(0, 1), (13, 1), (1, 0), (1, 31)] {
        assert_eq!(next(month, date, false, "2026-01-01"), Err(LunarError::NoSuchDay));
    }
    assert_eq!(next(1, 1, false, "2199-12-31"), Err(LunarError::OutOfRange));
}

#[test]
fn solar_birthdays() {
    let next = |month, day, from: &str| SolarBirthday { month, day }.next_on_or_after(crate::day(from));
    for (month, date, from, expected) in [
        (11, 23, "2026-11-23", "2026-11-23"),
        (11, 22, "2026-11-23", "2027-11-22"),
        (2, 29, "2026-01-01", "2026-02-28"),
        (2, 29, "2028-01-01", "2028-02-29"),
        (2, 29, "2027-03-01", "2028-02-29"),
    ] {
        assert_eq!(next(month, date, from), Ok(day(expected)));
    }
    for (month, date) in [(0, 1), (13, 1), (255, 1), (2, 30), (4, 31), (1, 0), (1, 255)] {
        assert_eq!(next(month, date, "2026-01-01"), Err(LunarError::NoSuchDay), "{month}-{date}");
    }
    assert!(SolarBirthday { month: 1, day: 1 }.next_on_or_after(Date::MAX).is_err());
}

#[test]
fn birthday_as_json() {
    let lunar: Birthday = serde_json::from_str(r#"{"calendar":"lunar","month":8,"day":15,"year":1980}"#).unwrap();
    assert_eq!(lunar, Birthday::Lunar(LunarBirthday { month: 8, day: 15, leap: false }));
    assert_eq!(lunar.next_on_or_after(day("2026-01-01")), Ok(day("2026-09-25")));
    let solar: Birthday = serde_json::from_str(r#"{"calendar":"solar","month":2,"day":29}"#).unwrap();
    assert_eq!(solar.next_on_or_after(day("2026-01-01")), Ok(day("2026-02-28")));
}
