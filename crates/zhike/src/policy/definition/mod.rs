//! A policy as a file: what `policies/*.toml` holds, what a version in the database holds (the same text as JSON), and
//! what a simulation may carry inline. Reading refuses unknown keys and anything that could not be run (R2-14.1).

mod check;
mod error;
pub mod params;
mod selector;
mod shape;
mod span;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

pub use check::check_rule;
pub use error::{Error, Problem};
pub use selector::Selector;
pub use shape::{Every, FestivalWindow, Joins, Need, PauseWhile, Per, Quota, Shape, ShapeName, Target, Within};
pub use span::Span;

/// A text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyText)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// One regulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Short and stable: `R3`.
    pub key: String,
    pub title: Text,
    pub summary: Text,
    #[serde(rename = "clause", default)]
    pub clauses: Vec<Clause>,
}

/// One sentence of a regulation that can be kept or broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Stable: `R3-2.1`. Used in the product, in comments and in tests.
    pub id: String,
    pub chapter: Chapter,
    pub title: Text,
    pub text: Text,
    /// Clauses whose rules also keep this one, so that two regulations that ask the same make one duty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub see: Vec<String>,
    /// For a clause without rules: what in the product keeps it, or why it makes no duties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Text>,
    #[serde(rename = "rule", default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

impl Clause {
    /// A clause is executable when it has rules of its own.
    pub fn executable(&self) -> bool {
        !self.rules.is_empty()
    }
}

/// The chapters of the handbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Chapter {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    #[serde(rename = "G+")]
    Market,
    H,
    I,
    J,
}

/// The executable part of a clause.
///
/// What all shapes share stands here; what differs is in [`Shape`]. In a file the shape is a table of its own:
/// `[clause.rule.quota]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawRule", into = "RawRule")]
pub struct Rule {
    /// Stable within the policy: `vip-contact`. Duties keep it for ever, so a renamed rule is a new rule.
    pub key: String,
    pub name: Text,
    /// The kind of thing that owes: [`CUSTOMER`], or one that is known by what facts tell of it, such as a `case`.
    pub subject: String,
    /// Conditions on the subject; all must hold. Empty: every subject of that kind. `grade` is the customer's.
    pub of: Conditions,
    pub owner: Owner,
    /// `natural`, `working` (the company's calendar) or the name of another calendar.
    pub calendar: String,
    /// Shares of the time at which the owner is warned, ascending, each in (0, 1).
    pub warnings: Vec<f64>,
    /// Who is told when it is overdue.
    pub ladder: Vec<Rung>,
    /// Whether a person may pause a duty of this rule (a first answer, for example, never pauses).
    pub pausable: bool,
    /// Owed to somebody whatever becomes of their record: the answer to what a person asks about their own information
    /// is owed while they are restricted, and when they are removed.
    pub survives_removal: bool,
    pub shape: Shape,
}

/// The kind of subject that owes unless a rule says otherwise.
pub const CUSTOMER: &str = "customer";

/// The attribute that a customer's tier is called by in conditions.
pub const GRADE: &str = "grade";

/// Attribute → accepted values. `{ grade = ["vip", "key"] }`.
pub type Conditions = BTreeMap<String, Vec<Value>>;

/// One rung of the ladder of escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Counted from the due instant. Hours run on the rule's calendar, working days on the company's.
    pub after: Span,
    pub to: Recipient,
}

/// Who owes the duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Owner {
    /// The owner of the customer.
    #[serde(rename = "customer.owner")]
    CustomerOwner,
    /// Whoever caused the fact that started the clock: the record of a visit is owed by the visitor.
    #[serde(rename = "fact.actor")]
    FactActor,
    /// Whoever the fact that started the clock names: the approver of a proposal.
    #[serde(rename = "fact.assignee")]
    FactAssignee,
    /// The head of the department that the subject belongs to.
    #[serde(rename = "department.head")]
    DepartmentHead,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    Owner,
    Supervisor,
    DepartmentHead,
    Management,
}

