//! The span that a manager looks at.

use calendar::{Period, PeriodKind, WorkCalendar};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::kernel::{Error, Result};

const DAYS_MOST: i64 = 366;

/// Whole days of the company, `from` and `to` included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Date,
    pub to: Date,
    pub starts: Timestamp,
    pub ends: Timestamp,
}

impl Span {
    /// What was asked for; without a word, this month until today.
    pub fn asked(from: Option<Date>, to: Option<Date>, now: Timestamp, calendar: &WorkCalendar) -> Result<Self> {
        let today = calendar.date_of(now);
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| Period::containing(PeriodKind::Month, to).start);
        let days = from.until(to).map_or(-1, |span| i64::from(span.get_days()));
        if !(0..DAYS_MOST).contains(&days) {
            return Err(Error::field_invalid("to", "out_of_range"));
        }
        let instant = |date: Date| date.to_zoned(calendar.zone().clone()).map(|zoned| zoned.timestamp());
        let out_of_range = |_| Error::field_invalid("to", "out_of_range");
        let starts = instant(from).map_err(out_of_range)?;
        let ends = to.checked_add(1.day()).and_then(instant).map_err(out_of_range)?;
        Ok(Self { from, to, starts, ends })
    }
}

#[cfg(test)]
mod tests {
    use calendar::{CalendarSpec, HolidayTable};

    use super::*;

    fn span(from: Option<&str>, to: Option<&str>) -> Result<Span> {
        let office = WorkCalendar::from_spec(&CalendarSpec::china_office(), HolidayTable::china()).unwrap();
        let date = |text: &str| text.parse().unwrap();
        Span::asked(from.map(date), to.map(date), "2026-11-23T01:30:00Z".parse().unwrap(), &office)
    }

    #[test]
    fn this_month_until_today_unless_said_otherwise() {
        let month = span(None, None).unwrap();
        assert_eq!((month.from.to_string(), month.to.to_string()), ("2026-11-01".into(), "2026-11-23".into()));
        assert_eq!(month.starts.to_string(), "2026-10-31T16:00:00Z");
        assert_eq!(month.ends.to_string(), "2026-11-23T16:00:00Z");
    }

    #[test]
    fn a_span_is_bounded_and_runs_forward() {
        assert!(span(Some("2026-11-24"), Some("2026-11-23")).is_err());
        assert!(span(Some("2025-01-01"), Some("2026-11-23")).is_err());
        assert!(span(Some("2026-11-23"), Some("2026-11-23")).is_ok());
    }
}
