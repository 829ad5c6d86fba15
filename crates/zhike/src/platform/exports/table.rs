//! Lists on their way out: pages of cells become rows of a file as they are read, so memory does not grow with the list,
//! and no cell becomes a formula.

use std::fs::File;
use std::io::BufWriter;

use documents::table::{self, Column, Out, TableWriter};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use crate::kernel::{Error, Result};
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

/// 客户-2026-11-23.xlsx
pub fn dated_name(context: &JobContext, style: &Style, title: &str, extension: &str) -> String {
    let day = context.now().to_zoned(style.zone.clone()).date();
    format!("{title}-{day}.{extension}")
}

/// A page of rows, and the cursor of the next one.
pub type PageOfCells = (Vec<Vec<Cell>>, Option<String>);

/// Writes a list page by page, telling how far it is; answers how many rows there were.
///
/// # Errors
/// What reading a page answers; 413 when there is more than the format holds.
pub fn write_table(
    context: &JobContext,
    file: &mut File,
    format: Format,
    headings: &[String],
    mut page: impl FnMut(Option<&str>) -> Result<PageOfCells>,
) -> Result<u64> {
    let headings: Vec<_> = headings.iter().map(Column::new).collect();
    let failed = |error: table::TableError| Error::internal(error.to_string());
    let mut table = TableWriter::new(format.table(), BufWriter::new(file), &headings).map_err(failed)?;
    let (mut cursor, mut rows) = (None::<String>, 0);
    loop {
        let (lines, next) = page(cursor.as_deref())?;
        for cells in &lines {
            if format == Format::Xlsx && rows == XLSX_ROWS {
                return Err(Error::new(413, "export.too_many_rows").detail("choose csv, or a narrower filter"));
            }
            let cells: Vec<Out<'_>> = cells.iter().map(Cell::out).collect();
            table.row(&cells).map_err(failed)?;
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
