//! Excel's day numbers. A workbook counts days from 1900 or, when made on an old Macintosh, from 1904; the fraction is
//! the time of day. Times are kept to the millisecond, which is what Excel itself keeps.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span, Unit};

/// The day that a workbook counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Epoch {
    #[default]
    Y1900,
    Y1904,
}

/// Day 0 of the days from March 1900 on.
const ORIGIN: Date = Date::constant(1899, 12, 30);
const DAY_MS: f64 = 86_400_000.0;
/// 9999-12-31 in the 1900 system: the last day a cell can show as a date.
const LAST: f64 = 2_958_466.0;

/// The civil time of a day number, or `None` outside 1900 to 9999.
///
/// Excel believes in 1900-02-29 (number 60); numbers below it are shifted by one so that both sides of the gap agree
/// with what the sheet shows, and 60 itself becomes 1900-02-28.
pub fn to_civil(number: f64, epoch: Epoch) -> Option<DateTime> {
    let days = match epoch {
        Epoch::Y1900 if number < 61.0 => number + 1.0 - f64::from(u8::from(number >= 60.0)),
        Epoch::Y1900 => number,
        Epoch::Y1904 => number + 1462.0,
    };
    if !(days.is_finite() && (2.0..LAST).contains(&days)) {
        return None;
    }
    let ms = (days * DAY_MS).round() as i64;
    let (day, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let date = ORIGIN.checked_add(Span::new().try_days(day).ok()?).ok()?;
    Some(date.at(0, 0, 0, 0) + SignedDuration::from_millis(rest))
}

/// The day number of a civil time in the 1900 system, or `None` before 1900 and after 9999.
pub fn from_civil(at: DateTime) -> Option<f64> {
    if at.year() < 1900 || at.year() > 9999 {
        return None;
    }
    let at = at.round(Unit::Millisecond).ok()?;
    let ms = at.duration_since(ORIGIN.at(0, 0, 0, 0)).as_millis() as f64;
    let days = ms / DAY_MS;
    let days = if days < 61.0 { days - 1.0 } else { days };
    (days < LAST).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn known_numbers() {
        assert_eq!(to_civil(1.0, Epoch::Y1900), Some(date(1900, 1, 1).at(0, 0, 0, 0)));
        assert_eq!(to_civil(59.0, Epoch::Y1900), Some(date(1900, 2, 28).at(0, 0, 0, 0)));
        assert_eq!(to_civil(60.0, Epoch::Y1900), Some(date(1900, 2, 28).at(0, 0, 0, 0)));
        assert_eq!(to_civil(61.0, Epoch::Y1900), Some(date(1900, 3, 1).at(0, 0, 0, 0)));
        assert_eq!(to_civil(46329.5, Epoch::Y1900), Some(date(2026, 11, 3).at(12, 0, 0, 0)));
        assert_eq!(to_civil(44867.0, Epoch::Y1904), Some(date(2026, 11, 3).at(0, 0, 0, 0)));
        assert_eq!(to_civil(0.5, Epoch::Y1900), None);
        assert_eq!(to_civil(f64::NAN, Epoch::Y1900), None);
        assert_eq!(to_civil(3e6, Epoch::Y1900), None);
    }

    #[test]
    fn there_and_back_until_the_last_day() {
        let mut day = date(1900, 1, 1);
        while day < date(9999, 12, 20) {
            let at = day.at(23, 59, 59, 999_000_000);
            assert_eq!(from_civil(at).and_then(|n| to_civil(n, Epoch::Y1900)), Some(at));
            day = day.saturating_add(Span::new().days(13));
        }
    }
}
