//! Text files that Excel in China opens correctly: UTF-8 with a mark, commas, CR LF.

use super::cell::civil_text;
use super::error::TableError;
use super::neutral::neutralise;
use super::write::{Column, Out, Summary, printable};
use std::io::Write;

pub(crate) struct CsvOut<W: Write> {
    to: W,
    line: String,
    columns: usize,
    summary: Summary,
}

impl<W: Write> CsvOut<W> {
    pub fn new(mut to: W, columns: &[Column]) -> Result<Self, TableError> {
        to.write_all(b"\xEF\xBB\xBF").map_err(TableError::unwritable)?;
        let mut out = CsvOut { to, line: String::new(), columns: columns.len(), summary: Summary::default() };
        let headings: Vec<Out<'_>> = columns.iter().map(|column| Out::Text(&column.heading)).collect();
        out.row(&headings)?;
        out.summary.rows = 0;
        Ok(out)
    }

    pub fn row(&mut self, cells: &[Out<'_>]) -> Result<(), TableError> {
        self.line.clear();
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.line.push(',');
            }
            push(&mut self.line, *cell);
        }
        // Every row is as wide as the heading: readers guess the delimiter from that.
        let missing = self.columns.saturating_sub(cells.len().max(1));
        self.line.extend(std::iter::repeat_n(',', missing));
        self.line.push_str("\r\n");
        self.summary.rows += 1;
        self.to.write_all(self.line.as_bytes()).map_err(TableError::unwritable)
    }

    pub fn finish(mut self) -> Result<(W, Summary), TableError> {
        self.to.flush().map_err(TableError::unwritable)?;
        Ok((self.to, self.summary))
    }
}

fn push(line: &mut String, cell: Out<'_>) {
    match cell {
        Out::Empty => {}
        Out::Text(text) => push_text(line, &neutralise(&printable(text))),
        Out::Integer(value) => line.push_str(&value.to_string()),
        Out::Number(value) if value.is_finite() => line.push_str(&value.to_string()),
        Out::Number(_) => {}
        Out::Fen(fen) => line.push_str(&yuan(fen)),
        Out::Date(date) => line.push_str(&date.to_string()),
        Out::DateTime(at) => line.push_str(&civil_text(at)),
        Out::Bool(value) => line.push_str(if value { "true" } else { "false" }),
    }
}

/// Quoted also around semicolons and tabs, so that no program that splits at those can cut a formula free, and around
/// white space at the ends, which some programs would drop.
fn push_text(line: &mut String, text: &str) {
    let loose = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    if !loose && !text.contains(['"', ',', ';', '\t', '\r', '\n']) {
        return line.push_str(text);
    }
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let amount = fen.unsigned_abs();
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}
