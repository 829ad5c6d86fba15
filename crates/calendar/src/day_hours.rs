//! Office hours of one day: 0..n half-open intervals of wall-clock time.

use std::fmt;
use std::sync::Arc;

const MINUTES_A_DAY: u16 = 24 * 60;
const LAST_MINUTE: u16 = MINUTES_A_DAY - 1;

/// A half-open interval `[from, to)` of wall-clock time within one day, in whole minutes; `to` may be 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    from: u16,
    to: u16,
}

/// Why hours were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not a time `HH:MM` from 00:00 to 24:00.
    #[error("`{0}` is not a time of day (HH:MM)")]
    Time(String),
    /// The interval is empty or ends before it begins. Hours over midnight are written as two intervals.
    #[error("the interval {0}–{1} must end after it begins")]
    Reversed(String, String),
    /// Two intervals of a day share time.
    #[error("the intervals {0} and {1} overlap")]
    Overlap(Interval, Interval),
}

impl HoursError {
    /// Stable code for problem answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Time(_) => "calendar.bad_time",
            Self::Reversed(..) => "calendar.reversed_interval",
            Self::Overlap(..) => "calendar.overlapping_intervals",
        }
    }
}

impl Interval {
    /// Reads `("09:00", "12:00")`. As an end, both `24:00` and `23:59` mean the end of the day (case D9).
    ///
    /// # Errors
    /// [`HoursError::Time`], [`HoursError::Reversed`].
    pub fn parse(from: &str, to: &str) -> Result<Interval, HoursError> {
        let (start, end) = (minute_of(from)?, minute_of(to)?);
        if start >= end {
            return Err(HoursError::Reversed(from.to_owned(), to.to_owned()));
        }
        let end = if end == LAST_MINUTE { MINUTES_A_DAY } else { end };
        Ok(Interval { from: start, to: end })
    }

    /// First minute of the day that belongs to the interval, 0..1440.
    pub fn from_minute(&self) -> u16 {
        self.from
    }

    /// First minute of the day after the interval, 1..=1440.
    pub fn to_minute(&self) -> u16 {
        self.to
    }

    /// The pair as it is written in a spec: `["09:00", "12:00"]`.
    pub fn to_pair(&self) -> [String; 2] {
        [clock_text(self.from), clock_text(self.to)]
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = self.to_pair();
        write!(f, "{from}–{to}")
    }
}

/// The intervals of one day, ascending and disjoint. Empty = closed. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayHours(Arc<[Interval]>);

impl DayHours {
    /// A closed day.
    pub fn closed() -> DayHours {
        DayHours::default()
    }

    /// Sorts the intervals. Intervals may touch.
    ///
    /// # Errors
    /// [`HoursError::Overlap`].
    pub fn new(mut intervals: Vec<Interval>) -> Result<DayHours, HoursError> {
        intervals.sort_by_key(|interval| interval.from);
        match intervals.windows(2).find(|pair| pair[0].to > pair[1].from) {
            Some(pair) => Err(HoursError::Overlap(pair[0], pair[1])),
            None => Ok(DayHours(intervals.into())),
        }
    }

    /// Reads pairs `["09:00", "12:00"]`.
    ///
    /// # Errors
    /// [`HoursError`].
    pub fn parse(pairs: &[[String; 2]]) -> Result<DayHours, HoursError> {
        let intervals: Result<Vec<_>, _> = pairs.iter().map(|[from, to]| Interval::parse(from, to)).collect();
        DayHours::new(intervals?)
    }

    /// The intervals, ascending.
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// Whether nobody works.
    pub fn is_closed(&self) -> bool {
        self.0.is_empty()
    }
}

fn minute_of(text: &str) -> Result<u16, HoursError> {
    read_minute(text).ok_or_else(|| HoursError::Time(text.to_owned()))
}

fn read_minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_A_DAY).then_some(total)
}

fn two_digits(text: &str) -> Option<u16> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn clock_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
