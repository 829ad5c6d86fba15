//! Lists on their way out: pages of cells become rows of a file as they are read, so memory does not grow with the list,
//! and no cell becomes a formula.

use std::fs::File;
use std::io::BufWriter;

use documents::mark::hide;
use documents::table::{self, Column, Out, TableWriter};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mark::Mark;
use super::service::{Begun, Leaving, begin, release, released_by};
use crate::kernel::{Entity, Error, Result};
use crate::platform::jobs::JobContext;
use crate::platform::settings;

/// What Excel's own format holds.
const XLSX_ROWS: u64 = 1_048_575;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Zh,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    pub fn table(self) -> table::Format {
        match self {
            Self::Xlsx => table::Format::Xlsx,
            Self::Csv => table::Format::Csv,
        }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Integer(i64),
    Number(f64),
    Fen(i64),
    Date(Date),
    DateTime(DateTime),
}

impl Cell {
    pub fn text(value: &str) -> Self {
        if value.is_empty() { Self::Empty } else { Self::Text(value.to_owned()) }
    }

    pub fn maybe(value: &Option<String>) -> Self {
        value.as_deref().map_or(Self::Empty, Self::text)
    }

    fn out(&self) -> Out<'_> {
        match self {
            Self::Empty => Out::Empty,
            Self::Text(text) => Out::Text(text),
            Self::Integer(number) => Out::Integer(*number),
            Self::Number(number) => Out::Number(*number),
            Self::Fen(fen) => Out::Fen(*fen),
            Self::Date(date) => Out::Date(*date),
            Self::DateTime(at) => Out::DateTime(*at),
        }
    }
}

/// How cells are written.
#[derive(Clone, Debug)]
pub struct Style {
    pub language: Language,
    pub zone: TimeZone,
}

impl Style {
    /// In this language, by the company's clock.
    pub fn of(tx: &mut Tx<'_>, language: Language) -> Result<Self> {
        let zone = TimeZone::get(&settings::get(tx)?.time_zone).map_err(Error::internal)?;
        Ok(Self { language, zone })
    }

    pub fn word<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.language == Language::Zh { zh } else { en }
    }

    pub fn at(&self, instant: Option<jiff::Timestamp>) -> Cell {
        instant.map_or(Cell::Empty, |at| Cell::DateTime(at.to_zoned(self.zone.clone()).datetime()))
    }
}

/// 客户-2026-11-23-DC-7K2M9-Q4XTB.xlsx
pub fn dated_name(context: &JobContext, style: &Style, (title, mark): (&str, &Mark), extension: &str) -> String {
    let day = context.now().to_zoned(style.zone.clone()).date();
    format!("{title}-{day}-{}.{extension}", mark.code)
}

/// The name of a column.
#[derive(Clone, Debug)]
pub struct Heading {
    pub text: String,
    /// What stands under it is read, not compared: in long texts the mark of the file is hidden.
    pub prose: bool,
}

/// Of rows with long texts, each of so many has the mark hidden in them: enough for a part of the list to have it.
const HIDDEN_EVERY: u64 = 5;

/// A page of rows, and the cursor of the next one.
pub type PageOfCells = (Vec<Vec<Cell>>, Option<String>);

/// A list that goes out.
pub struct Table<'a> {
    pub format: Format,
    pub style: &'a Style,
    /// What the file is called, before the day and its number.
    pub title: &'a str,
    pub headings: &'a [Heading],
    pub entity: Entity,
    /// Whose it is, where it is about one customer.
    pub customer: Option<Uuid>,
    /// What it is for, where its owner has said so beforehand.
    pub purpose: Option<&'a str>,
    /// What the audit is told: what was asked for.
    pub told: Value,
}

/// How a job begins that takes something out.
pub enum Start {
    Anew(Begun),
    /// It let its file out before it was begun anew: what came of it.
    Over(Value),
}

/// Begins the job, before it reads anything.
pub fn start(context: &JobContext, style: &Style) -> Result<Start> {
    let (job, style) = (context.id(), style.clone());
    context.read(move |tx, who| {
        Ok(match released_by(tx, who, job)? {
            Some((released, rows)) => Start::Over(released.told(rows)),
            None => Start::Anew(begin(tx, who, &style, Some(job))?),
        })
    })
}

/// The whole of a job that takes a list out: writes it page by page with its mark, lets it out in one step, and says what
/// came of it.
pub fn take_out(
    context: &JobContext,
    table: Table<'_>,
    page: impl FnMut(Option<&str>) -> Result<PageOfCells>,
) -> Result<Value> {
    let Table { format, style, title, headings, entity, customer, purpose, told } = table;
    let begun = match start(context, style)? {
        Start::Anew(begun) => begun,
        Start::Over(told) => return Ok(told),
    };
    let (mut page, mut rows) = (page, 0);
    let blob = context.files.put_with(|file| {
        rows = write_table(context, file, format, (headings, &begun.mark), &mut page)?;
        Ok(())
    })?;
    let (rows, table) = (rows as i64, format.table());
    let name = dated_name(context, style, (title, &begun.mark), table.as_str());
    let purpose = purpose.map(str::to_owned);
    let released = context.step(rows, rows, move |tx, who| {
        let (blob, begun, media_type, told) = (&blob, &begun, table.media_type(), told.clone());
        let purpose = purpose.as_deref();
        release(tx, who, Leaving { blob, name: &name, media_type, begun, entity, rows, customer, purpose, told })
    })?;
    Ok(released.told(rows))
}

/// Writes a list page by page, telling how far it is; answers how many rows there were.
///
/// # Errors
/// What reading a page answers; 413 when there is more than the format holds.
fn write_table(
    context: &JobContext,
    file: &mut File,
    format: Format,
    (headings, mark): (&[Heading], &Mark),
    mut page: impl FnMut(Option<&str>) -> Result<PageOfCells>,
) -> Result<u64> {
    let columns: Vec<_> = headings.iter().map(|heading| Column::new(&heading.text)).collect();
    let failed = |error: table::TableError| Error::internal(error.to_string());
    let mut table = TableWriter::new(format.table(), BufWriter::new(file), &columns).map_err(failed)?.marked(mark);
    let (mut cursor, mut rows) = (None::<String>, 0);
    loop {
        let (lines, next) = page(cursor.as_deref())?;
        for cells in &lines {
            if format == Format::Xlsx && rows == XLSX_ROWS {
                return Err(Error::new(413, "export.too_many_rows").detail("choose csv, or a narrower filter"));
            }
            let marked = if rows % HIDDEN_EVERY == 0 { with_mark(cells, headings, mark) } else { Vec::new() };
            let cells = if marked.is_empty() { cells } else { &marked };
            table.row(&cells.iter().map(Cell::out).collect::<Vec<_>>()).map_err(failed)?;
            rows += 1;
        }
        context.progress(rows as i64, 0)?;
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    table.finish().map_err(failed)?;
    Ok(rows)
}

/// The row with the mark hidden in what is read of it.
fn with_mark(cells: &[Cell], headings: &[Heading], mark: &Mark) -> Vec<Cell> {
    let marked = |(cell, heading): (&Cell, &Heading)| match cell {
        Cell::Text(text) if heading.prose => Cell::Text(hide(text, &mark.code)),
        other => other.clone(),
    };
    cells.iter().zip(headings).map(marked).collect()
}
