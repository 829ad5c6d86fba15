//! Duties as the console sees them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customers;
use crate::kernel::Result;
use crate::platform::access::names::{self, Named};
use crate::platform::grant::Principal;
use crate::policy::book::{self, Edition, Entry};
use crate::policy::codec::read_progress;
use crate::policy::definition::{CUSTOMER, Shape, Text};
use crate::policy::model::{DutyRow, EventKind, NOBODY};
use crate::policy::rules::{Progress, State};

/// A duty in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyView {
    pub id: Uuid,
    #[schema(example = "R3-2.1")]
    pub clause: String,
    #[schema(example = "vip-contact")]
    pub rule: String,
    pub name: Text,
    pub what: What,
    pub customer: Option<CustomerRef>,
    /// What it is about: the customer, an interaction, an event, a case.
    pub subject_id: Uuid,
    /// What the rule calls whatever owes it: `case` is one of the service desk, everything else is the customer's.
    #[schema(example = "customer")]
    pub subject_kind: String,
    /// The period, or the number of the clock.
    #[schema(example = "2026-11")]
    pub occurrence: String,
    pub owner: Option<Named>,
    /// Who stands in for the owner during leave.
    pub deputy: Option<Named>,
    pub department: Option<Named>,
    #[schema(value_type = String, format = DateTime)]
    pub opens_at: Timestamp,
    /// When it is proposed to act.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub act_at: Option<Timestamp>,
    /// Null while a pause holds the clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// The last day on which it can be done.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// A holiday table that is not published yet may move the deadline.
    pub provisional: bool,
    #[schema(value_type = String, example = "open")]
    pub state: State,
    #[schema(value_type = Vec<Object>)]
    pub progress: Vec<Progress>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub met_at: Option<Timestamp>,
    /// Time that was left when it was met, on the rule's calendar; negative: over.
    pub margin_seconds: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub postponed_until: Option<Timestamp>,
    /// Whether a person may pause it.
    pub pausable: bool,
    pub version: i64,
}

/// What is owed, in words: the console has the sentence for `key` and fills in `params`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct What {
    #[schema(example = "duty.quota")]
    pub key: String,
    #[schema(value_type = Object)]
    pub params: Value,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerRef {
    pub id: Uuid,
    pub name: String,
    pub grade: String,
    /// Whether the asker may open the customer.
    pub visible: bool,
}

/// A duty with all that is known of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyDetail {
    #[serde(flatten)]
    pub duty: DutyView,
    pub clause_title: Text,
    pub clause_text: Text,
    /// The version of the policy that it is judged by.
    pub policy: String,
    pub policy_version: i64,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryItem>,
    /// Warnings given and breaches told.
    pub steps: Vec<StepView>,
    /// The facts that counted.
    pub evidence: Vec<EvidenceView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryItem {
    #[schema(value_type = String, example = "replanned")]
    pub kind: HistoryKind,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    pub actor: Option<Named>,
    pub reason: Option<String>,
    #[schema(value_type = Object)]
    pub data: Value,
}

/// Opening is told by the row itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    Opened,
    #[serde(untagged)]
    Event(EventKind),
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepView {
    #[schema(example = "supervisor")]
    pub key: String,
    pub level: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub told: Vec<Named>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    pub id: Uuid,
    #[schema(example = "visit_made")]
    pub kind: String,
    pub subject_id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    pub actor: Option<Named>,
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
}

/// What rows refer to, read once for all of them.
pub struct Known {
    cards: HashMap<Uuid, CustomerRef>,
    editions: HashMap<Uuid, Arc<Edition>>,
}

