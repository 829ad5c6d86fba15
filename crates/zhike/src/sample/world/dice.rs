//! Chance that can be repeated: every part of the world throws dice of its own, named by what they are for, so that a
//! change in one part leaves the others as they were.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

pub struct Dice(StdRng);

impl Dice {
    pub fn new(seed: u64, purpose: &str, number: usize) -> Self {
        Self(StdRng::seed_from_u64(mixed(mixed(seed ^ named(purpose)) ^ number as u64)))
    }

    /// Whether something with this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// In `0..1`.
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// In `0..n`; 0 for 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.0.random_range(0..n) }
    }

    /// In `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        self.0.random_range(from..=to.max(from))
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of a list that is not empty, by weight.
    pub fn weighted<'a, T>(&mut self, list: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = list.iter().map(&weight).sum();
        let mut left = self.below(total.max(1) as usize) as u32;
        let found = list.iter().find(|item| match left.checked_sub(weight(item)) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
        found.unwrap_or(&list[0])
    }

    pub fn maybe<T>(&mut self, probability: f64, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(probability) { Some(value(self)) } else { None }
    }
}

/// FNV-1a.
fn named(purpose: &str) -> u64 {
    purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// The finaliser of SplitMix64: neighbouring numbers lead to unlike seeds.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_repeat_and_purposes_differ() {
        let throws = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose, 3);
            (0..20).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, "names"), throws(7, "names"));
        assert_ne!(throws(7, "names"), throws(8, "names"));
        assert_ne!(throws(7, "names"), throws(7, "dates"));
    }

    #[test]
    fn weights_count() {
        let mut dice = Dice::new(1, "weights", 0);
        let list = [("never", 0), ("often", 9), ("seldom", 1)];
        let often = (0..1_000).filter(|_| dice.weighted(&list, |item| item.1).0 == "often").count();
        assert!((850..=950).contains(&often), "{often}");
        assert!((0..1_000).all(|_| dice.weighted(&list, |item| item.1).0 != "never"));
    }
}
