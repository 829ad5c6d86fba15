use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::jobs::Job;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Ids, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::act::Act;
use super::job;
use super::model::{Bulk, BulkRow, BulkState, RowState};
use super::selection::{Only, Selection};
use crate::customers::reach;
use crate::customers::service;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};

const LIST: ListSpec = ListSpec {
    table: "bulk_change",
    columns: Bulk::COLUMNS,
    fields: &[Field::new("created_at", Kind::Instant).sortable()],
    default_sort: "-created_at",
};

const ROWS: ListSpec = ListSpec {
    table: "bulk_row",
    columns: BulkRow::COLUMNS,
    fields: &[Field::new("position", Kind::Integer).sortable(), Field::new("state", Kind::Word)],
    default_sort: "position",
};

store::statements! {
    NAMES = "select id, name from customer where id in among($1)";
}

/// A change of many customers that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBulk {
    pub selection: Selection,
    pub act: Act,
}

/// How a change of many customers stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BulkChange)]
pub struct BulkView {
    pub id: Uuid,
    pub act: Act,
    /// The colleague or department that the customers were handed over to.
    pub to: Option<String>,
    pub state: BulkState,
    /// What works on it, or worked on it last.
    pub job_id: Option<Uuid>,
    /// The code of what ended its job before it was done.
    pub failed: Option<String>,
    /// Customers that are meant, known when all have been noted.
    pub found: i64,
    pub changed: i64,
    pub already: i64,
    pub refused: i64,
    /// Those that have been taken back, and those that could not be.
    pub undone: i64,
    pub kept: i64,
    pub asked_by: Named,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// Until then it can be taken back.
    #[schema(value_type = String, format = DateTime)]
    pub undo_until: Timestamp,
    pub can_undo: bool,
    /// Its job ended before it was done, and it can be gone on with.
    pub can_resume: bool,
}

/// What became of one of the customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BulkRow)]
pub struct RowView {
    pub id: Uuid,
    /// Without a name for a customer that the asker may not see any more.
    pub customer: BulkCustomer,
    pub state: RowState,
    /// Why it was refused, or could not be taken back.
    pub code: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkCustomer {
    pub id: Uuid,
    pub name: Option<String>,
}

/// Begins a change of many customers: from now on a job does it.
pub fn start(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Customer>, new: &NewBulk) -> Result<BulkView> {
    let who = grant.principal();
    new.act.check(tx, who)?;
    let mut question = new.selection.question(None, who.now)?;
    question.asked.page.limit = 1;
    service::rows::<Only>(tx, &who.grant()?, &question)?;
    let mut bulk = Bulk {
        id: Uuid::now_v7(),
        asked_by: who.user,
        act: serde_json::to_value(&new.act)?,
        selection: serde_json::to_value(&new.selection)?,
        state: BulkState::Gathering,
        cursor: None,
        job_id: None,
        found: 0,
        changed: 0,
        already: 0,
        refused: 0,
        undone: 0,
        kept: 0,
        created_at: who.now,
        finished_at: None,
        undone_at: None,
        tidied_at: None,
    };
    bulk.job_id = Some(job::enqueue(tx, who, &bulk)?);
    bulk.insert(tx)?;
    audited(tx, who, "bulk_start", &bulk)?;
    view(tx, who, bulk)
}

/// Begins to take it back. Only whoever made it can, within a day.
pub fn undo(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Customer>, id: Uuid) -> Result<BulkView> {
    let who = grant.principal();
    let mut bulk = own(tx, who, id)?;
    let failed = failure(tx, &bulk)?;
    if let Some(code) = refused(who, &bulk, failed.as_deref()) {
        return Err(Error::conflict(code));
    }
    (bulk.state, bulk.undone_at) = (BulkState::Undoing, bulk.undone_at.or(Some(who.now)));
    bulk.job_id = Some(job::enqueue(tx, who, &bulk)?);
    bulk.update(tx)?;
    audited(tx, who, "bulk_undo", &bulk)?;
    view(tx, who, bulk)
}

/// Goes on with it where its job ended before it was done. Only whoever made it can, with the rights they have now.
pub fn resume(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Customer>, id: Uuid) -> Result<BulkView> {
    let who = grant.principal();
    let mut bulk = own(tx, who, id)?;
    let failed = failure(tx, &bulk)?;
    if !goes_on(&bulk, failed.as_deref()) {
        return Err(Error::conflict("bulk.not_stopped"));
    }
    serde_json::from_value::<Act>(bulk.act.clone())?.check(tx, who)?;
    bulk.job_id = Some(job::enqueue(tx, who, &bulk)?);
    bulk.update(tx)?;
    audited(tx, who, "bulk_resume", &bulk)?;
    view(tx, who, bulk)
}

/// Whether there is something left to be done that nobody does: customers that wait, each of which is done once.
fn goes_on(bulk: &Bulk, failed: Option<&str>) -> bool {
    failed.is_some() && bulk.tidied_at.is_none() && matches!(bulk.state, BulkState::Gathering | BulkState::Running)
}

/// Why it cannot be taken back now. Taking back that ended before it was done goes on, until it is forgotten what stood
/// there before.
fn refused(who: &Principal, bulk: &Bulk, failed: Option<&str>) -> Option<&'static str> {
    match (bulk.state, failed) {
        (BulkState::Undone, _) | (BulkState::Undoing, None) => Some("bulk.undone"),
        (BulkState::Undoing, Some(_)) => bulk.tidied_at.is_some().then_some("bulk.too_late"),
        (BulkState::Gathering | BulkState::Running, None) => Some("bulk.running"),
        _ => (who.now > bulk.undo_until()).then_some("bulk.too_late"),
    }
}

