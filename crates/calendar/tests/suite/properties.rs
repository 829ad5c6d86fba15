//! Properties that hold for any calendar, zone, start and budget.

use std::sync::Arc;

use calendar::{
    DayHours, HolidayTable, Interval, Override, Pause, Period, PeriodKind, Stopwatch, TimeBase, Timetable, WorkCalendar,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Casablanca",
];

const STEP: SignedDuration = SignedDuration::from_nanos(1);

/// 0..=3 disjoint intervals.
fn day_hours() -> impl Strategy<Value = DayHours> {
    vec(0_u16..=1440, 0..=6).prop_map(|mut cuts| {
        cuts.sort_unstable();
        cuts.dedup();
        let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let pairs = cuts.chunks_exact(2).map(|cut| Interval::parse(&text(cut[0]), &text(cut[1])).unwrap());
        DayHours::new(pairs.collect()).unwrap()
    })
}

fn date() -> impl Strategy<Value = Date> {
    (0_i64..25 * 365).prop_map(|days| Date::constant(2005, 1, 1).saturating_add(days.days()))
}

fn choice() -> impl Strategy<Value = Override> {
    prop_oneof![
        Just(Override::Off),
        Just(Override::Work),
        day_hours().prop_filter("own hours", |hours| !hours.is_closed()).prop_map(Override::Hours),
    ]
}

fn calendar() -> impl Strategy<Value = WorkCalendar> {
    let overrides = proptest::collection::btree_map(date(), choice(), 0..20);
    let week = proptest::array::uniform7(day_hours());
    (select(&ZONES[..]), week, any::<bool>(), overrides).prop_filter_map(
        "all closed",
        |(zone, week, table, overrides)| {
            let table = table.then(HolidayTable::china);
            WorkCalendar::new(TimeZone::get(zone).unwrap(), week, table, overrides).ok()
        },
    )
}

/// 1970–2029 by nanoseconds, half of them on whole minutes.
fn instant() -> impl Strategy<Value = Timestamp> {
    let minute = (0_i64..60 * 365 * 1440).prop_map(|minute| Timestamp::from_second(minute * 60).unwrap());
    (minute, prop_oneof![Just(0_i64), 0_i64..60_000_000_000])
        .prop_map(|(at, nanos)| at + SignedDuration::from_nanos(nanos))
}

fn budget() -> impl Strategy<Value = SignedDuration> {
    prop_oneof![
        (0_i64..20_000).prop_map(SignedDuration::from_mins),
        (0_i64..1_000_000_000_000_000).prop_map(SignedDuration::from_nanos),
    ]
}

fn pauses(start: Timestamp) -> impl Strategy<Value = Vec<Pause>> {
    let pause = (-3_000_i64..20_000, prop::option::weighted(0.9, 0_i64..5_000)).prop_map(move |(from, length)| {
        let from = start + SignedDuration::from_mins(from);
        Pause { from, to: length.map(|length| from + SignedDuration::from_mins(length)) }
    });
    vec(pause, 0..8)
}

fn paused_watch() -> impl Strategy<Value = Stopwatch> {
    let base = prop_oneof![
        1 => Just(TimeBase::Natural),
        3 => calendar().prop_map(|calendar| TimeBase::Working(Arc::new(calendar))),
    ];
    (base, instant(), budget())
        .prop_flat_map(|(base, start, budget)| (Just(Stopwatch::new(start, budget, base)), pauses(start)))
        .prop_map(|(watch, pauses)| watch.with_pauses(pauses))
}

/// The definition itself, minute by minute.
fn open_minutes(calendar: &WorkCalendar, from: Timestamp, count: i64) -> i64 {
    let minute = |n: i64| from + SignedDuration::from_mins(n);
    (0..count).filter(|n| calendar.is_open(minute(*n))).count() as i64
}

