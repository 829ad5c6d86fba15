//! Workbooks with one sheet: a heading that stays in view, real numbers and dates, columns wide enough for hanzi.

use super::cell::civil_text;
use super::error::TableError;
use super::neutral::is_active;
use super::write::{Column, Out, Summary, printable};
use crate::mark::Mark;
use crate::serial;
use rust_xlsxwriter::{Color, DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

const LAST_ROW: u64 = 1_048_575;
const CELL_UNITS: usize = 32_767;
/// Whole numbers beyond this lose digits in a float and are written as text.
const EXACT: u64 = 1 << 53;
/// Rows that decide how wide a column is.
const MEASURED: u64 = 1_000;

pub(crate) struct XlsxOut<W: Write + Send> {
    to: W,
    workbook: Workbook,
    formats: Formats,
    mark: Option<Mark>,
    widths: Vec<f64>,
    fixed: Vec<Option<f64>>,
    summary: Summary,
}

struct Formats {
    date: Format,
    date_time: Format,
    money: Format,
    /// Text that would be a formula if someone edited the cell: Excel shows it with an apostrophe in the edit line.
    literal: Format,
}

impl<W: Write + Send> XlsxOut<W> {
    pub fn new(to: W, columns: &[Column]) -> Result<Self, TableError> {
        let mut workbook = Workbook::new();
        let heading = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0x00E8_EDF3))
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        guarded(|| {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_freeze_panes(1, 0)?;
            for (index, column) in columns.iter().enumerate() {
                let text = fit(&column.heading).0;
                sheet.write_string_with_format(0, column_index(index)?, text, &heading)?;
            }
            Ok(())
        })?;
        let formats = Formats {
            date: Format::new().set_num_format("yyyy-mm-dd"),
            date_time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            money: Format::new().set_num_format("#,##0.00"),
            literal: Format::new().set_quote_prefix(),
        };
        let widths = columns.iter().map(|column| width(&column.heading) + 2.0).collect();
        let fixed = columns.iter().map(|column| column.width).collect();
        Ok(XlsxOut { to, workbook, formats, mark: None, widths, fixed, summary: Summary::default() })
    }

    pub fn mark(&mut self, mark: &Mark) {
        self.mark = Some(mark.clone());
    }

    pub fn row(&mut self, cells: &[Out<'_>]) -> Result<(), TableError> {
        let row = self.summary.rows + 1;
        if row > LAST_ROW {
            return Err(TableError::too_large("rows", LAST_ROW));
        }
        if row <= MEASURED {
            self.measure(cells);
        }
        let (workbook, formats) = (&mut self.workbook, &self.formats);
        self.summary.cut += guarded(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            let mut cut = 0;
            for (index, cell) in cells.iter().enumerate() {
                cut += put(sheet, row as u32, column_index(index)?, *cell, formats)?;
            }
            Ok(cut)
        })?;
        self.summary.rows = row;
        Ok(())
    }

    pub fn finish(mut self) -> Result<(W, Summary), TableError> {
        let (workbook, to, mark) = (&mut self.workbook, &mut self.to, self.mark.as_ref());
        guarded(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (index, measured) in self.widths.iter().enumerate() {
                let chosen = self.fixed.get(index).copied().flatten();
                sheet.set_column_width(column_index(index)?, chosen.unwrap_or(measured.clamp(8.0, 60.0)))?;
            }
            if let Some(mark) = mark {
                seen(sheet, mark);
                unseen(workbook, mark)?;
            }
            workbook.save_to_writer(&mut *to)
        })?;
        self.to.flush().map_err(TableError::unwritable)?;
        Ok((self.to, self.summary))
    }

    fn measure(&mut self, cells: &[Out<'_>]) {
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = width.max(needed(*cell) + 1.0);
        }
    }
}

/// The line above and below each page.
pub(crate) fn seen(sheet: &mut Worksheet, mark: &Mark) {
    let line = mark.line.replace('&', "&&");
    sheet.set_header(format!("&R&8{line}"));
    sheet.set_footer(format!("&L&8{line}&R&8&P / &N"));
}

/// The code in the properties and on a sheet that no menu of Excel shows.
pub(crate) fn unseen(workbook: &mut Workbook, mark: &Mark) -> Result<(), XlsxError> {
    workbook.set_properties(&DocProperties::new().set_comment(&mark.code));
    workbook.add_worksheet().set_name("_")?.set_very_hidden(true).write_string(0, 0, &mark.code).map(drop)
}

/// Writes one cell; 1 if its text had to be cut.
fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: Out<'_>, formats: &Formats) -> Result<u64, XlsxError> {
    match cell {
        Out::Empty | Out::Text("") => return Ok(0),
        Out::Text(text) => return put_text(sheet, row, column, text, formats),
        Out::Integer(value) if value.unsigned_abs() > EXACT => sheet.write_string(row, column, value.to_string())?,
        Out::Integer(value) => sheet.write_number(row, column, value as f64)?,
        Out::Number(value) if value.is_finite() => sheet.write_number(row, column, value)?,
        Out::Number(_) => return Ok(0),
        Out::Fen(fen) => sheet.write_number_with_format(row, column, fen as f64 / 100.0, &formats.money)?,
        Out::Date(date) => match serial::from_civil(date.at(0, 0, 0, 0)) {
            Some(number) => sheet.write_number_with_format(row, column, number, &formats.date)?,
            // Excel knows no day before 1900.
            None => sheet.write_string(row, column, date.to_string())?,
        },
        Out::DateTime(at) => match serial::from_civil(at) {
            Some(number) => sheet.write_number_with_format(row, column, number, &formats.date_time)?,
            None => sheet.write_string(row, column, civil_text(at))?,
        },
        Out::Bool(value) => sheet.write_boolean(row, column, value)?,
    };
    Ok(0)
}

fn put_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str, formats: &Formats) -> Result<u64, XlsxError> {
    let (text, cut) = fit(text);
    if is_active(&text) {
        sheet.write_string_with_format(row, column, text, &formats.literal)?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(u64::from(cut))
}

/// The printable text, cut to what a cell holds (counted in UTF-16, as Excel does).
fn fit(text: &str) -> (String, bool) {
    let text = printable(text);
    if text.len() <= CELL_UNITS || text.encode_utf16().count() <= CELL_UNITS {
        return (text.into_owned(), false);
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < CELL_UNITS
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push('…');
    (kept, true)
}

fn needed(cell: Out<'_>) -> f64 {
    match cell {
        Out::Text(text) => width(text),
        Out::Date(_) => 11.0,
        Out::DateTime(_) => 20.0,
        Out::Integer(value) => value.to_string().len() as f64,
        Out::Number(_) => 10.0,
        Out::Fen(fen) => fen.to_string().len() as f64 * 1.4,
        Out::Empty | Out::Bool(_) => 6.0,
    }
}

/// Of the longest line, in half-width characters; a hanzi takes two.
fn width(text: &str) -> f64 {
    let of = |line: &str| line.chars().take(60).map(|c| if c < '\u{1100}' { 1.0 } else { 2.1 }).sum::<f64>();
    text.lines().take(20).map(of).fold(0.0, f64::max)
}

fn column_index(index: usize) -> Result<u16, XlsxError> {
    u16::try_from(index).map_err(|_| XlsxError::RowColumnLimitError)
}

/// The library panics when its temporary file cannot be written, for instance because the disk is full. An export must
/// report that, not end the thread.
fn guarded<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, TableError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(TableError::unwritable),
        Err(_) => Err(TableError::unwritable("the temporary file could not be written; is the disk full?")),
    }
}
