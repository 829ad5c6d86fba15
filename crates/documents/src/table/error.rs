//! Why a file was refused. `code` is stable and translated by the console; `detail` is a plain English sentence for
//! logs and the command line.

use std::fmt;
use std::io;

/// Stable reasons, see [`Code::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Larger than a bound in [`super::Limits`]; `what` names the bound.
    TooLarge,
    /// Made to exhaust the reader: absurd compression, false sizes, deep or recursive XML.
    Bomb,
    NotATable,
    Encrypted,
    /// The binary `.xls` of Excel 97: save it as `.xlsx` and try again.
    OldXls,
    /// Another kind of spreadsheet (`.xlsb`, `.ods`, an HTML page named `.xls`); `what` names it.
    Unsupported,
    Empty,
    /// Truncated or corrupt.
    Damaged,
    NoSuchSheet,
    /// The operating system could not read it.
    Unreadable,
    /// The operating system could not write the output.
    Unwritable,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Code::TooLarge => "file.too_large",
            Code::Bomb => "file.bomb",
            Code::NotATable => "file.not_a_table",
            Code::Encrypted => "file.encrypted",
            Code::OldXls => "file.old_xls",
            Code::Unsupported => "file.unsupported",
            Code::Empty => "file.empty",
            Code::Damaged => "file.damaged",
            Code::NoSuchSheet => "file.no_such_sheet",
            Code::Unreadable => "file.unreadable",
            Code::Unwritable => "file.unwritable",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file that cannot be read or written, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct TableError {
    pub code: Code,
    /// What the code is about: `rows`, `columns`, `cell`, `ods`, …; empty when the code says it all.
    pub what: &'static str,
    /// The bound that was passed, where there is one.
    pub limit: Option<u64>,
    /// The row at which it happened, where it is known.
    pub row: Option<u64>,
    pub detail: String,
}

impl TableError {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        TableError { code, what: "", limit: None, row: None, detail: detail.into() }
    }

    pub(crate) fn what(mut self, what: &'static str) -> Self {
        self.what = what;
        self
    }

    pub(crate) fn at(mut self, row: u64) -> Self {
        self.row.get_or_insert(row);
        self
    }

    pub(crate) fn too_large(what: &'static str, limit: u64) -> Self {
        let detail = format!("more {what} than the {limit} allowed");
        TableError { limit: Some(limit), ..TableError::new(Code::TooLarge, detail).what(what) }
    }

    pub(crate) fn bomb(detail: impl Into<String>) -> Self {
        TableError::new(Code::Bomb, detail)
    }

    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        TableError::new(Code::Damaged, detail)
    }

    pub(crate) fn unwritable(error: impl fmt::Display) -> Self {
        TableError::new(Code::Unwritable, error.to_string())
    }

    /// Lets an error of ours travel through `std::io` and the XML reader; `From<io::Error>` takes it out again.
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        TableError::from(&error)
    }
}

impl From<&io::Error> for TableError {
    fn from(error: &io::Error) -> Self {
        if let Some(own) = error.get_ref().and_then(|inner| inner.downcast_ref::<TableError>()) {
            return own.clone();
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => TableError::damaged("the file ends too early"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => TableError::damaged(error.to_string()),
            _ => TableError::new(Code::Unreadable, error.to_string()),
        }
    }
}

impl From<quick_xml::Error> for TableError {
    fn from(error: quick_xml::Error) -> Self {
        match &error {
            quick_xml::Error::Io(inner) => TableError::from(&**inner),
            other => TableError::damaged(format!("not well-formed XML: {other}")),
        }
    }
}
