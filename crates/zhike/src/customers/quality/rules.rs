//! What is wrong with an archive. Pure.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::model::Flaw;

/// What a customer's own row tells, beside being stale.
pub const OF_ROW: &[Flaw] = &[Flaw::Incomplete, Flaw::Unverified, Flaw::NoOwner];
/// What its contacts tell.
pub const OF_PEOPLE: &[Flaw] = &[Flaw::Bouncing, Flaw::BadPhone, Flaw::NoSuccessor];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub complete: bool,
    pub owned: bool,
    pub verified_on: Option<Date>,
    pub created_at: Timestamp,
    /// When somebody last changed it or talked with the customer.
    pub touched_at: Timestamp,
}

/// What must be known of a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub left: bool,
    pub decides: bool,
    pub bad_phone: bool,
    pub bouncing: bool,
}

pub fn of_row(archive: &Archive, now: Timestamp) -> BTreeSet<Flaw> {
    picked([
        (Flaw::Incomplete, !archive.complete),
        (Flaw::Unverified, is_unverified(archive, now)),
        (Flaw::NoOwner, !archive.owned),
    ])
}

pub fn is_stale(archive: &Archive, now: Timestamp, days: i64) -> bool {
    archive.touched_at < now - SignedDuration::from_hours(24 * days)
}

pub fn of_people(people: &[Person]) -> BTreeSet<Flaw> {
    let mut there = people.iter().filter(|person| !person.left);
    picked([
        (Flaw::Bouncing, there.clone().any(|person| person.bouncing)),
        (Flaw::BadPhone, there.any(|person| person.bad_phone)),
        (Flaw::NoSuccessor, lacks_successor(people)),
    ])
}

fn picked<const N: usize>(checks: [(Flaw, bool); N]) -> BTreeSet<Flaw> {
    checks.into_iter().filter_map(|(flaw, found)| found.then_some(flaw)).collect()
}

/// A whole quarter and the present one have passed without it being confirmed. One that came since then is not yet due.
fn is_unverified(archive: &Archive, now: Timestamp) -> bool {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let known = archive.verified_on.unwrap_or_else(|| day(archive.created_at)).max(day(archive.created_at));
    known < quarter_before(day(now))
}

/// The first day of the quarter before that of `day`.
fn quarter_before(day: Date) -> Date {
    let month = (day.month() - 1) / 3 * 3 + 1;
    day.with().month(month).day(1).build().map_or(day, |first| first.saturating_sub(3.months()))
}

/// Somebody left, and nobody is there; or somebody who decided left, and nobody there decides.
fn lacks_successor(people: &[Person]) -> bool {
    let (left, there): (Vec<&Person>, Vec<&Person>) = people.iter().partition(|person| person.left);
    let decided = left.iter().any(|person| person.decides);
    !left.is_empty() && (there.is_empty() || (decided && there.iter().all(|person| !person.decides)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T01:30:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn fine() -> Archive {
        Archive {
            complete: true,
            owned: true,
            verified_on: Some("2026-08-01".parse().expect("a day")),
            created_at: at("2020-01-01T00:00:00Z"),
            touched_at: at("2026-11-01T00:00:00Z"),
        }
    }

    fn of(archive: &Archive) -> Vec<Flaw> {
        of_row(archive, at(NOW)).into_iter().collect()
    }

    #[test]
    fn nothing_is_wrong_with_what_is_kept() {
        assert_eq!(of(&fine()), []);
    }

    #[test]
    fn a_quarter_without_verification_is_a_flaw_and_a_new_customer_is_not() {
        let verified = |day: &str| Archive { verified_on: Some(day.parse().expect("a day")), ..fine() };
        assert_eq!(of(&verified("2026-07-01")), [], "in the last quarter");
        assert_eq!(of(&verified("2026-06-30")), [Flaw::Unverified]);
        assert_eq!(of(&Archive { verified_on: None, ..fine() }), [Flaw::Unverified]);
        assert_eq!(of(&Archive { verified_on: None, created_at: at("2026-10-02T00:00:00Z"), ..fine() }), []);
    }

    #[test]
    fn what_is_not_filled_or_nobodys_is_a_flaw() {
        assert_eq!(of(&Archive { complete: false, owned: false, ..fine() }), [Flaw::Incomplete, Flaw::NoOwner]);
    }

    #[test]
    fn what_nobody_touches_becomes_stale() {
        assert!(!is_stale(&fine(), at(NOW), 30));
        assert!(is_stale(&Archive { touched_at: at("2026-10-01T00:00:00Z"), ..fine() }, at(NOW), 30));
    }

    #[test]
    fn whoever_left_needs_a_successor() {
        let left = Person { left: true, decides: true, bad_phone: true, bouncing: true };
        let there = Person::default();
        let with = |people: &[Person]| of_people(people).into_iter().collect::<Vec<_>>();
        assert_eq!(with(&[left]), [Flaw::NoSuccessor], "their numbers are nobody's concern any more");
        assert_eq!(with(&[left, there]), [Flaw::NoSuccessor], "nobody there decides");
        assert_eq!(with(&[left, Person { decides: true, ..there }]), []);
        assert_eq!(with(&[Person { decides: false, ..left }, there]), []);
        assert_eq!(with(&[Person { bad_phone: true, bouncing: true, ..there }]), [Flaw::Bouncing, Flaw::BadPhone]);
    }
}
