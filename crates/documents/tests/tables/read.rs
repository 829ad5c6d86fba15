//! Tables as people send them.

use crate::fixtures::{Part, frame, open, read, sheet_part, texts, workbook, zip};
use documents::serial::Epoch;
use documents::table::{Cell, Code, Delimiter, Encoding, Format, Limits, Problem, TableSource};
use encoding_rs::GB18030;
use jiff::civil::date;
use std::io::Cursor;

const MESSY: &str = "客户名称,联系人,手机,备注\r\n\r\n上海华盛有限公司,\"王 \"\"小\"\" 明\",13800138000,\"两行\n备注,有逗号\"\r\n龘靐公司,李四,021-62345678,\r\n,,,\r\n赵记,,,末行";

fn expect_messy(bytes: Vec<u8>, encoding: Encoding) {
    let (info, rows) = read(bytes).unwrap();
    assert_eq!((info.format, info.encoding, info.delimiter), (Format::Csv, Some(encoding), Some(Delimiter::Comma)));
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3, 4, 6]);
    assert_eq!(texts(&rows[1]), ["上海华盛有限公司", "王 \"小\" 明", "13800138000", "两行\n备注,有逗号"]);
    assert_eq!(texts(&rows[2]), ["龘靐公司", "李四", "021-62345678"]);
    assert_eq!(texts(&rows[3]), ["赵记", "", "", "末行"]);
    assert!(rows.iter().all(|row| row.problems.is_empty()));
}

#[test]
fn one_sheet_in_every_encoding() {
    expect_messy(MESSY.as_bytes().to_vec(), Encoding::Utf8);
    expect_messy([b"\xEF\xBB\xBF", MESSY.as_bytes()].concat(), Encoding::Utf8Bom);
    expect_messy(GB18030.encode(MESSY).0.into_owned(), Encoding::Gb18030);
    let wide = |to_bytes: fn(u16) -> [u8; 2]| format!("\u{FEFF}{MESSY}").encode_utf16().flat_map(to_bytes).collect();
    expect_messy(wide(u16::to_le_bytes), Encoding::Utf16Le);
    expect_messy(wide(u16::to_be_bytes), Encoding::Utf16Be);
    expect_messy(MESSY.replace("\r\n", "\n").into_bytes(), Encoding::Utf8);
    // Old Macintosh line ends; the line break inside the quotes stays.
    expect_messy(MESSY.replace("\r\n", "\r").into_bytes(), Encoding::Utf8);
}

#[test]
fn a_bad_byte_is_a_problem_of_its_row() {
    let mut bytes = GB18030.encode("姓名,电话\n张三,1\n李四,2\n王五,3\n").0.into_owned();
    let at = bytes.windows(2).position(|pair| pair == &*GB18030.encode("李").0).unwrap();
    bytes[at + 1] = b' ';
    let (info, rows) = read(bytes).unwrap();
    assert_eq!(info.encoding, Some(Encoding::Gb18030));
    assert_eq!(rows[2].problems, [Problem { column: 0, code: "cell.bad_bytes" }]);
    assert_eq!(texts(&rows[2])[1], "2");
    assert!(rows[1].problems.is_empty() && rows[3].problems.is_empty());

    let mut bytes = "姓名,电话\n张三,1\n李四,2\n".as_bytes().to_vec();
    bytes[16] = 0xFF;
    let (info, rows) = read(bytes).unwrap();
    assert_eq!(info.encoding, Some(Encoding::Utf8));
    assert_eq!(rows[1].problems.len(), 1);
}

