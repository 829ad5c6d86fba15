//! How a case is written: its row, the entry of each step, what is told to the house, and the audit, all at once.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::cases::facts::{self, News};
use crate::desk::cases::model::{Case, CaseId, Channel, Entry, Outcome, Step};
use crate::desk::cases::rules;
use crate::kernel::{Entity, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::Principal;

/// What an entry says beside what was done and when.
#[derive(Clone, Debug, Default)]
pub(in crate::desk) struct Line {
    pub content: Option<String>,
    pub channel: Option<Channel>,
    pub outcome: Option<Outcome>,
    pub contact: Option<Uuid>,
    pub other: Option<CaseId>,
    pub changed: Option<Value>,
}

impl Line {
    pub fn saying(content: String) -> Self {
        Self { content: Some(content), ..Self::default() }
    }

    pub fn maybe(content: Option<String>) -> Self {
        Self { content, ..Self::default() }
    }
}

/// A case that is being written.
pub(in crate::desk) struct Pen<'a> {
    pub case: Case,
    pub before: Case,
    pub who: &'a Principal,
    news: Vec<News>,
}

/// What an act led to: the case that it was done to, and how it stands now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseFiled)]
pub struct Filed {
    pub id: Uuid,
    pub number: String,
    pub version: i64,
}

impl<'a> Pen<'a> {
    pub fn new(who: &'a Principal, case: Case) -> Self {
        Self { before: case.clone(), case, who, news: Vec::new() }
    }

    /// The instant of a step.
    pub fn at(&self, step: Step, given: Option<Timestamp>) -> Result<Timestamp> {
        rules::happened(given, self.who.now, rules::not_before(&self.case, step))
    }

    /// Notes a step that may follow now, and moves the case on.
    pub fn step(&mut self, tx: &mut Tx<'_>, step: Step, at: Timestamp, line: Line) -> Result<()> {
        self.case.state = rules::after(&self.case, step)?;
        self.case.open = self.case.state.is_open();
        self.note(tx, step, at, line)
    }

    /// Notes something that changes no state.
    pub fn note(&mut self, tx: &mut Tx<'_>, step: Step, at: Timestamp, line: Line) -> Result<()> {
        self.case.entries += 1;
        let entry = Entry {
            id: Uuid::now_v7(),
            customer_id: self.case.customer_id,
            case_id: self.case.id,
            seq: self.case.entries,
            step,
            at,
            recorded_at: self.who.now,
            actor_id: Some(self.who.user),
            channel: line.channel,
            outcome: line.outcome,
            content: line.content,
            contact_id: line.contact,
            other_id: line.other,
            changed: line.changed,
        };
        Ok(entry.insert(tx)?)
    }

    /// Tells the house something when all is written.
    pub fn tell(&mut self, kind: &'static str, at: Timestamp) {
        self.news.push(News::new(kind, at));
    }

    pub fn tell_more(&mut self, news: News) {
        self.news.push(news);
    }

    /// The customer was answered: the first answer is kept.
    pub fn answered(&mut self, at: Timestamp) {
        self.case.answered_at = Some(self.case.answered_at.map_or(at, |first| first.min(at)));
        self.tell(facts::ANSWERED, at);
    }

    /// Writes a case that is new.
    pub fn insert(self, tx: &mut Tx<'_>, changes: Changes) -> Result<Case> {
        self.case.insert(tx)?;
        self.publish(tx)?;
        let (id, customer) = (self.case.id.uuid(), self.case.customer().map(|customer| customer.uuid()));
        audit::record(tx, self.who, "create", Entity::Case, id, customer, changes)?;
        Ok(self.case)
    }

    /// Writes a case that was there.
    pub fn finish(mut self, tx: &mut Tx<'_>, mut changes: Changes) -> Result<Filed> {
        self.case.updated_at = self.who.now;
        self.case.update(tx)?;
        self.case.version += 1;
        self.publish(tx)?;
        differences(&self.before, &self.case, &mut changes);
        let (id, customer) = (self.case.id.uuid(), self.case.customer().map(|customer| customer.uuid()));
        audit::record(tx, self.who, "update", Entity::Case, id, customer, changes)?;
        Ok(Filed { id, number: self.case.number, version: self.case.version })
    }

    fn publish(&self, tx: &mut Tx<'_>) -> Result<()> {
        self.news.iter().try_for_each(|news| facts::publish(tx, self.who, &self.case, news))
    }
}

/// What the audit keeps of a change; what was said stands in the entries.
fn differences(old: &Case, new: &Case, changes: &mut Changes) {
    changes.field("state", &old.state, &new.state).field("kind", &old.kind, &new.kind);
    changes.field("level", &old.level, &new.level).field("channel", &old.channel, &new.channel);
    changes.field("owner_id", &old.owner_id, &new.owner_id);
    changes.field("department_id", &old.department_id, &new.department_id);
    changes.field("customer_id", &old.customer(), &new.customer());
    changes.field("contact_id", &old.contact_id, &new.contact_id);
    changes.field("product", &old.product, &new.product).field("subject", &old.subject, &new.subject);
    changes.field("waiting_at", &old.waiting_at, &new.waiting_at);
    changes.field("received_at", &old.received_at, &new.received_at);
    changes.field("merged_into", &old.merged_into, &new.merged_into).field("entries", &old.entries, &new.entries);
}
