//! The run of an import. One thread reads, merges and seals; this one hands batches to the writer, each with the count
//! of rows that are done when it is written. A run that follows a crash goes on after the last batch that was written.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use documents::table::TableSource;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::{Tx, search};
use uuid::Uuid;

use super::convert::{Around, Reading};
use super::existing::Book;
use super::model::{CLEAR_PROBLEMS, Import, State, Subject};
use super::people::People;
use super::plan::Plan;
use super::prepare;
use super::raw::AT_ONCE_BYTES;
use super::service::ImportCounts;
use super::source;
use super::write::{self, About, Batch};
use crate::customers::basis::EntryBasis;
use crate::customers::{cooperation, duplicates, facts, quality};
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::audit;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};
use crate::platform::settings;

pub const KIND: &str = "customers.import";

/// Rows of a batch. Few enough that whoever saves something waits for an eighth of a second at most; with more of them
/// pages that many rows touch are written less often.
const BATCH_ROWS: usize = 1_000;
/// Batches that wait, ready, for the writer.
const AHEAD: usize = 2;
/// Left to people between two batches; what they sent in the meantime stands before the next one in any case.
const PAUSE: Duration = Duration::from_millis(1);
/// A dry run remembers so many keys of customers that it would have made; of a longer sheet, doubles within it may
/// show only in the run itself.
const SEEN_MOST: usize = 600_000;

/// So many new customers leave a search index in which searching takes noticeably longer.
const TIDY_FROM: i64 = 10_000;

store::statements! {
    FRESH = "update customer_import set done = 0, accepted = 0, skipped = 0, rejected = 0, created = 0, updated = 0,
        contacts = 0 where id = $1";
    END = "update customer_import set state = $2, finished_at = $3 where id = $1";
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run);
}

pub fn payload(import: Uuid, dry_run: bool) -> Value {
    json!({ "import": import, "dry_run": dry_run })
}

fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let id: Uuid = serde_json::from_value(payload["import"].clone())?;
    let dry_run = payload["dry_run"] == json!(true);
    let import = context.read(move |tx, who| Import::of(tx, who, id))?;
    if import.job_id != Some(context.id()) {
        return Err(Error::conflict("import.superseded"));
    }
    if !matches!(import.state, State::Checking | State::Importing) {
        return Ok(result(&import));
    }
    if dry_run {
        context.step(0, import.row_count, move |tx, _| fresh(tx, id))?;
    }
    match import.subject {
        Subject::Customer => bring_customers(context, &import, dry_run)?,
        Subject::Cooperation => cooperation::import::run(context, &import, dry_run)?,
    }
    let total = import.row_count;
    let import = context.step(total, total, move |tx, who| end(tx, who, id, dry_run))?;
    if import.created >= TIDY_FROM && import.subject == Subject::Customer {
        while context.step(total, total, |tx, _| Ok(search::tidy(tx)?))? {}
    }
    Ok(result(&import))
}

fn bring_customers(context: &JobContext, import: &Import, dry_run: bool) -> Result<()> {
    let (who, reading) = context.read({
        let import = import.clone();
        move |tx, who| Ok((Arc::clone(who), reading(tx, who, &import)?))
    })?;
    let mut file = TableSource::open(context.files.read(&import.digest)?, source::limits()).map_err(source::refused)?;
    let plan = Plan::read(&mut file, import.place(), &reading, usize::MAX)?;
    let done = if dry_run { 0 } else { import.done };
    let about = About {
        import: import.id,
        file: import.file_name.clone(),
        duplicates: import.duplicates,
        dry_run,
        basis: import.basis()?.unwrap_or_else(EntryBasis::usual),
    };
    write_all(context, &who, &reading, (&plan, plan.after_rows(done as usize)), &Arc::new(about))
}

/// How rows are read, from what the import says and who is asking.
pub fn reading(tx: &mut Tx<'_>, who: &Principal, import: &Import) -> Result<Reading> {
    let people = Arc::new(People::load(tx, who)?);
    let asker = people.asker(who);
    let zone = TimeZone::get(&settings::get(tx)?.time_zone).map_err(Error::internal)?;
    let added = Arc::clone(&who.permissions.custom);
    let may_grade =
        who.edits(Entity::Customer, "grade") && who.permissions.reach(Action::Approve, Entity::Customer).is_some();
    let around = Around { people, added, asker, may_grade, zone, now: who.now };
    Reading::new(&import.columns()?, import.duplicates, &import.defaults()?, around)
}

