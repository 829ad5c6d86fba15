//! The company's working time: a week of office hours, a national table, dated overrides, a time zone.

use std::collections::HashMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::open_spans::{OpenSpans, Span};
use crate::{DayHours, Due, HolidayTable, HoursError, Interval, TimeError};

/// Searches end this far from their start: nobody means a clock of more than ten years.
pub(crate) const HORIZON_DAYS: i32 = 3_660;
const HORIZON: SignedDuration = SignedDuration::from_hours(HORIZON_DAYS as i64 * 24);

/// What the company decided for one date; stands above week and national table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Override {
    /// Nobody works.
    Off,
    /// The ordinary hours: those of the date's weekday, or of the first weekday that has any.
    Work,
    /// Own hours, for example a half day.
    Hours(DayHours),
}

/// Why a calendar was refused at save.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone is not in the IANA database.
    #[error("`{0}` is not a known time zone")]
    Zone(String),
    /// Hours of a weekday cannot be read.
    #[error("{weekday}: {source}", weekday = weekday_text(*weekday))]
    Week {
        /// 0 = Monday … 6 = Sunday.
        weekday: u8,
        /// What is wrong.
        source: HoursError,
    },
    /// Hours of an override cannot be read.
    #[error("{date}: {source}")]
    OverrideHours {
        /// The date of the override.
        date: Date,
        /// What is wrong.
        source: HoursError,
    },
    /// No day of the week has hours (case D20): nothing would ever be due.
    #[error("the calendar has no working hours in the week")]
    AllClosed,
    /// Two overrides for a date.
    #[error("{0} is overridden twice")]
    OverrideRepeated(Date),
    /// An override `off` with hours, or one whose list of own hours is empty.
    #[error("the override of {0} contradicts itself: days off have no hours, own hours must not be empty")]
    OverrideContradiction(Date),
}

impl CalendarError {
    /// Stable code for problem answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Zone(_) => "calendar.unknown_zone",
            Self::Week { source, .. } | Self::OverrideHours { source, .. } => source.code(),
            Self::AllClosed => "calendar.all_closed",
            Self::OverrideRepeated(_) => "calendar.override_repeated",
            Self::OverrideContradiction(_) => "calendar.override_contradiction",
        }
    }
}

/// Working time. Immutable; build it once per version of the settings and share it in an `Arc`.
///
/// The hours of a date are decided in this order: the override of the date; the national table (a holiday is closed;
/// a make-up day on a weekend works the hours of the first weekday that has any); the week. An instant is working
/// time if and only if its wall-clock reading in the zone lies in those hours, so days on which clocks change have
/// 23, 25 or, at Lord Howe, 23½ and 24½ hours.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    zone: TimeZone,
    week: [DayHours; 7],
    /// Every date that differs from the week, resolved at construction: one look-up a day afterwards.
    exceptions: HashMap<Date, DayHours>,
    overridden: Vec<Date>,
    national: Option<HolidayTable>,
    /// No date up to this one is provisional.
    settled_until: Date,
}

