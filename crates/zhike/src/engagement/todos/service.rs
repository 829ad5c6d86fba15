use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{Asked, Field, Kind, List, ListSpec, Op};
use store::{Columns as _, Entity as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{PRIORITIES, Priority, Todo, TodoId};
use super::{reminders, rules};
use crate::engagement::neighbours::{self, NamedRecord};
use crate::kernel::permission::action::{Assign, Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::model::{User, UserId};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::bin::{self, Bin, Item, Removed};
use crate::platform::grant::{Grant, Guarded as _, Principal};
use crate::platform::http::present;
use crate::platform::input::{micros, put, text_fault};
use crate::platform::notifications::{self, Notice};
use crate::platform::settings;

/// What the recycle bin calls to-dos.
const BIN: &str = "todo";

store::statements! {
    PURGE = "delete from todo where id = $1 and deleted_at is not null";
}

/// What the list of to-dos can be filtered and sorted by.
pub const LIST: ListSpec = ListSpec {
    table: "todo",
    columns: Todo::COLUMNS,
    fields: &[
        Field::new("due_at", Kind::Instant).sortable(),
        Field::new("created_at", Kind::Instant).sortable(),
        Field::new("done", Kind::Bool),
        Field::new("done_at", Kind::Instant),
        Field::new("priority", Kind::Word),
        Field::new("title", Kind::Text),
        Field::new("owner", Kind::Id).column("owner_id"),
        Field::new("created_by", Kind::Id),
        Field::new("customer", Kind::Id).column("customer_id"),
        Field::new("department", Kind::Id).column("department_id"),
        Field::new("remind_at", Kind::Instant),
    ],
    default_sort: "due_at",
};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTodo {
    pub title: String,
    #[serde(default)]
    pub customer_id: Option<Uuid>,
    /// Who is to do it; the asker, unless said otherwise.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub remind_at: Option<Timestamp>,
    #[serde(default)]
    pub priority: Priority,
}

/// What is left out stays; `null` empties.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TodoChange {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub customer_id: Option<Option<Uuid>>,
    #[serde(default)]
    pub owner_id: Option<UserId>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Option<Timestamp>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub remind_at: Option<Option<Timestamp>>,
    #[serde(default)]
    pub priority: Option<Priority>,
    /// `true` ticks it off, `false` takes that back.
    #[serde(default)]
    pub done: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TodoView {
    pub id: TodoId,
    pub title: String,
    /// The customer it is about; without a name for who may not see the customer.
    pub customer: Option<NamedRecord>,
    pub interaction_id: Option<Uuid>,
    pub owner: Named,
    pub created_by: UserId,
    pub priority: Priority,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub remind_at: Option<Timestamp>,
    pub done: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    pub version: i64,
}

/// What is to be done after a contact.
pub struct NextStep<'a> {
    pub plan: &'a str,
    pub at: Option<Timestamp>,
    pub priority: Priority,
    pub customer: Uuid,
    pub interaction: Uuid,
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Todo>, new: &NewTodo) -> Result<TodoView> {
    let who = grant.principal();
    if let Some(customer) = new.customer_id {
        see(tx, who, customer)?;
    }
    let mut todo = blank(who, new.title.trim().to_owned());
    todo.customer_id = new.customer_id;
    todo.priority = new.priority;
    todo.due_at = new.due_at.map(micros);
    todo.remind_at = new.remind_at.map(micros);
    checked(&todo, who.now)?;
    if let Some(owner) = new.owner_id {
        assign(tx, who, &mut todo, owner)?;
    }
    todo.insert(tx)?;
    reminders::schedule(tx, &todo)?;
    tell_owner(tx, who, &todo)?;
    audit_created(tx, who, &todo)?;
    view_one(tx, who, todo)
}

/// Makes the to-do of a next plan, for whoever made the contact. The caller audits it together with the contact.
pub fn plan_next(tx: &mut Tx<'_>, who: &Principal, step: &NextStep<'_>) -> Result<Todo> {
    let calendar = settings::calendar(tx)?;
    let timing = rules::next_timing(step.at, step.priority, who.now, &calendar);
    let todo = Todo {
        customer_id: Some(step.customer),
        interaction_id: Some(step.interaction),
        priority: step.priority,
        due_at: timing.due_at,
        remind_at: timing.remind_at,
        ..blank(who, rules::title_of(step.plan))
    };
    todo.insert(tx)?;
    reminders::schedule(tx, &todo)?;
    Ok(todo)
}

/// A to-do can name a customer that its maker may see.
fn see(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: Uuid) -> Result<()> {
    neighbours::visible_customer(tx, who, customer).map(drop)
}

pub(super) fn blank(who: &Principal, title: String) -> Todo {
    Todo {
        id: Id::new(),
        title,
        customer_id: None,
        interaction_id: None,
        owner_id: who.user,
        department_id: who.department.map(Id::uuid),
        created_by: who.user,
        priority: Priority::default(),
        due_at: None,
        remind_at: None,
        done: false,
        done_at: None,
        done_by: None,
        version: 1,
        created_at: who.now,
        updated_at: who.now,
        deleted_at: None,
    }
}

fn checked(todo: &Todo, now: Timestamp) -> Result<()> {
    let faults = [
        text_fault("title", &todo.title, rules::TITLE_MOST),
        todo.due_at.and_then(|at| rules::instant_fault("due_at", at, now)),
        todo.remind_at.and_then(|at| rules::instant_fault("remind_at", at, now)),
    ];
    Error::from_fields(faults.into_iter().flatten().collect())
}

/// Gives a to-do to a person. To others only by who may assign to that person's department.
fn assign(tx: &mut Tx<'_>, who: &Arc<Principal>, todo: &mut Todo, owner: UserId) -> Result<()> {
    if owner == todo.owner_id {
        return Ok(());
    }
    let person = User::find(tx, owner)?.filter(|person| person.active);
    let person = person.ok_or_else(|| Error::field_invalid("owner_id", "unknown"))?;
    todo.owner_id = person.id;
    todo.department_id = person.department_id.map(Id::uuid);
    if owner == who.user {
        return Ok(());
    }
    let assigned: Result<()> = who.grant::<Assign, entity::Todo>()?.check(tx, todo);
    assigned.map_err(|error| if error.status == 404 { Error::forbidden() } else { error })
}

fn tell_owner(tx: &mut Tx<'_>, who: &Principal, todo: &Todo) -> Result<()> {
    if todo.owner_id == who.user {
        return Ok(());
    }
    let params = json!({ "title": todo.title, "by": &*who.name, "due_at": todo.due_at });
    let link = reminders::link(todo);
    let notice =
        Notice { user: todo.owner_id, kind: "todo_assigned", params, link: Some(&link), dedupe_key: None, at: who.now };
    notifications::notify(tx, &notice).map(drop)
}

pub fn audit_created(tx: &mut Tx<'_>, who: &Principal, todo: &Todo) -> Result<()> {
    let mut changes = Changes::new();
    changes.set("title", &todo.title).set("priority", todo.priority).set("owner_id", todo.owner_id);
    changes.set("due_at", todo.due_at).set("remind_at", todo.remind_at);
    audit::record(tx, who, "create", Entity::Todo, todo.id.uuid(), todo.customer_id, changes)
}

/// Changes a to-do from the version that the asker has seen: its words, its times, its owner, or that it is done.
pub fn change(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Todo>,
    id: TodoId,
    version: i64,
    change: &TodoChange,
) -> Result<TodoView> {
    let who = grant.principal();
    let old = changeable(tx, who, id, Action::Update)?;
    let mut new = Todo { version, updated_at: who.now, ..old.clone() };
    apply(change, &mut new, who);
    if let Some(customer) = new.customer_id.filter(|customer| Some(*customer) != old.customer_id) {
        see(tx, who, customer)?;
    }
    checked(&new, who.now)?;
    if let Some(owner) = change.owner_id {
        assign(tx, who, &mut new, owner)?;
    }
    new.update(tx)?;
    new.version += 1;
    if new.remind_at != old.remind_at || (old.done && !new.done) {
        reminders::schedule(tx, &new)?;
    }
    if new.owner_id != old.owner_id {
        tell_owner(tx, who, &new)?;
    }
    audit::record(tx, who, "update", Entity::Todo, id.uuid(), new.customer_id, differences(&old, &new))?;
    view_one(tx, who, new)
}

fn apply(change: &TodoChange, todo: &mut Todo, who: &Principal) {
    if let Some(title) = &change.title {
        todo.title = title.trim().to_owned();
    }
    put(&change.customer_id, &mut todo.customer_id);
    put(&change.due_at, &mut todo.due_at);
    put(&change.remind_at, &mut todo.remind_at);
    todo.due_at = todo.due_at.map(micros);
    todo.remind_at = todo.remind_at.map(micros);
    if let Some(priority) = change.priority {
        todo.priority = priority;
    }
    if let Some(done) = change.done.filter(|done| *done != todo.done) {
        todo.done = done;
        todo.done_at = done.then_some(who.now);
        todo.done_by = done.then_some(who.user);
    }
}

fn differences(old: &Todo, new: &Todo) -> Changes {
    let mut changes = Changes::new();
    changes.field("title", &old.title, &new.title).field("customer_id", &old.customer_id, &new.customer_id);
    changes.field("owner_id", &old.owner_id, &new.owner_id).field("priority", &old.priority, &new.priority);
    changes.field("due_at", &old.due_at, &new.due_at).field("remind_at", &old.remind_at, &new.remind_at);
    changes.field("done", &old.done, &new.done);
    changes
}

/// Takes a to-do off every list, into the recycle bin.
pub fn remove(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Todo>, id: TodoId) -> Result<()> {
    let who = grant.principal();
    let todo = changeable(tx, who, id, Action::Delete)?;
    let removed = Removed {
        id: todo.id.uuid(),
        kind: BIN,
        customer: todo.customer_id,
        title: &todo.title,
        owner: Some(todo.owner_id.uuid()),
        department: todo.department_id,
    };
    bin::put(tx, who, &removed)?;
    drop_todo(tx, who, todo)
}

/// Removes the to-do of a withdrawn contact, unless somebody has worked with it.
pub fn drop_untouched(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<()> {
    match Todo::find(tx, id)?.filter(|todo| todo.version == 1 && todo.deleted_at.is_none()) {
        Some(todo) => drop_todo(tx, who, todo),
        None => Ok(()),
    }
}

/// Removed to-dos in the recycle bin.
pub fn bin() -> Bin {
    Bin { kind: BIN, entity: Entity::Todo, visible: visible_in_bin, restore, held: None, purge }
}

fn visible_in_bin(who: &Principal) -> Predicate {
    match who.predicate(Action::Read, Entity::Todo) {
        Predicate::All => Predicate::All,
        reached => Predicate::Any(vec![reached, Predicate::eq("removed_by", who.user)]),
    }
}

/// Brings a to-do back, for who could have removed it.
fn restore(tx: &mut Tx<'_>, who: &Arc<Principal>, item: &Item) -> Result<()> {
    let todo = Todo::find(tx, TodoId::from_uuid(item.id))?.filter(|todo| todo.deleted_at.is_some());
    let todo = todo.ok_or_else(Error::not_found)?;
    if todo.created_by != who.user && !reaches(tx, who, Action::Delete, &todo)? {
        return Err(Error::forbidden());
    }
    put_back(tx, who, todo)
}

fn purge(tx: &mut Tx<'_>, _: &Principal, item: &Item) -> Result<bool> {
    purge_removed(tx, item.id)?;
    Ok(false)
}

/// A removed to-do goes for good.
pub fn purge_removed(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.execute(&PURGE, &[&id])?;
    Ok(())
}

/// Brings back the to-do that went with a contact when it was withdrawn at that moment.
pub fn bring_back(tx: &mut Tx<'_>, who: &Principal, id: Uuid, gone_at: Option<Timestamp>) -> Result<()> {
    match Todo::find(tx, TodoId::from_uuid(id))?.filter(|todo| todo.deleted_at.is_some() && todo.deleted_at == gone_at)
    {
        Some(todo) => put_back(tx, who, todo),
        None => Ok(()),
    }
}

fn put_back(tx: &mut Tx<'_>, who: &Principal, mut todo: Todo) -> Result<()> {
    todo.deleted_at = None;
    todo.updated_at = who.now;
    todo.update(tx)?;
    todo.version += 1;
    reminders::schedule(tx, &todo)?;
    bin::take_out(tx, todo.id.uuid())?;
    let mut changes = Changes::new();
    changes.set("title", &todo.title);
    audit::record(tx, who, "restore", Entity::Todo, todo.id.uuid(), todo.customer_id, changes)
}

fn drop_todo(tx: &mut Tx<'_>, who: &Principal, mut todo: Todo) -> Result<()> {
    todo.deleted_at = Some(who.now);
    todo.updated_at = who.now;
    todo.update(tx)?;
    let mut changes = Changes::new();
    changes.field("title", &Some(&todo.title), &None);
    audit::record(tx, who, "delete", Entity::Todo, todo.id.uuid(), todo.customer_id, changes)
}

/// A to-do can be changed by its owner, by who made it, and by who may change to-dos of the owner's department. Who
/// may merely see it is told so; to everybody else it does not exist.
fn changeable(tx: &mut Tx<'_>, who: &Arc<Principal>, id: TodoId, action: Action) -> Result<Todo> {
    let todo = Todo::find(tx, id)?.filter(|todo| todo.deleted_at.is_none()).ok_or_else(Error::not_found)?;
    if todo.created_by == who.user || reaches(tx, who, action, &todo)? {
        return Ok(todo);
    }
    let seen = reaches(tx, who, Action::Read, &todo)? || of_seen_customer(tx, who, &todo)?;
    Err(if seen { Error::forbidden() } else { Error::not_found() })
}

fn reaches(tx: &mut Tx<'_>, who: &Principal, action: Action, todo: &Todo) -> Result<bool> {
    Ok(who.predicate(action, Entity::Todo).matches(tx, todo.id.uuid(), &|column| todo.column(column))?)
}

fn of_seen_customer(tx: &mut Tx<'_>, who: &Arc<Principal>, todo: &Todo) -> Result<bool> {
    match todo.customer_id {
        Some(customer) => sees(tx, who, customer),
        None => Ok(false),
    }
}

fn sees(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: Uuid) -> Result<bool> {
    match neighbours::visible_customer(tx, who, customer) {
        Ok(_) => Ok(true),
        Err(error) if error.status == 404 => Ok(false),
        Err(error) => Err(error),
    }
}

/// The to-dos that the asker may see: those of people they reach and those they made; and, when asked for one customer,
/// all of a customer that they may see.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Todo>, asked: &Asked) -> Result<List<TodoView>> {
    let who = grant.principal();
    let by_customer = match asked_customer(asked) {
        Some(customer) => sees(tx, who, customer)?,
        None => false,
    };
    let stands = Predicate::IsNull("deleted_at");
    let scope = if by_customer { stands } else { stands.and(own(who)) };
    let (rows, next) = LIST.page(tx, &scope, asked)?;
    let todos: Vec<Todo> = rows.into_iter().map(Todo::from_row).collect::<store::Result<_>>()?;
    Ok(List { items: views(tx, who, todos)?, next })
}

fn own(who: &Principal) -> Predicate {
    match who.predicate(Action::Read, Entity::Todo) {
        Predicate::All => Predicate::All,
        reached => Predicate::Any(vec![reached, Predicate::eq("created_by", who.user)]),
    }
}

fn asked_customer(asked: &Asked) -> Option<Uuid> {
    let one = asked.filters.iter().find(|filter| filter.field == "customer" && filter.op == Op::Eq)?;
    one.value.as_str()?.parse().ok()
}

/// How urgent these to-dos are.
pub fn priorities(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Priority>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tx.query(&PRIORITIES, &[&store::Ids(ids)])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn view_one(tx: &mut Tx<'_>, who: &Principal, todo: Todo) -> Result<TodoView> {
    views(tx, who, vec![todo])?.pop().ok_or_else(Error::not_found)
}

fn views(tx: &mut Tx<'_>, who: &Principal, todos: Vec<Todo>) -> Result<Vec<TodoView>> {
    let customers: HashSet<Uuid> = todos.iter().filter_map(|todo| todo.customer_id).collect();
    let customers = neighbours::customer_names(tx, who, customers)?;
    let view = |todo: Todo| {
        Ok(TodoView {
            id: todo.id,
            title: todo.title,
            customer: todo.customer_id.map(|id| NamedRecord::from_map(id, &customers)),
            interaction_id: todo.interaction_id,
            owner: names::user(tx, todo.owner_id.uuid())?,
            created_by: todo.created_by,
            priority: todo.priority,
            due_at: todo.due_at,
            remind_at: todo.remind_at,
            done: todo.done,
            done_at: todo.done_at,
            created_at: todo.created_at,
            version: todo.version,
        })
    };
    todos.into_iter().map(view).collect()
}
