//! What facts have said of a subject that is no customer: the value of each attribute through time. A room that publishes
//! facts about its cases need not be asked about them, and what a case was at any instant can be read again at any time.
//!
//! Each fact carries what its subject is as far as it was known when the fact was recorded. So what was recorded last is
//! believed, and holds from the instant at which it happened; what is recorded later about an earlier instant does not
//! undo what has changed since.

use super::Subject;
use crate::kernel::Fact;
use crate::policy::definition::Conditions;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

pub const ASSIGNEE: &str = "assignee";
pub const DEPARTMENT: &str = "department";

/// All that has been said of one subject.
pub struct Told {
    /// By attribute: its values, each with the instant since when, ascending.
    attributes: BTreeMap<String, Vec<(Timestamp, Value)>>,
    /// The customer that it is known to be of.
    pub customer: Option<Uuid>,
}

/// Whether conditions hold at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Still,
    /// They held before, until this instant.
    Until(Timestamp),
    Never,
}

impl Told {
    pub fn by(facts: &[Fact]) -> Told {
        // Also an earlier version of a fact told the truth about its subject.
        let mut ordered: Vec<&Fact> = facts.iter().collect();
        ordered.sort_by_key(|fact| (fact.recorded_at, fact.at, fact.id));
        let mut told = Told { attributes: BTreeMap::new(), customer: None };
        let first = ordered.first().map(|fact| (fact.id, fact.at));
        for fact in ordered {
            told.customer = fact.customer.or(told.customer);
            // What the first fact does not name the subject did not have then.
            let before = first.filter(|(id, _)| *id != fact.id).map(|(_, at)| (at, Value::Null));
            for (name, value) in &fact.attributes {
                told.hear(name, value, fact.at, before.as_ref());
            }
        }
        told
    }

    fn hear(&mut self, name: &str, value: &Value, at: Timestamp, before: Option<&(Timestamp, Value)>) {
        let values = self.attributes.entry(name.to_owned()).or_insert_with(|| before.cloned().into_iter().collect());
        match values.last_mut() {
            Some((_, last)) if last == value => {}
            // What has changed since stays changed; of two changes at one instant the later one is believed.
            Some((since, last)) if at <= *since => *last = value.clone(),
            _ => values.push((at, value.clone())),
        }
    }

    /// What an attribute was at an instant; before anything was said of it, what was said first.
    fn at(&self, name: &str, at: Timestamp) -> Option<&Value> {
        let values = self.attributes.get(name)?;
        let place = values.partition_point(|(since, _)| *since <= at).saturating_sub(1);
        values.get(place).map(|(_, value)| value).filter(|value| !value.is_null())
    }

    fn holds(&self, conditions: &Conditions, at: Timestamp) -> bool {
        conditions.iter().all(|(name, values)| self.at(name, at).is_some_and(|found| values.contains(found)))
    }

    /// Whether conditions hold at `until`, or when between `from` and then they ceased to hold.
    pub fn held(&self, conditions: &Conditions, from: Timestamp, until: Timestamp) -> Held {
        if self.holds(conditions, until) {
            return Held::Still;
        }
        let within = |at: &Timestamp| from < *at && *at <= until;
        let changes = conditions.keys().filter_map(|name| self.attributes.get(name)).flatten();
        let mut instants: Vec<Timestamp> = changes.map(|(at, _)| *at).filter(within).collect();
        instants.push(from);
        instants.sort_unstable();
        let ends = instants.iter().skip(1).zip(&instants).rev();
        let ended = ends.filter(|(_, begin)| self.holds(conditions, **begin)).map(|(end, _)| *end).next();
        ended.map_or(Held::Never, Held::Until)
    }

    /// The subject as it was at an instant; what is known of its customer comes from there.
    pub fn subject(&self, (kind, id): (&str, Uuid), customer: Option<&Subject>, at: Timestamp) -> Subject {
        let said = self.attributes.keys().filter_map(|name| Some((name.clone(), self.at(name, at)?.clone())));
        let attributes: Map<String, Value> = said.collect();
        Subject {
            id,
            kind: kind.to_owned(),
            grade: customer.and_then(|customer| customer.grade.clone()),
            department: named(&attributes, DEPARTMENT),
            attributes,
            owner: customer.and_then(|customer| customer.owner),
            deputy: customer.and_then(|customer| customer.deputy),
            department_head: customer.and_then(|customer| customer.department_head),
            since: Timestamp::MIN,
            until: None,
        }
    }
}

/// The id that an attribute names.
pub fn named(attributes: &Map<String, Value>, name: &str) -> Option<Uuid> {
    attributes.get(name)?.as_str()?.parse().ok()
}
