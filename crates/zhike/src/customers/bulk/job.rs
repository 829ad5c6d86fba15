//! Does it, some customers at a time. What was done to a customer and the note of it are one transaction, so a run that
//! was interrupted goes on with those that wait, and does none twice.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::jobs::NewJob;
use store::list::List;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::act::{Act, Verdict};
use super::model::{self, Bulk, BulkRow, BulkState, Outcome, RowState};
use super::selection::{Only, Selection};
use super::service::audited;
use super::tidy;
use crate::customers::service::{self, Home};
use crate::kernel::{Error, Result};
use crate::platform::custom::values;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};

const KIND: &str = "customers.bulk";
/// Customers of one batch: few enough that whoever saves something waits for a moment only.
const AT_ONCE: i64 = 20;

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run);
    registry.on(tidy::KIND, tidy::run).every(Duration::from_secs(3600), tidy::KIND);
}

/// The job that goes on with it, as whoever asked for it.
pub fn enqueue(tx: &mut Tx<'_>, who: &Principal, bulk: &Bulk) -> Result<Uuid> {
    let payload = json!({ "bulk": bulk.id });
    let asked_by = Some(bulk.asked_by.uuid());
    Ok(store::jobs::enqueue(tx, NewJob { kind: KIND, once_key: None, asked_by, payload, run_at: who.now })?)
}

fn run(context: &JobContext, payload: Json) -> Result<Json> {
    let id: Uuid = serde_json::from_value(payload["bulk"].clone())?;
    let bulk = context.read(move |tx, _| find(tx, id))?;
    if bulk.job_id != Some(context.id()) {
        return Err(Error::conflict("job.stopped"));
    }
    if bulk.state == BulkState::Gathering {
        gather(context, &bulk)?;
    }
    let (mut done, total) = context.read(move |tx, _| {
        let bulk = find(tx, id)?;
        Ok(match bulk.state {
            BulkState::Undoing => (bulk.undone + bulk.kept, bulk.changed),
            _ => (bulk.changed + bulk.already + bulk.refused, bulk.found),
        })
    })?;
    loop {
        done = (done + AT_ONCE).min(total);
        let bulk = context.step(done, total, move |tx, who| step(tx, who, id))?;
        if matches!(bulk.state, BulkState::Done | BulkState::Undone) {
            return Ok(json!({
                "bulk": id, "found": bulk.found, "changed": bulk.changed, "already": bulk.already,
                "refused": bulk.refused, "undone": bulk.undone, "kept": bulk.kept,
            }));
        }
    }
}

fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Bulk> {
    Bulk::find(tx, id)?.ok_or_else(Error::not_found)
}