/// What ended its job before it was done.
pub fn failure(tx: &mut Tx<'_>, bulk: &Bulk) -> Result<Option<String>> {
    let Some(job) = bulk.job_id else { return Ok(None) };
    Ok(Job::find(tx, job)?.and_then(crate::platform::jobs::failure))
}

/// The changes that the asker has made, newest first.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, asked: &Asked) -> Result<List<BulkView>> {
    let who = grant.principal();
    let (rows, next) = LIST.page(tx, &Predicate::eq("asked_by", who.user), asked)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(tx, who, Bulk::from_row(row)?)?);
    }
    Ok(List { items, next })
}

pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Uuid) -> Result<BulkView> {
    let who = grant.principal();
    let bulk = own(tx, who, id)?;
    view(tx, who, bulk)
}

/// What became of each customer.
pub fn rows(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Uuid, asked: &Asked) -> Result<List<RowView>> {
    let who = grant.principal();
    let bulk = own(tx, who, id)?;
    let (rows, next) = ROWS.page(tx, &Predicate::eq("bulk_id", bulk.id), asked)?;
    let rows = rows.into_iter().map(BulkRow::from_row).collect::<store::Result<Vec<_>>>()?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
    let seen = service::among(tx, &reach::register(who, Action::Read, Entity::Customer), ids)?;
    let names: HashMap<Uuid, String> = tx
        .query(&NAMES, &[&Ids(&seen)])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<store::Result<_>>()?;
    let item = |row: BulkRow| RowView {
        id: row.id,
        customer: BulkCustomer { id: row.customer_id, name: names.get(&row.customer_id).cloned() },
        state: row.state,
        code: row.code,
    };
    Ok(List { items: rows.into_iter().map(item).collect(), next })
}

/// Whoever asked for it, and nobody else, sees what became of it.
fn own(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Bulk> {
    Bulk::find(tx, id)?.filter(|bulk| bulk.asked_by == who.user).ok_or_else(Error::not_found)
}

fn view(tx: &mut Tx<'_>, who: &Principal, bulk: Bulk) -> Result<BulkView> {
    let act: Act = serde_json::from_value(bulk.act.clone())?;
    let failed = failure(tx, &bulk)?;
    Ok(BulkView {
        to: match &act {
            Act::Owner { owner_id, .. } => Some(names::user(tx, *owner_id)?.name),
            Act::Department { department_id, .. } => Some(names::department(tx, *department_id)?.name),
            _ => None,
        },
        can_undo: bulk.changed > 0 && refused(who, &bulk, failed.as_deref()).is_none(),
        can_resume: goes_on(&bulk, failed.as_deref()),
        id: bulk.id,
        act,
        state: bulk.state,
        job_id: bulk.job_id,
        failed,
        found: bulk.found,
        changed: bulk.changed,
        already: bulk.already,
        refused: bulk.refused,
        undone: bulk.undone,
        kept: bulk.kept,
        asked_by: names::user(tx, bulk.asked_by.uuid())?,
        created_at: bulk.created_at,
        finished_at: bulk.finished_at,
        undo_until: bulk.undo_until(),
    })
}

/// The audit of the whole; each customer has an entry of its own.
pub fn audited(tx: &mut Tx<'_>, who: &Principal, action: &str, bulk: &Bulk) -> Result<()> {
    let chosen = ids(&bulk.selection);
    let told = json!({
        "act": bulk.act["act"], "filter": bulk.selection["filter"], "chosen": chosen, "found": bulk.found,
        "changed": bulk.changed, "refused": bulk.refused, "undone": bulk.undone, "kept": bulk.kept,
    });
    audit::record(tx, who, action, Entity::Customer, bulk.id, None, told)
}

fn ids(selection: &Json) -> Option<usize> {
    selection["ids"].as_array().map(Vec::len)
}
