//! The one door for writing: the same calls make an `.xlsx` or a `.csv`, row by row, in constant memory.

use super::Format;
use super::error::TableError;
use super::write_csv::CsvOut;
use super::write_xlsx::XlsxOut;
use crate::mark::Mark;
use jiff::civil::{Date, DateTime};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// One value to write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Out<'a> {
    Empty,
    /// Never a formula, whatever it begins with.
    Text(&'a str),
    Integer(i64),
    /// Not-a-number and infinities become empty cells.
    Number(f64),
    /// Money in fen, written in yuan with two decimals.
    Fen(i64),
    Date(Date),
    DateTime(DateTime),
    Bool(bool),
}

/// A column with its heading, which becomes the first row.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub heading: String,
    /// In half-width characters; without it the column is as wide as its first thousand rows need.
    pub width: Option<f64>,
}

impl Column {
    pub fn new(heading: impl Into<String>) -> Column {
        Column { heading: heading.into(), width: None }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Without the heading.
    pub rows: u64,
    /// Cells cut to the 32,767 characters that an Excel cell can hold; they end in `…`.
    pub cut: u64,
}

/// Writes a table. Without [`TableWriter::finish`] the file is not complete.
pub struct TableWriter<W: Write + Send> {
    inner: Inner<W>,
}

enum Inner<W: Write + Send> {
    Xlsx(Box<XlsxOut<W>>),
    Csv(CsvOut<W>),
}

impl TableWriter<BufWriter<File>> {
    pub fn create(format: Format, path: &Path, columns: &[Column]) -> Result<Self, TableError> {
        let file = File::create(path).map_err(TableError::unwritable)?;
        TableWriter::new(format, BufWriter::new(file), columns)
    }
}

impl<W: Write + Send> TableWriter<W> {
    pub fn new(format: Format, to: W, columns: &[Column]) -> Result<Self, TableError> {
        let inner = match format {
            Format::Xlsx => Inner::Xlsx(Box::new(XlsxOut::new(to, columns)?)),
            Format::Csv => Inner::Csv(CsvOut::new(to, columns)?),
        };
        Ok(TableWriter { inner })
    }

    /// Says where the file comes from, where the format has a place for it. Text files have none.
    #[must_use]
    pub fn marked(mut self, mark: &Mark) -> Self {
        if let Inner::Xlsx(out) = &mut self.inner {
            out.mark(mark);
        }
        self
    }

    pub fn row(&mut self, cells: &[Out<'_>]) -> Result<(), TableError> {
        match &mut self.inner {
            Inner::Xlsx(out) => out.row(cells),
            Inner::Csv(out) => out.row(cells),
        }
    }

    /// Completes the file and gives the writer back.
    pub fn finish(self) -> Result<(W, Summary), TableError> {
        match self.inner {
            Inner::Xlsx(out) => out.finish(),
            Inner::Csv(out) => out.finish(),
        }
    }
}

/// Text without the control characters that no table can show or XML hold; tabs and line breaks stay.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !hidden(*c)).collect())
}
