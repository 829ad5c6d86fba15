//! Cases as people see them.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CALLER_EMAIL, CALLER_PHONE, Case, CaseId, Channel, Entry, Kind, Outcome, State, Step};
use super::rules::{self, Next};
use super::service;
use super::suggestion::{Suggestion, suggested};
use crate::desk::neighbours::{self, CustomerCard};
use crate::kernel::{Action, Entity, Result};
use crate::platform::access::names::{self, Named, NamedRecord};
use crate::platform::grant::Principal;
use crate::platform::vault::Masked;
use crate::policy::duties::{self, Clock};

/// A case in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseLine {
    pub id: Uuid,
    #[schema(example = "TS-2026-000123")]
    pub number: String,
    pub kind: Kind,
    pub level: i64,
    pub channel: Channel,
    pub state: State,
    pub open: bool,
    pub subject: String,
    pub product: Option<String>,
    /// Nobody while it is not known whose it is.
    pub customer: Option<CustomerCard>,
    pub contact: Option<NamedRecord>,
    /// Who reached us, as they said.
    pub caller: Option<String>,
    pub caller_phone: Option<Masked>,
    pub assignee: Option<Named>,
    pub department: Option<Named>,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waiting_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    pub cycle: i64,
    /// What is owed next, and by whom.
    pub next: Option<Next>,
    /// The clock that runs out first.
    pub clock: Option<Clock>,
    pub version: i64,
}

/// A case with all that is known of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseView {
    #[serde(flatten)]
    pub line: CaseLine,
    /// What the customer said first; nothing for who may not read it.
    pub content: Option<String>,
    /// What the customer asks after it by.
    #[schema(example = "7KQM-2XW9-4HTC")]
    pub tracking: String,
    pub caller_email: Option<Masked>,
    pub opened_by: Named,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub taken_up_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub force_called_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub force_formed_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub solution_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub solved_at: Option<Timestamp>,
    pub result: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub told_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub confirmed_at: Option<Timestamp>,
    /// Tries to reach the customer since it was solved.
    pub tries: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub thanked_at: Option<Timestamp>,
    pub merged_into: Option<Numbered>,
    pub members: Vec<MemberView>,
    /// What the regulations ask about it and by when, the most urgent first, then what is decided.
    pub clocks: Vec<Clock>,
    /// The latest of what was said and done, in order.
    pub entries: Vec<EntryView>,
    /// What the words of the customer speak for, until somebody has classified it.
    pub suggestion: Option<Suggestion>,
    /// Whether the asker may go on with it, give it to others, and take it back.
    pub may_update: bool,
    pub may_assign: bool,
    pub may_withdraw: bool,
    /// What can be done about it as it stands, by somebody who may.
    #[schema(inline)]
    pub possible: Vec<Step>,
}

/// Another case.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NumberedCase)]
pub struct Numbered {
    pub id: Uuid,
    pub number: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseMember)]
pub struct MemberView {
    pub person: Named,
    #[schema(value_type = String, format = DateTime)]
    pub called_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub joined_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseEntry)]
pub struct EntryView {
    pub seq: i64,
    pub step: Step,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    pub actor: Option<Named>,
    pub channel: Option<Channel>,
    pub outcome: Option<Outcome>,
    pub content: Option<String>,
    pub contact: Option<NamedRecord>,
    pub other: Option<Numbered>,
    /// What became what, with names for ids.
    #[schema(value_type = Option<Object>)]
    pub changed: Option<Value>,
    /// Whom it is about.
    pub member: Option<Named>,
}

/// What a page of cases mentions, fetched at once.
pub struct Names {
    customers: HashMap<Uuid, CustomerCard>,
    contacts: HashMap<Uuid, String>,
    people: HashMap<Uuid, Named>,
    departments: HashMap<Uuid, Named>,
    clocks: HashMap<Uuid, Clock>,
}

impl Names {
    pub fn of(tx: &mut Tx<'_>, who: &Principal, cases: &[Case]) -> Result<Self> {
        let customers: BTreeSet<Uuid> =
            cases.iter().filter_map(Case::customer).map(|customer| customer.uuid()).collect();
        let customers: Vec<Uuid> = customers.into_iter().collect();
        let with_contact = cases.iter().filter(|case| case.contact_id.is_some()).map(|case| case.customer_id);
        let with_contact: BTreeSet<Uuid> = with_contact.collect();
        let open: Vec<Uuid> = cases.iter().filter(|case| case.open).map(|case| case.id.uuid()).collect();
        Ok(Self {
            contacts: neighbours::contact_names(tx, who, &with_contact.into_iter().collect::<Vec<_>>())?,
            people: names::users(tx, cases.iter().filter_map(|case| case.owner_id.map(|id| id.uuid())).collect())?,
            departments: names::departments(
                tx,
                cases.iter().filter_map(|case| case.department_id.map(|id| id.uuid())).collect(),
            )?,
            clocks: duties::next_clocks(tx, &open, who.now)?,
            customers: neighbours::cards(tx, who, &customers)?,
        })
    }

