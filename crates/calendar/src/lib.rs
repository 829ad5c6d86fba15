//! Working time, China's holidays and make-up working days (调休), reporting periods and lunar dates.
//!
//! A pure crate: no files, no network, no "now". Every answer depends only on the arguments, so a deadline that is
//! shown, enforced, reported or replayed under a changed rule is always the same one. It serves every clause with a
//! time in it: the 30-minute answer and the 1/2/4/24/48 h clocks (R3), the 24-hour record and mail (R0, R4), quotas
//! a month, quarter and half-year (R0–R3), greetings on festivals and birthdays (R2).
//!
//! | want | take |
//! | --- | --- |
//! | is it a holiday or a make-up day | [`HolidayTable::china`], [`HolidayTable::lookup`] |
//! | office hours, "+ 8 working hours", "working time between" | [`WorkCalendar::from_spec`], [`WorkCalendar::add`], [`WorkCalendar::between`] |
//! | "+ 3 working days", "last working day of the month" | [`WorkCalendar::add_working_days`], [`WorkCalendar::nth_working_day`] |
//! | a clock with pauses: due, warning, early or late | [`Stopwatch`] over a [`TimeBase`] |
//! | the same for many instants of one stretch of time | [`Timetable`] |
//! | this quarter, its key, the next one, n days spread over it | [`Period`], [`Period::spread`] |
//! | lunar text, festivals, birthdays | [`LunarDate`], [`festivals`], [`festivals_on`], [`Birthday`] |
//!
//! Units: instants are [`jiff::Timestamp`], spans [`jiff::SignedDuration`], days [`jiff::civil::Date`]; intervals of
//! instants, of times of day and of dates are half-open. Weeks begin on Monday (GB/T 7408, ISO 8601).

#![deny(missing_docs)]

mod birthday;
mod day_hours;
mod festival;
mod holidays;
mod lunar;
mod open_spans;
mod period;
mod spec;
mod spread;
mod stopwatch;
mod time_base;
mod timetable;
mod work_calendar;
mod working_days;

pub use birthday::{Birthday, LunarBirthday, SolarBirthday};
pub use day_hours::{DayHours, HoursError, Interval};
pub use festival::{Festival, FestivalDay, festivals, festivals_on};
pub use holidays::{Holiday, HolidayTable, TableError};
pub use lunar::{LunarDate, LunarError};
pub use period::{Period, PeriodError, PeriodKind};
pub use spec::{CalendarSpec, National, OverrideKind, OverrideSpec};
pub use stopwatch::{Pause, Stopwatch};
pub use time_base::{Due, TimeBase, TimeError};
pub use timetable::Timetable;
pub use work_calendar::{CalendarError, Override, WorkCalendar};
