//! Dates of the Chinese calendar (GB/T 33661-2017), computed by `tyme4rs`.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tyme4rs::tyme::lunar::{LunarDay, LunarMonth, LunarYear};
use tyme4rs::tyme::solar::SolarDay;

/// Years for which lunar dates are given.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

const MONTHS: [&str; 12] =
    ["正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];

const DAYS: [&str; 30] = [
    "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十", "十一", "十二", "十三", "十四",
    "十五", "十六", "十七", "十八", "十九", "二十", "廿一", "廿二", "廿三", "廿四", "廿五", "廿六", "廿七", "廿八",
    "廿九", "三十",
];

/// Why there is no lunar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LunarError {
    /// Outside the years 1900–2199.
    #[error("lunar dates are known for the years 1900 to 2199 only")]
    OutOfRange,
    /// No such month or day: month 1–12, day 1–30, and a leap month or 30th that the year really has.
    #[error("there is no such day in the lunar calendar")]
    NoSuchDay,
}

impl LunarError {
    /// Stable code for problem answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange => "calendar.lunar_out_of_range",
            Self::NoSuchDay => "calendar.lunar_no_such_day",
        }
    }
}

/// A date of the Chinese calendar. `Display` writes month and day in Chinese: `十月十五`, `闰六月初一`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LunarDate {
    /// Lunar year, named after the solar year in which it begins.
    pub year: i16,
    /// Month, 1–12.
    pub month: u8,
    /// Whether it is the leap month that follows the month of that number.
    pub leap: bool,
    /// Day, 1–30.
    pub day: u8,
}

impl LunarDate {
    /// The lunar date of a solar date.
    ///
    /// # Errors
    /// [`LunarError::OutOfRange`] outside 1900–2199.
    pub fn from_solar(date: Date) -> Result<LunarDate, LunarError> {
        if !YEARS.contains(&date.year()) {
            return Err(LunarError::OutOfRange);
        }
        let part = |value: i8| usize::from(value.unsigned_abs());
        let solar = SolarDay::new(isize::from(date.year()), part(date.month()), part(date.day()));
        let lunar = solar.map_err(|_| LunarError::OutOfRange)?.get_lunar_day();
        LunarDate::from_parts(lunar.get_year(), lunar.get_month(), lunar.get_day()).ok_or(LunarError::OutOfRange)
    }

    fn from_parts(year: isize, signed_month: isize, day: usize) -> Option<LunarDate> {
        Some(LunarDate {
            year: year.try_into().ok()?,
            month: signed_month.unsigned_abs().try_into().ok()?,
            leap: signed_month < 0,
            day: day.try_into().ok()?,
        })
    }

    /// The solar date.
    ///
    /// # Errors
    /// [`LunarError::OutOfRange`] for lunar years outside 1899–2199, [`LunarError::NoSuchDay`] for a leap month or a
    /// day that the year does not have.
    pub fn to_solar(&self) -> Result<Date, LunarError> {
        if !(1..=days_in_month(self.year, self.month, self.leap)?).contains(&self.day) {
            return Err(LunarError::NoSuchDay);
        }
        let lunar = LunarDay::new(isize::from(self.year), self.signed_month(), usize::from(self.day));
        let solar = lunar.map_err(|_| LunarError::NoSuchDay)?.get_solar_day();
        solar_date(&solar).ok_or(LunarError::OutOfRange)
    }

    fn signed_month(&self) -> isize {
        signed(self.month, self.leap)
    }

    /// `10-15`, `leap 6-1`: for readers of English.
    pub fn text_en(&self) -> String {
        format!("{}{}-{}", if self.leap { "leap " } else { "" }, self.month, self.day)
    }
}

impl fmt::Display for LunarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |names: &[&'static str], number: u8| {
            usize::from(number).checked_sub(1).and_then(|index| names.get(index)).copied().unwrap_or("?")
        };
        let leap = if self.leap { "闰" } else { "" };
        write!(f, "{leap}{}{}", name(&MONTHS, self.month), name(&DAYS, self.day))
    }
}

/// The leap month of a lunar year, if it has one.
pub(crate) fn leap_month(year: i16) -> Result<Option<u8>, LunarError> {
    let month = lunar_year(year)?.get_leap_month();
    Ok(u8::try_from(month).ok().filter(|month| *month > 0))
}

/// 29 or 30.
pub(crate) fn days_in_month(year: i16, month: u8, leap: bool) -> Result<u8, LunarError> {
    lunar_year(year)?;
    let month = LunarMonth::new(isize::from(year), signed(month, leap)).map_err(|_| LunarError::NoSuchDay)?;
    u8::try_from(month.get_day_count()).map_err(|_| LunarError::NoSuchDay)
}

pub(crate) fn solar_date(day: &SolarDay) -> Option<Date> {
    let year = day.get_year().try_into().ok()?;
    Date::new(year, day.get_month().try_into().ok()?, day.get_day().try_into().ok()?).ok()
}

fn lunar_year(year: i16) -> Result<LunarYear, LunarError> {
    // January 1900 lies in the lunar year 1899.
    if year != YEARS.start() - 1 && !YEARS.contains(&year) {
        return Err(LunarError::OutOfRange);
    }
    LunarYear::new(isize::from(year)).map_err(|_| LunarError::OutOfRange)
}

fn signed(month: u8, leap: bool) -> isize {
    let month = isize::from(month);
    if leap { -month } else { month }
}
