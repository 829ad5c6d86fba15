//! Counting in whole working days.

use jiff::civil::Date;

use crate::work_calendar::HORIZON_DAYS;
use crate::{Period, TimeError, WorkCalendar};

impl WorkCalendar {
    /// The working days of `[from, until)`, ascending.
    pub fn working_days(&self, from: Date, until: Date) -> impl Iterator<Item = Date> {
        dates(from, until).filter(|date| self.is_working_day(*date))
    }

    /// The first working day strictly after `date`.
    ///
    /// # Errors
    /// [`TimeError::NoWorkingDay`] if there is none within ten years.
    pub fn next_working_day(&self, date: Date) -> Result<Date, TimeError> {
        self.search(date, Date::tomorrow)
    }

    /// The last working day strictly before `date`.
    ///
    /// # Errors
    /// [`TimeError::NoWorkingDay`] if there is none within ten years.
    pub fn previous_working_day(&self, date: Date) -> Result<Date, TimeError> {
        self.search(date, Date::yesterday)
    }

    /// `date` itself if it is a working day, else the next one: a term whose last day is a holiday ends on the next
    /// working day (Civil Code of China, art. 203).
    ///
    /// # Errors
    /// [`TimeError::NoWorkingDay`] if there is none within ten years.
    pub fn working_day_on_or_after(&self, date: Date) -> Result<Date, TimeError> {
        if self.is_working_day(date) { Ok(date) } else { self.next_working_day(date) }
    }

    /// `n` working days after `date`, not counting `date` (Civil Code of China, art. 201); before it for negative
    /// `n`. Zero: [`WorkCalendar::working_day_on_or_after`].
    ///
    /// # Errors
    /// [`TimeError::NoWorkingDay`] if one of the steps finds none within ten years, or `n` is beyond ±100 000.
    pub fn add_working_days(&self, date: Date, n: i32) -> Result<Date, TimeError> {
        if n.unsigned_abs() > 100_000 {
            return Err(TimeError::NoWorkingDay);
        }
        if n == 0 {
            return self.working_day_on_or_after(date);
        }
        let step = if n > 0 { Self::next_working_day } else { Self::previous_working_day };
        (0..n.abs()).try_fold(date, |date, _| step(self, date))
    }

    /// The `n`th working day of a period: 1 = the first, −1 = the last. `None` if the period has fewer, or for 0.
    pub fn nth_working_day(&self, period: &Period, n: i32) -> Option<Date> {
        let days: Vec<Date> = self.working_days(period.start, period.end).collect();
        let place = usize::try_from(n.unsigned_abs()).ok()?.checked_sub(1)?;
        let index = if n > 0 { place } else { days.len().checked_sub(place + 1)? };
        days.get(index).copied()
    }

    fn search(&self, date: Date, step: fn(self_: Date) -> Result<Date, jiff::Error>) -> Result<Date, TimeError> {
        let mut date = date;
        for _ in 0..HORIZON_DAYS {
            date = step(date).map_err(|_| TimeError::OutOfRange)?;
            if self.is_working_day(date) {
                return Ok(date);
            }
        }
        Err(TimeError::NoWorkingDay)
    }
}

/// The dates of `[from, until)`, ascending.
pub(crate) fn dates(from: Date, until: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.tomorrow().ok()).take_while(move |date| *date < until)
}