fn fresh(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.execute(&CLEAR_PROBLEMS, &[&id])?;
    tx.execute(&FRESH, &[&id])?;
    Ok(())
}

fn write_all(
    context: &JobContext,
    who: &Arc<Principal>,
    reading: &Reading,
    (plan, from): (&Plan, usize),
    about: &Arc<About>,
) -> Result<()> {
    let (to, batches) = sync_channel(AHEAD);
    thread::scope(|scope| {
        let reader = thread::Builder::new().name("import-reader".to_owned());
        reader.spawn_scoped(scope, move || read_batches(who, reading, plan, from, &to)).map_err(Error::internal)?;
        write_batches(context, plan.rows() as i64, about, batches)
    })
}

fn read_batches(who: &Principal, reading: &Reading, plan: &Plan, from: usize, to: &SyncSender<Result<Batch>>) {
    let mut at = from;
    while at < plan.customers() {
        let batch = next_batch(who, reading, plan, &mut at, BATCH_ROWS);
        let failed = batch.is_err();
        if to.send(batch).is_err() || failed {
            return;
        }
    }
}

/// The customers from `at` on, until they have as many rows as asked for, or much text.
pub fn next_batch(who: &Principal, reading: &Reading, plan: &Plan, at: &mut usize, rows: usize) -> Result<Batch> {
    let first = plan.rows_before(*at);
    let mut batch = Batch::default();
    let mut bytes = 0;
    while *at < plan.customers() && plan.rows_before(*at) < first + rows && bytes < AT_ONCE_BYTES as u64 {
        bytes += plan.bytes(*at);
        prepare::customer(who, reading, &plan.customer(*at)?, &mut batch)?;
        *at += 1;
    }
    batch.done = plan.rows_before(*at) as i64;
    Ok(batch)
}

fn write_batches(context: &JobContext, total: i64, about: &Arc<About>, batches: Receiver<Result<Batch>>) -> Result<()> {
    let seen = Arc::new(Mutex::new(Book::default()));
    for batch in batches {
        let batch = Arc::new(batch?);
        let done = batch.done;
        let written = context.step(done, total, {
            let (about, seen) = (Arc::clone(about), Arc::clone(&seen));
            move |tx, who| write::write(tx, who, &about, &batch, &seen.lock().unwrap_or_else(PoisonError::into_inner))
        })?;
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (keys, known) in written.made {
            if seen.keys() < SEEN_MOST {
                seen.add(&keys, known);
            }
        }
        drop(seen);
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Ends the run: the fact that other rooms plan by, and the audit of the import as a whole.
fn end(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid, dry_run: bool) -> Result<Import> {
    let state = if dry_run { State::Checked } else { State::Done };
    tx.execute(&END, &[&id, &state, &who.now])?;
    let import = Import::of(tx, who, id)?;
    if dry_run {
        return Ok(import);
    }
    let count = import.created + import.updated;
    let of_customers = import.subject == Subject::Customer;
    if count > 0 && of_customers {
        duplicates::after_import(tx, who, id)?;
        quality::after_import(tx, who, id)?;
        facts::publish(tx, who, facts::IMPORTED, (id, None), who.now, json!({ "count": count }))?;
    }
    let entry = json!({
        "file": import.file_name, "digest": import.digest, "duplicates": import.duplicates, "rows": import.row_count,
        "accepted": import.accepted, "skipped": import.skipped, "rejected": import.rejected, "created": import.created,
        "updated": import.updated, "contacts": import.contacts,
    });
    let entity = if of_customers { Entity::Customer } else { Entity::Cooperation };
    audit::record(tx, who, "imported", entity, id, None, entry)?;
    Ok(import)
}

fn result(import: &Import) -> Value {
    let ImportCounts { created, merged, updated, skipped, rejected } = import.counts();
    json!({
        "import": import.id, "dry_run": import.state == State::Checked, "rows": import.row_count,
        "accepted": import.accepted, "created": created, "merged": merged, "updated": updated, "skipped": skipped,
        "rejected": rejected, "contacts": import.contacts,
    })
}
