//! Festivals on which customers are greeted (R2 节日问候).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tyme4rs::tyme::solar::SolarTerm;

use crate::lunar::{YEARS, solar_date};
use crate::{LunarDate, LunarError};

/// Index of 清明 among the solar terms of a year, counted from 冬至 of the year before.
const CLEAR_AND_BRIGHT: isize = 7;

/// How the date of a festival is found.
enum Rule {
    Solar(i8, i8),
    Lunar(u8, u8),
    Eve,
    ClearAndBright,
}

/// A festival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Festival {
    /// 元旦, 1 January.
    NewYear,
    /// 春节, first day of the first lunar month.
    SpringFestival,
    /// 元宵节, 15th of the first lunar month.
    Lantern,
    /// 清明节, the day of the solar term.
    Qingming,
    /// 劳动节, 1 May.
    Labour,
    /// 端午节, 5th of the fifth lunar month.
    DragonBoat,
    /// 七夕, 7th of the seventh lunar month.
    Qixi,
    /// 中秋节, 15th of the eighth lunar month.
    MidAutumn,
    /// 重阳节, 9th of the ninth lunar month.
    DoubleNinth,
    /// 国庆节, 1 October.
    NationalDay,
    /// 除夕, the day before 春节.
    NewYearsEve,
}

impl Festival {
    /// All festivals.
    pub const ALL: [Festival; 11] = [
        Self::NewYear,
        Self::NewYearsEve,
        Self::SpringFestival,
        Self::Lantern,
        Self::Qingming,
        Self::Labour,
        Self::DragonBoat,
        Self::Qixi,
        Self::MidAutumn,
        Self::DoubleNinth,
        Self::NationalDay,
    ];

    /// Stable key, equal to the serialised name.
    pub fn key(&self) -> &'static str {
        self.names().0
    }

    /// Chinese name.
    pub fn zh(&self) -> &'static str {
        self.names().1
    }

    /// English name.
    pub fn en(&self) -> &'static str {
        self.names().2
    }

    /// The festival with that key.
    pub fn from_key(key: &str) -> Option<Festival> {
        Self::ALL.into_iter().find(|festival| festival.key() == key)
    }

    fn names(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NewYear => ("new_year", "元旦", "New Year's Day"),
            Self::SpringFestival => ("spring_festival", "春节", "Spring Festival"),
            Self::Lantern => ("lantern", "元宵节", "Lantern Festival"),
            Self::Qingming => ("qingming", "清明节", "Qingming Festival"),
            Self::Labour => ("labour", "劳动节", "Labour Day"),
            Self::DragonBoat => ("dragon_boat", "端午节", "Dragon Boat Festival"),
            Self::Qixi => ("qixi", "七夕", "Qixi Festival"),
            Self::MidAutumn => ("mid_autumn", "中秋节", "Mid-Autumn Festival"),
            Self::DoubleNinth => ("double_ninth", "重阳节", "Double Ninth Festival"),
            Self::NationalDay => ("national_day", "国庆节", "National Day"),
            Self::NewYearsEve => ("new_years_eve", "除夕", "Chinese New Year's Eve"),
        }
    }

    /// Its date in a solar year. Every festival falls exactly once in each solar year; 除夕 of a solar year is the
    /// one in its January or February.
    ///
    /// # Errors
    /// [`LunarError::OutOfRange`] outside 1900–2199.
    pub fn date_in(&self, year: i16) -> Result<Date, LunarError> {
        if !YEARS.contains(&year) {
            return Err(LunarError::OutOfRange);
        }
        match self.rule() {
            Rule::Solar(month, day) => Date::new(year, month, day).map_err(|_| LunarError::OutOfRange),
            Rule::Lunar(month, day) => LunarDate { year, month, leap: false, day }.to_solar(),
            Rule::Eve => Self::SpringFestival.date_in(year)?.yesterday().map_err(|_| LunarError::OutOfRange),
            Rule::ClearAndBright => clear_and_bright(year),
        }
    }

    fn rule(&self) -> Rule {
        match self {
            Self::NewYear => Rule::Solar(1, 1),
            Self::Labour => Rule::Solar(5, 1),
            Self::NationalDay => Rule::Solar(10, 1),
            Self::SpringFestival => Rule::Lunar(1, 1),
            Self::Lantern => Rule::Lunar(1, 15),
            Self::DragonBoat => Rule::Lunar(5, 5),
            Self::Qixi => Rule::Lunar(7, 7),
            Self::MidAutumn => Rule::Lunar(8, 15),
            Self::DoubleNinth => Rule::Lunar(9, 9),
            Self::NewYearsEve => Rule::Eve,
            Self::Qingming => Rule::ClearAndBright,
        }
    }

    fn is_on(&self, date: Date, lunar: LunarDate) -> Result<bool, LunarError> {
        match self.rule() {
            Rule::Solar(month, day) => Ok((date.month(), date.day()) == (month, day)),
            Rule::Lunar(month, day) => Ok((lunar.month, lunar.leap, lunar.day) == (month, false, day)),
            // Only looked up in the days on which it can fall: this is asked for every day of a calendar.
            Rule::Eve => Ok(lunar.month == 12 && lunar.day >= 29 && self.date_in(date.year())? == date),
            Rule::ClearAndBright => Ok(date.month() == 4 && date.day() <= 7 && self.date_in(date.year())? == date),
        }
    }
}

fn clear_and_bright(year: i16) -> Result<Date, LunarError> {
    let term = SolarTerm::from_index(isize::from(year), CLEAR_AND_BRIGHT);
    solar_date(&term.get_solar_day()).ok_or(LunarError::OutOfRange)
}

/// A festival on its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FestivalDay {
    /// Which.
    pub festival: Festival,
    /// When.
    pub date: Date,
}

/// The festivals of a solar year by date.
///
/// # Errors
/// [`LunarError::OutOfRange`] outside 1900–2199.
pub fn festivals(year: i16) -> Result<Vec<FestivalDay>, LunarError> {
    let day = |festival: Festival| Ok(FestivalDay { festival, date: festival.date_in(year)? });
    let mut days = Festival::ALL.into_iter().map(day).collect::<Result<Vec<_>, LunarError>>()?;
    days.sort_by_key(|day| day.date);
    Ok(days)
}

/// The festivals of a date: none, one, or two (国庆节 and 中秋节 fell together in 2020).
///
/// # Errors
/// [`LunarError::OutOfRange`] outside 1900–2199.
pub fn festivals_on(date: Date) -> Result<Vec<Festival>, LunarError> {
    let lunar = LunarDate::from_solar(date)?;
    let mut found = Vec::new();
    for festival in Festival::ALL {
        if festival.is_on(date, lunar)? {
            found.push(festival);
        }
    }
    Ok(found)
}