impl Recipient {
    pub fn as_str(self) -> &'static str {
        match self {
            Recipient::Owner => "owner",
            Recipient::Supervisor => "supervisor",
            Recipient::DepartmentHead => "department_head",
            Recipient::Management => "management",
        }
    }
}

/// A rule as it is written: exactly one of the four tables is present.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    key: String,
    name: Text,
    #[serde(default = "default_subject")]
    subject: String,
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    of: Conditions,
    owner: Owner,
    #[serde(default = "default_calendar")]
    calendar: String,
    #[serde(default)]
    warnings: Vec<f64>,
    #[serde(default)]
    ladder: Vec<Rung>,
    #[serde(default = "default_pausable")]
    pausable: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    survives_removal: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<Within>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<Every>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quota: Option<Quota>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
}

fn default_subject() -> String {
    CUSTOMER.to_owned()
}

fn default_calendar() -> String {
    "working".to_owned()
}

fn default_pausable() -> bool {
    true
}

impl TryFrom<RawRule> for Rule {
    type Error = String;

    fn try_from(raw: RawRule) -> Result<Self, String> {
        let shapes = [
            raw.within.map(Shape::Within),
            raw.every.map(Shape::Every),
            raw.quota.map(Shape::Quota),
            raw.target.map(Shape::Target),
        ];
        let mut shapes = shapes.into_iter().flatten();
        let (Some(shape), None) = (shapes.next(), shapes.next()) else {
            return Err(format!("rule {}: exactly one of the tables within, every, quota, target is needed", raw.key));
        };
        Ok(Rule {
            key: raw.key,
            name: raw.name,
            subject: raw.subject,
            of: raw.of,
            owner: raw.owner,
            calendar: raw.calendar,
            warnings: raw.warnings,
            ladder: raw.ladder,
            pausable: raw.pausable,
            survives_removal: raw.survives_removal,
            shape,
        })
    }
}

impl From<Rule> for RawRule {
    fn from(rule: Rule) -> Self {
        let mut raw = RawRule {
            key: rule.key,
            name: rule.name,
            subject: rule.subject,
            of: rule.of,
            owner: rule.owner,
            calendar: rule.calendar,
            warnings: rule.warnings,
            ladder: rule.ladder,
            pausable: rule.pausable,
            survives_removal: rule.survives_removal,
            within: None,
            every: None,
            quota: None,
            target: None,
        };
        match rule.shape {
            Shape::Within(shape) => raw.within = Some(shape),
            Shape::Every(shape) => raw.every = Some(shape),
            Shape::Quota(shape) => raw.quota = Some(shape),
            Shape::Target(shape) => raw.target = Some(shape),
        }
        raw
    }
}

impl Policy {
    /// Reads and checks a policy file.
    pub fn from_toml(text: &str) -> Result<Policy, Error> {
        let policy: Policy = toml::from_str(text)?;
        policy.check()?;
        Ok(policy)
    }

    /// Reads and checks a policy kept as JSON.
    pub fn from_json(text: &str) -> Result<Policy, Error> {
        let policy: Policy = serde_json::from_str(text)?;
        policy.check()?;
        Ok(policy)
    }

    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The rule with this key and the clause it belongs to.
    pub fn rule(&self, key: &str) -> Option<(&Clause, &Rule)> {
        self.rules().find(|(_, rule)| rule.key == key)
    }

    /// Every rule with its clause, in the order of the file.
    pub fn rules(&self) -> impl Iterator<Item = (&Clause, &Rule)> {
        self.clauses.iter().flat_map(|clause| clause.rules.iter().map(move |rule| (clause, rule)))
    }

    /// Refuses a policy that could not be run.
    pub fn check(&self) -> Result<(), Error> {
        check::check_policy(self)
    }
}

impl Rule {
    /// Whether what it asks depends on the customer, and on nothing that only facts tell.
    pub fn is_of_customers(&self) -> bool {
        self.subject == CUSTOMER
    }

    /// Reads and checks a single rule kept as JSON.
    pub fn from_json(text: &str) -> Result<Rule, Error> {
        let rule: Rule = serde_json::from_str(text)?;
        check_rule(&rule, &rule.key)?;
        Ok(rule)
    }
}

#[cfg(test)]
mod tests;
