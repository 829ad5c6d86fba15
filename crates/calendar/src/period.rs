//! The periods in which quotas and recurring duties are counted.

use std::fmt;

use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// ISO week, Monday to Sunday.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// January to June, July to December.
    HalfYear,
    /// Calendar year.
    Year,
}

/// The text is not the key of a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period such as 2026-W47, 2026-11, 2026-Q4, 2026-H2 or 2026")]
pub struct PeriodError(pub String);

impl PeriodError {
    /// Stable code for problem answers.
    pub fn code(&self) -> &'static str {
        "calendar.bad_period"
    }
}

/// A period `[start, end)` of civil dates. Serialised as its key.
///
/// Made by [`Period::containing`] and [`Period::parse`], so `start` and `end` always fit the kind. At the end of the
/// supported years (9999) `end` stops at the last date and `next` repeats the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Period {
    /// Its length.
    pub kind: PeriodKind,
    /// First date.
    pub start: Date,
    /// First date after it.
    pub end: Date,
}

impl Period {
    /// The period of that kind in which a date lies.
    pub fn containing(kind: PeriodKind, date: Date) -> Period {
        let start = match kind {
            PeriodKind::Week => date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days()),
            _ => first_of_months(date, months(kind)),
        };
        Period { kind, start, end: start.saturating_add(length(kind)) }
    }

    /// `2026-W47`, `2026-11`, `2026-Q4`, `2026-H2`, `2026`; sorts by time within a kind.
    pub fn key(&self) -> String {
        let (year, month) = (self.start.year(), self.start.month());
        match self.kind {
            PeriodKind::Week => {
                let week = self.start.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            PeriodKind::Month => format!("{year:04}-{month:02}"),
            PeriodKind::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            PeriodKind::HalfYear => format!("{year:04}-H{}", (month - 1) / 6 + 1),
            PeriodKind::Year => format!("{year:04}"),
        }
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`PeriodError`] for any other text, also for a week 53 in a year that has 52.
    pub fn parse(key: &str) -> Result<Period, PeriodError> {
        read_key(key).ok_or_else(|| PeriodError(key.to_owned()))
    }

    /// The period after this one.
    pub fn next(&self) -> Period {
        Period::containing(self.kind, self.end)
    }

    /// The period before this one.
    pub fn previous(&self) -> Period {
        Period::containing(self.kind, self.start.yesterday().unwrap_or(self.start))
    }

    /// Whether the date lies in it.
    pub fn contains(&self, date: Date) -> bool {
        self.start <= date && date < self.end
    }

    /// Its number of dates.
    pub fn days(&self) -> i32 {
        i32::try_from(self.start.duration_until(self.end).as_hours() / 24).unwrap_or(i32::MAX)
    }

    /// Its first instant in a zone: the first moment of the first date, also where midnight is skipped.
    pub fn start_instant(&self, zone: &TimeZone) -> Timestamp {
        first_instant(self.start, zone)
    }

    /// The first instant after it in a zone.
    pub fn end_instant(&self, zone: &TimeZone) -> Timestamp {
        first_instant(self.end, zone)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.key()
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(key: String) -> Result<Period, PeriodError> {
        Period::parse(&key)
    }
}

/// The first moment of a date in a zone, clamped to the supported instants. Where midnight is skipped, that is the
/// moment at which clocks change, not midnight moved on by the length of the change.
pub(crate) fn first_instant(date: Date, zone: &TimeZone) -> Timestamp {
    let midnight = zone.to_ambiguous_timestamp(date.to_datetime(Time::midnight()));
    let skipped = matches!(midnight.offset(), AmbiguousOffset::Gap { .. });
    let limit = if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let Ok(first) = midnight.compatible() else { return limit };
    if !skipped {
        return first;
    }
    let just_after = first.checked_add(SignedDuration::from_nanos(1)).unwrap_or(first);
    zone.preceding(just_after).next().map_or(first, |change| change.timestamp())
}

/// Months of a kind; a week has none.
fn months(kind: PeriodKind) -> i8 {
    match kind {
        PeriodKind::Week => 0,
        PeriodKind::Month => 1,
        PeriodKind::Quarter => 3,
        PeriodKind::HalfYear => 6,
        PeriodKind::Year => 12,
    }
}

fn length(kind: PeriodKind) -> Span {
    match kind {
        PeriodKind::Week => 7.days(),
        _ => i64::from(months(kind)).months(),
    }
}

fn first_of_months(date: Date, months: i8) -> Date {
    let month = (date.month() - 1) / months * months + 1;
    date.first_of_month().saturating_sub(i64::from(date.month() - month).months())
}

fn read_key(key: &str) -> Option<Period> {
    let (year, rest) = key.split_at_checked(4)?;
    let year: i16 = digits(year)?;
    let start = |month: i8| Date::new(year, month, 1).ok();
    let (kind, start) = match rest.strip_prefix('-') {
        None if rest.is_empty() => (PeriodKind::Year, start(1)?),
        None => return None,
        Some(part) => read_part(part, year, start)?,
    };
    Some(Period::containing(kind, start))
}

fn read_part(part: &str, year: i16, start: impl Fn(i8) -> Option<Date>) -> Option<(PeriodKind, Date)> {
    let (head, tail) = part.split_at_checked(1)?;
    match (head, part.len()) {
        ("W", 3) => {
            let week = ISOWeekDate::new(year, digits(tail)?, Weekday::Monday).ok()?;
            Some((PeriodKind::Week, week.date()))
        }
        ("Q", 2) => Some((PeriodKind::Quarter, start((numbered(tail, 4)? - 1) * 3 + 1)?)),
        ("H", 2) => Some((PeriodKind::HalfYear, start((numbered(tail, 2)? - 1) * 6 + 1)?)),
        (_, 2) => Some((PeriodKind::Month, start(digits(part)?)?)),
        _ => None,
    }
}

fn numbered(text: &str, last: i8) -> Option<i8> {
    digits(text).filter(|number| (1..=last).contains(number))
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
