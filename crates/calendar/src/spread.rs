//! Spreads the occasions of a quota over the working days of a period.

use jiff::civil::Date;

use crate::working_days::dates;
use crate::{Period, WorkCalendar};

impl Period {
    /// `n` dates of the period, ascending, evenly spaced over its working days. `slot_seed` (for example a hash of the
    /// customer's id) shifts the whole row, so that many customers are spread evenly over all days; the same seed gives
    /// the same row whenever it is asked.
    ///
    /// A period with fewer working days than `n` uses all its dates; if these are fewer too, some repeat.
    pub fn spread(&self, n: usize, slot_seed: u64, calendar: &WorkCalendar) -> Vec<Date> {
        let working: Vec<Date> = calendar.working_days(self.start, self.end).collect();
        let days = if working.len() >= n { working } else { dates(self.start, self.end).collect() };
        if days.is_empty() {
            return Vec::new();
        }
        // Place i at ⌊(i·len + shift) / n⌋ with 0 <= shift < len: steps of len/n that never leave the row.
        let len = days.len() as u128;
        let shift = u128::from(mixed(slot_seed)) % len;
        (0..n as u128).map(|i| days[((i * len + shift) / n as u128) as usize]).collect()
    }
}

/// Finaliser of splitmix64 (Steele, Lea, Flood 2014): seeds that follow each other land far apart.
fn mixed(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}
