use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::check_in::CheckInView;
use super::model::{Interaction, InteractionId, Kind};
use crate::engagement::neighbours::{self, NamedRecord};
use crate::kernel::Result;
use crate::platform::access::names::{self, Named};
use crate::platform::grant::Principal;

/// The record of a contact as people see it (客户互动记录表, R3-T2).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InteractionView {
    pub id: InteractionId,
    pub customer: NamedRecord,
    pub kind: Kind,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Written down later than the regulations in force allowed.
    pub late: bool,
    /// Who made the contact.
    pub actor: Named,
    pub contact: Option<NamedRecord>,
    pub content: String,
    pub feedback: Option<String>,
    pub next_plan: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    pub duty_id: Option<Uuid>,
    /// The to-do that its next plan became.
    pub todo_id: Option<Uuid>,
    /// Where somebody checked in.
    pub check_in: Option<CheckInView>,
    pub version: i64,
    /// Whether it was edited after it had been recorded.
    pub edited: bool,
}

/// The names that a page of records mentions, fetched at once.
pub struct Names {
    customers: HashMap<Uuid, String>,
    people: HashMap<Uuid, Named>,
    contacts: HashMap<Uuid, String>,
}

impl Names {
    pub fn of(tx: &mut Tx<'_>, who: &Principal, records: &[Interaction]) -> Result<Self> {
        let customers: HashSet<Uuid> = records.iter().map(|record| record.customer_id.uuid()).collect();
        let people: HashSet<Uuid> = records.iter().map(|record| record.actor_id.uuid()).collect();
        let with_contact = records.iter().filter(|record| record.contact_id.is_some());
        let contacts: HashSet<Uuid> = with_contact.map(|record| record.customer_id.uuid()).collect();
        Ok(Self {
            customers: neighbours::customer_names(tx, who, customers)?,
            people: people.into_iter().map(|id| Ok((id, names::user(tx, id)?))).collect::<Result<_>>()?,
            contacts: neighbours::contact_names(tx, contacts)?,
        })
    }

    pub fn view(&self, record: Interaction) -> InteractionView {
        let customer = NamedRecord::from_map(record.customer_id.uuid(), &self.customers);
        let actor = self.people[&record.actor_id.uuid()].clone();
        let contact = record.contact_id.map(|id| NamedRecord::from_map(id, &self.contacts));
        view(record, customer, actor, contact)
    }
}

pub fn view(record: Interaction, customer: NamedRecord, actor: Named, contact: Option<NamedRecord>) -> InteractionView {
    InteractionView {
        check_in: CheckInView::of(&record),
        id: record.id,
        customer,
        kind: record.kind,
        at: record.at,
        recorded_at: record.recorded_at,
        late: record.late,
        actor,
        contact,
        content: record.content,
        feedback: record.feedback,
        next_plan: record.next_plan,
        next_at: record.next_at,
        duty_id: record.duty_id,
        todo_id: record.todo_id,
        version: record.version,
        edited: record.version > 1,
    }
}
