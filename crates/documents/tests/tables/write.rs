//! What is written is read back unchanged, by us and by others.

use crate::fixtures::{read, texts};
use calamine::{Data, Reader, Xlsx};
use documents::table::{Cell, Column, Format, Out, TableWriter};
use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;
use std::io::Cursor;

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Number(f64),
    Integer(i64),
    Date(Date),
    DateTime(DateTime),
    Bool(bool),
}

impl Value {
    fn out(&self) -> Out<'_> {
        match self {
            Value::Text(text) => Out::Text(text),
            Value::Number(value) => Out::Number(*value),
            Value::Integer(value) => Out::Integer(*value),
            Value::Date(value) => Out::Date(*value),
            Value::DateTime(value) => Out::DateTime(*value),
            Value::Bool(value) => Out::Bool(*value),
        }
    }
}

fn write(format: Format, headings: &[&str], rows: &[Vec<Out<'_>>]) -> Vec<u8> {
    let columns: Vec<Column> = headings.iter().map(|heading| Column::new(*heading)).collect();
    let mut writer = TableWriter::new(format, Vec::new(), &columns).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    let (bytes, summary) = writer.finish().unwrap();
    assert_eq!((summary.rows, summary.cut), (rows.len() as u64, 0));
    bytes
}

/// What must come back, given what text may lose by design: control characters, and a cell of nothing.
fn same(value: &Value, cell: &Cell, format: Format) -> bool {
    match (value, cell) {
        (Value::Text(text), cell) => {
            let kept: String = text.chars().filter(|c| !unprintable(*c)).collect();
            cell.text() == kept || (cell.is_blank() && Cell::Text(kept).is_blank())
        }
        (Value::Number(value), Cell::Number { value: read, .. }) => value == read,
        (Value::Integer(value), Cell::Number { value: read, shown }) => {
            *value as f64 == *read && *shown == value.to_string()
        }
        (Value::Integer(value), Cell::Text(text)) => *text == value.to_string(),
        (Value::Number(value), Cell::Text(text)) => format == Format::Csv && text.parse() == Ok(*value),
        (Value::Date(value), Cell::Date(read)) => value == read,
        (Value::DateTime(value), Cell::DateTime(read)) => value == read,
        (Value::Bool(value), Cell::Bool(read)) => value == read,
        (Value::Date(value), Cell::Text(text)) => documents::clean::date(text) == Ok(*value),
        (Value::DateTime(value), Cell::Text(text)) => documents::clean::date_time(text) == Ok(*value),
        (Value::Bool(value), Cell::Text(text)) => documents::clean::bool_zh(text) == Ok(*value),
        _ => false,
    }
}

fn unprintable(c: char) -> bool {
    (c < ' ' && !matches!(c, '\t' | '\r' | '\n')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

fn text() -> impl Strategy<Value = String> {
    let sharp = proptest::sample::select(vec![
        "=", "+", "-", "@", "'", "\"", ",", ";", "\t", "\r", "\n", "\0", "＝", "＠", " ", "\u{3000}", "_x000D_", "_x",
        "客户", "&", "<", "]]>", "\u{FEFF}", "\u{200B}", "1", "sep=,",
    ]);
    prop_oneof![any::<String>(), proptest::collection::vec(sharp, 0..8).prop_map(|parts| parts.concat())]
}

fn value() -> impl Strategy<Value = Value> {
    let day = (1000_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d));
    let time = (0_i8..24, 0_i8..60, 0_i8..60, 0_i32..1000);
    prop_oneof![
        4 => text().prop_map(Value::Text),
        1 => any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::Number),
        1 => any::<i64>().prop_map(Value::Integer),
        1 => day.clone().prop_map(Value::Date),
        1 => (day, time).prop_map(|(day, (h, m, s, ms))| Value::DateTime(day.at(h, m, s, ms * 1_000_000))),
        1 => any::<bool>().prop_map(Value::Bool),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec(value(), 1..6), 1..8)) {
        let outs: Vec<Vec<Out<'_>>> = rows.iter().map(|row| row.iter().map(Value::out).collect()).collect();
        for format in [Format::Csv, Format::Xlsx] {
            let bytes = write(format, &["客户名称", "b", "c", "d", "e"], &outs);
            let (info, read) = read(bytes).unwrap();
            prop_assert_eq!(info.format, format);
            for (index, row) in rows.iter().enumerate() {
                let number = index as u64 + 2;
                let found = read.iter().find(|row| row.number == number).cloned().unwrap_or_default();
                prop_assert!(found.problems.is_empty());
                for (column, value) in row.iter().enumerate() {
                    let cell = found.cell(column);
                    prop_assert!(same(value, cell, format), "{:?}: {:?} came back as {:?}", format, value, cell);
                }
            }
        }
    }

    #[test]
    fn nothing_written_is_a_formula(texts in proptest::collection::vec(text(), 1..6)) {
        let row: Vec<Out<'_>> = texts.iter().map(|text| Out::Text(text)).collect();
        let bytes = write(Format::Xlsx, &["h"], std::slice::from_ref(&row));
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        prop_assert_eq!(book.worksheet_formula("Sheet1").unwrap().used_cells().count(), 0);
        let csv = String::from_utf8(write(Format::Csv, &["h"], &[row])).unwrap();
        for cell in cells_by_any_delimiter(&csv) {
            prop_assert!(!starts_a_formula(&cell), "{:?} in {:?}", cell, csv);
        }
    }

    #[test]
    fn neutralising_is_undone_exactly(text in text()) {
        let safe = documents::table::neutralise(&text);
        prop_assert_eq!(documents::table::restore(&safe), &*text);
        prop_assert!(safe.starts_with('\'') || !starts_a_formula(&safe));
    }
}

