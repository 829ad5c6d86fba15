//! Bombs and lies are refused within 2 s and 64 MiB. Each file is read by a process of its own, because memory that a
//! test has once used would hide what the reader takes.
//!
//! Time is the processor's, so that a busy machine does not fail the test; it and the peak of memory come from `/proc`.
use crate::fixtures::{Chance, HEAD, MAIN, Part, frame, sheet_part, strings_part, zip};
use documents::table::{Limits, TableError, TableSource};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

const FILE: &str = "DOCUMENTS_BOUNDS_FILE";
const MEMORY_KIB: u64 = 64 << 10;
/// The promise is about the product as it is shipped; without optimisation the same work takes several times as long.
const TIME_MS: u64 = if cfg!(debug_assertions) { 12_000 } else { 2_000 };
/// One child at a time.
static TURN: Mutex<()> = Mutex::new(());
const SHEET: &str = "xl/worksheets/sheet1.xml";

fn read_all(path: &Path) -> Result<u64, TableError> {
    let mut source = TableSource::open_path(path, Limits::default())?;
    let mut count = 0;
    for row in source.rows()? {
        row?;
        count += 1;
    }
    Ok(count)
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// User and system time of this process; the kernel counts it in hundredths of a second.
fn processor_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    [fields[11], fields[12]].iter().map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum()
}

/// Runs only as the child of the other tests.
#[test]
fn child() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let before = status("VmRSS");
    let start = processor_ms();
    let result = read_all(Path::new(&path));
    let taken = processor_ms() - start;
    let peak = status("VmHWM").saturating_sub(before);
    let outcome = result.map_or_else(|e| format!("{} {}", e.code, e.what), |rows| format!("read {rows}"));
    println!("\nOUTCOME|{}|{taken}|{peak}|", outcome.trim());
}

/// The outcome, after the bounds were checked.
fn measured(name: &str, bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bounds::child", "--nocapture", "--test-threads=1"])
        .env(FILE, file.path())
        .output()
        .unwrap();
    drop(turn);
    let output = String::from_utf8_lossy(&child.stdout).into_owned();
    let line =
        output.lines().find_map(|line| line.strip_prefix("OUTCOME|")).unwrap_or_else(|| panic!("{name}: {output}"));
    let fields: Vec<&str> = line.split('|').collect();
    let (taken, peak): (u64, u64) = (fields[1].parse().unwrap(), fields[2].parse().unwrap());
    println!("{name}: {} bytes -> {} in {taken} ms, {} MiB", bytes.len(), fields[0], peak >> 10);
    assert!(peak <= MEMORY_KIB, "{name} took {peak} KiB");
    if !fields[0].starts_with("read") {
        assert!(taken <= TIME_MS, "{name} took {taken} ms");
    }
    fields[0].to_owned()
}

fn with(parts: impl IntoIterator<Item = Part>) -> Vec<u8> {
    zip(&frame().into_iter().chain(parts).collect::<Vec<_>>())
}

fn sheet_of(chunk: &str, times: u32) -> Part {
    Part::repeated(SHEET, &format!("{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetData>"), chunk.as_bytes(), times)
}

/// Text that hardly compresses, so that the whole stays under the believable ratio.
fn noise(length: usize) -> String {
    let mut chance = Chance(1);
    (0..length).map(|_| char::from(b'a' + chance.below(26) as u8)).collect()
}

#[test]
fn packed_bombs() {
    let row = "<row><c/><c/><c/></row>".repeat(4_000);
    assert_eq!(measured("4 GiB at 900:1", &with([sheet_of(&row, 45_000)])), "file.bomb");
    assert_eq!(measured("the same, said to be 1 MiB", &with([sheet_of(&row, 9_000).declaring(1 << 20)])), "file.bomb");
    let small = sheet_of("<row><c><v>1</v></c></row>", 1).with_sum(7);
    assert_eq!(measured("a wrong checksum", &with([small])), "file.damaged");
    let strings = Part::repeated("xl/sharedStrings.xml", "<sst>", "<si><t>a</t></si>".repeat(5_000).as_bytes(), 9_000);
    assert_eq!(measured("shared strings at 900:1", &with([sheet_part(""), strings])), "file.bomb");
    let patient = format!("<row><!--{}-->{}</row>", noise(300), "<c/>".repeat(12_000));
    assert_eq!(
        measured("120 million blank cells at a modest ratio", &with([sheet_of(&patient, 10_000)])),
        "file.too_large cells"
    );
    let blank = format!("<row><!--{}--></row>", noise(100)) + &"<row/>".repeat(2_000);
    assert_eq!(measured("40 million empty rows", &with([sheet_of(&blank, 20_000)])), "file.damaged");
    let members: Vec<Part> = (0..60_000).map(|n| Part::new(&format!("{n}"), b"")).collect();
    assert_eq!(measured("60,000 members", &zip(&members)), "file.too_large members");
}

