//! The rows that were not taken, as a workbook: their cells as they were sent, and the reason in words. Corrected, it
//! can be imported as it is.

use std::fs::File;

use documents::table::{Column as Heading, Format, Out, TableSource, TableWriter};
use store::{Entity as _, Tx};

use super::model::{self, Import, Problem, RowProblems};
use super::{source, words};
use crate::kernel::permission::action::Import as Importing;
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Error, Grant, Result};
use uuid::Uuid;

pub const REASON: &str = "未导入原因";
const ROW: &str = "原行号";

/// Rows by number with the reason, in the order of the sheet.
pub struct Refused {
    pub import: Import,
    pub rows: Vec<(u64, String)>,
}

pub fn refused(tx: &mut Tx<'_>, grant: &Grant<Importing, Customer>, id: Uuid) -> Result<Refused> {
    let import = Import::of(tx, grant.principal(), id)?;
    let rows = RowProblems::all(tx, &model::PROBLEMS, &[&id])?;
    let reason = |row: RowProblems| {
        let problems: Vec<Problem> = serde_json::from_value(row.problems)?;
        Ok((row.row_number as u64, words::reason(&problems)))
    };
    Ok(Refused { rows: rows.into_iter().map(reason).collect::<Result<_>>()?, import })
}

/// Writes the workbook into `to`.
pub fn write(refused: &Refused, sheet: File, to: File) -> Result<()> {
    let columns = refused.import.columns()?;
    let width = columns.iter().map(|column| column.index + 1).max().unwrap_or(0);
    let mut headings: Vec<Heading> = vec![Heading::new(""); width];
    for column in columns {
        headings[column.index] = Heading::new(column.heading);
    }
    headings.extend([ROW, REASON].map(Heading::new));
    let mut writer = TableWriter::new(Format::Xlsx, to, &headings).map_err(source::refused)?;
    let mut sheet = TableSource::open(sheet, source::limits()).map_err(source::refused)?;
    let mut wanted = refused.rows.iter().peekable();
    let (at, heading_row) = refused.import.place();
    for row in source::data(&mut sheet, at, heading_row)? {
        let Some((number, reason)) = wanted.peek() else { break };
        let row = row?;
        if row.number != *number {
            continue;
        }
        wanted.next();
        let texts: Vec<_> = (0..width).map(|column| row.cell(column).text()).collect();
        let mut cells: Vec<Out<'_>> = texts.iter().map(|text| Out::Text(text)).collect();
        cells.extend([Out::Integer(*number as i64), Out::Text(reason)]);
        writer.row(&cells).map_err(source::refused)?;
    }
    writer.finish().map(drop).map_err(|error| Error::internal(error.to_string()))
}
