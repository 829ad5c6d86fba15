//! How time is counted: around the clock or in working time.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::WorkCalendar;

/// A computed instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The instant.
    pub at: Timestamp,
    /// Working days on the way to it may still be changed by a national notice that is not loaded yet: show it as
    /// provisional and compute it again when the table arrives (service rules 1.1, 2).
    pub provisional: bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// A budget below zero.
    #[error("a time budget cannot be negative")]
    NegativeBudget,
    /// The calendar has not enough working time within ten years.
    #[error("the calendar has not enough working time within ten years of {0}")]
    BeyondHorizon(Timestamp),
    /// No such working day within ten years.
    #[error("the calendar has no such working day within ten years")]
    NoWorkingDay,
    /// The result lies outside the years −9999 to 9999.
    #[error("the result lies outside the supported years")]
    OutOfRange,
}

impl TimeError {
    /// Stable code for problem answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NegativeBudget => "calendar.negative_budget",
            Self::BeyondHorizon(_) => "calendar.beyond_horizon",
            Self::NoWorkingDay => "calendar.no_working_day",
            Self::OutOfRange => "calendar.out_of_range",
        }
    }
}

/// The base on which a budget is counted; switchable per target (service 0, a).
#[derive(Clone, Debug)]
pub enum TimeBase {
    /// Around the clock, 24 × 7.
    Natural,
    /// The working time of a calendar.
    Working(Arc<WorkCalendar>),
}

impl TimeBase {
    /// The earliest instant `t >= start` with `between(start, t) == budget`. So a budget that ends exactly at closing
    /// time is due at closing time, and a zero budget is due at `start`, open or closed.
    ///
    /// # Errors
    /// [`TimeError::NegativeBudget`], [`TimeError::BeyondHorizon`] (working), [`TimeError::OutOfRange`].
    pub fn add(&self, start: Timestamp, budget: SignedDuration) -> Result<Due, TimeError> {
        match self {
            Self::Working(calendar) => calendar.add(start, budget),
            Self::Natural if budget.is_negative() => Err(TimeError::NegativeBudget),
            Self::Natural => {
                let at = start.checked_add(budget).map_err(|_| TimeError::OutOfRange)?;
                Ok(Due { at, provisional: false })
            }
        }
    }

    /// Time that counts in `[from, until)`; negative when `until` is before `from`.
    pub fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        match self {
            Self::Natural => until.duration_since(from),
            Self::Working(calendar) => calendar.between(from, until),
        }
    }

    /// Whether a day in `[from, until]` may still be changed by a national notice; never for natural time.
    pub fn provisional_between(&self, from: Timestamp, until: Timestamp) -> bool {
        match self {
            Self::Natural => false,
            Self::Working(calendar) => calendar.provisional_between(from, until),
        }
    }
}
