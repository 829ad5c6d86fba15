//! Forms as companies print and file them: a title, a ruled grid of labels and values, tables, lines to sign on. One
//! description is written as PDF, DOCX and XLSX; a [`Bundle`] holds many of them.
//!
//! Everything in a form is a [`Row`] of cells on a grid of [`GRID`] equal columns, so that boxes and tables share their
//! rules and the three kinds of file look alike.

mod bundle;
mod docx;
mod font;
mod layout;
mod pdf;
mod xlsx;

use crate::mark::Mark;
pub use bundle::Bundle;
use thiserror::Error;

/// Columns of the grid; the cells of a row share them.
pub const GRID: usize = 24;

#[derive(Clone, Debug, Default)]
pub struct Form {
    pub title: String,
    /// Beside the title: the number of the form, when and by whom it was made.
    pub notes: Vec<String>,
    pub rows: Vec<Row>,
    /// At the foot of every page, beside its number.
    pub foot: String,
    /// Where the file comes from; its line stands at the foot too.
    pub mark: Option<Mark>,
    /// Says what stands in brackets where the typeface of the PDF has no shape for a character.
    pub shapeless: String,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub kind: RowKind,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// The name of a part of the form, over its whole width.
    Part,
    /// Names the columns of the rows below; stands again at the top of a page that goes on with them.
    Head,
    Plain,
}

#[derive(Clone, Debug)]
pub struct Cell {
    pub text: String,
    /// Columns of the grid that it takes.
    pub span: usize,
    /// Says what stands beside it.
    pub label: bool,
}

impl Cell {
    pub fn label(text: impl Into<String>, span: usize) -> Self {
        Self { text: text.into(), span, label: true }
    }

    pub fn value(text: impl Into<String>, span: usize) -> Self {
        Self { text: text.into(), span, label: false }
    }
}

impl Row {
    pub fn part(name: impl Into<String>) -> Self {
        Self { kind: RowKind::Part, cells: vec![Cell::label(name, GRID)] }
    }

    pub fn head(cells: Vec<Cell>) -> Self {
        Self { kind: RowKind::Head, cells }
    }

    pub fn plain(cells: Vec<Cell>) -> Self {
        Self { kind: RowKind::Plain, cells }
    }

    /// A label and its value over the whole width.
    pub fn wide(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::plain(vec![Cell::label(label, LABEL), Cell::value(value, GRID - LABEL)])
    }

    /// Two labels with their values, side by side.
    pub fn pair(left: (impl Into<String>, impl Into<String>), right: (impl Into<String>, impl Into<String>)) -> Self {
        let value = GRID / 2 - LABEL;
        Self::plain(vec![
            Cell::label(left.0, LABEL),
            Cell::value(left.1, value),
            Cell::label(right.0, LABEL),
            Cell::value(right.1, value),
        ])
    }
}

const LABEL: usize = 4;

/// What a form is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormFormat {
    Pdf,
    Docx,
    Xlsx,
}

impl FormFormat {
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Docx, Self::Xlsx];

    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

#[derive(Debug, Error)]
#[error("the form could not be written as {format}: {why}")]
pub struct FormError {
    format: &'static str,
    why: String,
}

impl FormError {
    fn new(format: FormFormat, why: impl ToString) -> Self {
        Self { format: format.extension(), why: why.to_string() }
    }
}

impl Form {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.as_str());
        let mark = self.mark.iter().map(|mark| mark.line.as_str());
        cells.chain([self.title.as_str(), self.foot.as_str()]).chain(mark)
    }

    /// What stands at the foot of every page.
    fn foot(&self) -> String {
        match &self.mark {
            Some(mark) => format!("{}　{}", self.foot, mark.line),
            None => self.foot.clone(),
        }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// What the writer of the format could not do; no text and no length of one is refused.
    pub fn write(&self, format: FormFormat) -> Result<Vec<u8>, FormError> {
        let written = match format {
            FormFormat::Pdf => pdf::write(std::slice::from_ref(self)),
            FormFormat::Docx => docx::write(self),
            FormFormat::Xlsx => xlsx::write(self),
        };
        written.map_err(|why| FormError::new(format, why))
    }
}

/// Several forms as one PDF, to be printed at once. Each begins on a page of its own and counts its own pages.
///
/// # Errors
/// What the writer of the format could not do.
pub fn bind(forms: &[Form]) -> Result<Vec<u8>, FormError> {
    pdf::write(forms).map_err(|why| FormError::new(FormFormat::Pdf, why))
}

/// Texts without what no document may hold: control characters other than line breaks, which count as one kind.
fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'], "\n");
    let keep = |c: &char| *c == '\n' || !(c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}'));
    text.replace('\t', " ").chars().filter(keep).collect()
}

#[cfg(test)]
mod tests;
