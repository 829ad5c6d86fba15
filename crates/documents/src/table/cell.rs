//! What a table is made of.

use jiff::civil::{Date, DateTime};
use std::borrow::Cow;

/// One cell as the file holds it. A `.csv` has only `Empty` and `Text`; [`crate::clean`] makes values of text.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    /// `shown` is the number in plain digits, never in scientific notation while it is a whole number, and padded
    /// with the zeros that the cell's format shows. A phone typed as a number is read from here, not from `value`.
    Number {
        value: f64,
        shown: String,
    },
    Date(Date),
    DateTime(DateTime),
    Bool(bool),
}

impl Cell {
    /// The text that [`crate::clean`] works on: what was typed, plain digits, ISO dates, `true`/`false`.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number { shown, .. } => Cow::Borrowed(shown),
            Cell::Date(date) => Cow::Owned(date.to_string()),
            Cell::DateTime(at) => Cow::Owned(civil_text(*at)),
            Cell::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        }
    }

    /// Nothing, or nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.chars().all(|c| c.is_whitespace() || crate::clean::is_invisible(c)),
            _ => false,
        }
    }
}

/// `2026-11-03 14:30:00`, with the fraction only if there is one.
pub(crate) fn civil_text(at: DateTime) -> String {
    at.to_string().replacen('T', " ", 1)
}

/// Something wrong with one cell that does not stop the file: `cell.bad_bytes` (not readable in the file's encoding,
/// replaced by U+FFFD), `cell.error` (a formula that failed, such as `#N/A`), `cell.no_result` (a formula that was never
/// calculated, so the cell reads as empty), `cell.bad_value` (the file says number
/// or date, the content is neither; kept as text), `cell.unclosed_quote` (the file ends inside quotes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 0.
    pub column: usize,
    pub code: &'static str,
}

/// One row that holds something. Rows without any content are passed over, so numbers may skip.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// From 1, as the spreadsheet program shows it: a line break inside quotes does not count, a blank line does.
    pub number: u64,
    /// From column A, without blank cells at the end.
    pub cells: Vec<Cell>,
    pub problems: Vec<Problem>,
}

impl Row {
    /// The cell of a column from 0; beyond the end of the row it is empty.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    /// Puts a cell at its column, filling the gap before it.
    pub(crate) fn put(&mut self, column: usize, cell: Cell) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        self.cells[column] = cell;
    }

    pub(crate) fn problem(&mut self, column: usize, code: &'static str) {
        self.problems.push(Problem { column, code });
    }

    /// Drops blank cells at the end; false if nothing is left.
    pub(crate) fn trim(&mut self) -> bool {
        while self.cells.last().is_some_and(Cell::is_blank) {
            self.cells.pop();
        }
        !self.cells.is_empty()
    }
}
