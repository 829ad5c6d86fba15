//! The answer of a simulation, in the names of its file.

use super::Ended;
use super::book::Book;
use crate::policy::rules::{Counts, NeedCount, Progress, State, Step};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulationResult {
    /// By rule in the order of the file, then subject, then occurrence.
    pub duties: Vec<SimulatedDuty>,
    /// By rule.
    pub compliance: BTreeMap<String, SimulatedCompliance>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedDuty {
    pub rule: String,
    /// Only for a rule of a policy.
    pub clause: Option<String>,
    pub subject: String,
    pub occurrence: String,
    pub customer: Option<String>,
    pub owner: Option<String>,
    pub deputy: Option<String>,
    pub opens_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub provisional: bool,
    pub act_at: Option<Timestamp>,
    pub state: State,
    pub met_at: Option<Timestamp>,
    pub margin_seconds: Option<i64>,
    pub elapsed_seconds: Option<i64>,
    pub progress: Vec<Progress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// The facts that counted.
    pub evidence: Vec<String>,
    /// Warnings and escalations up to the end of the simulation.
    pub steps: Vec<Step>,
    /// Terms that were replaced, oldest first.
    pub history: Vec<SimulatedTerms>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedTerms {
    /// Until when they held.
    pub until: Timestamp,
    pub owner: Option<String>,
    pub deputy: Option<String>,
    pub due_at: Option<Timestamp>,
    pub need: Vec<NeedCount>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedCompliance {
    pub due: u64,
    #[serde(flatten)]
    pub counts: Counts,
    pub rate: Option<f64>,
}

pub(super) fn result(book: &Book<'_>, ended: Vec<Ended<'_>>) -> SimulationResult {
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for ended in &ended {
        counts.entry(ended.rule.key.clone()).or_default().count(ended.outcome.state);
    }
    let place = |rule: &str| book.rules.iter().position(|other| other.key == rule);
    let mut duties: Vec<SimulatedDuty> = ended.into_iter().map(|ended| duty(book, ended)).collect();
    duties.sort_by(|a, b| {
        let order = |duty: &SimulatedDuty| (place(&duty.rule), duty.subject.clone(), duty.occurrence.clone());
        order(a).cmp(&order(b))
    });
    let compliance = |counts: Counts| SimulatedCompliance { due: counts.due(), counts, rate: counts.rate() };
    let compliance = counts.into_iter().map(|(rule, counts)| (rule, compliance(counts))).collect();
    SimulationResult { duties, compliance }
}

fn duty(book: &Book<'_>, ended: Ended<'_>) -> SimulatedDuty {
    let name = |id: Option<uuid::Uuid>| id.map(|id| book.name(id));
    let Ended { rule, duty, outcome, steps } = ended;
    let history = duty.history.iter().map(|amendment| SimulatedTerms {
        until: amendment.at,
        owner: name(amendment.before.owner),
        deputy: name(amendment.before.deputy),
        due_at: amendment.before.due_at,
        need: amendment.before.need.clone(),
    });
    SimulatedDuty {
        rule: rule.key.clone(),
        clause: book.clauses.get(&rule.key).cloned(),
        subject: book.name(duty.key.subject),
        occurrence: duty.key.occurrence.clone(),
        customer: name(duty.terms.customer),
        owner: name(duty.terms.owner),
        deputy: name(duty.terms.deputy),
        opens_at: duty.terms.opens_at,
        due_at: outcome.due_at,
        provisional: outcome.provisional,
        act_at: outcome.act_at,
        state: outcome.state,
        met_at: outcome.met_at,
        margin_seconds: outcome.margin_seconds,
        elapsed_seconds: outcome.elapsed_seconds,
        progress: outcome.progress,
        measured: outcome.measured,
        evidence: outcome.evidence.into_iter().map(|id| book.name(id)).collect(),
        steps,
        history: history.collect(),
    }
}
