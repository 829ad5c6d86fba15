//! China's statutory holidays and make-up working days as published, year by year.
//!
//! Source: the State Council's yearly notices as read by NateScarlet/holiday-cn (MIT, see `data/cn/NOTICE`). Each
//! file is one notice; late December may stand in the next year's file, so a date is looked up in all of them merged.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use serde::Deserialize;

const CHINA: [&str; 20] = [
    include_str!("../data/cn/2007.json"),
    include_str!("../data/cn/2008.json"),
    include_str!("../data/cn/2009.json"),
    include_str!("../data/cn/2010.json"),
    include_str!("../data/cn/2011.json"),
    include_str!("../data/cn/2012.json"),
    include_str!("../data/cn/2013.json"),
    include_str!("../data/cn/2014.json"),
    include_str!("../data/cn/2015.json"),
    include_str!("../data/cn/2016.json"),
    include_str!("../data/cn/2017.json"),
    include_str!("../data/cn/2018.json"),
    include_str!("../data/cn/2019.json"),
    include_str!("../data/cn/2020.json"),
    include_str!("../data/cn/2021.json"),
    include_str!("../data/cn/2022.json"),
    include_str!("../data/cn/2023.json"),
    include_str!("../data/cn/2024.json"),
    include_str!("../data/cn/2025.json"),
    include_str!("../data/cn/2026.json"),
];

/// From this day of December on, the next year's notice may still change the days (2006, 2007, 2011, 2018 and 2022
/// have such days from the 29th on; a week leaves room for the weekend before).
const DECEMBER_OPEN_FROM: i8 = 25;

/// One listed day: a holiday or a make-up working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The holiday's Chinese name as published, for example `春节`; a make-up day carries the name of its holiday.
    pub name: String,
    /// `true`: nobody works. `false`: a make-up working day (调休), nearly always a Saturday or Sunday.
    pub off: bool,
}

/// Why a year's file was refused.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Not JSON of the expected shape `{year, days: [{date, name, isOffDay}]}`.
    #[error("the holiday file cannot be read: {0}")]
    Syntax(#[from] serde_json::Error),
    /// No days: the notice of that year was not yet published when the file was made.
    #[error("the holiday file of {0} has no days yet")]
    Empty(i16),
    /// A day outside the year and the December before it.
    #[error("{date} does not belong in the holiday file of {year}")]
    ForeignDate {
        /// Year of the file.
        year: i16,
        /// The day in question.
        date: Date,
    },
    /// The same day twice.
    #[error("{0} stands twice in the holiday file")]
    Repeated(Date),
}

impl TableError {
    /// Stable code for problem answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "calendar.table_syntax",
            Self::Empty(_) => "calendar.table_empty",
            Self::ForeignDate { .. } => "calendar.table_foreign_date",
            Self::Repeated(_) => "calendar.table_repeated_date",
        }
    }
}

#[derive(Deserialize)]
struct YearFile {
    year: i16,
    days: Vec<DayEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DayEntry {
    date: Date,
    name: String,
    is_off_day: bool,
}

type YearDays = BTreeMap<Date, Holiday>;

/// A national table: the notices of several years, merged. Cheap to copy with one more year added.
#[derive(Clone, Debug, Default)]
pub struct HolidayTable {
    years: BTreeMap<i16, Arc<YearDays>>,
    merged: Arc<YearDays>,
}

impl HolidayTable {
    /// China 2007–2026, read from the embedded files on first use.
    ///
    /// ```
    /// let day = calendar::HolidayTable::china().lookup(jiff::civil::date(2026, 2, 14)).unwrap();
    /// assert_eq!((day.name.as_str(), day.off), ("春节", false));
    /// ```
    pub fn china() -> &'static HolidayTable {
        static TABLE: LazyLock<HolidayTable> = LazyLock::new(|| {
            let read = |text: &&str| parse(text).expect("embedded holiday files are checked by a test");
            HolidayTable::from_years(CHINA.iter().map(read).collect())
        });
        &TABLE
    }

    /// This table with one more year, or with that year replaced. `json` is a file of the holiday-cn shape
    /// `{"year": 2027, "days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": true}, …]}`; other members are
    /// ignored.
    ///
    /// # Errors
    /// [`TableError`] if it cannot be read, is empty, repeats a day, or has days outside the year and the December
    /// before it.
    pub fn with_year(&self, json: &str) -> Result<HolidayTable, TableError> {
        let (year, days) = parse(json)?;
        let mut years = self.years.clone();
        years.insert(year, days);
        Ok(HolidayTable::from_years(years))
    }

    fn from_years(years: BTreeMap<i16, Arc<YearDays>>) -> HolidayTable {
        // Ascending: where two notices speak of the same day, the later one is right.
        let all = years.values().flat_map(|days| days.iter());
        let merged = Arc::new(all.map(|(date, day)| (*date, day.clone())).collect());
        HolidayTable { years, merged }
    }

    /// The listed day, or `None` for a day on which the ordinary week applies.
    pub fn lookup(&self, date: Date) -> Option<&Holiday> {
        self.merged.get(&date)
    }

    /// All listed days in `[from, until)`, ascending.
    pub fn days(&self, from: Date, until: Date) -> impl Iterator<Item = (Date, &Holiday)> {
        // An empty or reversed span would make `range` panic.
        let until = until.max(from);
        self.merged.range(from..until).map(|(date, day)| (*date, day))
    }

    /// The years whose notices are in the table, ascending.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }

    /// The last year with a non-empty file; `None` for an empty table.
    pub fn last_year(&self) -> Option<i16> {
        self.years.last_key_value().map(|(year, _)| *year)
    }

    /// Whether a notice yet to be loaded may still change this day (service rules 1.1, 2): the day's year has no
    /// file, or it is one of the last days of December and the next year has none. Days before the first year of
    /// the table are history, not provisional.
    pub fn is_provisional(&self, date: Date) -> bool {
        let Some(first) = self.years.keys().next() else { return true };
        if date.year() < *first {
            return false;
        }
        let next_may_change = date.month() == 12 && date.day() >= DECEMBER_OPEN_FROM;
        !self.years.contains_key(&date.year()) || next_may_change && !self.years.contains_key(&(date.year() + 1))
    }
}

fn parse(json: &str) -> Result<(i16, Arc<YearDays>), TableError> {
    let file: YearFile = serde_json::from_str(json)?;
    let year = file.year;
    let mut days = YearDays::new();
    for entry in file.days {
        let date = entry.date;
        if !belongs(year, date) {
            return Err(TableError::ForeignDate { year, date });
        }
        if days.insert(date, Holiday { name: entry.name, off: entry.is_off_day }).is_some() {
            return Err(TableError::Repeated(date));
        }
    }
    if days.is_empty() { Err(TableError::Empty(year)) } else { Ok((year, Arc::new(days))) }
}

fn belongs(year: i16, date: Date) -> bool {
    date.year() == year || date.month() == 12 && date.year().checked_add(1) == Some(year)
}
