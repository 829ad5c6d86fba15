//! The rows that were not taken, as a workbook: their cells as they were sent, and the reason in words. Corrected, it
//! can be imported as it is.

use std::fs::File;

use documents::table::{Column as Heading, Format, Out, Row, TableSource, TableWriter};
use store::{Db, Entity as _, Tx};

use super::model::{self, Import, Problem, RowProblems};
use super::{source, words};
use crate::kernel::permission::action::Import as Importing;
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Error, Result};
use crate::platform::grant::Grant;
use uuid::Uuid;

pub const REASON: &str = "未导入原因";
const ROW: &str = "原行号";

/// The import whose rows are asked for, by whoever may see it.
pub fn import(tx: &mut Tx<'_>, grant: &Grant<Importing, Customer>, id: Uuid) -> Result<Import> {
    Import::of(tx, grant.principal(), id)
}

/// The next rows that were refused, by number with the reason.
fn reasons(tx: &mut Tx<'_>, id: Uuid, after: u64) -> Result<Vec<(u64, String)>> {
    let rows = RowProblems::all(tx, &model::PROBLEMS, &[&id, &(after as i64)])?;
    let reason = |row: RowProblems| {
        let problems: Vec<Problem> = serde_json::from_value(row.problems)?;
        Ok((row.row_number as u64, words::reason(&problems)))
    };
    rows.into_iter().map(reason).collect()
}

/// Writes the workbook into `to`. Reasons are asked for as the sheet goes on: a large one has more than are kept in memory.
pub fn write(db: &Db, import: &Import, sheet: File, to: File) -> Result<()> {
    let id = import.id;
    let reasons = |after| db.read_blocking(move |tx| reasons(tx, id, after));
    let columns = import.columns()?;
    let width = columns.iter().map(|column| column.index + 1).max().unwrap_or(0);
    let mut headings: Vec<Heading> = vec![Heading::new(""); width];
    for column in columns {
        headings[column.index] = Heading::new(column.heading);
    }
    headings.extend([ROW, REASON].map(Heading::new));
    let mut writer = TableWriter::new(Format::Xlsx, to, &headings).map_err(source::refused)?;
    let mut sheet = TableSource::open(sheet, source::limits()).map_err(source::refused)?;
    let (at, heading_row) = import.place();
    let mut rows = source::data(&mut sheet, at, heading_row)?;
    let mut next = reasons(0)?;
    while let Some((last, _)) = next.last() {
        let last = *last;
        for (number, reason) in next {
            let here = |row: &Result<Row>| row.as_ref().map_or(true, |row| row.number == number);
            let Some(row) = rows.find(here).transpose()? else { break };
            let texts: Vec<_> = (0..width).map(|column| row.cell(column).text()).collect();
            let mut cells: Vec<Out<'_>> = texts.iter().map(|text| Out::Text(text)).collect();
            cells.extend([Out::Integer(number as i64), Out::Text(&reason)]);
            writer.row(&cells).map_err(source::refused)?;
        }
        next = reasons(last)?;
    }
    writer.finish().map(drop).map_err(|error| Error::internal(error.to_string()))
}
