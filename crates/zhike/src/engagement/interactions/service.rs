use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use store::list::{Asked, Field, Kind as Of, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{
    CHANGE, FORGET_CONTACT, Interaction, LATEST, LATEST_OF, OF_CUSTOMER, PURGE, RESTORE, THERE, THESE, WITHDRAW,
    WITHDRAWN,
};
use super::rules::{self, NewInteraction};
use super::view::{InteractionView, Names, view};
use super::{attempts, facts};
use crate::customers;
use crate::customers::model::Customer;
use crate::engagement::neighbours::{self, NamedRecord};
use crate::engagement::todos::{self, NextStep, Priority};
use crate::kernel::permission::action::{Create, Delete, Doing, Export, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::names::Named;
use crate::platform::audit::{self, Changes};
use crate::platform::bin::{self, Bin, Item, Removed};
use crate::platform::grant::{Grant, Guarded, Principal};
use crate::platform::http::present;
use crate::platform::input::{cleaned, micros, put, text_fault};
use crate::policy::duties;

/// What the recycle bin calls records of contacts.
const BIN: &str = "interaction";

/// What the list of contacts can be filtered and sorted by.
pub const LIST: ListSpec = ListSpec {
    table: "interaction",
    columns: Interaction::COLUMNS,
    fields: &[
        Field::new("at", Of::Instant).sortable(),
        Field::new("recorded_at", Of::Instant),
        Field::new("kind", Of::Word),
        Field::new("late", Of::Bool),
        Field::new("customer", Of::Id).column("customer_id"),
        Field::new("actor", Of::Id).column("actor_id"),
        Field::new("contact", Of::Id).column("contact_id"),
        Field::new("department", Of::Id).column("department_id"),
        Field::new("grade", Of::Word),
        Field::new("check_in", Of::Word),
        Field::new("distance", Of::Integer),
        Field::new("content", Of::Text),
        Field::new("feedback", Of::Text),
        Field::new("next_plan", Of::Text),
    ],
    default_sort: "-at",
};

/// What is to be changed of a record. What is left out stays; `null` empties. When and by what way the contact took
/// place stays for good, since duties were judged by it: a wrong one is withdrawn and recorded anew.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InteractionChange {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub contact_id: Option<Option<Uuid>>,
    #[serde(default)]
    pub content: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub feedback: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub next_plan: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Option<jiff::Timestamp>>,
    #[serde(default)]
    pub priority: Option<Priority>,
}

/// Writes down a contact (R3-2.3): the record, the to-do of its next plan, what the customer's card shows, and the
/// facts that duties are judged by, in one transaction.
pub fn record(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Interaction>,
    customer: Uuid,
    new: &NewInteraction,
) -> Result<InteractionView> {
    let who = grant.principal();
    let customer = neighbours::customer(tx, grant, customer)?;
    let new = new.clone().checked(who.now)?;
    let contact = new.contact_id.map(|contact| neighbours::contact_of(tx, customer.id, contact)).transpose()?;
    let owed = new.duty_id.map(|duty| duties::of_customer(tx, who, customer.id.uuid(), duty)).transpose();
    let owed =
        owed.map_err(|error| if error.status == 404 { Error::field_invalid("duty_id", "unknown") } else { error })?;
    let mut record = drafted(who, &customer, &new);
    if let Some(attempt) = attempts::of_record(tx, who, customer.id, (new.kind, new.at), owed)? {
        record.id = Id::from_uuid(attempt);
    }
    if let Some(check_in) = &new.check_in {
        check_in.stand(tx, &mut record)?;
        check_in.tell(tx, who, &customer)?;
    }
    let todo = next_step(tx, who, &record, new.priority)?;
    record.todo_id = todo.as_ref().map(|todo| todo.id.uuid());
    facts::publish(tx, who, &record)?;
    record.late = duties::is_late(tx, customer.id.uuid(), record.id.uuid())?;
    record.insert(tx)?;
    customers::service::contacted(tx, customer.id, record.at, record.next_at)?;
    if let Some(todo) = &todo {
        todos::service::audit_created(tx, who, todo)?;
    }
    let noted = Some(customer.id.uuid());
    audit::record(tx, who, "create", Entity::Interaction, record.id.uuid(), noted, noted_down(&record))?;
    let customer = NamedRecord { id: customer.id.uuid(), name: Some(customer.name) };
    Ok(view(record, customer, Named::of(who), contact))
}

fn drafted(who: &Principal, customer: &Customer, new: &NewInteraction) -> Interaction {
    Interaction {
        id: Id::new(),
        customer_id: customer.id,
        kind: new.kind,
        at: new.at,
        recorded_at: who.now,
        late: false,
        actor_id: who.user,
        contact_id: new.contact_id,
        content: new.content.clone(),
        feedback: new.feedback.clone(),
        next_plan: new.next_plan.clone(),
        next_at: new.next_at,
        duty_id: new.duty_id,
        todo_id: None,
        grade: customer.grade,
        department_id: customer.department_id.map(Id::uuid),
        check_in: None,
        distance: None,
        accuracy: None,
        version: 1,
        updated_at: who.now,
        deleted_at: None,
    }
}

fn next_step(
    tx: &mut Tx<'_>,
    who: &Principal,
    record: &Interaction,
    priority: Option<Priority>,
) -> Result<Option<todos::Todo>> {
    let Some(plan) = &record.next_plan else { return Ok(None) };
    let step = NextStep {
        plan,
        at: record.next_at,
        priority: priority.unwrap_or_default(),
        customer: record.customer_id.uuid(),
        interaction: record.id.uuid(),
    };
    todos::service::plan_next(tx, who, &step).map(Some)
}

/// What the audit keeps of a new record: enough to see what was claimed at that moment.
pub(super) fn noted_down(record: &Interaction) -> Value {
    let mut changes = Changes::new();
    changes.set("kind", record.kind).set("at", record.at).set("late", record.late).set("content", &record.content);
    if let Some(check_in) = record.check_in {
        changes.set("check_in", check_in).set("distance", record.distance).set("accuracy", record.accuracy);
    }
    if let Some(feedback) = &record.feedback {
        changes.set("feedback", feedback);
    }
    if let Some(plan) = &record.next_plan {
        changes.set("next_plan", plan);
    }
    changes.into()
}

/// Changes the texts of a record. The audit keeps what stood there before.
pub fn change(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Interaction>,
    place: (Uuid, Uuid),
    version: i64,
    change: &InteractionChange,
) -> Result<InteractionView> {
    let who = grant.principal();
    let old = found(tx, grant, place)?;
    check(tx, grant, &old)?;
    let mut new = changed(&old, change, who)?;
    if let Some(contact) = new.contact_id.filter(|contact| Some(*contact) != old.contact_id) {
        neighbours::contact_of(tx, old.customer_id, contact)?;
    }
    let todo = match (old.todo_id, old.next_plan.is_none()) {
        (None, true) => next_step(tx, who, &new, change.priority)?,
        _ => None,
    };
    new.todo_id = todo.as_ref().map(|todo| todo.id.uuid()).or(old.todo_id);
    store_change(tx, &new, version)?;
    if new.next_at != old.next_at {
        refresh_customer(tx, old.customer_id)?;
    }
    if let Some(todo) = &todo {
        todos::service::audit_created(tx, who, todo)?;
    }
    let noted = Some(old.customer_id.uuid());
    audit::record(tx, who, "update", Entity::Interaction, old.id.uuid(), noted, differences(&old, &new))?;
    new.version = version + 1;
    let names = Names::of(tx, who, std::slice::from_ref(&new))?;
    Ok(names.view(new))
}

fn changed(old: &Interaction, change: &InteractionChange, who: &Principal) -> Result<Interaction> {
    let mut new = old.clone();
    new.updated_at = who.now;
    put(&change.contact_id, &mut new.contact_id);
    put(&change.next_at, &mut new.next_at);
    new.next_at = new.next_at.map(micros);
    if let Some(content) = &change.content {
        new.content = content.trim().to_owned();
    }
    put(&change.feedback, &mut new.feedback);
    put(&change.next_plan, &mut new.next_plan);
    new.feedback = cleaned(new.feedback);
    new.next_plan = cleaned(new.next_plan);
    let faults = [
        text_fault("content", &new.content, rules::CONTENT_MOST),
        new.feedback.as_ref().and_then(|text| text_fault("feedback", text, rules::CONTENT_MOST)),
        new.next_plan.as_ref().and_then(|text| text_fault("next_plan", text, rules::PLAN_MOST)),
        new.next_at.filter(|at| Some(*at) != old.next_at).and_then(|at| rules::next_fault(at, who.now)),
    ];
    Error::from_fields(faults.into_iter().flatten().collect())?;
    Ok(new)
}

fn store_change(tx: &mut Tx<'_>, new: &Interaction, version: i64) -> Result<()> {
    let Interaction { customer_id, id, contact_id, content, feedback, next_plan, next_at, todo_id, updated_at, .. } =
        new;
    let rows = tx.execute(
        &CHANGE,
        &[customer_id, id, &version, contact_id, content, feedback, next_plan, next_at, todo_id, updated_at],
    )?;
    if rows == 0 { Err(store::Error::Stale.into()) } else { Ok(()) }
}

fn differences(old: &Interaction, new: &Interaction) -> Changes {
    let mut changes = Changes::new();
    changes.field("contact_id", &old.contact_id, &new.contact_id).field("content", &old.content, &new.content);
    changes.field("feedback", &old.feedback, &new.feedback).field("next_plan", &old.next_plan, &new.next_plan);
    changes.field("next_at", &old.next_at, &new.next_at).field("todo_id", &old.todo_id, &new.todo_id);
    changes
}

/// Takes a record back that was entered by mistake. It stays in the table and in the audit; duties are judged without
/// it. A to-do that nobody has touched since goes with it.
pub fn withdraw(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Interaction>, place: (Uuid, Uuid)) -> Result<()> {
    let who = grant.principal();
    let record = found(tx, grant, place)?;
    check(tx, grant, &record)?;
    tx.execute(&WITHDRAW, &[&record.customer_id, &record.id, &who.now])?;
    refresh_customer(tx, record.customer_id)?;
    facts::withdraw(tx, who, &record)?;
    if let Some(todo) = record.todo_id {
        todos::service::drop_untouched(tx, who, todo)?;
    }
    let removed = Removed {
        id: record.id.uuid(),
        kind: BIN,
        customer: Some(record.customer_id.uuid()),
        title: &record.content,
        owner: Some(record.actor_id.uuid()),
        department: record.department_id,
    };
    bin::put(tx, who, &removed)?;
    let mut changes = Changes::new();
    changes.field("content", &Some(&record.content), &None);
    let noted = Some(record.customer_id.uuid());
    audit::record(tx, who, "delete", Entity::Interaction, record.id.uuid(), noted, changes)
}

/// Withdrawn records in the recycle bin.
pub fn bin() -> Bin {
    Bin { kind: BIN, entity: Entity::Interaction, visible: visible_in_bin, restore, held: None, purge }
}

fn visible_in_bin(who: &Principal) -> Predicate {
    customers::bin::of_customers(who, Entity::Interaction)
}

/// Brings a withdrawn record back: duties are judged with it again, and the to-do that went with it is back.
fn restore(tx: &mut Tx<'_>, who: &Arc<Principal>, item: &Item) -> Result<()> {
    let grant = who.grant::<Delete, entity::Interaction>()?;
    let customer = customers::bin::customer_of(tx, item)?;
    let record = Interaction::one(tx, &WITHDRAWN, &[&customer, &item.id])?.ok_or_else(Error::not_found)?;
    check(tx, &grant, &record)?;
    tx.execute(&RESTORE, &[&record.customer_id, &record.id, &who.now])?;
    refresh_customer(tx, record.customer_id)?;
    facts::restore(tx, who, &record)?;
    if let Some(todo) = record.todo_id {
        todos::service::bring_back(tx, who, todo, record.deleted_at)?;
    }
    let mut changes = Changes::new();
    changes.set("content", &record.content);
    audit::record(tx, who, "restore", Entity::Interaction, record.id.uuid(), Some(customer), changes)
}

fn purge(tx: &mut Tx<'_>, _: &Principal, item: &Item) -> Result<bool> {
    let record = Interaction::one(tx, &WITHDRAWN, &[&item.customer_id, &item.id])?;
    if let Some(todo) = record.and_then(|record| record.todo_id) {
        todos::service::purge_removed(tx, todo)?;
    }
    tx.execute(&PURGE, &[&item.customer_id, &item.id])?;
    Ok(false)
}

/// The customer's card shows the latest contact that still stands.
pub(super) fn refresh_customer(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<()> {
    let latest = tx.query_opt(&LATEST, &[&customer])?;
    let (at, next_at) = match latest {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (None, None),
    };
    customers::service::recontacted(tx, customer, at, next_at)
}

/// One record of a customer that the asker may see.
pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Interaction>, place: (Uuid, Uuid)) -> Result<InteractionView> {
    let record = found(tx, grant, place)?;
    let names = Names::of(tx, grant.principal(), std::slice::from_ref(&record))?;
    Ok(names.view(record))
}

/// A record is there for whoever may see its customer, and for nobody else.
fn found<A: Doing>(
    tx: &mut Tx<'_>,
    grant: &Grant<A, entity::Interaction>,
    (customer, id): (Uuid, Uuid),
) -> Result<Interaction> {
    let reading = grant.principal().grant::<Read, entity::Interaction>().map_err(|_| Error::not_found())?;
    neighbours::customer(tx, &reading, customer)?;
    Interaction::one(tx, &OF_CUSTOMER, &[&customer, &id])?.ok_or_else(Error::not_found)
}

/// Only who made a contact, or may change records of the department, may change the record; who sees it is told so.
fn check<A: Doing>(tx: &mut Tx<'_>, grant: &Grant<A, entity::Interaction>, record: &Interaction) -> Result<()> {
    let checked: Result<()> = grant.check(tx, record);
    checked.map_err(|error| if error.status == 404 { Error::forbidden() } else { error })
}

/// The contacts with all customers that the asker may see.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Interaction>, asked: &Asked) -> Result<List<InteractionView>> {
    let who = grant.principal();
    page(tx, who, &visible(who), asked)
}

