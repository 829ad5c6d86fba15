//! Walks through the open time of a calendar as spans of instants.
//!
//! Definition: an instant is open if and only if its wall-clock reading in the calendar's zone lies in an interval of
//! its date. The walk goes from one change of the zone's offset to the next and through the dates in between, so an
//! hour that is skipped in spring does not exist, one that is repeated in autumn counts twice, and half-hour changes
//! (Lord Howe) and changes around midnight come out right without special cases.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::{DayHours, WorkCalendar};

const DAY_SECONDS: i64 = 86_400;

/// A half-open span of instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Span {
    pub(crate) fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }
}

/// The open spans of `[from, until)`, ascending, disjoint, never empty. Touching spans are not joined.
pub(crate) struct OpenSpans<'a> {
    calendar: &'a WorkCalendar,
    bounds: Span,
    segment: Option<Segment>,
    day: Day,
}

/// A stretch of time with one offset from UTC.
#[derive(Clone, Copy)]
struct Segment {
    from: Timestamp,
    until: Timestamp,
    offset: Offset,
}

struct Day {
    date: Date,
    /// Seconds since the epoch of the date's midnight in the segment's offset.
    midnight: i64,
    hours: DayHours,
    next: usize,
}

impl<'a> OpenSpans<'a> {
    pub(crate) fn new(calendar: &'a WorkCalendar, from: Timestamp, until: Timestamp) -> OpenSpans<'a> {
        let segment = (from < until).then(|| segment_at(calendar, from));
        let offset = segment.map_or(Offset::UTC, |segment| segment.offset);
        OpenSpans { calendar, bounds: Span { from, to: until }, segment, day: first_day(calendar, from, offset) }
    }

    /// The next interval of the current day that has time inside both the segment and the bounds.
    fn next_of_day(&mut self, segment: Segment) -> Option<Span> {
        while let Some(interval) = self.day.hours.intervals().get(self.day.next) {
            self.day.next += 1;
            let instant = |minute: u16| clamped(self.day.midnight + i64::from(minute) * 60);
            let from = instant(interval.from_minute()).max(segment.from).max(self.bounds.from);
            let to = instant(interval.to_minute()).min(segment.until).min(self.bounds.to);
            if from < to {
                return Some(Span { from, to });
            }
        }
        None
    }

    /// The next date, in this segment or the one after it; `None` at the end of the walk.
    fn advance(&mut self, segment: Segment) -> Option<()> {
        let midnight = self.day.midnight + DAY_SECONDS;
        if clamped(midnight) < segment.until.min(self.bounds.to) {
            let date = self.day.date.tomorrow().ok()?;
            self.day = Day { date, midnight, hours: self.calendar.hours(date).clone(), next: 0 };
            return Some(());
        }
        if segment.until >= self.bounds.to {
            return None;
        }
        let next = segment_at(self.calendar, segment.until);
        self.day = first_day(self.calendar, next.from, next.offset);
        self.segment = Some(next);
        Some(())
    }
}

impl Iterator for OpenSpans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            let segment = self.segment?;
            if let Some(span) = self.next_of_day(segment) {
                return Some(span);
            }
            if self.advance(segment).is_none() {
                self.segment = None;
            }
        }
    }
}

fn segment_at(calendar: &WorkCalendar, at: Timestamp) -> Segment {
    let zone = calendar.zone();
    let until = zone.following(at).next().map_or(Timestamp::MAX, |change| change.timestamp());
    Segment { from: at, until, offset: zone.to_offset(at) }
}

fn first_day(calendar: &WorkCalendar, at: Timestamp, offset: Offset) -> Day {
    let wall = offset.to_datetime(at);
    let date = wall.date();
    let local = at.as_second() + i64::from(offset.seconds());
    // Floor of whole seconds: the fraction of an instant before 1970 is negative.
    let local = if at.subsec_nanosecond() < 0 { local - 1 } else { local };
    let midnight = local.div_euclid(DAY_SECONDS) * DAY_SECONDS - i64::from(offset.seconds());
    Day { date, midnight, hours: calendar.hours(date).clone(), next: 0 }
}

fn clamped(second: i64) -> Timestamp {
    let limit = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(second).unwrap_or(limit)
}
