//! How well a clause was kept.
//!
//! * **due**: duties whose due instant lies in the asked period. A cancelled duty was not owed and is not counted.
//! * **met**, **late**, **missed**, **waived**, **open**: their states; `open` includes paused ones. The five add up to
//!   `due`.
//! * **rate**: met / (met + late + missed). Late is not kept; waived and open say nothing about keeping. Without any
//!   decided duty there is no rate, which is not the same as 0 %.

use super::duty::State;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// A share in percent with one decimal, as people read it; of nothing there is none.
pub fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 1000.0 / whole as f64).round() / 10.0)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    pub met: u64,
    pub late: u64,
    pub missed: u64,
    pub waived: u64,
    pub open: u64,
}

impl Counts {
    pub fn of(states: impl IntoIterator<Item = State>) -> Counts {
        let mut counts = Counts::default();
        states.into_iter().for_each(|state| counts.count(state));
        counts
    }

    pub fn count(&mut self, state: State) {
        match state {
            State::Met => self.met += 1,
            State::Late => self.late += 1,
            State::Missed => self.missed += 1,
            State::Waived => self.waived += 1,
            State::Open | State::Paused => self.open += 1,
            State::Cancelled => {}
        }
    }

    pub fn due(&self) -> u64 {
        self.met + self.late + self.missed + self.waived + self.open
    }

    /// Exactly, in [0, 1].
    pub fn rate(&self) -> Option<f64> {
        let decided = self.met + self.late + self.missed;
        (decided > 0).then(|| self.met as f64 / decided as f64)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.met += other.met;
        self.late += other.late;
        self.missed += other.missed;
        self.waived += other.waived;
        self.open += other.open;
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_have_one_decimal() {
        assert_eq!(percent(2, 3), Some(66.7));
        assert_eq!(percent(0, 4), Some(0.0));
        assert_eq!(percent(0, 0), None);
    }
}
