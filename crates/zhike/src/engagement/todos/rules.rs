//! Decisions about to-dos.

use calendar::WorkCalendar;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::model::Priority;
use crate::kernel::FieldError;

pub const TITLE_MOST: usize = 200;
const FAR: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);

/// When what was planned after a contact is to be done, and when its owner is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    pub due_at: Option<Timestamp>,
    pub remind_at: Option<Timestamp>,
}

/// The to-do of a next plan (R3-2.3): due when the person said, otherwise at the close of the 1st, 3rd or 7th working
/// day from now by its priority. The reminder comes when that day's work begins, unless that is past.
pub fn next_timing(said: Option<Timestamp>, priority: Priority, now: Timestamp, calendar: &WorkCalendar) -> Timing {
    let due_at = said.or_else(|| close_of_working_day(working_days(priority), now, calendar));
    let opening = due_at.and_then(|due| opening(calendar.date_of(due), calendar));
    let remind_at = match (opening, due_at) {
        (Some(opening), Some(due)) => Some(opening.min(due)),
        (opening, due) => opening.or(due),
    };
    Timing { due_at, remind_at: remind_at.filter(|at| *at > now) }
}

fn working_days(priority: Priority) -> i32 {
    match priority {
        Priority::High => 1,
        Priority::Medium => 3,
        Priority::Low => 7,
    }
}

fn close_of_working_day(n: i32, now: Timestamp, calendar: &WorkCalendar) -> Option<Timestamp> {
    let date = calendar.add_working_days(calendar.date_of(now), n).ok()?;
    let minute = calendar.intervals(date).last()?.to_minute();
    at_minute(date, minute, calendar.zone())
}

fn opening(date: Date, calendar: &WorkCalendar) -> Option<Timestamp> {
    let minute = calendar.intervals(date).first()?.from_minute();
    at_minute(date, minute, calendar.zone())
}

fn at_minute(date: Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let midnight = date.to_zoned(zone.clone()).ok()?.timestamp();
    // By the wall clock, not by hours since midnight: on the day of a clock change they differ.
    let hour = i8::try_from(minute / 60).ok()?;
    let wall = match hour {
        24 => return date.tomorrow().ok()?.to_zoned(zone.clone()).ok().map(|next| next.timestamp()),
        hour => date.at(hour, i8::try_from(minute % 60).ok()?, 0, 0),
    };
    wall.to_zoned(zone.clone()).ok().map(|at| at.timestamp().max(midnight))
}

/// The first line of a plan as the title of its to-do.
pub fn title_of(plan: &str) -> String {
    plan.lines().next().unwrap_or_default().chars().take(TITLE_MOST).collect()
}

pub fn instant_fault(field: &str, at: Timestamp, now: Timestamp) -> Option<FieldError> {
    let far = now.duration_since(at).abs() > FAR;
    far.then(|| FieldError { field: field.to_owned(), code: "out_of_range".to_owned(), message: None })
}

#[cfg(test)]
mod tests {
    use calendar::{CalendarSpec, HolidayTable};

    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn office() -> WorkCalendar {
        WorkCalendar::from_spec(&CalendarSpec::china_office(), HolidayTable::china()).unwrap()
    }

    /// Friday 27 November 2026, 10:00 in Shanghai.
    const FRIDAY: &str = "2026-11-27T02:00:00Z";

    fn date(at: Option<Timestamp>) -> Date {
        office().date_of(at.unwrap())
    }

    #[test]
    fn what_is_said_counts() {
        let said = instant("2026-12-02T07:00:00Z");
        let timing = next_timing(Some(said), Priority::High, instant(FRIDAY), &office());
        assert_eq!(timing.due_at, Some(said));
        assert_eq!(timing.remind_at, opening(office().date_of(said), &office()));
        assert!(timing.remind_at < timing.due_at);
    }

    #[test]
    fn without_a_word_priority_decides_in_working_days() {
        let due = |priority| date(next_timing(None, priority, instant(FRIDAY), &office()).due_at).to_string();
        assert_eq!(due(Priority::High), "2026-11-30");
        assert_eq!(due(Priority::Medium), "2026-12-02");
        assert_eq!(due(Priority::Low), "2026-12-08");
    }

    #[test]
    fn no_reminder_is_made_for_the_past() {
        let soon = instant("2026-11-27T03:00:00Z");
        assert_eq!(next_timing(Some(soon), Priority::High, instant(FRIDAY), &office()).remind_at, None);
    }

    #[test]
    fn on_a_day_off_the_reminder_comes_with_the_due_instant() {
        let saturday = instant("2026-11-28T02:00:00Z");
        assert_eq!(next_timing(Some(saturday), Priority::Low, instant(FRIDAY), &office()).remind_at, Some(saturday));
    }

    #[test]
    fn a_title_is_the_first_line() {
        assert_eq!(title_of("送样品\n带合同"), "送样品");
        assert_eq!(title_of(&"长".repeat(300)).chars().count(), TITLE_MOST);
    }
}