/// Those of [`list`] that the asker may take out of the house.
pub fn list_for_export(
    tx: &mut Tx<'_>,
    grant: &Grant<Export, entity::Interaction>,
    asked: &Asked,
) -> Result<List<InteractionView>> {
    let who = grant.principal();
    let taken = match who.permissions.reach(Action::Export, Entity::Interaction) {
        Some(reach) if reach.all => Predicate::All,
        _ => customers::reach::taken(who, "customer_id", Entity::Interaction),
    };
    who.grant::<Read, entity::Interaction>()?;
    page(tx, who, &visible(who).and(taken), asked)
}

fn page(tx: &mut Tx<'_>, who: &Principal, scope: &Predicate, asked: &Asked) -> Result<List<InteractionView>> {
    let (rows, next) = LIST.page(tx, scope, asked)?;
    let records: Vec<Interaction> = rows.into_iter().map(Interaction::from_row).collect::<store::Result<_>>()?;
    let names = Names::of(tx, who, &records)?;
    let views = records.into_iter().map(|record| names.view(record));
    // Who reaches all customers is not asked about each; the few that were removed are left out here.
    Ok(List { items: views.filter(|view| view.customer.name.is_some()).collect(), next })
}

/// The list's reading of [`found`].
fn visible(who: &Principal) -> Predicate {
    let stands = Predicate::IsNull("deleted_at");
    match neighbours::reaches_all(who, Entity::Interaction) {
        true => stands,
        false => stands.and(customers::reach::through(who, "customer_id", Entity::Interaction)),
    }
}

