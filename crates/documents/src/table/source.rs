//! The one door for reading: recognise the file, tell what it is, hand out its rows.

use super::Format;
use super::cell::Row;
use super::csv::CsvRows;
use super::delimiter::Delimiter;
use super::encoding::{self, Encoding};
use super::error::{Code, TableError};
use super::limits::Limits;
use super::recognise::{Kind, recognise};
use super::sheet::{Counts, SheetRows};
use super::workbook::{Sheet, Workbook};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Anything that can be read and sought: a file, a `Cursor` over bytes.
pub trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    pub format: Format,
    /// Of a text file.
    pub encoding: Option<Encoding>,
    /// Of a text file.
    pub delimiter: Option<Delimiter>,
    /// Of a workbook, those with rows, in their order.
    pub sheets: Vec<Sheet>,
    /// Which of them [`TableSource::rows`] reads: the first that is not hidden.
    pub sheet: usize,
}

/// A recognised table. Rows can be read as often as needed, each time from the start.
pub struct TableSource {
    source: Box<dyn Source>,
    limits: Limits,
    info: TableInfo,
    content: Content,
}

enum Content {
    Workbook(Box<Workbook>),
    Text { hinted: bool },
}

impl TableSource {
    /// Recognises a file by its content.
    pub fn open_path(path: &Path, limits: Limits) -> Result<TableSource, TableError> {
        TableSource::open(File::open(path)?, limits)
    }

    /// Recognises a file or bytes (`std::io::Cursor`) by content.
    pub fn open(source: impl Source + 'static, limits: Limits) -> Result<TableSource, TableError> {
        let mut source: Box<dyn Source> = Box::new(source);
        let length = source.seek(SeekFrom::End(0))?;
        if length > limits.file_bytes {
            return Err(TableError::too_large("file_bytes", limits.file_bytes));
        }
        if length == 0 {
            return Err(TableError::new(Code::Empty, "the file is empty"));
        }
        match recognise(&mut source)? {
            Kind::Zip => open_workbook(source, length, limits),
            Kind::Text => open_text(source, limits),
        }
    }

    pub fn info(&self) -> &TableInfo {
        &self.info
    }

    /// The rows of a text file, or of the first visible sheet.
    pub fn rows(&mut self) -> Result<Rows<'_>, TableError> {
        self.sheet_rows(self.info.sheet)
    }

    /// The rows of one sheet, by its index in [`TableInfo::sheets`]; a text file has only 0.
    pub fn sheet_rows(&mut self, index: usize) -> Result<Rows<'_>, TableError> {
        let limits = self.limits.clone();
        let inner = match &mut self.content {
            Content::Workbook(workbook) => {
                workbook.archive.allow(limits.unpacked_bytes);
                let epoch = workbook.epoch;
                let (xml, strings, styles) = workbook.sheet(&mut self.source, index, &limits)?;
                Inner::Sheet(Box::new(SheetRows { xml, strings, styles, epoch, limits, count: Counts::default() }))
            }
            Content::Text { .. } if index > 0 => {
                return Err(TableError::new(Code::NoSuchSheet, "a text file has no sheets"));
            }
            Content::Text { hinted } => {
                let encoding = self.info.encoding.unwrap_or(Encoding::Utf8);
                let delimiter = self.info.delimiter.unwrap_or(Delimiter::Comma).byte();
                let mut rows = CsvRows::new(encoding.start(&mut self.source)?, encoding, delimiter, limits);
                if *hinted {
                    rows.skip_line()?;
                }
                Inner::Text(Box::new(rows))
            }
        };
        Ok(Rows { inner, count: 0, limit: self.limits.rows, done: false })
    }
}

fn open_workbook(mut source: Box<dyn Source>, length: u64, limits: Limits) -> Result<TableSource, TableError> {
    let workbook = Workbook::open(&mut source, length, &limits)?;
    let sheet = workbook.first_visible();
    let sheets = workbook.sheets.clone();
    let info = TableInfo { format: Format::Xlsx, encoding: None, delimiter: None, sheets, sheet };
    Ok(TableSource { source, limits, info, content: Content::Workbook(Box::new(workbook)) })
}

fn open_text(mut source: Box<dyn Source>, limits: Limits) -> Result<TableSource, TableError> {
    let encoding = encoding::detect(&mut source)?;
    let mut sample = Vec::with_capacity(64 << 10);
    encoding.start(&mut source)?.fill(&mut sample)?;
    if matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be | Encoding::Utf8Bom) && sample.contains(&0) {
        return Err(TableError::new(Code::NotATable, "not a text file and not a workbook"));
    }
    let declared = Delimiter::declared(&sample);
    let info = TableInfo {
        format: Format::Csv,
        encoding: Some(encoding),
        delimiter: Some(declared.unwrap_or_else(|| Delimiter::detect(&sample))),
        sheets: Vec::new(),
        sheet: 0,
    };
    Ok(TableSource { source, limits, info, content: Content::Text { hinted: declared.is_some() } })
}

/// Rows that hold something, in the order of the file. After an error nothing more comes. A table without any row is
/// an error (`file.empty`).
pub struct Rows<'a> {
    inner: Inner<'a>,
    count: u64,
    limit: u64,
    done: bool,
}

enum Inner<'a> {
    Sheet(Box<SheetRows<'a>>),
    Text(Box<CsvRows<'a>>),
}

impl Rows<'_> {
    fn read(&mut self) -> Result<Option<Row>, TableError> {
        let row = match &mut self.inner {
            Inner::Sheet(rows) => rows.next_row(),
            Inner::Text(rows) => rows.next_row(),
        }?;
        match &row {
            None if self.count == 0 => return Err(TableError::new(Code::Empty, "the table has no rows")),
            Some(found) if self.count == self.limit => {
                return Err(TableError::too_large("rows", self.limit).at(found.number));
            }
            _ => self.count += 1,
        }
        Ok(row)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.read().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}