/// Notes which customers are meant, page by page of what the asker's list finds.
fn gather(context: &JobContext, bulk: &Bulk) -> Result<()> {
    let selection: Selection = serde_json::from_value(bulk.selection.clone())?;
    let (id, at) = (bulk.id, bulk.created_at);
    let mut cursor = bulk.cursor.clone();
    loop {
        let page = context.read({
            let selection = selection.clone();
            move |tx, who| page(tx, who, &selection, cursor.as_deref(), at)
        })?;
        cursor = page.next.clone();
        context.step(0, 0, move |tx, _| noted(tx, id, &page))?;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

pub(super) fn page(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    selection: &Selection,
    cursor: Option<&str>,
    at: Timestamp,
) -> Result<List<Only>> {
    service::rows(tx, &who.grant()?, &selection.question(cursor, at)?)
}

pub(super) fn noted(tx: &mut Tx<'_>, id: Uuid, page: &List<Only>) -> Result<()> {
    let mut bulk = find(tx, id)?;
    for customer in &page.items {
        bulk.found += i64::from(model::note(tx, id, customer.id.uuid(), bulk.found)?);
    }
    bulk.cursor.clone_from(&page.next);
    if bulk.cursor.is_none() {
        bulk.state = BulkState::Running;
    }
    Ok(bulk.update(tx)?)
}

/// The next customers, or the end.
pub(super) fn step(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<Bulk> {
    let mut bulk = find(tx, id)?;
    let act: Act = serde_json::from_value(bulk.act.clone())?;
    let undoing = bulk.state == BulkState::Undoing;
    let rows = model::next(tx, id, if undoing { RowState::Changed } else { RowState::Waiting }, AT_ONCE)?;
    // Whoever has lost the right since is refused for each of them.
    let home = act.check(tx, who);
    for row in &rows {
        let state = match (undoing, &home) {
            (true, _) => put_back(tx, who, &act, row)?,
            (false, Ok(home)) => change(tx, who, (&act, *home), row)?,
            (false, Err(error)) => refuse(tx, row, code_of(error))?,
        };
        bulk.count(state);
    }
    if rows.is_empty() {
        bulk.state = if undoing { BulkState::Undone } else { BulkState::Done };
        if !undoing {
            bulk.finished_at = Some(who.now);
        }
        let action = if undoing { "bulk_undone" } else { "bulk_done" };
        audited(tx, who, action, &bulk)?;
    }
    bulk.update(tx)?;
    Ok(bulk)
}

/// Changes one customer, or notes why not.
fn change(tx: &mut Tx<'_>, who: &Arc<Principal>, (act, home): (&Act, Option<Home>), row: &BulkRow) -> Result<RowState> {
    let changed = tx.nested(|tx| {
        let customer = act.load(tx, who, row.customer_id)?;
        let id = customer.id.uuid();
        let held = values::of_customer(tx, who, id)?.remove(&id).unwrap_or_default();
        let outcome = match act.judge(who, home, &customer, &held)? {
            Verdict::Refused(code) => outcome(RowState::Refused, Some(code), None),
            Verdict::Already => outcome(RowState::Already, None, None),
            Verdict::Change { before, after } => {
                act.perform(tx, who, home, customer)?;
                outcome(RowState::Changed, None, Some((before, after)))
            }
        };
        model::done(tx, row, &outcome)?;
        Ok(outcome.state)
    });
    match changed {
        Err(error) if is_refusal(&error) => refuse(tx, row, code_of(&error)),
        changed => changed.map_err(another_time),
    }
}

fn outcome(state: RowState, code: Option<String>, written: Option<(Json, Json)>) -> Outcome {
    let (before, after) = written.unzip();
    Outcome { state, code, before, after }
}

fn refuse(tx: &mut Tx<'_>, row: &BulkRow, code: String) -> Result<RowState> {
    model::done(tx, row, &outcome(RowState::Refused, Some(code), None))?;
    Ok(RowState::Refused)
}

/// Takes back what was done to one customer, or notes why it stays.
fn put_back(tx: &mut Tx<'_>, who: &Arc<Principal>, act: &Act, row: &BulkRow) -> Result<RowState> {
    let written = row.before.as_ref().zip(row.after.as_ref());
    let written = written.ok_or_else(|| Error::internal("a change that was not noted"))?;
    let back = tx.nested(|tx| {
        let kept = act.put_back(tx, who, row.customer_id, written)?;
        let state = if kept.is_some() { RowState::Kept } else { RowState::Undone };
        model::put_back(tx, row, state, kept)?;
        Ok(state)
    });
    match back {
        Err(error) if is_refusal(&error) => {
            model::put_back(tx, row, RowState::Kept, Some(&code_of(&error)))?;
            Ok(RowState::Kept)
        }
        back => back.map_err(another_time),
    }
}

/// Whether the customer was at fault, rather than the moment: nobody has sent a version that could be old.
fn is_refusal(error: &Error) -> bool {
    error.status < 500 && !matches!(error.status, 412 | 429)
}

/// What the moment was to blame for goes better the next time, so the job is run again.
fn another_time(error: Error) -> Error {
    if error.status < 500 { Error::new(503, error.code) } else { error }
}

/// The most telling code of a refusal.
fn code_of(error: &Error) -> String {
    error.fields.first().map_or_else(|| error.code.to_owned(), |field| field.code.clone())
}
