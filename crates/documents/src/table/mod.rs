//! Tables in and out.
//!
//! Reading: [`TableSource::open`] recognises `.xlsx` and `.csv` by content and yields [`Row`]s one at a time, in
//! constant memory and within [`Limits`]. Everything is counted while it is read, because what a file declares about
//! itself may be a lie. Writing: [`TableWriter`] writes both formats so that no cell can ever act as a formula.
//!
//! The reader is our own over DEFLATE and XML events. The general readers hold the directory, the shared strings or
//! the whole sheet in memory before anything can be counted, so a small hostile file makes them grow without bound.

pub(crate) mod archive;
mod cell;
mod csv;
mod delimiter;
mod encoding;
pub(crate) mod error;
mod escape;
mod limits;
mod neutral;
mod recognise;
mod sheet;
mod source;
mod strings;
mod styles;
mod workbook;
mod write;
mod write_csv;
mod write_xlsx;
mod xml;

pub(crate) use write_xlsx::unseen;

pub use cell::{Cell, Problem, Row};
pub use delimiter::Delimiter;
pub use encoding::Encoding;
pub use error::{Code, TableError};
pub use limits::Limits;
pub use neutral::{is_active, neutralise, restore};
pub use source::{Rows, Source, TableInfo, TableSource};
pub use workbook::Sheet;
pub use write::{Column, Out, Summary, TableWriter};

/// The two kinds of file that are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    /// The usual file extension, which is also the name used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv => "text/csv; charset=utf-8",
        }
    }
}
