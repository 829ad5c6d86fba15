//! The rows of a text file, one at a time.
//!
//! Cells are cut as Excel cuts them: a quote opens a quoted cell only at its very beginning, two quotes inside stand
//! for one, what follows the closing quote belongs to the cell, and a line ends with CR, LF or both.

use super::cell::{Cell, Row};
use super::encoding::{Encoding, TextBytes};
use super::error::TableError;
use super::limits::Limits;
use super::neutral::restore;

pub(crate) struct CsvRows<'a> {
    bytes: TextBytes<'a>,
    encoding: Encoding,
    delimiter: u8,
    limits: Limits,
    buffer: Vec<u8>,
    at: usize,
    number: u64,
    count: u64,
    /// The last byte taken was a CR, so a LF right after it belongs to the same line end.
    after_cr: bool,
    cell: Vec<u8>,
}

/// Cells of a line, blank ones too; Excel knows no more.
const MOST_COLUMNS: usize = 16_384;

/// How a cell ended.
enum End {
    Cell,
    Row,
    File,
}

impl<'a> CsvRows<'a> {
    pub fn new(bytes: TextBytes<'a>, encoding: Encoding, delimiter: u8, limits: Limits) -> Self {
        CsvRows {
            bytes,
            encoding,
            delimiter,
            limits,
            buffer: Vec::new(),
            at: 0,
            number: 0,
            count: 0,
            after_cr: false,
            cell: Vec::new(),
        }
    }

    /// Passes over the line that only names the delimiter.
    pub fn skip_line(&mut self) -> Result<(), TableError> {
        let mut row = Row::default();
        self.number += 1;
        self.read_row(&mut row).map(|_| ())
    }

    /// The next row that holds something.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        loop {
            self.number += 1;
            // Blank lines are free, but not for ever.
            if self.number > self.limits.rows.saturating_mul(2) {
                return Err(TableError::too_large("rows", self.limits.rows));
            }
            let mut row = Row { number: self.number, ..Row::default() };
            let more = self.read_row(&mut row).map_err(|error| error.at(self.number))?;
            if row.trim() {
                return Ok(Some(row));
            }
            if !more {
                return Ok(None);
            }
        }
    }

    /// Reads up to the end of the line; false at the end of the file.
    fn read_row(&mut self, row: &mut Row) -> Result<bool, TableError> {
        let (mut column, mut bytes) = (0, 0);
        loop {
            let (end, closed) = self.read_cell()?;
            bytes += self.cell.len() as u64;
            if bytes > self.limits.row_bytes {
                return Err(TableError::too_large("row_bytes", self.limits.row_bytes));
            }
            self.keep(row, column)?;
            if !closed {
                row.problem(column, "cell.unclosed_quote");
            }
            column += 1;
            if column > MOST_COLUMNS {
                return Err(TableError::too_large("columns", self.limits.columns));
            }
            match end {
                End::Cell => {}
                End::Row => return Ok(true),
                End::File => return Ok(false),
            }
        }
    }

    fn keep(&mut self, row: &mut Row, column: usize) -> Result<(), TableError> {
        if self.cell.is_empty() {
            return Ok(());
        }
        let (text, bad) = self.encoding.decode(&self.cell);
        if text.len() as u64 > self.limits.cell_chars && text.chars().count() as u64 > self.limits.cell_chars {
            return Err(TableError::too_large("cell_chars", self.limits.cell_chars));
        }
        let restored = restore(&text);
        let cell = Cell::Text(if restored.len() == text.len() { text } else { restored.to_owned() });
        if column as u64 >= self.limits.columns {
            return if cell.is_blank() { Ok(()) } else { Err(TableError::too_large("columns", self.limits.columns)) };
        }
        row.put(column, cell);
        if bad {
            row.problem(column, "cell.bad_bytes");
        }
        self.count += 1;
        if self.count > self.limits.cells {
            return Err(TableError::too_large("cells", self.limits.cells));
        }
        Ok(())
    }

    /// Collects one cell into `self.cell`; the flag is false if the file ended inside its quotes.
    fn read_cell(&mut self) -> Result<(End, bool), TableError> {
        self.cell.clear();
        if std::mem::take(&mut self.after_cr) && self.peek()? == Some(b'\n') {
            self.at += 1;
        }
        if self.peek()? == Some(b'"') {
            self.at += 1;
            if !self.quoted()? {
                return Ok((End::File, false));
            }
        }
        let delimiter = self.delimiter;
        let special = |b: &u8| *b == delimiter || *b == b'\n' || *b == b'\r';
        let Some(byte) = self.take_until(special)? else { return Ok((End::File, true)) };
        self.after_cr = byte == b'\r';
        Ok((if byte == delimiter { End::Cell } else { End::Row }, true))
    }

    /// The part inside quotes; false if they never close.
    fn quoted(&mut self) -> Result<bool, TableError> {
        loop {
            if self.take_until(|b| *b == b'"')?.is_none() {
                return Ok(false);
            }
            if self.peek()? != Some(b'"') {
                return Ok(true);
            }
            self.at += 1;
            self.cell.push(b'"');
        }
    }

    /// Moves bytes into the cell up to a special one, which is taken and returned; `None` at the end of the file.
    fn take_until(&mut self, special: impl Fn(&u8) -> bool) -> Result<Option<u8>, TableError> {
        loop {
            if self.peek()?.is_none() {
                return Ok(None);
            }
            let rest = &self.buffer[self.at..];
            let found = rest.iter().position(&special);
            self.cell.extend_from_slice(&rest[..found.unwrap_or(rest.len())]);
            // No character takes more than four bytes.
            if self.cell.len() as u64 > self.limits.cell_chars * 4 {
                return Err(TableError::too_large("cell_chars", self.limits.cell_chars));
            }
            if let Some(index) = found {
                let byte = rest[index];
                self.at += index + 1;
                return Ok(Some(byte));
            }
            self.at = self.buffer.len();
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, TableError> {
        if self.at == self.buffer.len() {
            self.at = 0;
            if self.bytes.fill(&mut self.buffer)? == 0 {
                self.buffer.clear();
            }
        }
        Ok(self.buffer.get(self.at).copied())
    }
}