#[test]
fn delimiters_hints_and_open_quotes() {
    let (info, rows) = read("a\tb\n1,5\t2").unwrap();
    assert_eq!(info.delimiter, Some(Delimiter::Tab));
    assert_eq!(texts(&rows[1]), ["1,5", "2"]);
    let (info, rows) = read("sep=;\r\na;b\r\n1,5;2").unwrap();
    assert_eq!(info.delimiter, Some(Delimiter::Semicolon));
    assert_eq!((rows[0].number, texts(&rows[1])), (2, vec!["1,5".to_owned(), "2".to_owned()]));
    let (_, rows) = read("a,b\n1,\"open\n2,3").unwrap();
    assert_eq!(rows[1].problems, [Problem { column: 1, code: "cell.unclosed_quote" }]);
    assert_eq!(texts(&rows[1])[1], "open\n2,3");
    let (_, rows) = read("a,b\n\"x\"y,5\" pipe").unwrap();
    assert_eq!(texts(&rows[1]), ["xy", "5\" pipe"]);
}

#[test]
fn a_workbook_with_everything() {
    let strings = "<si><t>客户名称</t></si><si><r><t>上海</t></r><r><t xml:space=\"preserve\"> 华盛</t></r><rPh><t>しゃんはい</t></rPh></si><si><t>a&amp;b&#x4E2D;_x000D_x</t></si>";
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>手机</t></is></c></row>
        <row r="2"><c r="A2" s="1"/></row>
        <row r="5"><c r="A5" t="s"><v>1</v></c><c r="B5"><v>13800138000</v></c><c r="C5"><v>1.38E+10</v></c><c r="D5" s="1"><v>46329</v></c><c r="E5" s="2"><v>46329.604166666664</v></c><c r="F5" s="3"><v>46329</v></c><c r="G5" s="4"><v>123</v></c><c r="H5" s="5"><v>0.5</v></c></row>
        <row><c t="s"><v>2</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;"x"</f><v>计算</v></c><c r="F6" t="d"><v>2026-11-03</v></c><c><v>0.30000000000000004</v></c><c><v>abc</v></c><c><f>1+1</f></c></row>"#;
    let (info, rows) = read(workbook(rows, strings)).unwrap();
    assert_eq!((info.format, info.sheets[0].name.as_str(), info.sheet), (Format::Xlsx, "客户", 0));
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 5, 6]);
    assert_eq!(texts(&rows[0]), ["客户名称", "手机"]);
    let cells = &rows[1].cells;
    assert_eq!(cells[0], Cell::Text("上海 华盛".into()));
    assert_eq!(cells[1], Cell::Number { value: 13_800_138_000.0, shown: "13800138000".into() });
    assert_eq!(cells[2].text(), "13800000000");
    assert_eq!(cells[3], Cell::Date(date(2026, 11, 3)));
    assert_eq!(cells[4], Cell::DateTime(date(2026, 11, 3).at(14, 30, 0, 0)));
    assert_eq!(cells[5], Cell::Date(date(2026, 11, 3)));
    assert_eq!((cells[6].text(), cells[7].text()), ("000123".into(), "12:00:00".into()));
    assert_eq!(texts(&rows[2]), ["a&b中\rx", "true", "#N/A", "计算", "", "2026-11-03", "0.3", "abc"]);
    let problems: Vec<_> = rows[2].problems.iter().map(|p| (p.column, p.code)).collect();
    assert_eq!(problems, [(2, "cell.error"), (7, "cell.bad_value"), (8, "cell.no_result")]);
}