/// Which of these records of a customer stand.
pub fn there(tx: &mut Tx<'_>, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = tx.query(&THERE, &[&customer, &store::Ids(ids)])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// Which of these records of a customer somebody may change or delete: those that [`check`] lets pass.
pub fn may_change(tx: &mut Tx<'_>, who: &Principal, action: Action, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let reached = who.predicate(action, Entity::Interaction);
    let mut may = Vec::new();
    for record in Interaction::all(tx, &THESE, &[&customer, &store::Ids(ids)])? {
        if reached.matches(tx, record.id.uuid(), &|column| Guarded::column(&record, column))? {
            may.push(record.id.uuid());
        }
    }
    Ok(may)
}

/// Forgets with whom of a customer something was said.
pub fn forget_contact(tx: &mut Tx<'_>, customer: Uuid, contact: Uuid) -> Result<()> {
    tx.execute(&FORGET_CONTACT, &[&customer, &contact])?;
    Ok(())
}

/// What was said last with a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Latest {
    pub customer: Uuid,
    pub at: jiff::Timestamp,
    pub kind: super::Kind,
    pub content: String,
}

/// The latest contact of each of these customers, in one statement.
pub fn latest_of(tx: &mut Tx<'_>, customers: &[Uuid]) -> Result<Vec<Latest>> {
    let rows = tx.query(&LATEST_OF, &[&store::Ids(customers)])?;
    rows.into_iter().map(latest).collect()
}

fn latest(mut row: store::Row) -> Result<Latest> {
    Ok(Latest { customer: row.take(0)?, at: row.take(1)?, kind: row.take(2)?, content: row.take(3)? })
}
