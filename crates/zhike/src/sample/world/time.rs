//! The days that the sample company has lived through.

use calendar::{Period, PeriodKind, WorkCalendar};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::dice::Dice;

/// Months of history before the present one.
const MONTHS: i64 = 18;
/// Office hours in minutes of the day, when records are made.
const MORNING: (i64, i64) = (9 * 60, 11 * 60 + 50);
const AFTERNOON: (i64, i64) = (13 * 60 + 30, 17 * 60 + 45);

pub struct Time<'a> {
    pub calendar: &'a WorkCalendar,
    pub now: Timestamp,
    pub today: Date,
    /// The first day of the history, which begins a month.
    pub begins: Date,
}

impl<'a> Time<'a> {
    pub fn new(calendar: &'a WorkCalendar, now: Timestamp) -> Self {
        let today = calendar.date_of(now);
        let begins = Period::containing(PeriodKind::Month, today).start.saturating_sub(MONTHS.months());
        Self { calendar, now, today, begins }
    }

    /// How many days the history has.
    pub fn days(&self) -> i32 {
        self.begins.until(self.today).map_or(0, |span| span.get_days())
    }

    /// The periods from the beginning up to now.
    pub fn periods(&self, kind: PeriodKind) -> Vec<Period> {
        let first = Period::containing(kind, self.begins);
        std::iter::successors(Some(first), |period| Some(period.next()))
            .take_while(|period| period.start <= self.today)
            .collect()
    }

    /// Every day after the first up to now, with its first instant.
    pub fn all_days(&self) -> Vec<(Date, Timestamp)> {
        let zone = self.calendar.zone();
        let first_instant = |day: Date| day.to_zoned(zone.clone()).map(|at| (day, at.timestamp())).ok();
        let days = self.begins.series(1.day()).skip(1).take_while(|day| *day <= self.today);
        days.filter_map(first_instant).filter(|(_, at)| *at < self.now).collect()
    }

    /// Working days of `[from, until)`; if there are none, the first day.
    pub fn working(&self, from: Date, until: Date) -> Vec<Date> {
        let days: Vec<Date> = self.calendar.working_days(from, until).collect();
        if days.is_empty() { vec![from] } else { days }
    }

    /// A moment of office hours on this day.
    pub fn office(&self, dice: &mut Dice, date: Date) -> Timestamp {
        let (from, until) = if dice.chance(0.47) { MORNING } else { AFTERNOON };
        self.at(date, dice.between(from, until), dice)
    }

    /// About this minute of the day.
    pub fn at(&self, date: Date, minute: i64, dice: &mut Dice) -> Timestamp {
        let midnight = Period::containing(PeriodKind::Week, date).start_instant(self.calendar.zone());
        let day = date.to_zoned(self.calendar.zone().clone()).map_or(midnight, |day| day.timestamp());
        day + SignedDuration::from_mins(minute) + SignedDuration::from_secs(dice.between(0, 59))
    }

    pub fn is_past(&self, at: Timestamp) -> bool {
        at < self.now
    }

    /// Months since the beginning, counted in days.
    pub fn months_in(&self, date: Date) -> f64 {
        self.begins.until(date).map_or(0.0, |span| f64::from(span.get_days()) / 30.4)
    }
}
