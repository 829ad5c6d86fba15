//! A clock with a budget and pauses, judged only by instants.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Due, TimeBase, TimeError};

/// A stretch during which a clock stands still, `[from, to)`; `to = None` = still paused. One that ends before it
/// begins has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Begin of the pause.
    pub from: Timestamp,
    /// End of the pause, `None` while it lasts.
    pub to: Option<Timestamp>,
}

/// One cycle of one clock: a target's budget that runs from `start` on a base, except during pauses.
///
/// There is no "now": [`due`](Stopwatch::due), [`margin`](Stopwatch::margin) and [`is_met`](Stopwatch::is_met) give
/// the same answer whenever they are asked (service rules 1.1, 1). A change of level is a new budget with the same
/// start and pauses (rule 4); a reopening or a further question is a new stopwatch (rule 5).
#[derive(Clone, Debug)]
pub struct Stopwatch {
    /// When the clock started.
    pub start: Timestamp,
    /// Time allowed, on the base.
    pub budget: SignedDuration,
    /// Pauses in any order; they may overlap, and begin before the start.
    pub pauses: Vec<Pause>,
    /// How time is counted.
    pub base: TimeBase,
}

impl Stopwatch {
    /// A clock without pauses.
    pub fn new(start: Timestamp, budget: SignedDuration, base: TimeBase) -> Stopwatch {
        Stopwatch { start, budget, pauses: Vec::new(), base }
    }

    /// The same clock with these pauses.
    pub fn with_pauses(mut self, pauses: impl IntoIterator<Item = Pause>) -> Stopwatch {
        self.pauses = pauses.into_iter().collect();
        self
    }

    /// When the budget is used up: the earliest instant at which [`elapsed`](Stopwatch::elapsed) equals it. `None`
    /// while an open pause holds the clock before that; a pause that begins later changes nothing, so a breach cannot
    /// be undone by pausing.
    ///
    /// # Errors
    /// [`TimeError`] as for [`TimeBase::add`].
    pub fn due(&self) -> Result<Option<Due>, TimeError> {
        self.reach(self.budget)
    }

    /// When `percent` of the budget is used up (80 = the usual warning; more than 100 is allowed); `None` as for
    /// [`due`](Stopwatch::due).
    ///
    /// # Errors
    /// [`TimeError`] as for [`TimeBase::add`].
    pub fn warn_at(&self, percent: u32) -> Result<Option<Due>, TimeError> {
        let nanos = self.budget.as_nanos().checked_mul(i128::from(percent)).ok_or(TimeError::OutOfRange)? / 100;
        self.reach(SignedDuration::try_from_nanos_i128(nanos).ok_or(TimeError::OutOfRange)?)
    }

    /// The earliest instant at which [`elapsed`](Stopwatch::elapsed) equals `spent`: the rungs of a ladder, for
    /// example `budget + 2 h`. `None` while an open pause holds the clock before that.
    ///
    /// # Errors
    /// [`TimeError`] as for [`TimeBase::add`].
    pub fn reach(&self, spent: SignedDuration) -> Result<Option<Due>, TimeError> {
        if spent.is_negative() {
            return Err(TimeError::NegativeBudget);
        }
        let mut cursor = self.start;
        let mut left = spent;
        for (from, to) in self.merged_pauses() {
            let available = self.base.between(cursor, from);
            if left <= available {
                break;
            }
            left -= available;
            let Some(to) = to else { return Ok(None) };
            cursor = to;
        }
        let at = self.base.add(cursor, left)?.at;
        Ok(Some(Due { at, provisional: self.base.provisional_between(self.start, at) }))
    }

    /// Time on the base from the start until `until`, without pauses; zero before the start.
    pub fn elapsed(&self, until: Timestamp) -> SignedDuration {
        let mut cursor = self.start;
        let mut sum = SignedDuration::ZERO;
        for (from, to) in self.merged_pauses() {
            if from >= until {
                break;
            }
            sum += self.base.between(cursor, from);
            let Some(to) = to else { return sum };
            cursor = to;
        }
        if cursor < until { sum + self.base.between(cursor, until) } else { sum }
    }

    /// What was left of the budget at `stop`: positive = early, negative = late, counted on the base. Zero may still be
    /// late when working time does not run between the due instant and `stop`: ask [`is_met`](Stopwatch::is_met).
    pub fn margin(&self, stop: Timestamp) -> SignedDuration {
        self.budget.saturating_sub(self.elapsed(stop))
    }

    /// Whether a stop at this instant kept the target: not after the due instant (service D19). A clock that is held by
    /// a pause is kept.
    ///
    /// # Errors
    /// [`TimeError`] as for [`TimeBase::add`].
    pub fn is_met(&self, stop: Timestamp) -> Result<bool, TimeError> {
        Ok(self.due()?.is_none_or(|due| stop <= due.at))
    }

    /// Whether the clock stands still at this instant.
    pub fn is_paused(&self, at: Timestamp) -> bool {
        self.pauses.iter().any(|pause| pause.from <= at && pause.to.is_none_or(|to| at < to))
    }

    /// Pauses after the start, ascending and disjoint.
    fn merged_pauses(&self) -> Vec<(Timestamp, Option<Timestamp>)> {
        let begun = |pause: &Pause| (pause.from.max(self.start), pause.to);
        let mut pauses: Vec<_> =
            self.pauses.iter().map(begun).filter(|(from, to)| to.is_none_or(|to| to > *from)).collect();
        pauses.sort_unstable_by_key(|(from, _)| *from);
        let mut merged: Vec<(Timestamp, Option<Timestamp>)> = Vec::with_capacity(pauses.len());
        for (from, to) in pauses {
            match merged.last_mut() {
                Some((_, None)) => break,
                Some((_, Some(end))) if from <= *end => {
                    let end = *end;
                    if let Some(last) = merged.last_mut() {
                        last.1 = to.map(|to| to.max(end));
                    }
                }
                _ => merged.push((from, to)),
            }
        }
        merged
    }
}