#[test]
fn hostile_xml() {
    let laughs = format!("<!DOCTYPE x [<!ENTITY a \"{}\">]>", "&b;".repeat(1_000));
    let laughs =
        Part::new(SHEET, format!("{HEAD}{laughs}<worksheet><sheetData>&a;</sheetData></worksheet>").as_bytes());
    assert_eq!(measured("a billion laughs", &with([laughs])), "file.bomb");
    assert_eq!(measured("deep XML", &with([sheet_part(&"<a>".repeat(1_000_000))])), "file.bomb");
    let text = format!("<row><c t=\"inlineStr\"><is><t>{}", noise(30 << 20));
    assert_eq!(measured("an endless text", &with([sheet_part(&text)])), "file.bomb");
    let tag = format!("<row><c r=\"{}\"/></row>", noise(30 << 20));
    assert_eq!(measured("an endless tag", &with([sheet_part(&tag)])), "file.bomb");
    let attributes: String = (0..30_000).map(|n| format!("a{n}=\"\" ")).collect();
    let tags = format!("<row><c {attributes}/></row>");
    assert_eq!(measured("tags with 30,000 attributes", &with([sheet_part(&tags)])), "file.bomb");
    let pieces =
        format!("<row><c t=\"inlineStr\"><is>{}</is></c></row>", "<r><t>abcdefgh&amp;</t></r>".repeat(200_000));
    assert_eq!(measured("a text of endless pieces", &with([sheet_part(&pieces)])), "file.too_large cell_chars");
    let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert_eq!(measured("a cell at XFD1048576", &with([sheet_part(far)])), "file.too_large columns");
    let below = r#"<row r="4000000000"><c><v>1</v></c></row>"#;
    assert_eq!(measured("a row that does not exist", &with([sheet_part(below)])), "file.damaged");
}

#[test]
fn shared_strings_that_multiply() {
    let long = strings_part(&format!("<si><t>{}</t></si>", noise(32_000)));
    let row = format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(100));
    let many = sheet_part(&row.repeat(3_000));
    assert_eq!(measured("a long string 300,000 times", &with([many, long])), "file.too_large text_bytes");
    let long = strings_part(&format!("<si><t>{}</t></si>", noise(32_000)));
    let wide = sheet_part(&format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(256)));
    assert_eq!(measured("one row of long strings", &with([wide, long])), "file.too_large row_bytes");
    let chunk: String = (0..2_000).map(|n| format!("<si><t>{n}{}</t></si>", &noise(40)[n % 40..])).collect();
    let strings = Part::repeated("xl/sharedStrings.xml", "<sst>", chunk.as_bytes(), 4_000);
    assert_eq!(measured("8 million strings", &with([sheet_part(""), strings])), "file.too_large shared_strings");
    let chunk = format!("<si><t>{}</t></si>", noise(30_000)).repeat(10);
    let strings = Part::repeated("xl/sharedStrings.xml", "<sst>", chunk.as_bytes(), 1_000);
    assert_eq!(measured("300 MB of strings, then nothing", &with([sheet_part(""), strings])), "file.damaged");
}

#[test]
fn hostile_text() {
    const FULL: usize = 64 << 20;
    assert_eq!(measured("a byte too many", &vec![b'a'; FULL + 1]), "file.too_large file_bytes");
    assert_eq!(measured("one cell", &vec![b'a'; FULL]), "file.too_large cell_chars");
    assert_eq!(
        measured("an open quote", &[&b"a,b\n\""[..], &b"x,\n".repeat(20 << 20)].concat()),
        "file.too_large cell_chars"
    );
    assert_eq!(measured("only commas", &vec![b','; FULL]), "file.too_large columns");
    assert_eq!(measured("only line ends", &vec![b'\n'; FULL]), "file.too_large rows");
    assert_eq!(measured("too many rows", &b"1\n".repeat(FULL / 2)), "file.too_large rows");
    assert_eq!(measured("257 columns", "1,".repeat(257).as_bytes()), "file.too_large columns");
    let hanzi = encoding_rs::GB18030.encode("客").0.into_owned();
    assert_eq!(measured("one cell of GBK", &hanzi.repeat(FULL / 2)), "file.too_large cell_chars");
    assert_eq!(
        measured("one cell of UTF-16", &[&b"\xFF\xFE"[..], &b"a\0".repeat(FULL / 2 - 1)].concat()),
        "file.too_large cell_chars"
    );
    assert_eq!(
        measured(
            "noise",
            &(0..FULL)
                .map({
                    let mut c = Chance(3);
                    move |_| c.next() as u8
                })
                .collect::<Vec<_>>()
        ),
        "file.not_a_table"
    );
    let mut ole = vec![0; FULL];
    ole[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    assert_eq!(measured("an old workbook of 64 MiB", &ole), "file.old_xls");
}

/// Honest files may take longer than two seconds, but never more memory.
#[test]
fn large_honest_files() {
    let rows: String =
        (0..700_000).map(|n| format!("客户{n},联系人{n},138{n:08},上海市浦东新区世纪大道{n}号\n")).collect();
    assert_eq!(measured("700,000 rows of text", rows.as_bytes()), "read 700000");
    let strings: String = (0..600_000).map(|n| format!("<si><t>上海市浦东新区世纪大道第{n}号</t></si>")).collect();
    let cells = |n: u32| {
        format!("<row>{}</row>", (0..6).map(|c| format!("<c t=\"s\"><v>{}</v></c>", n * 6 + c)).collect::<String>())
    };
    let rows: String = (0..100_000).map(cells).collect();
    let file = with([sheet_part(&rows), strings_part(&strings)]);
    assert_eq!(measured("600,000 shared strings", &file), "read 100000");
}
