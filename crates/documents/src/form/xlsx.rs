use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::table::unseen;

use super::{Cell, Form, GRID, RowKind, printable};

/// What fits a page of A4 with all columns of the grid, in Excel's width of a digit.
const COLUMN_WIDTH: f64 = 3.6;
const LINE_HEIGHT: f64 = 14.5;
const CELL_UNITS: usize = 32_767;
/// Excel knows no row higher than this.
const HEIGHT_MOST: f64 = 409.0;

pub(super) fn write(form: &Form) -> Result<Vec<u8>, String> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet(), form).map_err(|error| error.to_string())?;
    if let Some(mark) = &form.mark {
        unseen(&mut workbook, mark).map_err(|error| error.to_string())?;
    }
    workbook.save_to_buffer().map_err(|error| error.to_string())
}

fn fill(sheet: &mut Worksheet, form: &Form) -> Result<(), XlsxError> {
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.6, 0.6, 0.6, 0.7, 0.3, 0.3);
    sheet.set_footer(format!("&L{}&R&P / &N", printable(&form.foot()).replace('&', "&&").replace('\n', " ")));
    for column in 0..GRID as u16 {
        sheet.set_column_width(column, COLUMN_WIDTH)?;
    }
    let last = GRID as u16 - 1;
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    sheet.set_row_height(0, 26)?;
    sheet.merge_range(0, 0, 0, last, &printable(&form.title), &title)?;
    sheet.merge_range(1, 0, 1, last, &printable(&form.notes.join("　")), &Format::new().set_font_size(9))?;
    let mut heads = (2..).zip(&form.rows).filter(|(_, row)| row.kind == RowKind::Head).map(|(at, _)| at);
    if let (Some(head), None) = (heads.next(), heads.next()) {
        sheet.set_repeat_rows(head, head)?;
    }
    for (at, row) in (2..).zip(&form.rows) {
        let lines = row.cells.iter().map(lines_of).max().unwrap_or(1);
        sheet.set_row_height(at, (lines as f64 * LINE_HEIGHT + 5.0).min(HEIGHT_MOST))?;
        let mut left = 0;
        for cell in &row.cells {
            let right = left + cell.span as u16 - 1;
            let text: String = printable(&cell.text).chars().take(CELL_UNITS / 2).collect();
            let format = format_of(cell, row.kind);
            match right > left {
                true => sheet.merge_range(at, left, at, right, &text, &format)?,
                false => sheet.write_string_with_format(at, left, &text, &format)?,
            };
            left = right + 1;
        }
    }
    Ok(())
}

/// Values are texts with the mark that keeps them texts when somebody edits the cell, so none becomes a formula.
fn format_of(cell: &Cell, kind: RowKind) -> Format {
    let format = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_quote_prefix()
        .set_font_size(10);
    let format = if kind == RowKind::Part { format.set_bold() } else { format };
    if cell.label { format.set_background_color(Color::RGB(0x00F3_F3F3)) } else { format }
}

/// How many lines a text takes about: a hanzi is two digits wide.
fn lines_of(cell: &Cell) -> usize {
    let room = (cell.span as f64 * COLUMN_WIDTH).max(1.0);
    let units = |line: &str| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    cell.text.split('\n').map(|line| ((units(line) / room).ceil() as usize).max(1)).sum()
}