#[test]
fn sheets_hidden_and_1904() {
    let book = r#"<x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="藏" state="hidden" r:id="rId9"/><x:sheet name="图" r:id="rId8"/><x:sheet name="见" r:id="rId1"/></x:sheets></x:workbook>"#;
    let rels = r#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="x/worksheet" Target="/xl/hidden.xml"/><Relationship Id="rId8" Type="x/chartsheet" Target="c.xml"/><Relationship Id="s" Type="x/styles" Target="styles.xml"/></Relationships>"#;
    let mut parts: Vec<Part> = frame().into_iter().filter(|part| !part.name.contains("workbook.xml")).collect();
    parts.push(Part::new("xl/workbook.xml", book.as_bytes()));
    parts.push(Part::new("xl/_rels/workbook.xml.rels", rels.as_bytes()));
    parts.push(Part::new(
        "xl/hidden.xml",
        b"<x:worksheet><x:sheetData><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>",
    ));
    parts.push(sheet_part(r#"<row r="1"><c s="1"><v>44867</v></c></row>"#));
    let mut source = open(zip(&parts)).unwrap();
    let names: Vec<_> = source.info().sheets.iter().map(|s| (s.name.clone(), s.hidden)).collect();
    assert_eq!(names, [("藏".to_owned(), true), ("见".to_owned(), false)]);
    let first = source.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(first.cells, [Cell::Date(date(2026, 11, 3))]);
    assert_eq!(source.sheet_rows(0).unwrap().next().unwrap().unwrap().cells[0].text(), "7");
    assert_eq!(source.sheet_rows(5).err().unwrap().code, Code::NoSuchSheet);
    // Again from the start.
    assert_eq!(source.rows().unwrap().count(), 1);
    assert!(documents::serial::to_civil(44_867.0, Epoch::Y1904).is_some());
}

#[test]
fn many_shared_strings_wait_on_disk() {
    let items: String = (0..20_000).map(|n| format!("<si><t>客户{n}</t></si>")).collect();
    let rows: String =
        (0..20_000).map(|n| format!("<row><c t=\"s\"><v>{}</v></c></row>", (n * 7919) % 20_000)).collect();
    let limits = Limits { string_memory: 1_000, ..Limits::default() };
    let mut source = TableSource::open(Cursor::new(workbook(&rows, &items)), limits).unwrap();
    for (n, row) in source.rows().unwrap().enumerate() {
        assert_eq!(row.unwrap().cells[0].text(), format!("客户{}", (n * 7919) % 20_000));
    }
}

#[test]
fn what_is_refused_says_why() {
    let ole = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &vec![0; 70_000], &name].concat()
    };
    let xlsb = zip(&[Part::new("xl/workbook.bin", b"x")]);
    let ods = zip(&[Part::new("mimetype", b"x"), Part::new("content.xml", b"x")]);
    let word = zip(&[Part::new(
        "_rels/.rels",
        br#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>"#,
    )]);
    let locked: Vec<Part> = frame().into_iter().map(Part::encrypted).collect();
    let cases: Vec<(Vec<u8>, Code, &str)> = vec![
        (vec![], Code::Empty, ""),
        (b"\xEF\xBB\xBF \r\n".to_vec(), Code::Empty, ""),
        (b",,,\n,,\n".to_vec(), Code::Empty, ""),
        (workbook("", ""), Code::Empty, ""),
        (ole("Workbook"), Code::OldXls, ""),
        (ole("EncryptedPackage"), Code::Encrypted, ""),
        (zip(&locked), Code::Encrypted, ""),
        (xlsb, Code::Unsupported, "xlsb"),
        (ods, Code::Unsupported, "ods"),
        (b"\xEF\xBB\xBF <HTML><table>".to_vec(), Code::Unsupported, "markup"),
        (b"<?xml version=\"1.0\"?><Workbook>".to_vec(), Code::Unsupported, "markup"),
        (word, Code::NotATable, ""),
        (zip(&[Part::new("a.txt", b"x")]), Code::NotATable, ""),
        (b"%PDF-1.7".to_vec(), Code::NotATable, ""),
        (b"{\"a\":1}".to_vec(), Code::NotATable, ""),
        (b"PK\x03\x04 and then nothing".to_vec(), Code::Damaged, ""),
    ];
    for (bytes, code, what) in cases {
        let error = read(bytes.clone()).unwrap_err();
        assert_eq!(
            (error.code, error.what),
            (code, what),
            "{error} {}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
        );
        assert!(!error.detail.is_empty() && error.code.as_str().starts_with("file."));
    }
}