impl Known {
    pub fn of(tx: &mut Tx<'_>, who: &Principal, rows: &[DutyRow]) -> Result<Self> {
        let customers: BTreeSet<Uuid> = rows.iter().map(|row| row.customer_id).filter(|id| *id != NOBODY).collect();
        let cards = customers::service::cards(tx, who, &customers.into_iter().collect::<Vec<_>>())?;
        let cards = cards.into_iter().map(|card| {
            let named = CustomerRef { id: card.id, name: card.name, grade: card.grade, visible: card.visible };
            (card.id, named)
        });
        Ok(Self { cards: cards.collect(), ..Self::of_rules(tx, rows)? })
    }

    /// Without the customers.
    pub fn of_rules(tx: &mut Tx<'_>, rows: &[DutyRow]) -> Result<Self> {
        let versions: BTreeSet<Uuid> = rows.iter().map(|row| row.policy_version).collect();
        let mut editions = HashMap::new();
        for version in versions {
            editions.insert(version, book::edition(tx, version)?);
        }
        Ok(Self { cards: HashMap::new(), editions })
    }

    pub fn edition(&self, row: &DutyRow) -> Option<&Arc<Edition>> {
        self.editions.get(&row.policy_version)
    }

    pub fn entry(&self, row: &DutyRow) -> Option<&Arc<Entry>> {
        self.edition(row)?.entry(&row.rule)
    }

    pub fn view(&self, tx: &mut Tx<'_>, row: &DutyRow) -> Result<DutyView> {
        let entry = self.entry(row);
        let progress = read_progress(row)?;
        Ok(DutyView {
            id: row.id,
            clause: row.clause.clone(),
            rule: row.rule.clone(),
            name: entry.map(|entry| entry.rule.name.clone()).unwrap_or_default(),
            what: what(row, entry.map(Arc::as_ref), &progress),
            customer: self.cards.get(&row.customer_id).cloned(),
            subject_id: row.subject_id,
            subject_kind: subject_kind(entry.map(Arc::as_ref)),
            occurrence: row.occurrence.clone(),
            owner: named(tx, row.owner_id)?,
            deputy: named(tx, row.deputy_id)?,
            department: row.department_id.map(|id| names::department(tx, id)).transpose()?,
            opens_at: row.opens_at,
            act_at: row.act_at,
            due_at: row.due_at,
            due_on: row.due_on,
            provisional: row.provisional,
            state: row.state,
            progress,
            met_at: row.met_at,
            margin_seconds: row.margin,
            closed_at: row.closed_at,
            postponed_until: row.postponed_until,
            pausable: entry.is_some_and(|entry| entry.rule.pausable),
            version: row.version,
        })
    }
}

pub fn subject_kind(entry: Option<&Entry>) -> String {
    entry.map_or(CUSTOMER, |entry| entry.rule.subject.as_str()).to_owned()
}

pub fn named(tx: &mut Tx<'_>, id: Option<Uuid>) -> Result<Option<Named>> {
    id.map(|id| names::user(tx, id)).transpose()
}

/// The sentence for what is owed: its key by the shape of the rule, its gaps from the duty.
pub fn what(row: &DutyRow, entry: Option<&Entry>, progress: &[Progress]) -> What {
    let (key, mut params) = match entry.map(|entry| &entry.rule.shape) {
        Some(Shape::Quota(_)) => ("duty.quota", json!({ "need": progress })),
        Some(Shape::Every(every)) => {
            let kinds: Vec<&str> = every.facts.iter().map(|selector| selector.fact.as_str()).collect();
            ("duty.every", json!({ "facts": kinds }))
        }
        Some(Shape::Within(within)) => {
            let kinds: Vec<&str> = within.stop.iter().map(|selector| selector.fact.as_str()).collect();
            ("duty.within", json!({ "facts": kinds, "budget": within.budget }))
        }
        Some(Shape::Target(target)) => {
            ("duty.target", json!({ "measure": target.measure, "at_least": target.at_least }))
        }
        None => ("duty.other", json!({})),
    };
    params["occurrence"] = json!(row.occurrence);
    params["name"] = json!(entry.map(|entry| &entry.rule.name));
    What { key: key.to_owned(), params }
}
