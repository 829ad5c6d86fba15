//! What would become of the rows, before anything is written.

use std::fs::File;
use std::sync::Arc;

use documents::table::TableSource;
use store::Db;

use super::read::{Reading, Said};
use super::treat::{named, treat};
use crate::customers::cooperation::service::{Seen, Taken};
use crate::customers::import::model::Import;
use crate::customers::import::preview::{CHECKED_MOST, ExistingCustomer, Outcome, Preview};
use crate::customers::import::raw;
use crate::customers::import::source;
use crate::kernel::{Error, Result};
use crate::platform::grant::Principal;

const AT_ONCE: usize = 500;

pub fn preview(db: &Db, who: &Arc<Principal>, import: &Import, reading: &Reading, file: File) -> Result<Preview> {
    let mut source = TableSource::open(file, source::limits()).map_err(source::refused)?;
    let (sheet, heading_row) = import.place();
    let mut preview = Preview::default();
    let mut seen = Seen::new();
    let mut rows = source::data(&mut source, sheet, heading_row)?.take(CHECKED_MOST);
    loop {
        let block = raw::block(&mut rows, AT_ONCE)?;
        if block.is_empty() {
            return Ok(preview);
        }
        let said: Vec<Said> = block.iter().map(|row| reading.read(row)).collect();
        let (who, zone, before) = (Arc::clone(who), reading.zone.clone(), std::mem::take(&mut seen));
        let (fates, names, after) = db.read_blocking(move |tx| {
            let mut seen = before.clone();
            let fates = treat(tx, &who, &zone, &said, Some(&mut seen))?;
            let names = named(tx, &fates)?;
            Ok::<_, Error>((fates, names, seen))
        })?;
        seen = after;
        for (row, fate) in block.into_iter().zip(fates) {
            let existing = fate.customer.and_then(|id| {
                let (number, name) = names.get(&id.uuid())?.clone();
                Some(ExistingCustomer { id: id.uuid(), number, name })
            });
            preview.show((row, Vec::new()), outcome(fate.taken), (None, existing), fate.problems);
        }
    }
}

pub fn outcome(taken: Option<Taken>) -> Outcome {
    match taken {
        None => Outcome::Rejected,
        Some(Taken::Created) => Outcome::Created,
        Some(Taken::Updated) => Outcome::Updated,
        Some(Taken::Known) => Outcome::Skipped,
    }
}