impl WorkCalendar {
    /// Builds a calendar. `week` is Monday first. See [`WorkCalendar::from_spec`] for the definition in settings.
    ///
    /// # Errors
    /// [`CalendarError::AllClosed`], [`CalendarError::OverrideRepeated`], and
    /// [`CalendarError::OverrideContradiction`] for own hours that are empty.
    pub fn new(
        zone: TimeZone,
        week: [DayHours; 7],
        national: Option<&HolidayTable>,
        overrides: impl IntoIterator<Item = (Date, Override)>,
    ) -> Result<WorkCalendar, CalendarError> {
        let ordinary = week.iter().find(|day| !day.is_closed()).ok_or(CalendarError::AllClosed)?.clone();
        let mut exceptions = national.map(|table| national_days(table, &week, &ordinary)).unwrap_or_default();
        let mut overridden = Vec::new();
        for (date, choice) in overrides {
            let hours = resolve(date, choice, &exceptions, &week, &ordinary)?;
            exceptions.insert(date, hours);
            overridden.push(date);
        }
        overridden.sort_unstable();
        if let Some(pair) = overridden.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(CalendarError::OverrideRepeated(pair[0]));
        }
        let settled_until = settled_until(national);
        Ok(WorkCalendar { zone, week, exceptions, overridden, national: national.cloned(), settled_until })
    }

    /// The zone in which hours and dates are read.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The civil date of an instant in the calendar's zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    pub(crate) fn hours(&self, date: Date) -> &DayHours {
        self.exceptions.get(&date).unwrap_or_else(|| weekly(&self.week, date))
    }

    /// The working intervals of a date, ascending, in wall-clock time; empty = closed.
    pub fn intervals(&self, date: Date) -> &[Interval] {
        self.hours(date).intervals()
    }

    /// Whether the date has working hours.
    pub fn is_working_day(&self, date: Date) -> bool {
        !self.hours(date).is_closed()
    }

    /// Whether the date may still be changed by a national notice that is not loaded (service rules 1.1, 2). Without
    /// a national table, and on dates that the company itself has overridden, never.
    pub fn provisional(&self, date: Date) -> bool {
        let Some(table) = &self.national else { return false };
        table.is_provisional(date) && self.overridden.binary_search(&date).is_err()
    }

    /// Whether any date from that of `from` to that of `until` is provisional.
    pub fn provisional_between(&self, from: Timestamp, until: Timestamp) -> bool {
        let (first, last) = (self.date_of(from), self.date_of(until));
        if last <= self.settled_until {
            return false;
        }
        let mut date = first.max(self.settled_until);
        while date <= last {
            if self.provisional(date) {
                return true;
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        false
    }

    /// Whether the instant is working time.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let wall = self.zone.to_datetime(at);
        let minute = u16::from(wall.hour().unsigned_abs()) * 60 + u16::from(wall.minute().unsigned_abs());
        self.intervals(wall.date()).iter().any(|i| i.from_minute() <= minute && minute < i.to_minute())
    }

    /// The first open instant at or after `at`: what a visitor who writes at night is promised.
    ///
    /// # Errors
    /// [`TimeError::BeyondHorizon`] if the calendar does not open within ten years.
    pub fn next_opening(&self, at: Timestamp) -> Result<Timestamp, TimeError> {
        self.open_spans(at, horizon(at)).next().map(|span| span.from).ok_or(TimeError::BeyondHorizon(at))
    }

    /// The earliest instant `t >= start` with `between(start, t) == budget` (service rules 1.1, 1). So a budget that
    /// ends exactly at closing time is due at closing time, not at the next opening; and a zero budget is due at
    /// `start`, even when that moment is closed. Steps by days, not by minutes.
    ///
    /// # Errors
    /// [`TimeError::NegativeBudget`]; [`TimeError::BeyondHorizon`] if the budget is not used up within ten years.
    pub fn add(&self, start: Timestamp, budget: SignedDuration) -> Result<Due, TimeError> {
        if budget.is_negative() {
            return Err(TimeError::NegativeBudget);
        }
        let at = self.spend(start, budget).ok_or(TimeError::BeyondHorizon(start))?;
        Ok(Due { at, provisional: self.provisional_between(start, at) })
    }

    fn spend(&self, start: Timestamp, budget: SignedDuration) -> Option<Timestamp> {
        if budget.is_zero() {
            return Some(start);
        }
        let mut left = budget;
        for span in self.open_spans(start, horizon(start)) {
            if left <= span.length() {
                return span.from.checked_add(left).ok();
            }
            left -= span.length();
        }
        None
    }

    /// Working time in `[from, until)`; negative when `until` is before `from`. Additive: `between(a, b) +
    /// between(b, c) == between(a, c)`.
    pub fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        if until < from {
            return -self.between(until, from);
        }
        self.open_spans(from, until).map(|span| span.length()).fold(SignedDuration::ZERO, |sum, part| sum + part)
    }

    /// Working time of one date: its hours as they really passed, with skipped and repeated hours.
    pub fn working_time(&self, date: Date) -> SignedDuration {
        let midnight = |date: Date| crate::period::first_instant(date, &self.zone);
        self.between(midnight(date), midnight(date.saturating_add(jiff::Span::new().days(1))))
    }

    pub(crate) fn open_spans(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Span> {
        OpenSpans::new(self, from, until)
    }
}

fn horizon(start: Timestamp) -> Timestamp {
    start.checked_add(HORIZON).unwrap_or(Timestamp::MAX)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn weekly(week: &[DayHours; 7], date: Date) -> &DayHours {
    &week[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
}

fn national_days(table: &HolidayTable, week: &[DayHours; 7], ordinary: &DayHours) -> HashMap<Date, DayHours> {
    let hours = |date: Date, off: bool| match (off, is_weekend(date)) {
        (true, _) => DayHours::closed(),
        (false, true) => ordinary.clone(),
        (false, false) => weekly(week, date).clone(),
    };
    table.days(Date::MIN, Date::MAX).map(|(date, day)| (date, hours(date, day.off))).collect()
}

fn resolve(
    date: Date,
    choice: Override,
    national: &HashMap<Date, DayHours>,
    week: &[DayHours; 7],
    ordinary: &DayHours,
) -> Result<DayHours, CalendarError> {
    match choice {
        Override::Off => Ok(DayHours::closed()),
        Override::Hours(hours) if hours.is_closed() => Err(CalendarError::OverrideContradiction(date)),
        Override::Hours(hours) => Ok(hours),
        Override::Work => {
            // A make-up day keeps its hours; a holiday that is worked takes those of its weekday.
            let made_up = national.get(&date).filter(|hours| !hours.is_closed());
            let own = Some(weekly(week, date)).filter(|hours| !hours.is_closed());
            Ok(made_up.or(own).unwrap_or(ordinary).clone())
        }
    }
}

fn settled_until(national: Option<&HolidayTable>) -> Date {
    let Some(table) = national else { return Date::MAX };
    let Some(mut year) = table.years().next() else { return Date::MIN };
    let years: Vec<i16> = table.years().collect();
    while years.binary_search(&(year + 1)).is_ok() {
        year += 1;
    }
    // Conservative by some days: only a short cut in front of the exact question.
    Date::new(year, 12, 1).unwrap_or(Date::MIN)
}

fn weekday_text(weekday: u8) -> &'static str {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    NAMES.get(usize::from(weekday)).copied().unwrap_or("day")
}
