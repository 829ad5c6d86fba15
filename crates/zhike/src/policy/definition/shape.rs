//! The four shapes of rule. A new clause is data in one of these; only a new fact is code.

use super::{Selector, Span};
use calendar::{Festival, PeriodKind};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Within(Within),
    Every(Every),
    Quota(Quota),
    Target(Target),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShapeName {
    Within,
    Every,
    Quota,
    Target,
}

impl Shape {
    pub fn name(&self) -> ShapeName {
        match self {
            Shape::Within(_) => ShapeName::Within,
            Shape::Every(_) => ShapeName::Every,
            Shape::Quota(_) => ShapeName::Quota,
            Shape::Target(_) => ShapeName::Target,
        }
    }

    /// The period of the three shapes that have one.
    pub fn per(&self) -> Option<&Per> {
        match self {
            Shape::Within(_) => None,
            Shape::Every(every) => Some(&every.per),
            Shape::Quota(quota) => Some(&quota.per),
            Shape::Target(target) => Some(&target.per),
        }
    }
}

/// After a fact of `start`, a fact of `stop` about the same subject within `budget`.
///
/// A named milestone of a case is one such rule; a level of urgency is a condition (`of`) on the subject, so that a
/// change of level ends one rule's clock and starts the other's from the original start with all pauses kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    pub start: Vec<Selector>,
    pub stop: Vec<Selector>,
    /// Facts that make the duty void: the contact was entered by mistake, the case was merged away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancel: Vec<Selector>,
    /// Counted on the rule's calendar.
    pub budget: Span,
    /// States in which the clock stands still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pause_while: Vec<PauseWhile>,
    /// Whether a start after a stop begins a new cycle with a clock of its own (a reopened case). Otherwise only the
    /// first start counts.
    #[serde(default)]
    pub cycles: bool,
}

/// The clock stands still from a fact of `from` until the next fact of `until`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseWhile {
    pub from: Vec<Selector>,
    pub until: Vec<Selector>,
    pub reason: String,
}

/// One of `facts` about the subject in every period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Every {
    pub per: Per,
    pub facts: Vec<Selector>,
    #[serde(default)]
    pub joins: Joins,
}

/// At least so many facts of each kind about the subject in every period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub per: Per,
    pub need: Vec<Need>,
    #[serde(default)]
    pub joins: Joins,
}

/// One line of a quota. A fact counts towards every line that lists its kind, so "two contacts of which one visit" is
/// `contact` counting contacts and visits, and `visit` counting visits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The word shown to people: `contact`, `visit`, `activity`, `greeting`.
    pub what: String,
    pub counts: Vec<Selector>,
    pub at_least: u32,
}

/// The named measure has at least this value at the end of every period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub per: Per,
    /// The `measure` attribute of the `measured` facts to read.
    pub measure: String,
    pub at_least: f64,
    #[serde(default)]
    pub joins: Joins,
}

/// What somebody owes who became a subject after the period had begun. In its first half: everything. In its second
/// half: it depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joins {
    /// The share of the period that is left, rounded up, so at least one of each.
    #[default]
    Prorate,
    /// Nothing; it begins with the next period.
    Half,
    /// Everything.
    Full,
}

/// How often.
#[derive(Debug, Clone, PartialEq)]
pub enum Per {
    /// Calendar periods in the zone of the company: `per = "month"`.
    Period(PeriodKind),
    /// Around each of the named festivals: `per = { festivals = ["spring_festival"], days_before = 7, days_after = 0 }`.
    Festivals(FestivalWindow),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FestivalWindow {
    pub festivals: Vec<Festival>,
    /// Days before the festival on which the window opens.
    pub days_before: u16,
    /// Days after the festival until whose end the window stays open; 0 closes it with the festival itself.
    #[serde(default)]
    pub days_after: u16,
}

impl<'de> Deserialize<'de> for Per {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Per, D::Error> {
        deserializer.deserialize_any(PerVisitor)
    }
}

struct PerVisitor;

impl<'de> Visitor<'de> for PerVisitor {
    type Value = Per;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("week, month, quarter, half_year, year, or a table with `festivals`")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Per, E> {
        PeriodKind::deserialize(serde::de::value::StrDeserializer::new(name)).map(Per::Period)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Per, A::Error> {
        FestivalWindow::deserialize(MapAccessDeserializer::new(map)).map(Per::Festivals)
    }
}

impl Serialize for Per {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Per::Period(name) => name.serialize(serializer),
            Per::Festivals(window) => window.serialize(serializer),
        }
    }
}
