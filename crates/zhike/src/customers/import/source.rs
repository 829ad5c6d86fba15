//! The sheet as it was sent: what it is, which row names the columns, and its rows.

use std::fs::File;

use documents::clean;
use documents::table::{Cell, Limits, Row, Rows, TableError, TableSource};

use super::headings::{self, Seen};
use super::model::{Column, Replacements, Subject};
use super::people::People;
use super::target::Target;
use crate::customers::cooperation::import::headings as deals;
use crate::kernel::{Error, Result};

/// Rows among which the headings are looked for; titles and remarks stand above them.
const HEADING_WITHIN: usize = 20;
/// Cells of a column that are looked at to tell what it holds.
const SNIFFED: usize = 100;
/// As much of a cell is looked at: a sheet may hold hundreds of columns of cells of 32,767 characters each.
const SNIFFED_CHARS: usize = 100;
const SAMPLES: usize = 4;
const SAMPLE_CHARS: usize = 60;
const HEADING_CHARS: usize = 100;

/// What was found out about a file.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub encoding: Option<&'static str>,
    pub delimiter: Option<&'static str>,
    pub sheets: Vec<String>,
    pub sheet: usize,
    pub heading_row: u64,
    pub rows: u64,
    pub columns: Vec<Column>,
}

/// What is needed to tell what the columns of a sheet of customers are.
pub struct Around {
    /// The labels of fields that the company has added.
    pub added: Vec<(String, Target)>,
    pub people: People,
}

impl Around {
    fn recognise(&self, subject: Subject, columns: &[Seen]) -> Vec<Option<Target>> {
        match subject {
            Subject::Customer => headings::recognise(columns, &self.added, &|name| self.people.is_colleague(name)),
            Subject::Cooperation => deals::recognise(columns),
        }
    }
}

/// How many of a row's cells are headings that we know.
fn known(subject: Subject) -> fn(&[String]) -> usize {
    match subject {
        Subject::Customer => headings::known,
        Subject::Cooperation => deals::known,
    }
}

/// The bounds of a sheet that is sent to us.
pub fn limits() -> Limits {
    Limits::default()
}

/// Reads the whole file once, within bounds, and recognises its columns. `sheet` counts from 0; without it the first
/// that is not hidden is read.
pub fn inspect(file: File, sheet: Option<usize>, subject: Subject, around: &Around) -> Result<Inspection> {
    let mut source = TableSource::open(file, limits()).map_err(refused)?;
    let info = source.info().clone();
    let sheet = sheet.unwrap_or(info.sheet);
    let mut seen = Columns::of(known(subject));
    for row in source.sheet_rows(sheet).map_err(refused)? {
        seen.take(row.map_err(refused)?);
    }
    seen.settle_heading();
    if seen.rows == 0 {
        return Err(Error::invalid("import.empty"));
    }
    let columns = seen.seen;
    let fields = around.recognise(subject, &columns);
    let column = |(index, (seen, field)): (usize, (Seen, _))| Column {
        index,
        heading: seen.heading.chars().take(HEADING_CHARS).collect(),
        field,
        samples: seen.samples.iter().take(SAMPLES).map(|sample| sample.chars().take(SAMPLE_CHARS).collect()).collect(),
        replacements: Replacements::new(),
    };
    let filled = |column: &Column| !column.heading.is_empty() || !column.samples.is_empty();
    Ok(Inspection {
        encoding: info.encoding.map(|encoding| encoding.as_str()),
        delimiter: info.delimiter.map(|delimiter| delimiter.as_str()),
        sheets: info.sheets.into_iter().map(|sheet| sheet.name).collect(),
        sheet,
        heading_row: seen.heading_row,
        rows: seen.rows,
        columns: columns.into_iter().zip(fields).enumerate().map(column).filter(filled).collect(),
    })
}

/// The rows below the headings.
pub fn data(source: &mut TableSource, sheet: usize, heading_row: u64) -> Result<impl Iterator<Item = Result<Row>>> {
    let rows: Rows<'_> = source.sheet_rows(sheet).map_err(refused)?;
    let below = move |row: &Result<Row, TableError>| row.as_ref().map_or(true, |row| row.number > heading_row);
    Ok(rows.filter(below).map(|row| row.map_err(refused)))
}

/// A file that cannot be read, in our terms.
#[track_caller]
pub fn refused(error: TableError) -> Error {
    let status = if error.code == documents::table::Code::TooLarge { 413 } else { 422 };
    let place = error.row.map(|row| format!(" (row {row})")).unwrap_or_default();
    let refusal = Error::new(status, error.code.as_str()).detail(format!("{}{place}", error.detail));
    if error.what.is_empty() { refusal } else { refusal.field("file", error.what) }
}

/// What is gathered on the way through the rows.
struct Columns {
    known: fn(&[String]) -> usize,
    /// The first rows, until it is known which of them names the columns.
    first: Vec<Row>,
    settled: bool,
    heading_row: u64,
    seen: Vec<Seen>,
    rows: u64,
}

impl Columns {
    fn of(known: fn(&[String]) -> usize) -> Self {
        Self { known, first: Vec::new(), settled: false, heading_row: 0, seen: Vec::new(), rows: 0 }
    }

    fn take(&mut self, row: Row) {
        if self.settled {
            return self.count(&row);
        }
        self.first.push(begin_of(row));
        if self.first.len() >= HEADING_WITHIN {
            self.settle_heading();
        }
    }

    /// The row with most known headings, or the first one; none if the first looks like a customer.
    fn settle_heading(&mut self) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let first = std::mem::take(&mut self.first);
        let score = |row: &Row| (self.known)(&texts(row));
        let best = first.iter().enumerate().max_by_key(|(at, row)| (score(row), std::cmp::Reverse(*at)));
        let Some((at, best)) = best else { return };
        let data_at = match score(best) {
            0 if first.first().is_some_and(is_data) => 0,
            0 => 1,
            _ => at + 1,
        };
        if let Some(heading) = data_at.checked_sub(1).and_then(|at| first.get(at)) {
            self.heading_row = heading.number;
            let named = |text: String| Seen { heading: clean::line(&text), samples: Vec::new() };
            self.seen = texts(heading).into_iter().map(named).collect();
        }
        first.iter().skip(data_at).for_each(|row| self.count(row));
    }

    fn count(&mut self, row: &Row) {
        self.rows += 1;
        if row.cells.len() > self.seen.len() {
            self.seen.resize_with(row.cells.len(), Seen::default);
        }
        for (seen, cell) in self.seen.iter_mut().zip(&row.cells) {
            if seen.samples.len() < SNIFFED && !cell.is_blank() {
                seen.samples.push(cell.text().trim().chars().take(SNIFFED_CHARS).collect());
            }
        }
    }
}

/// The row with as much of its cells as is looked at.
fn begin_of(mut row: Row) -> Row {
    for cell in &mut row.cells {
        if let Cell::Text(text) = cell {
            *text = text.trim_start().chars().take(SNIFFED_CHARS).collect();
        }
    }
    row
}

fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| cell.text().into_owned()).collect()
}

fn is_data(row: &Row) -> bool {
    texts(row).iter().any(|cell| super::sniff::look(std::slice::from_ref(cell)) != super::sniff::Look::Other)
}
