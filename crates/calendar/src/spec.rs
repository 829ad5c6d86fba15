//! The definition of a calendar as it stands in settings and in files for `zhike policy simulate`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{CalendarError, DayHours, HolidayTable, Override, WorkCalendar};

/// A national table that a calendar follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum National {
    /// China's statutory holidays and make-up working days.
    Cn,
}

/// Kind of a dated override.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverrideKind {
    /// Nobody works.
    Off,
    /// The ordinary hours, or the override's own intervals.
    Work,
}

/// What the company decided for one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideSpec {
    /// The date in the calendar's zone.
    pub date: Date,
    /// Off or work.
    pub kind: OverrideKind,
    /// Own hours, only with `work`; absent = the ordinary hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Vec<[String; 2]>>,
    /// Where the decision comes from, for people (service rules 1.1, 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A calendar as data:
/// ```json
/// {"zone": "Asia/Shanghai",
///  "week": [[["09:00","12:00"],["13:30","18:00"]], …, [], []],
///  "national": "cn",
///  "overrides": [{"date":"2026-12-31","kind":"work","intervals":[["09:00","12:00"]]}]}
/// ```
/// `week` has seven days, Monday first, each 0..n intervals; unknown members are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// IANA name of the time zone.
    pub zone: String,
    /// Hours of the week as `HH:MM`, Monday first.
    pub week: [Vec<[String; 2]>; 7],
    /// The national table to follow.
    #[serde(default)]
    pub national: Option<National>,
    /// Dated decisions of the company.
    #[serde(default)]
    pub overrides: Vec<OverrideSpec>,
}

impl CalendarSpec {
    /// The usual office in China: Asia/Shanghai, Monday to Friday 09:00–12:00 and 13:30–18:00, the national table.
    pub fn china_office() -> CalendarSpec {
        let pair = |from: &str, to: &str| [from.to_owned(), to.to_owned()];
        let office = vec![pair("09:00", "12:00"), pair("13:30", "18:00")];
        let week = std::array::from_fn(|weekday| if weekday < 5 { office.clone() } else { Vec::new() });
        CalendarSpec { zone: "Asia/Shanghai".to_owned(), week, national: Some(National::Cn), overrides: Vec::new() }
    }
}

impl WorkCalendar {
    /// Builds the calendar that `spec` describes; `table` is used if the spec names a national table.
    ///
    /// # Errors
    /// [`CalendarError`] for an unknown zone, unreadable, reversed or overlapping hours, a week without hours (case
    /// D20), repeated or contradictory overrides.
    pub fn from_spec(spec: &CalendarSpec, table: &HolidayTable) -> Result<WorkCalendar, CalendarError> {
        let zone = TimeZone::get(&spec.zone).map_err(|_| CalendarError::Zone(spec.zone.clone()))?;
        let mut week: [DayHours; 7] = Default::default();
        for (weekday, (hours, pairs)) in (0..).zip(week.iter_mut().zip(&spec.week)) {
            *hours = DayHours::parse(pairs).map_err(|source| CalendarError::Week { weekday, source })?;
        }
        let overrides: Result<Vec<_>, _> = spec.overrides.iter().map(read_override).collect();
        WorkCalendar::new(zone, week, spec.national.map(|National::Cn| table), overrides?)
    }
}

fn read_override(spec: &OverrideSpec) -> Result<(Date, Override), CalendarError> {
    let date = spec.date;
    let choice = match (spec.kind, &spec.intervals) {
        (OverrideKind::Off, None) => Override::Off,
        (OverrideKind::Off, Some(_)) => return Err(CalendarError::OverrideContradiction(date)),
        (OverrideKind::Work, None) => Override::Work,
        (OverrideKind::Work, Some(pairs)) => {
            Override::Hours(DayHours::parse(pairs).map_err(|source| CalendarError::OverrideHours { date, source })?)
        }
    };
    Ok((date, choice))
}