    pub fn line(&self, who: &Principal, case: Case) -> Result<CaseLine> {
        let id = case.id.uuid();
        Ok(CaseLine {
            next: rules::next(&case),
            clock: self.clocks.get(&id).cloned(),
            customer: case.customer().and_then(|customer| self.customers.get(&customer.uuid()).cloned()),
            contact: case.contact_id.map(|contact| NamedRecord::from_map(contact, &self.contacts)),
            caller_phone: who.vault.masked(who, &CALLER_PHONE, id, case.caller_phone.as_deref())?,
            assignee: case.owner_id.and_then(|owner| self.people.get(&owner.uuid()).cloned()),
            department: case.department_id.and_then(|department| self.departments.get(&department.uuid()).cloned()),
            id,
            number: case.number,
            kind: case.kind,
            level: case.level,
            channel: case.channel,
            state: case.state,
            open: case.open,
            subject: case.subject,
            product: case.product,
            caller: case.caller,
            received_at: case.received_at,
            answered_at: case.answered_at,
            waiting_at: case.waiting_at,
            closed_at: case.closed_at,
            cycle: case.cycle,
            version: case.version,
        })
    }
}

pub fn view(tx: &mut Tx<'_>, who: &Principal, case: Case, entries: Vec<EntryView>) -> Result<CaseView> {
    let readable = who.reads(Entity::Case, "content");
    let place = (case.customer_id, case.id);
    Ok(CaseView {
        content: readable.then(|| case.content.clone()),
        tracking: case.tracking.clone(),
        caller_email: who.vault.masked(who, &CALLER_EMAIL, case.id.uuid(), case.caller_email.as_deref())?,
        opened_by: names::user(tx, case.opened_by.uuid())?,
        taken_up_at: case.taken_up_at,
        force_called_at: case.force_called_at,
        force_formed_at: case.force_formed_at,
        solution_at: case.solution_at,
        solved_at: case.solved_at,
        result: case.result.clone().filter(|_| readable),
        told_at: case.told_at,
        confirmed_at: case.confirmed_at,
        tries: case.tries,
        thanked_at: case.thanked_at,
        merged_into: numbered(tx, case.merged_into)?,
        members: members(tx, place)?,
        clocks: duties::clocks_of(tx, case.id.uuid(), who.now)?,
        entries,
        suggestion: (readable && case.state == State::Received)
            .then(|| suggested(&format!("{}\n{}", case.subject, case.content))),
        possible: rules::possible(&case),
        may_withdraw: service::may_withdraw(tx, who, &case)?,
        may_update: service::may(tx, who, Action::Update, &case)?,
        may_assign: service::may(tx, who, Action::Assign, &case)?,
        line: Names::of(tx, who, std::slice::from_ref(&case))?.line(who, case)?,
    })
}

fn members(tx: &mut Tx<'_>, place: (Uuid, CaseId)) -> Result<Vec<MemberView>> {
    let mut members = Vec::new();
    for member in service::members_of(tx, place)? {
        members.push(MemberView {
            person: names::user(tx, member.staff_id.uuid())?,
            called_at: member.called_at,
            acknowledged_at: member.acknowledged_at,
            joined_at: member.joined_at,
        });
    }
    Ok(members)
}

fn numbered(tx: &mut Tx<'_>, id: Option<CaseId>) -> Result<Option<Numbered>> {
    let Some(id) = id.map(|id| id.uuid()) else { return Ok(None) };
    let found = service::numbers(tx, &[id])?;
    Ok(found.into_iter().next().map(|(id, number)| Numbered { id, number }))
}

/// Entries with the names that they mention. What was said is empty for who may not read it.
pub fn entries(tx: &mut Tx<'_>, who: &Principal, case: &Case, rows: Vec<Entry>) -> Result<Vec<EntryView>> {
    let readable = who.reads(Entity::Case, "content");
    let others: Vec<Uuid> = rows.iter().filter_map(|row| row.other_id.map(|id| id.uuid())).collect();
    let numbers: HashMap<Uuid, String> = match others.is_empty() {
        true => HashMap::new(),
        false => service::numbers(tx, &others)?.into_iter().collect(),
    };
    let from_contact = rows.iter().any(|row| row.contact_id.is_some());
    let customers: Vec<Uuid> =
        case.customer().filter(|_| from_contact).map(|customer| customer.uuid()).into_iter().collect();
    let contacts = neighbours::contact_names(tx, who, &customers)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let member = row.changed.as_ref().and_then(|changed| id_in(changed.get("member")?));
        let other = row.other_id.map(|id| id.uuid());
        views.push(EntryView {
            seq: row.seq,
            step: row.step,
            at: row.at,
            recorded_at: row.recorded_at,
            actor: row.actor_id.map(|id| names::user(tx, id.uuid())).transpose()?,
            channel: row.channel,
            outcome: row.outcome,
            content: row.content.filter(|_| readable),
            contact: row.contact_id.map(|id| NamedRecord::from_map(id, &contacts)),
            other: other.and_then(|id| numbers.get(&id).map(|number| Numbered { id, number: number.clone() })),
            member: member.map(|id| names::user(tx, id)).transpose()?,
            changed: row.changed.filter(|_| member.is_none()).map(|changed| spelled(tx, changed)).transpose()?,
        });
    }
    Ok(views)
}

/// A change with the names of people and departments in the place of their ids.
fn spelled(tx: &mut Tx<'_>, mut changed: Value) -> Result<Value> {
    type Name = fn(&mut Tx<'_>, Uuid) -> Result<Named>;
    let named: [(&str, Name); 2] = [("owner_id", names::user), ("department_id", names::department)];
    for (field, name) in named {
        for side in ["from", "to"] {
            let Some(value) = changed.get_mut(field).and_then(|change| change.get_mut(side)) else { continue };
            if let Some(id) = id_in(value) {
                *value = Value::from(name(tx, id)?.name);
            }
        }
    }
    Ok(changed)
}

fn id_in(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
