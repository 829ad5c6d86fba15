//! What comes when on a person's day.

use calendar::WorkCalendar;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Where on the page a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The deadline is past.
    Overdue,
    /// The day proposed for it is past, its deadline is not: waiting longer is how deadlines are missed.
    Slipped,
    /// To be acted on today: it is due today, today is the day proposed for it, or its clock runs.
    Today,
    /// To be acted on within seven days, today included, whatever the day of the week.
    Week,
    /// Not yet.
    Later,
}

/// The day as the company sees it: its date, and where the day and the seven days from it end.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    pub now: Timestamp,
    pub date: Date,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub week_ends: Timestamp,
}

impl Day {
    pub fn of(now: Timestamp, calendar: &WorkCalendar) -> Self {
        let date = calendar.date_of(now);
        let midnight = |days: i32| {
            let day = date.saturating_add(days.days()).to_zoned(calendar.zone().clone());
            day.map_or(now, |at| at.timestamp())
        };
        Self { now, date, starts: midnight(0), ends: midnight(1), week_ends: midnight(7) }
    }

    /// Where a duty stands. The proposed instant decides when to act, the deadline whether it is too late; without a
    /// deadline (its clock is held) only the proposal counts.
    pub fn group(&self, due_at: Option<Timestamp>, act_at: Option<Timestamp>, is_clock: bool) -> Group {
        if due_at.is_some_and(|due| due <= self.now) {
            return Group::Overdue;
        }
        if self.slipped(due_at, act_at, is_clock) {
            return Group::Slipped;
        }
        match when(due_at, act_at) {
            Some(at) if at < self.ends => Group::Today,
            Some(at) if at < self.week_ends => Group::Week,
            _ => Group::Later,
        }
    }

    /// Whether a duty should have been acted on before today, though there is still time. A clock is to be stopped as
    /// soon as it runs; it has no day that could pass.
    pub fn slipped(&self, due_at: Option<Timestamp>, act_at: Option<Timestamp>, is_clock: bool) -> bool {
        !is_clock && due_at.is_none_or(|due| due > self.now) && act_at.is_some_and(|act| act < self.starts)
    }
}

/// When a duty asks to be acted on: as proposed, and in any case before its deadline (a deadline at midnight belongs to
/// the day that it ends).
pub fn when(due_at: Option<Timestamp>, act_at: Option<Timestamp>) -> Option<Timestamp> {
    let last = due_at.map(|due| due - SignedDuration::from_micros(1));
    match (last, act_at) {
        (Some(last), Some(act)) => Some(last.min(act)),
        (last, act) => last.or(act),
    }
}

#[cfg(test)]
mod tests {
    use calendar::{CalendarSpec, HolidayTable};
    use proptest::prelude::*;

    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Monday 23 November 2026, 09:30 in Shanghai.
    fn monday() -> Day {
        let office = WorkCalendar::from_spec(&CalendarSpec::china_office(), HolidayTable::china()).unwrap();
        Day::of(instant("2026-11-23T01:30:00Z"), &office)
    }

    fn group(due: &str, act: Option<&str>) -> Group {
        monday().group(Some(instant(due)), act.map(instant), false)
    }

    #[test]
    fn a_past_deadline_is_overdue_whatever_is_proposed() {
        assert_eq!(group("2026-11-23T01:30:00Z", Some("2026-11-25T01:00:00Z")), Group::Overdue);
        assert_eq!(group("2026-11-23T01:30:00.000001Z", None), Group::Today);
    }

    #[test]
    fn the_day_is_the_companys_day() {
        // 23:59 in Shanghai is still today, though UTC has 15:59; midnight ends the day.
        assert_eq!(group("2026-11-30T16:00:00Z", Some("2026-11-23T15:59:00Z")), Group::Today);
        assert_eq!(group("2026-11-30T16:00:00Z", Some("2026-11-23T16:00:00Z")), Group::Week);
        assert_eq!(group("2026-11-23T16:00:00Z", None), Group::Today);
    }

    #[test]
    fn a_month_of_time_does_not_hide_what_is_proposed_for_now() {
        assert_eq!(group("2026-11-30T16:00:00Z", Some("2026-11-23T08:00:00Z")), Group::Today);
        assert_eq!(group("2026-11-30T16:00:00Z", Some("2026-11-27T01:00:00Z")), Group::Week);
        assert_eq!(group("2026-11-30T16:00:00Z", Some("2026-11-30T01:00:00Z")), Group::Later);
        assert_eq!(group("2026-11-29T16:00:00Z", None), Group::Week);
    }

    #[test]
    fn a_plan_slips_when_its_day_has_passed() {
        let slipped = |due: &str, act: &str| monday().slipped(Some(instant(due)), Some(instant(act)), false);
        assert!(slipped("2026-11-30T16:00:00Z", "2026-11-22T15:59:00Z"));
        assert!(!slipped("2026-11-30T16:00:00Z", "2026-11-22T16:00:00Z"), "earlier today is still today");
        assert!(!slipped("2026-11-23T01:00:00Z", "2026-11-20T01:00:00Z"), "what is overdue has more than slipped");
    }

    #[test]
    fn a_plan_whose_day_has_passed_comes_right_after_what_is_overdue_and_a_running_clock_does_not() {
        assert_eq!(group("2026-11-30T16:00:00Z", Some("2026-11-22T15:59:00Z")), Group::Slipped);
        assert!(Group::Overdue < Group::Slipped && Group::Slipped < Group::Today);
        // Whoever checked in at noon yesterday is to write the visit down by noon.
        let (due, act) = (Some(instant("2026-11-23T04:00:00Z")), Some(instant("2026-11-22T04:00:00Z")));
        assert_eq!(monday().group(due, act, true), Group::Today);
        assert!(!monday().slipped(due, act, true));
    }

    #[test]
    fn what_is_held_waits() {
        assert_eq!(monday().group(None, None, false), Group::Later);
    }

    proptest! {
        #[test]
        fn a_later_deadline_never_comes_earlier(a in -40_000_000i64..40_000_000, b in -40_000_000i64..40_000_000) {
            let (day, at) = (monday(), |s: i64| Timestamp::from_second(monday().now.as_second() + s).unwrap());
            let (first, second) = (at(a.min(b)), at(a.max(b)));
            prop_assert!(day.group(Some(first), None, false) <= day.group(Some(second), None, false));
        }
    }
}