/// The last change of clocks before an instant, if any.
fn change_before(calendar: &WorkCalendar, at: Timestamp) -> Option<Timestamp> {
    calendar.zone().preceding(at).next().map(|change| change.timestamp()).filter(|change| change.as_second() > 0)
}

proptest! {
    #[test]
    fn adding_is_the_inverse_of_measuring(calendar in calendar(), start in instant(), budget in budget()) {
        let Ok(due) = calendar.add(start, budget) else { return Ok(()) };
        prop_assert_eq!(calendar.between(start, due.at), budget);
        prop_assert!(budget.is_zero() || calendar.between(start, due.at - STEP) < budget, "not the earliest");
    }

    #[test]
    fn a_timetable_answers_as_the_calendar_does(
        calendar in calendar(), from in instant(), lasting in budget(), inside in 0.0..1.0f64, part in 0..=100i32,
    ) {
        let (until, at) = (from + lasting, from + lasting.mul_f64(inside));
        for base in [TimeBase::Working(Arc::new(calendar)), TimeBase::Natural] {
            let laid = Timetable::new(&base, from, until);
            prop_assert_eq!(laid.left(at), base.between(at, until));
            let budget = SignedDuration::from_secs(laid.left(at).as_secs() * i64::from(part) / 100);
            prop_assert_eq!(laid.add(at, budget), base.add(at, budget).ok().map(|due| due.at));
            prop_assert_eq!(laid.add(at, laid.left(at) + STEP), None);
        }
    }

    #[test]
    fn measuring_is_the_inverse_of_adding(calendar in calendar(), a in instant(), span in budget()) {
        let b = a + span;
        let spent = calendar.between(a, b);
        prop_assert!(!spent.is_negative() && spent <= span);
        let due = calendar.add(a, spent).unwrap().at;
        prop_assert!(due <= b);
        prop_assert!(calendar.between(due, b).is_zero());
    }

    #[test]
    fn measuring_is_additive(calendar in calendar(), a in instant(), b in budget(), c in budget()) {
        let (b, c) = (a + b, a + c);
        prop_assert_eq!(calendar.between(a, b) + calendar.between(b, c), calendar.between(a, c));
        prop_assert_eq!(calendar.between(a, b), -calendar.between(b, a));
    }

    #[test]
    fn measuring_agrees_with_the_definition(calendar in calendar(), near in instant(), hours in 0_i64..72) {
        // Around a change of clocks where the zone has one, else anywhere.
        let from = change_before(&calendar, near).unwrap_or(near) - SignedDuration::from_hours(hours);
        let from = Timestamp::from_second(from.as_second().div_euclid(60) * 60).unwrap();
        let count = 72 * 60;
        let open = SignedDuration::from_mins(open_minutes(&calendar, from, count));
        prop_assert_eq!(calendar.between(from, from + SignedDuration::from_mins(count)), open);
    }

    #[test]
    fn an_always_open_calendar_is_natural_time(zone in select(&ZONES[..]), start in instant(), budget in budget()) {
        let all_day = DayHours::new(vec![Interval::parse("00:00", "24:00").unwrap()]).unwrap();
        let week = std::array::from_fn(|_| all_day.clone());
        let calendar = WorkCalendar::new(TimeZone::get(zone).unwrap(), week, None, []).unwrap();
        prop_assert_eq!(calendar.add(start, budget).unwrap().at, start + budget);
        prop_assert_eq!(calendar.between(start, start + budget), budget);
    }

    #[test]
    fn due_instants_are_open_or_closing_and_know_what_is_provisional(
        calendar in calendar(), start in instant(), budget in budget(),
    ) {
        let Ok(due) = calendar.add(start, budget) else { return Ok(()) };
        prop_assert!(budget.is_zero() || calendar.is_open(due.at - STEP));
        let days = (calendar.date_of(start).series(1.day())).take_while(|date| *date <= calendar.date_of(due.at));
        prop_assert_eq!(due.provisional, days.into_iter().any(|date| calendar.provisional(date)));
    }

    #[test]
    fn a_larger_budget_is_never_due_earlier(calendar in calendar(), start in instant(), a in budget(), b in budget()) {
        if let (Ok(less), Ok(more)) = (calendar.add(start, a.min(b)), calendar.add(start, a.max(b))) {
            prop_assert!(less.at <= more.at);
        }
    }

    #[test]
    fn pauses_never_make_due_earlier(watch in paused_watch()) {
        let Ok(Some(free)) = Stopwatch::new(watch.start, watch.budget, watch.base.clone()).due() else { return Ok(()) };
        if let Ok(Some(due)) = watch.due() {
            prop_assert!(due.at >= free.at);
        }
    }

    #[test]
    fn the_due_instant_is_the_first_at_which_the_budget_has_elapsed(watch in paused_watch()) {
        match watch.due() {
            Ok(Some(due)) => {
                prop_assert_eq!(watch.elapsed(due.at), watch.budget);
                prop_assert!(watch.margin(due.at).is_zero() && watch.is_met(due.at).unwrap());
                prop_assert!(!watch.is_met(due.at + STEP).unwrap());
                prop_assert!(watch.budget.is_zero() || watch.elapsed(due.at - STEP) < watch.budget);
            }
            Ok(None) => prop_assert!(watch.pauses.iter().any(|pause| pause.to.is_none())),
            Err(_) => {}
        }
    }

    #[test]
    fn the_order_of_pauses_does_not_matter(watch in paused_watch(), until in budget()) {
        let turned = watch.clone().with_pauses(watch.pauses.iter().rev().copied());
        let twice = watch.clone().with_pauses(watch.pauses.iter().chain(&watch.pauses).copied());
        let until = watch.start + until;
        prop_assert_eq!(watch.due(), turned.due());
        prop_assert_eq!(watch.due(), twice.due());
        prop_assert_eq!(watch.elapsed(until), turned.elapsed(until));
        prop_assert_eq!(watch.elapsed(until), twice.elapsed(until));
    }

    #[test]
    fn warnings_come_in_order(watch in paused_watch(), a in 0_u32..200, b in 0_u32..200) {
        if let (Ok(Some(first)), Ok(Some(second))) = (watch.warn_at(a.min(b)), watch.warn_at(a.max(b))) {
            prop_assert!(first.at <= second.at);
        }
    }

    #[test]
    fn working_days_count_back_and_forth(calendar in calendar(), date in date(), n in 1_i32..60) {
        let Ok(later) = calendar.add_working_days(date, n) else { return Ok(()) };
        prop_assert!(calendar.is_working_day(later));
        prop_assert_eq!(calendar.working_days(date.tomorrow().unwrap(), later.tomorrow().unwrap()).count(), n as usize);
        if calendar.is_working_day(date) {
            prop_assert_eq!(calendar.add_working_days(later, -n), Ok(date));
        }
    }

    #[test]
    fn spread_stays_in_the_period(
        calendar in calendar(), date in date(), n in 0_usize..40, seed in any::<u64>(),
        kind in select(&[PeriodKind::Week, PeriodKind::Month, PeriodKind::Quarter, PeriodKind::HalfYear][..]),
    ) {
        let period = Period::containing(kind, date);
        let days = period.spread(n, seed, &calendar);
        prop_assert_eq!(days.len(), n);
        prop_assert!(days.iter().all(|day| period.contains(*day)));
        prop_assert!(days.is_sorted());
        let working = calendar.working_days(period.start, period.end).count();
        if n <= working {
            prop_assert!(days.iter().all(|day| calendar.is_working_day(*day)));
            prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "on different days");
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
        if let Ok(period) = Period::parse(&text) {
            prop_assert_eq!(period.key(), text.clone());
        }
        let _ = (Interval::parse(&text, "18:00"), HolidayTable::china().with_year(&text));
    }
}
