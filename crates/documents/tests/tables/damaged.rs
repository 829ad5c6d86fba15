//! Thousands of broken files: never a panic, never beyond the bounds, always a reason.

use crate::fixtures::{Chance, workbook};
use documents::table::{Code, Column, Format, Limits, Out, TableSource, TableWriter};
use std::io::Cursor;

fn limits() -> Limits {
    Limits { unpacked_bytes: 8 << 20, rows: 500, columns: 40, cells: 10_000, ..Limits::default() }
}

/// Reads everything; the reason if it was refused.
fn outcome(bytes: Vec<u8>) -> Result<u64, Code> {
    let limits = limits();
    let mut source = TableSource::open(Cursor::new(bytes), limits.clone()).map_err(|error| error.code)?;
    let mut count = 0;
    for row in source.rows().map_err(|error| error.code)? {
        let row = row.map_err(|error| error.code)?;
        assert!(row.cells.len() as u64 <= limits.columns && !row.cells.is_empty());
        count += 1;
    }
    assert!((1..=limits.rows).contains(&count));
    Ok(count)
}

fn sample(format: Format) -> Vec<u8> {
    let mut writer = TableWriter::new(format, Vec::new(), &["客户", "电话", "日期"].map(Column::new)).unwrap();
    for n in 0..60 {
        let name = format!("上海华盛{n}公司");
        writer.row(&[Out::Text(&name), Out::Integer(13_800_138_000 + n), Out::Fen(n * 7)]).unwrap();
    }
    writer.finish().unwrap().0
}

fn with_strings() -> Vec<u8> {
    let items: String = (0..200).map(|n| format!("<si><t>客户{n}&lt;</t></si>")).collect();
    let rows: String =
        (0..200).map(|n| format!("<row r=\"{}\"><c r=\"A1\" t=\"s\"><v>{n}</v></c></row>", n + 1)).collect();
    workbook(&rows, &items)
}

#[test]
fn truncations_and_flips_of_workbooks() {
    let originals = [sample(Format::Xlsx), with_strings()];
    let mut chance = Chance(20_261_103);
    let mut refused = 0;
    for round in 0..3_000 {
        let mut bytes = originals[round % 2].clone();
        match round % 3 {
            0 => bytes.truncate(chance.below(bytes.len())),
            _ => {
                for _ in 0..1 + chance.below(8) {
                    let at = chance.below(bytes.len());
                    bytes[at] ^= 1 << chance.below(8);
                }
            }
        }
        refused += u32::from(outcome(bytes).is_err());
    }
    // Some flips hit time stamps or attributes that nobody reads; no flip in the content may pass.
    assert!(refused > 2_400, "only {refused} refused");
}

/// Broken XML inside a sound container, which checksums do not catch.
#[test]
fn flips_inside_the_xml() {
    let items = "<si><t>客户</t></si><si><r><t>a</t></r><rPh><t>b</t></rPh></si>";
    let rows = r#"<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46329.25</v></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row>"#
        .repeat(5);
    let mut chance = Chance(7);
    for _ in 0..3_000 {
        let mut broken = [rows.clone().into_bytes(), items.as_bytes().to_vec()];
        for _ in 0..1 + chance.below(4) {
            let part = &mut broken[chance.below(2)];
            let at = chance.below(part.len());
            match chance.below(3) {
                0 => part[at] = b"<>/\"&=0 sE-"[chance.below(11)],
                1 => part.truncate(at.max(1)),
                _ => part[at] = (chance.next() % 128) as u8,
            }
        }
        let [rows, items] = broken.map(|part| String::from_utf8_lossy(&part).into_owned());
        let _ = outcome(workbook(&rows, &items));
    }
}

#[test]
fn random_bytes_and_broken_text() {
    let mut chance = Chance(99);
    let csv = sample(Format::Csv);
    for round in 0..3_000 {
        let length = chance.below(3_000);
        let mut bytes: Vec<u8> = match round % 4 {
            0 => (0..length).map(|_| chance.next() as u8).collect(),
            1 => (0..length).map(|_| b",;\t\"\r\n'= \xC4\xE3\xBA"[chance.below(12)]).collect(),
            2 => [&b"PK\x03\x04"[..], &(0..length).map(|_| chance.next() as u8).collect::<Vec<_>>()].concat(),
            _ => csv.clone(),
        };
        if round % 4 == 3 {
            for _ in 0..5 {
                let at = chance.below(bytes.len());
                bytes[at] = chance.next() as u8;
            }
        }
        let _ = outcome(bytes);
    }
}

#[test]
fn an_untouched_file_passes() {
    assert_eq!(outcome(sample(Format::Xlsx)), Ok(61));
    assert_eq!(outcome(sample(Format::Csv)), Ok(61));
    assert_eq!(outcome(with_strings()), Ok(200));
}
