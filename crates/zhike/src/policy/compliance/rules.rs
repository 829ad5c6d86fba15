//! Spans of days, the ones before them, and shares.

use calendar::{Period, PeriodKind};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::kernel::{Error, Result};

const DAYS_MOST: i64 = 732;
/// How many spans a trend shows, the asked one last.
pub const TREND: usize = 6;

/// Days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Date,
    pub to: Date,
}

impl Span {
    /// What was asked for; without a word, this month.
    pub fn asked(from: Option<Date>, to: Option<Date>, today: Date) -> Result<Self> {
        let month = Period::containing(PeriodKind::Month, to.or(from).unwrap_or(today));
        let span = Self { from: from.unwrap_or(month.start), to: to.unwrap_or(last_day(&month)) };
        let days = span.days();
        if (1..=DAYS_MOST).contains(&days) { Ok(span) } else { Err(Error::field_invalid("to", "out_of_range")) }
    }

    fn days(self) -> i64 {
        self.from.until(self.to).map_or(0, |days| i64::from(days.get_days()) + 1)
    }

    /// The span before: the month before a month, the quarter before a quarter, otherwise as many days.
    pub fn previous(self) -> Self {
        const WHOLE: [PeriodKind; 5] =
            [PeriodKind::Week, PeriodKind::Month, PeriodKind::Quarter, PeriodKind::HalfYear, PeriodKind::Year];
        let whole = WHOLE.into_iter().map(|kind| Period::containing(kind, self.from));
        if let Some(period) = whole.into_iter().find(|period| period.start == self.from && last_day(period) == self.to)
        {
            let before = period.previous();
            return Self { from: before.start, to: last_day(&before) };
        }
        let days = self.days();
        Self { from: self.from.saturating_sub(days.days()), to: self.to.saturating_sub(days.days()) }
    }

    /// The spans of a trend, oldest first, this one last.
    pub fn trend(self) -> [Self; TREND] {
        let mut spans = [self; TREND];
        for at in (0..TREND - 1).rev() {
            spans[at] = spans[at + 1].previous();
        }
        spans
    }
}

fn last_day(period: &Period) -> Date {
    period.end.yesterday().unwrap_or(period.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn span(from: &str, to: &str) -> Span {
        Span { from: date(from), to: date(to) }
    }

    #[test]
    fn without_a_word_it_is_this_month() {
        assert_eq!(Span::asked(None, None, date("2026-11-23")).unwrap(), span("2026-11-01", "2026-11-30"));
        assert_eq!(
            Span::asked(Some(date("2026-02-01")), None, date("2026-11-23")).unwrap(),
            span("2026-02-01", "2026-02-28")
        );
        assert!(Span::asked(Some(date("2026-12-01")), Some(date("2026-11-30")), date("2026-11-23")).is_err());
        assert!(Span::asked(Some(date("2020-01-01")), Some(date("2026-11-30")), date("2026-11-23")).is_err());
    }

    #[test]
    fn the_span_before_a_period_is_the_period_before() {
        assert_eq!(span("2026-03-01", "2026-03-31").previous(), span("2026-02-01", "2026-02-28"));
        assert_eq!(span("2026-01-01", "2026-03-31").previous(), span("2025-10-01", "2025-12-31"));
        assert_eq!(span("2026-11-23", "2026-11-29").previous(), span("2026-11-16", "2026-11-22"));
        assert_eq!(span("2026-11-11", "2026-11-20").previous(), span("2026-11-01", "2026-11-10"));
        assert_eq!(span("2026-11-11", "2026-11-11").previous(), span("2026-11-10", "2026-11-10"));
    }

    #[test]
    fn a_trend_ends_with_the_span_itself() {
        let trend = span("2026-11-01", "2026-11-30").trend();
        assert_eq!(trend[0], span("2026-06-01", "2026-06-30"));
        assert_eq!(trend[TREND - 1], span("2026-11-01", "2026-11-30"));
    }
}
