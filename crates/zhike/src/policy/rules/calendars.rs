//! The calendars that rules name.

use super::RuleError;
use crate::policy::definition::Span;
use calendar::{TimeBase, WorkCalendar};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The company's calendar and any others, by name.
#[derive(Clone)]
pub struct Calendars {
    company: Arc<WorkCalendar>,
    others: BTreeMap<String, Arc<WorkCalendar>>,
}

/// The names that need no definition of their own.
pub const NATURAL: &str = "natural";
pub const WORKING: &str = "working";

impl Calendars {
    /// `company` answers to `working`; its zone is the one in which periods begin and end.
    pub fn new(company: Arc<WorkCalendar>) -> Calendars {
        Calendars { company, others: BTreeMap::new() }
    }

    pub fn with(mut self, name: &str, calendar: Arc<WorkCalendar>) -> Calendars {
        self.others.insert(name.to_owned(), calendar);
        self
    }

    pub fn company(&self) -> &WorkCalendar {
        &self.company
    }

    pub fn zone(&self) -> &TimeZone {
        self.company.zone()
    }

    /// How time is counted by a rule with this calendar.
    pub fn base(&self, name: &str) -> Result<TimeBase, RuleError> {
        match name {
            NATURAL => Ok(TimeBase::Natural),
            WORKING => Ok(TimeBase::Working(self.company.clone())),
            _ => {
                let unknown = || RuleError::UnknownCalendar(name.to_owned());
                self.others.get(name).cloned().map(TimeBase::Working).ok_or_else(unknown)
            }
        }
    }

    /// The instant a span after `from`: seconds run on `base`, working days on the company's calendar.
    pub fn after(&self, from: Timestamp, span: Span, base: &TimeBase) -> Result<Timestamp, RuleError> {
        match span {
            Span::Seconds(seconds) => Ok(base.add(from, SignedDuration::from_secs(seconds))?.at),
            Span::WorkingDays(0) => Ok(from),
            Span::WorkingDays(days) => self.working_days_after(from, days),
        }
    }

    /// The same time of day so many working days later. From a day off, counting begins when the next working day
    /// does: what is due at the midnight before a Sunday, plus one working day, is the end of Monday.
    fn working_days_after(&self, from: Timestamp, days: u16) -> Result<Timestamp, RuleError> {
        let wall = self.zone().to_datetime(from);
        let date = wall.date();
        let (start, time) = match self.company.is_working_day(date) {
            true => (date, wall.time()),
            false => (self.company.next_working_day(date)?, jiff::civil::Time::midnight()),
        };
        let end = self.company.add_working_days(start, i32::from(days))?;
        instant(end.to_datetime(time), self.zone())
    }

    /// The first moment of a date in the company's zone.
    pub fn midnight(&self, date: Date) -> Result<Timestamp, RuleError> {
        instant(date.to_datetime(jiff::civil::Time::midnight()), self.zone())
    }
}

fn instant(wall: jiff::civil::DateTime, zone: &TimeZone) -> Result<Timestamp, RuleError> {
    zone.to_timestamp(wall).map_err(|_| RuleError::Time(calendar::TimeError::OutOfRange))
}