/// The cells that a program sees which honours quotes and splits at commas, semicolons or tabs alike.
fn cells_by_any_delimiter(csv: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    // Two quotes stand for one; a mark keeps them apart from those that open and close.
    let marked = csv.trim_start_matches('\u{FEFF}').replace("\"\"", "\u{1}");
    for c in marked.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | ';' | '\t' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

fn starts_a_formula(cell: &str) -> bool {
    let rest = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{200B}' || c == '\u{FEFF}');
    rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && rest.trim_end().parse::<f64>().is_err()
}

#[test]
fn both_formats_by_example() {
    let rows = [vec![
        Out::Text("=HYPERLINK(\"http://x\")"),
        Out::Integer(-5),
        Out::Fen(-123_456),
        Out::Date(date(2026, 11, 3)),
        Out::DateTime(date(2026, 11, 3).at(14, 30, 0, 0)),
        Out::Empty,
        Out::Text("-5"),
        Out::Integer(110_101_199_001_011_234),
        Out::Number(f64::NAN),
        Out::Bool(true),
    ]];
    let headings = ["客户", "数", "金额", "日期", "时间", "空", "文", "身份证", "无", "是"];
    let csv = write(Format::Csv, &headings, &rows);
    assert_eq!(
        std::str::from_utf8(&csv).unwrap(),
        "\u{FEFF}客户,数,金额,日期,时间,空,文,身份证,无,是\r\n\"'=HYPERLINK(\"\"http://x\"\")\",-5,-1234.56,2026-11-03,2026-11-03 14:30:00,,-5,110101199001011234,,true\r\n"
    );
    let (_, back) = read(csv).unwrap();
    assert_eq!(back[1].cells[0].text(), "=HYPERLINK(\"http://x\")");

    let xlsx = write(Format::Xlsx, &headings, &rows);
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(xlsx.clone())).unwrap();
    let range = book.worksheet_range("Sheet1").unwrap();
    assert_eq!(range.get((1, 0)), Some(&Data::String("=HYPERLINK(\"http://x\")".into())));
    assert_eq!(range.get((1, 1)), Some(&Data::Float(-5.0)));
    assert_eq!(range.get((1, 2)), Some(&Data::Float(-1234.56)));
    assert!(matches!(range.get((1, 3)), Some(Data::DateTime(at)) if at.as_f64() == 46_329.0));
    let (_, back) = read(xlsx).unwrap();
    let expected = [
        "=HYPERLINK(\"http://x\")",
        "-5",
        "-1234.56",
        "2026-11-03",
        "2026-11-03 14:30:00",
        "",
        "-5",
        "110101199001011234",
        "",
        "true",
    ];
    assert_eq!(texts(&back[1]), expected);
}

#[test]
fn long_text_is_cut_only_where_excel_must() {
    let long = "😀".repeat(20_000);
    let mut writer = TableWriter::new(Format::Xlsx, Vec::new(), &[Column::new("a")]).unwrap();
    writer.row(&[Out::Text(&long)]).unwrap();
    let (bytes, summary) = writer.finish().unwrap();
    assert_eq!(summary.cut, 1);
    let back = read(bytes).unwrap().1[1].cells[0].text().into_owned();
    assert!(back.ends_with("😀…") && back.encode_utf16().count() <= 32_767);
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let writer = TableWriter::new(Format::Xlsx, Full, &[Column::new("a")]).unwrap();
    assert_eq!(writer.finish().err().unwrap().code.as_str(), "file.unwritable");
    assert_eq!(TableWriter::new(Format::Csv, Full, &[]).err().unwrap().code.as_str(), "file.unwritable");
}
