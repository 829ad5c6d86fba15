//! The stretches of time in which quotas are counted: calendar periods, or the days around a festival.

use super::{Calendars, RuleError};
use crate::policy::definition::{FestivalWindow, Per};
use calendar::{Period, PeriodKind};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// One period, half-open in dates and in instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// `2026-11`, `2026-Q4`, `2026-spring_festival`: unique within a rule.
    pub key: String,
    pub first: Date,
    /// The first date after it.
    pub end: Date,
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
}

/// The windows that share an instant with `[from, until)`, by time.
pub fn windows(per: &Per, from: Timestamp, until: Timestamp, calendars: &Calendars) -> Result<Vec<Window>, RuleError> {
    if until <= from {
        return Ok(Vec::new());
    }
    let list = match per {
        Per::Period(kind) => periods(*kind, from, until, calendars)?,
        Per::Festivals(festivals) => festival_windows(festivals, from, until, calendars)?,
    };
    Ok(list.into_iter().filter(|window| window.opens_at < until && from < window.closes_at).collect())
}

fn periods(
    kind: PeriodKind,
    from: Timestamp,
    until: Timestamp,
    calendars: &Calendars,
) -> Result<Vec<Window>, RuleError> {
    let last = calendars.company().date_of(until);
    let mut period = Period::containing(kind, calendars.company().date_of(from));
    let mut list = Vec::new();
    while period.start <= last {
        list.push(window(period.key(), period.start, period.end, calendars)?);
        let next = period.next();
        if next == period {
            break;
        }
        period = next;
    }
    Ok(list)
}

fn festival_windows(
    rule: &FestivalWindow,
    from: Timestamp,
    until: Timestamp,
    calendars: &Calendars,
) -> Result<Vec<Window>, RuleError> {
    let year = |at: Timestamp| calendars.company().date_of(at).year();
    let mut list = Vec::new();
    // A window may reach over the end of a year from either side.
    for year in year(from) - 1..=year(until) + 1 {
        for festival in &rule.festivals {
            let day = festival.date_in(year)?;
            let first = day.saturating_sub(i64::from(rule.days_before).days());
            let end = day.saturating_add((i64::from(rule.days_after) + 1).days());
            list.push(window(format!("{year:04}-{}", festival.key()), first, end, calendars)?);
        }
    }
    list.sort_by(|a, b| (a.opens_at, &a.key).cmp(&(b.opens_at, &b.key)));
    Ok(list)
}

fn window(key: String, first: Date, end: Date, calendars: &Calendars) -> Result<Window, RuleError> {
    let (opens_at, closes_at) = (calendars.midnight(first)?, calendars.midnight(end)?);
    Ok(Window { key, first, end, opens_at, closes_at })
}

/// Which of the `n` suggested days comes at place `index`: evenly over `days`, the whole row shifted by the seed, so
/// that many subjects are spread over all days ([`Period::spread`] without building a row per subject).
pub fn pace(days: &[Date], n: usize, index: usize, seed: u64) -> Option<Date> {
    if days.is_empty() || n == 0 {
        return None;
    }
    let len = days.len() as u128;
    let shift = u128::from(mixed(seed)) % len;
    let place = (index.min(n - 1) as u128 * len + shift) / n as u128;
    days.get(place as usize).copied()
}

/// Finaliser of splitmix64 (Steele, Lea, Flood 2014): seeds that follow each other land far apart.
fn mixed(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}
