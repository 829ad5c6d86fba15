//! What is unusual. Pure.

/// So many days must be known of somebody for them to have a usual.
const DAYS_LEAST: usize = 5;

/// What somebody does on nineteen of twenty of the days on which they do it at all (the 95th percentile, by the nearest
/// rank); nothing while too little is known of them.
pub fn usual(history: &[i64]) -> Option<i64> {
    let mut days: Vec<i64> = history.iter().copied().filter(|amount| *amount > 0).collect();
    if days.len() < DAYS_LEAST {
        return None;
    }
    days.sort_unstable();
    let rank = (days.len() * 95).div_ceil(100);
    days.get(rank - 1).copied()
}

/// From where on a day is unusual: a multiple of what is usual for this person, and never less than the bound for
/// everybody, so that somebody who reads little is not reported for reading a little more.
pub fn threshold(bound: i64, factor: i64, usual: Option<i64>) -> i64 {
    bound.max(usual.map_or(0, |usual| usual.saturating_mul(factor)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whoever_reads_much_every_day_is_not_reported_for_it() {
        let service = [80, 90, 100, 95, 85, 88, 0, 0, 92];
        assert_eq!(usual(&service), Some(100));
        assert_eq!(threshold(50, 3, usual(&service)), 300);
    }

    #[test]
    fn whoever_reads_little_is_reported_beyond_the_bound_alone() {
        let quiet = [2, 3, 1, 2, 4, 3];
        assert_eq!(threshold(50, 3, usual(&quiet)), 50);
    }

    #[test]
    fn of_whom_little_is_known_the_bound_holds() {
        assert_eq!(usual(&[400, 500, 450, 470]), None, "four days");
        assert_eq!(threshold(50, 3, None), 50);
    }

    proptest! {
        #[test]
        fn an_ordinary_day_is_never_unusual(days in prop::collection::vec(1i64..10_000, 5..28), bound in 1i64..1_000, factor in 1i64..10) {
            let usual = usual(&days);
            prop_assert!(days.contains(&usual.expect("enough days")));
            prop_assert!(threshold(bound, factor, usual) >= usual.unwrap_or_default().max(bound));
        }

        #[test]
        fn more_reading_never_lowers_what_is_unusual(mut days in prop::collection::vec(1i64..10_000, 5..28), more in 0i64..10_000) {
            let before = usual(&days);
            days[0] += more;
            prop_assert!(usual(&days) >= before);
        }
    }
}
