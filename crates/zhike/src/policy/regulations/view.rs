//! Regulations as the console sees them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::Result;
use crate::platform::access::names::{self, Named};
use crate::policy::definition::{Chapter, Clause, Policy, Rule, Text, params::params};
use crate::policy::model::{PolicyVersion, VersionState};

/// A regulation in the list: adopted, or there to be adopted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicySummary {
    #[schema(example = "R3")]
    pub key: String,
    pub title: Text,
    pub summary: Text,
    pub adopted: bool,
    /// How many clauses there are, and how many of them make duties.
    pub clauses: usize,
    pub executable: usize,
    /// The version in force.
    pub effective: Option<VersionSummary>,
    /// Newest first.
    pub versions: Vec<VersionSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VersionSummary {
    pub id: Uuid,
    pub policy: String,
    pub number: i64,
    pub state: VersionState,
    /// The number of the version that it changes.
    pub based_on: Option<i64>,
    pub note: Option<String>,
    pub author: Named,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub submitted_at: Option<Timestamp>,
    pub approver: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// Why it was rejected.
    pub reason: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_on: Option<Date>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub superseded_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    pub version: i64,
}

/// New values of some parameters of one rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    #[schema(example = "vip-contact")]
    pub rule: String,
    /// By the path of the parameter: `{"quota.need.0.at_least": 3}`.
    #[schema(value_type = Object)]
    pub params: BTreeMap<String, Value>,
}

/// A version with everything it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionView {
    #[serde(flatten)]
    pub summary: VersionSummary,
    pub changes: Vec<RuleChange>,
    pub differences: Vec<Difference>,
    /// The whole regulation as this version has it.
    pub content: PolicyView,
    /// Who may decide on it, while it waits.
    pub approvers: Vec<Named>,
}

/// A parameter that differs from the version it is based on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    pub clause: String,
    pub rule: String,
    pub path: String,
    pub name: Text,
    #[schema(value_type = Object)]
    pub before: Value,
    #[schema(value_type = Object)]
    pub after: Value,
}

/// A regulation, chapter by chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyView {
    pub key: String,
    pub title: Text,
    pub summary: Text,
    pub adopted: bool,
    /// The version shown; none of a regulation that is not adopted.
    pub version: Option<VersionSummary>,
    pub chapters: Vec<ChapterView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterView {
    /// A to J, `G+`; the console has its title.
    #[schema(value_type = String)]
    pub key: Chapter,
    pub clauses: Vec<ClauseView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClauseView {
    #[schema(example = "R3-2.1")]
    pub id: String,
    pub title: Text,
    pub text: Text,
    /// Clauses whose rules keep this one too.
    pub see: Vec<String>,
    /// Whether it has rules that make duties today.
    pub executable: bool,
    /// What keeps it, where no rule does, or what its rules wait for.
    pub pending: Option<Text>,
    pub rules: Vec<RuleView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleView {
    pub key: String,
    pub name: Text,
    /// `within`, `every`, `quota` or `target`.
    pub shape: String,
    /// `customer.owner`, `fact.actor`, `fact.assignee` or `department.head`.
    pub owner: String,
    /// What a form may change: path, name in both languages, kind, value, bounds, options.
    #[schema(value_type = Vec<Object>)]
    pub params: Vec<Value>,
    /// The rule as it is written in a policy file.
    #[schema(value_type = Object)]
    pub definition: Value,
}

pub fn summary_of(tx: &mut Tx<'_>, row: &PolicyVersion) -> Result<VersionSummary> {
    Ok(VersionSummary {
        id: row.id,
        policy: row.policy.clone(),
        number: row.number,
        state: row.state,
        based_on: row.based_on,
        note: row.note.clone(),
        author: names::user(tx, row.author_id)?,
        submitted_at: row.submitted_at,
        approver: row.approver_id.map(|approver| names::user(tx, approver)).transpose()?,
        decided_at: row.decided_at,
        reason: row.reason.clone(),
        effective_on: row.effective_on,
        effective_at: row.effective_at,
        superseded_at: row.superseded_at,
        created_at: row.created_at,
        version: row.version,
    })
}

/// The chapters in the order in which the regulation opens them.
pub fn chapters(policy: &Policy) -> Result<Vec<ChapterView>> {
    let mut chapters: Vec<ChapterView> = Vec::new();
    for clause in &policy.clauses {
        let view = clause_view(clause)?;
        match chapters.iter_mut().find(|chapter| chapter.key == clause.chapter) {
            Some(chapter) => chapter.clauses.push(view),
            None => chapters.push(ChapterView { key: clause.chapter, clauses: vec![view] }),
        }
    }
    Ok(chapters)
}

fn clause_view(clause: &Clause) -> Result<ClauseView> {
    Ok(ClauseView {
        id: clause.id.clone(),
        title: clause.title.clone(),
        text: clause.text.clone(),
        see: clause.see.clone(),
        executable: clause.executable(),
        pending: clause.pending.clone(),
        rules: clause.rules.iter().map(rule_view).collect::<Result<_>>()?,
    })
}

pub fn rule_view(rule: &Rule) -> Result<RuleView> {
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    Ok(RuleView {
        key: rule.key.clone(),
        name: rule.name.clone(),
        shape: word(json!(rule.shape.name())),
        owner: word(json!(rule.owner)),
        params: params(rule).iter().map(serde_json::to_value).collect::<Result<_, _>>()?,
        definition: serde_json::to_value(rule)?,
    })
}

/// The parameters in which two editions of a regulation differ.
pub fn differences(before: &Policy, after: &Policy) -> Vec<Difference> {
    let mut list = Vec::new();
    for (clause, rule) in after.rules() {
        let Some((_, old)) = before.rule(&rule.key) else { continue };
        let old = params(old);
        for param in params(rule) {
            let was = old.iter().find(|other| other.path == param.path).map(|other| other.value.clone());
            let was = was.unwrap_or(Value::Null);
            if was == param.value {
                continue;
            }
            list.push(Difference {
                clause: clause.id.clone(),
                rule: rule.key.clone(),
                path: param.path,
                name: param.name,
                before: was,
                after: param.value,
            });
        }
    }
    list
}
