//! What would become of the rows: each by itself, with all that is wrong with it, before anything is written.

use std::fs::File;

use documents::table::TableSource;
use serde::Serialize;
use store::{Db, Tx};
use utoipa::ToSchema;

use super::convert::Reading;
use super::existing::{Book, Keys};
use super::model::{Import, Problem};
use super::prepare;
use super::raw::RawRow;
use super::service::ImportCounts;
use super::source;
use super::values::Level;
use super::write::Batch;
use crate::kernel::{Error, Principal, Result};

/// Rows that are looked at; a dry run looks at all.
pub const CHECKED_MOST: u64 = 10_000;
/// Rows shown from the top, and rows with problems wherever they are.
const SHOWN_FIRST: usize = 20;
const SHOWN_REFUSED: usize = 180;
const SHOWN_WARNED: usize = 50;
const CELL_CHARS: usize = 200;
const AT_ONCE: usize = 500;

/// Rows as they are and what is wrong with them. Each row is judged by itself: rows of one customer count one by one.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub struct Preview {
    /// The first rows, and then those with problems.
    pub rows: Vec<PreviewRow>,
    pub counts: ImportCounts,
    /// How many rows were looked at.
    pub checked: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub struct PreviewRow {
    /// As the spreadsheet program shows it.
    pub row: u64,
    pub cells: Vec<String>,
    pub problems: Vec<Problem>,
}

/// Looks at the rows of an import on this thread.
pub fn preview(db: &Db, who: &Principal, import: &Import, reading: &Reading, file: File) -> Result<Preview> {
    let mut file = TableSource::open(file, source::limits()).map_err(source::refused)?;
    let mut preview = Preview::default();
    let mut keys: Vec<Keys> = Vec::with_capacity(AT_ONCE);
    for row in source::data(&mut file, import.sheet as usize, import.heading_row as u64)? {
        if preview.checked == CHECKED_MOST {
            break;
        }
        let row = RawRow::from(row?);
        keys.extend(preview.look_at(who, reading, row)?);
        if keys.len() >= AT_ONCE {
            preview.count_known(db, &mut keys)?;
        }
    }
    preview.count_known(db, &mut keys)?;
    Ok(preview)
}

impl Preview {
    /// Answers what tells the customer of the row from others, if the row would be taken.
    fn look_at(&mut self, who: &Principal, reading: &Reading, row: RawRow) -> Result<Option<Keys>> {
        self.checked += 1;
        // A row below merged cells belongs to the customer above it.
        let continues = reading.identity(&row).continues();
        let mut problems = reading.draft(&row).problems;
        let mut batch = Batch::default();
        if continues {
            problems.retain(|problem| problem.code != "name.required");
        } else {
            prepare::customer(who, reading, std::slice::from_ref(&row), &mut batch)?;
        }
        let fresh = batch.refused.into_iter().flat_map(|(_, problems)| problems);
        let fresh: Vec<Problem> = fresh.filter(|problem| !problems.contains(problem)).collect();
        problems.extend(fresh);
        match problems.iter().any(Problem::is_error) {
            true => self.counts.rejected += 1,
            false => self.counts.valid += 1,
        }
        self.show(row, problems);
        Ok(batch.ready.pop().map(|ready| ready.keys))
    }

    fn show(&mut self, row: RawRow, problems: Vec<Problem>) {
        let worst = |problems: &[Problem]| problems.iter().map(|problem| problem.level).max();
        let level = worst(&problems);
        let alike = self.rows.iter().filter(|row| worst(&row.problems) == level).count();
        let most = match level {
            Some(Level::Error) => SHOWN_REFUSED,
            Some(Level::Warning) => SHOWN_WARNED,
            None => 0,
        };
        let shown = self.checked <= SHOWN_FIRST as u64 || alike < most;
        if shown {
            let cells = row.cells.iter().map(|cell| cell.chars().take(CELL_CHARS).collect()).collect();
            self.rows.push(PreviewRow { row: row.number, cells, problems });
        }
    }

    /// Counts those whose customer is in the book already.
    fn count_known(&mut self, db: &Db, keys: &mut Vec<Keys>) -> Result<()> {
        let asked = std::mem::take(keys);
        let count = move |tx: &mut Tx<'_>| {
            let book = Book::load(tx, asked.iter())?;
            Ok::<_, Error>(asked.iter().filter(|keys| book.find(keys).is_some()).count() as i64)
        };
        let known = db.read_blocking(count)?;
        self.counts.duplicates += known;
        Ok(())
    }
}
