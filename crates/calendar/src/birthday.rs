//! Birthdays that recur by the solar or the lunar calendar.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::lunar::{days_in_month, leap_month};
use crate::{LunarDate, LunarError};

/// A birthday without its year, as kept with a contact: `{"calendar":"lunar","month":8,"day":15,"leap":false}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "calendar", rename_all = "snake_case")]
pub enum Birthday {
    /// Kept by the solar calendar.
    Solar(SolarBirthday),
    /// Kept by the lunar calendar.
    Lunar(LunarBirthday),
}

/// Month and day of the solar calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SolarBirthday {
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
}

/// Month and day of the lunar calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LunarBirthday {
    /// 1–12.
    pub month: u8,
    /// 1–30.
    pub day: u8,
    /// Born in the leap month of that number.
    #[serde(default)]
    pub leap: bool,
}

impl Birthday {
    /// The next celebration on or after `date`, by the rules of [`SolarBirthday`] and [`LunarBirthday`].
    ///
    /// # Errors
    /// [`LunarError`].
    pub fn next_on_or_after(&self, date: Date) -> Result<Date, LunarError> {
        match self {
            Self::Solar(birthday) => birthday.next_on_or_after(date),
            Self::Lunar(birthday) => birthday.next_on_or_after(date),
        }
    }
}

impl SolarBirthday {
    /// The next celebration on or after `date`. 29 February is celebrated on the 28th in common years.
    ///
    /// # Errors
    /// [`LunarError::NoSuchDay`] for a day that no year has, [`LunarError::OutOfRange`] at the end of year 9999.
    pub fn next_on_or_after(&self, date: Date) -> Result<Date, LunarError> {
        let this = self.in_year(date.year())?;
        if this >= date { Ok(this) } else { self.in_year(date.year() + 1) }
    }

    fn in_year(&self, year: i16) -> Result<Date, LunarError> {
        let month = i8::try_from(self.month).ok().filter(|month| (1..=12).contains(month));
        let first = Date::new(year, month.ok_or(LunarError::NoSuchDay)?, 1).map_err(|_| LunarError::OutOfRange)?;
        let day = i8::try_from(self.day).map_err(|_| LunarError::NoSuchDay)?;
        let day = if (self.month, day) == (2, 29) { day.min(first.days_in_month()) } else { day };
        first.with().day(day).build().map_err(|_| LunarError::NoSuchDay)
    }
}

impl LunarBirthday {
    /// The next celebration on or after `date`. A year that lacks the day is served by these rules:
    /// - born in a leap month: celebrated in that leap month in years that have it, else in the ordinary month of
    ///   the same number;
    /// - born in an ordinary month: always celebrated in the ordinary month, not in a leap month that follows it;
    /// - born on the 30th: celebrated on the 29th, the last day, when the month has only 29.
    ///
    /// # Errors
    /// [`LunarError::NoSuchDay`] for a month outside 1–12 or a day outside 1–30, [`LunarError::OutOfRange`] outside
    /// 1900–2199.
    pub fn next_on_or_after(&self, date: Date) -> Result<Date, LunarError> {
        if !(1..=12).contains(&self.month) || !(1..=30).contains(&self.day) {
            return Err(LunarError::NoSuchDay);
        }
        // The lunar year of a solar date is that year or the one before; the celebration may be in the next.
        for year in LunarDate::from_solar(date)?.year.. {
            let celebration = self.in_lunar_year(year)?;
            if celebration >= date {
                return Ok(celebration);
            }
        }
        Err(LunarError::OutOfRange)
    }

    fn in_lunar_year(&self, year: i16) -> Result<Date, LunarError> {
        let leap = self.leap && leap_month(year)? == Some(self.month);
        let day = self.day.min(days_in_month(year, self.month, leap)?);
        LunarDate { year, month: self.month, leap, day }.to_solar()
    }
}
