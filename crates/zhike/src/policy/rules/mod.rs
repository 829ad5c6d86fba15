//! The decisions of the duty engine as pure functions over facts: no database, no clock, no randomness. The same code
//! plans, judges, escalates, replays history under a changed rule and answers a simulation.
//!
//! Everything is judged by the instant at which something happened. When the evaluation runs decides only whether a
//! duty that nobody has fulfilled is still open or already missed.

pub mod calendars;
pub mod compliance;
pub mod cycles;
pub mod duty;
pub mod facts;
pub mod judge;
pub mod ladder;
pub mod plan;
pub mod replan;
pub mod simulate;
pub mod subject;
pub mod told;
pub mod window;

pub use calendars::Calendars;
pub use compliance::Counts;
pub use duty::{Duty, DutyKey, Halt, NeedCount, Release, State, Terms, Warning};
pub use judge::{Outcome, Progress, judge};
pub use ladder::{Step, ladder};
pub use plan::{Frame, plan_period, plan_told, plan_within, was_never_owed};
pub use replan::{Change, replan};
pub use simulate::{SimulationError, SimulationFile, SimulationResult, simulate};
pub use subject::Subject;
pub use window::Window;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The rule names a calendar that does not exist.
    #[error("there is no calendar named {0:?}")]
    UnknownCalendar(String),
    #[error(transparent)]
    Time(#[from] calendar::TimeError),
    /// A festival outside the years of the lunar tables.
    #[error(transparent)]
    Lunar(#[from] calendar::LunarError),
}

#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
