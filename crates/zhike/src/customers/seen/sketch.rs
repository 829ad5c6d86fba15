//! About how many different customers there were, in a kilobyte, without keeping which: HyperLogLog (Flajolet, Fusy,
//! Gandouet, Meunier 2007), with linear counting (Whang 1990) while few registers are taken. Seeing the same customer
//! again changes nothing, and two sketches of the same person and day become one, whichever node made them.

use uuid::Uuid;

/// 2^10 registers: the standard error is some three in a hundred.
const BITS: u32 = 10;
const REGISTERS: usize = 1 << BITS;
/// The correction for so many registers.
const ALPHA: f64 = 0.7213 / (1.0 + 1.079 / REGISTERS as f64);

#[derive(Clone, Debug, PartialEq)]
pub struct Sketch(Vec<u8>);

impl Default for Sketch {
    fn default() -> Self {
        Self(vec![0; REGISTERS])
    }
}

impl Sketch {
    /// What was kept; nothing where it is none.
    pub fn of_bytes(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == REGISTERS).then_some(Self(bytes))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn add(&mut self, id: Uuid) {
        let (high, low) = id.as_u64_pair();
        let hash = scattered(high ^ scattered(low));
        let register = &mut self.0[(hash >> (u64::BITS - BITS)) as usize];
        // Of what is left, the place of the first one: at most 55.
        let rank = ((hash << BITS) | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        *register = (*register).max(rank);
    }

    /// What either has seen; whether that is more than this one had.
    pub fn merge(&mut self, other: &Self) -> bool {
        let mut grew = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            grew |= theirs > mine;
            *mine = (*mine).max(*theirs);
        }
        grew
    }

    pub fn count(&self) -> i64 {
        let registers = REGISTERS as f64;
        let sum: f64 = self.0.iter().map(|rank| 0.5f64.powi(i32::from(*rank))).sum();
        let estimate = ALPHA * registers * registers / sum;
        let free = self.0.iter().filter(|rank| **rank == 0).count();
        let few = estimate <= 2.5 * registers && free > 0;
        (if few { registers * (registers / free as f64).ln() } else { estimate }).round() as i64
    }
}

/// Spreads the bits of a number over all of it (the finalizer of SplitMix64), since ids made in one moment are alike.
fn scattered(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Ids as they are made in one moment: all but the last bits the same.
    fn ids(from: u64, to: u64) -> impl Iterator<Item = Uuid> {
        (from..to).map(|n| Uuid::from_u64_pair(0x019a_a000_0000_7000, 0x8000_0000_0000_0000 | n))
    }

    fn sketch(from: u64, to: u64) -> Sketch {
        let mut sketch = Sketch::default();
        ids(from, to).for_each(|id| sketch.add(id));
        sketch
    }

    #[test]
    fn few_and_many_are_counted_within_a_tenth() {
        assert_eq!(sketch(0, 0).count(), 0);
        assert_eq!(sketch(0, 1).count(), 1);
        for many in [50u64, 500, 2_000, 5_000, 20_000, 300_000] {
            let count = sketch(0, many).count() as f64;
            assert!((count / many as f64 - 1.0).abs() < 0.1, "{many} counted as {count}");
        }
    }

    proptest! {
        #[test]
        fn the_same_customer_again_is_no_other(many in 1u64..600, again in 1u64..600) {
            let mut seen = sketch(0, many);
            let before = seen.clone();
            ids(0, again.min(many)).for_each(|id| seen.add(id));
            prop_assert_eq!(seen, before);
        }

        #[test]
        fn two_sketches_become_that_of_both(middle in 0u64..500, overlap in 0u64..100, end in 500u64..900) {
            let mut one = sketch(0, middle + overlap);
            let other = sketch(middle, end);
            one.merge(&other);
            prop_assert_eq!(&one, &sketch(0, end.max(middle + overlap)));
            prop_assert!(!one.merge(&other), "there is nothing new in it");
        }
    }
}
