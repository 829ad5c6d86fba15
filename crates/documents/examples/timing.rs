//! How long 100,000 rows of 15 columns take: `cargo run --release -p documents --example timing`.

use documents::table::{Column, Format, Limits, Out, TableSource, TableWriter};
use std::io::Cursor;
use std::time::Instant;

fn main() {
    for format in [Format::Xlsx, Format::Csv] {
        let start = Instant::now();
        let bytes = write(format);
        let written = start.elapsed();
        let start = Instant::now();
        let size = bytes.len();
        let mut source = TableSource::open(Cursor::new(bytes), Limits::default()).expect("our own file");
        let cells: usize = source.rows().expect("our own file").map(|row| row.expect("our own row").cells.len()).sum();
        println!(
            "{}: {size} bytes, written in {written:?}, {cells} cells read in {:?}",
            format.as_str(),
            start.elapsed()
        );
    }
}

fn write(format: Format) -> Vec<u8> {
    let columns: Vec<Column> = (1..=15).map(|n| Column::new(format!("第{n}列"))).collect();
    let mut writer = TableWriter::new(format, Vec::new(), &columns).expect("memory");
    for n in 0..100_000_i64 {
        let (name, address) = (format!("上海华盛{n}有限公司"), format!("上海市浦东新区世纪大道{n}号"));
        let mut row = vec![Out::Text(&name), Out::Text(&address), Out::Integer(13_800_000_000 + n), Out::Fen(n * 101)];
        row.push(Out::Date(jiff::civil::date(2026, 11, (n % 28 + 1) as i8)));
        row.resize(15, Out::Text("重点客户"));
        writer.row(&row).expect("memory");
    }
    writer.finish().expect("memory").0
}
