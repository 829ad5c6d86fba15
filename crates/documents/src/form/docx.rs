use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, NumPages, PageMargin, PageNum, Paragraph, Run, RunFonts, Shading, Table,
    TableCell, TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::{Cell, Form, GRID, Row, RowKind, printable};

/// A4 and its margins, in twentieths of a point.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 960;
const COLUMN: usize = (11_906 - 2 * 960) / GRID;
/// In half points.
const TITLE_SIZE: usize = 32;
const TEXT_SIZE: usize = 19;
const SHADE: &str = "F3F3F3";
/// Word shows the page in it where it is installed, and its own choice of Chinese type elsewhere.
const TYPEFACE: &str = "SimSun";

pub(super) fn write(form: &Form) -> Result<Vec<u8>, String> {
    let fonts = RunFonts::new().ascii(TYPEFACE).hi_ansi(TYPEFACE).east_asia(TYPEFACE);
    let margin =
        PageMargin { top: MARGIN, left: MARGIN, bottom: MARGIN, right: MARGIN, header: 480, footer: 480, gutter: 0 };
    let title = Run::new().add_text(printable(&form.title)).size(TITLE_SIZE).bold();
    let notes = Paragraph::new().add_run(Run::new().add_text(printable(&form.notes.join("　"))));
    let document = match &form.mark {
        Some(mark) => Docx::new().custom_property("Zhike", &mark.code),
        None => Docx::new(),
    };
    let document = document
        .page_size(PAGE.0, PAGE.1)
        .page_margin(margin)
        .default_fonts(fonts)
        .default_size(TEXT_SIZE)
        .footer(foot(&form.foot()))
        .add_paragraph(Paragraph::new().add_run(title).align(AlignmentType::Center))
        .add_paragraph(notes);
    // A table that repeats its head begins with it.
    let tables = form.rows.chunk_by(|_, next| next.kind != RowKind::Head);
    let document = tables.fold(document, |document, rows| document.add_table(table(rows)));
    let mut parts = document.build();
    parts.document = with_repeated_heads(parts.document)?;
    let mut file = Cursor::new(Vec::new());
    parts.pack(&mut file).map_err(|error| error.to_string())?;
    Ok(file.into_inner())
}

fn table(rows: &[Row]) -> Table {
    Table::new(rows.iter().map(row).collect())
        .set_grid(vec![COLUMN; GRID])
        .layout(TableLayoutType::Fixed)
        .width(COLUMN * GRID, WidthType::Dxa)
}

/// The library has no word for a row that is repeated on each page; heads alone are kept whole, so they are known by it.
/// Two tables without a paragraph between them would be one to Word.
fn with_repeated_heads(document: Vec<u8>) -> Result<Vec<u8>, String> {
    const BETWEEN: &str = r#"</w:tbl><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p><w:tbl>"#;
    let text = String::from_utf8(document).map_err(|error| error.to_string())?;
    let repeated = text.replace("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />");
    Ok(repeated.replace("</w:tbl><w:tbl>", BETWEEN).into_bytes())
}

fn foot(text: &str) -> Footer {
    let number = Paragraph::new()
        .add_run(Run::new().add_text(format!("{}　", printable(text))))
        .add_page_num(PageNum::new())
        .add_run(Run::new().add_text(" / "))
        .add_num_pages(NumPages::new())
        .align(AlignmentType::Right);
    Footer::new().add_paragraph(number)
}

fn row(row: &Row) -> TableRow {
    let cells = TableRow::new(row.cells.iter().map(|each| cell(each, row.kind)).collect());
    if row.kind == RowKind::Head { cells.cant_split() } else { cells }
}

fn cell(cell: &Cell, kind: RowKind) -> TableCell {
    let mut run = Run::new();
    for (nth, line) in printable(&cell.text).split('\n').enumerate() {
        if nth > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line);
    }
    if kind == RowKind::Part {
        run = run.bold();
    }
    let made = TableCell::new()
        .add_paragraph(Paragraph::new().add_run(run))
        .grid_span(cell.span)
        .width(COLUMN * cell.span, WidthType::Dxa)
        .vertical_align(VAlignType::Center);
    if cell.label { made.shading(Shading::new().fill(SHADE)) } else { made }
}
