//! The file of a simulation, as JSON. Names stand for ids; unknown keys are refused.

use crate::policy::definition::Rule;
use calendar::CalendarSpec;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulationFile {
    /// What the file shows, for people.
    #[serde(default)]
    pub title: String,
    /// By name; `working` is the company's calendar (the usual office in China when absent).
    #[serde(default)]
    pub calendars: BTreeMap<String, CalendarSpec>,
    /// Holiday tables of further years, added to those in the program.
    #[serde(default)]
    pub holidays: Vec<Value>,
    /// The key of a policy whose rules run.
    #[serde(default)]
    pub policy: Option<String>,
    /// Rules; one with the key of a rule of `policy` takes its place.
    #[serde(default)]
    pub rules: Vec<Rule>,
    pub from: Timestamp,
    pub until: Timestamp,
    #[serde(default)]
    pub subjects: Vec<SubjectEntry>,
    #[serde(default)]
    pub timeline: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectEntry {
    pub id: String,
    #[serde(default = "customer")]
    pub kind: String,
    #[serde(default)]
    pub grade: Option<String>,
    #[serde(default)]
    pub attributes: Map<String, Value>,
    #[serde(default)]
    pub owner: Option<String>,
    #[serde(default)]
    pub deputy: Option<String>,
    #[serde(default)]
    pub department: Option<String>,
    #[serde(default)]
    pub department_head: Option<String>,
    /// Absent: long before the simulation.
    #[serde(default)]
    pub since: Option<Timestamp>,
    #[serde(default)]
    pub until: Option<Timestamp>,
}

fn customer() -> String {
    "customer".to_owned()
}

/// One thing that happens; exactly one of the members besides `at` is present.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub at: Timestamp,
    #[serde(default)]
    pub fact: Option<FactEntry>,
    #[serde(default)]
    pub change: Option<ChangeEntry>,
    #[serde(default)]
    pub pause: Option<ActionEntry>,
    #[serde(default)]
    pub resume: Option<ActionEntry>,
    #[serde(default)]
    pub waive: Option<ActionEntry>,
    #[serde(default)]
    pub postpone: Option<PostponeEntry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactEntry {
    pub kind: String,
    /// Absent: `fact-N` by the place in the timeline, from 1.
    #[serde(default)]
    pub id: Option<String>,
    /// Absent: the customer.
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub customer: Option<String>,
    #[serde(default)]
    pub actor: Option<String>,
    /// Absent: at once.
    #[serde(default)]
    pub recorded_at: Option<Timestamp>,
    #[serde(default)]
    pub attributes: Map<String, Value>,
}

/// What changes about a subject; what is not named stays. `null` empties.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    pub subject: String,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub grade: Option<Option<String>>,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub owner: Option<Option<String>>,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub deputy: Option<Option<String>>,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub department: Option<Option<String>>,
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub department_head: Option<Option<String>>,
    #[serde(default)]
    pub attributes: Map<String, Value>,
    /// The subject ends here.
    #[serde(default)]
    pub gone: bool,
}

/// Tells `null` from absent.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// Something a person does to duties.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionEntry {
    pub rule: String,
    pub subject: String,
    /// Absent: every occurrence.
    #[serde(default)]
    pub occurrence: Option<String>,
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostponeEntry {
    pub rule: String,
    pub subject: String,
    /// Absent: every occurrence.
    #[serde(default)]
    pub occurrence: Option<String>,
    pub until: Timestamp,
}
