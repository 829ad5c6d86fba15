//! The run of an import: batches of rows, each in one transaction with the count of rows that are done, so that a run
//! that follows a crash goes on after the last of them.

use std::sync::{Arc, Mutex, PoisonError};

use documents::table::TableSource;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::read::{Reading, Said};
use super::treat::{Fate, treat};
use crate::customers::cooperation::service::{Seen, Taken, zone};
use crate::customers::import::model::{Import, Problem, RowProblems};
use crate::customers::import::raw;
use crate::customers::import::source;
use crate::customers::import::write::{Counts, advance};
use crate::kernel::permission::action;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Result};
use crate::platform::audit;
use crate::platform::grant::Principal;
use crate::platform::jobs::JobContext;

/// Rows of a batch. Few enough that whoever saves something waits for a moment only.
const BATCH_ROWS: usize = 200;

/// Brings the rows in that are not done yet, or only looks at them.
pub fn run(context: &JobContext, import: &Import, dry_run: bool) -> Result<()> {
    let id = import.id;
    let reading = context.read({
        let columns = import.columns()?;
        move |tx, _| Ok(Reading::new(&columns, zone(tx)?))
    })?;
    let mut source =
        TableSource::open(context.files.read(&import.digest)?, source::limits()).map_err(source::refused)?;
    let (sheet, heading_row) = import.place();
    let mut done = if dry_run { 0 } else { import.done };
    let seen = Arc::new(Mutex::new(Seen::new()));
    let mut rows = source::data(&mut source, sheet, heading_row)?.skip(done as usize);
    loop {
        let block = raw::block(&mut rows, BATCH_ROWS)?;
        if block.is_empty() {
            return Ok(());
        }
        done += block.len() as i64;
        let said: Vec<Said> = block.iter().map(|row| reading.read(row)).collect();
        let (zone, seen) = (reading.zone.clone(), Arc::clone(&seen));
        context.step(done, import.row_count, move |tx, who| {
            who.grant::<action::Import, entity::Cooperation>()?;
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let fates = treat(tx, who, &zone, &said, dry_run.then_some(&mut *seen))?;
            write(tx, who, (id, dry_run), done, &fates)
        })?;
    }
}

/// Notes down what became of the rows.
fn write(tx: &mut Tx<'_>, who: &Principal, (import, dry_run): (Uuid, bool), done: i64, fates: &[Fate]) -> Result<()> {
    let of = |taken| fates.iter().filter(|fate| fate.taken == taken).count() as i64;
    let (created, updated) = (of(Some(Taken::Created)), of(Some(Taken::Updated)));
    let counts = Counts {
        accepted: created + updated,
        skipped: of(Some(Taken::Known)),
        rejected: of(None),
        created,
        updated,
        contacts: 0,
    };
    for fate in fates.iter().filter(|fate| fate.taken.is_none()) {
        let errors: Vec<&Problem> = fate.problems.iter().filter(|problem| problem.is_error()).collect();
        let problems = serde_json::to_value(errors)?;
        RowProblems { import_id: import, row_number: fate.row as i64, problems }.insert(tx)?;
    }
    advance(tx, import, done, counts)?;
    if dry_run {
        return Ok(());
    }
    let entry = json!({
        "rows_done": done, "created": created, "updated": updated, "skipped": counts.skipped, "rejected": counts.rejected,
    });
    audit::record(tx, who, "import_rows", Entity::Cooperation, import, None, entry)
}
