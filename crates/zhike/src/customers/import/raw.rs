//! A row as text, and a scratch file of rows: a sheet is unpacked once, and then its rows can be read in any order,
//! because the rows of one customer need not stand together.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use documents::table::Row;

use crate::kernel::{Error, Result};

/// Of rows that are in memory together: so much text, however long a sheet makes them.
pub const AT_ONCE_BYTES: usize = 4 << 20;

/// Cells as the text that people typed, and what the reader had to say about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawRow {
    /// As the spreadsheet program shows it.
    pub number: u64,
    pub cells: Vec<String>,
    /// Column and code.
    pub faults: Vec<(usize, String)>,
}

impl From<Row> for RawRow {
    fn from(row: Row) -> Self {
        let faults = row.problems.iter().map(|problem| (problem.column, problem.code.to_owned())).collect();
        Self { number: row.number, cells: row.cells.iter().map(|cell| cell.text().into_owned()).collect(), faults }
    }
}

impl RawRow {
    /// Bytes of text.
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(String::len).sum()
    }

    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The next rows: as many as asked for, or fewer that are long.
pub fn block(rows: &mut impl Iterator<Item = Result<Row>>, most: usize) -> Result<Vec<RawRow>> {
    let mut block = Vec::new();
    let mut bytes = 0;
    while block.len() < most && bytes < AT_ONCE_BYTES {
        let Some(row) = rows.next() else { break };
        let row = RawRow::from(row?);
        bytes += row.bytes();
        block.push(row);
    }
    Ok(block)
}

/// Rows on disk; in memory only where each begins.
pub struct Scratch {
    file: File,
    starts: Vec<u64>,
}

/// A scratch file being filled.
pub struct Filling {
    to: BufWriter<File>,
    starts: Vec<u64>,
    bytes: Vec<u8>,
    at: u64,
}

impl Filling {
    pub fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(Error::internal)?;
        Ok(Self { to: BufWriter::with_capacity(1 << 18, file), starts: vec![0], bytes: Vec::new(), at: 0 })
    }

    pub fn push(&mut self, row: &RawRow) -> Result<()> {
        self.bytes.clear();
        encode(row, &mut self.bytes);
        self.to.write_all(&self.bytes).map_err(Error::internal)?;
        self.at += self.bytes.len() as u64;
        self.starts.push(self.at);
        Ok(())
    }

    pub fn finish(self) -> Result<Scratch> {
        let file = self.to.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        Ok(Scratch { file, starts: self.starts })
    }
}

impl Scratch {
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Bytes of a row as it lies there.
    pub fn bytes(&self, index: usize) -> u64 {
        self.starts.get(index + 1).map_or(0, |to| to - self.starts[index])
    }

    pub fn row(&self, index: usize) -> Result<RawRow> {
        let (Some(from), Some(to)) = (self.starts.get(index), self.starts.get(index + 1)) else {
            return Err(Error::internal("no such row"));
        };
        let mut bytes = vec![0; (to - from) as usize];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(*from)).and_then(|_| file.read_exact(&mut bytes)).map_err(Error::internal)?;
        decode(&bytes).ok_or_else(|| Error::internal("the scratch file was damaged"))
    }
}

fn encode(row: &RawRow, out: &mut Vec<u8>) {
    out.extend(row.number.to_le_bytes());
    out.extend((row.cells.len() as u32).to_le_bytes());
    row.cells.iter().for_each(|cell| put(out, cell));
    out.extend((row.faults.len() as u32).to_le_bytes());
    for (column, code) in &row.faults {
        out.extend((*column as u32).to_le_bytes());
        put(out, code);
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn decode(mut bytes: &[u8]) -> Option<RawRow> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    bytes = rest;
    let mut row = RawRow { number: u64::from_le_bytes(*number), ..RawRow::default() };
    for _ in 0..take(&mut bytes)? {
        row.cells.push(text(&mut bytes)?);
    }
    for _ in 0..take(&mut bytes)? {
        let column = take(&mut bytes)? as usize;
        row.faults.push((column, text(&mut bytes)?));
    }
    Some(row)
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number))
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let length = take(bytes)? as usize;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use documents::table::Cell;

    use super::*;

    #[test]
    fn of_long_rows_there_are_few_at_once() {
        let rows = |bytes: usize| {
            (1..=5).map(move |number| {
                let cells = vec![Cell::Text("x".repeat(bytes))];
                Ok(Row { number, cells, problems: Vec::new() })
            })
        };
        let counts = |bytes: usize| {
            let mut rows = rows(bytes);
            std::iter::from_fn(|| Some(block(&mut rows, 4).expect("rows").len()).filter(|count| *count > 0))
                .collect::<Vec<_>>()
        };
        assert_eq!(counts(10), [4, 1], "as many as asked for");
        assert_eq!(counts(AT_ONCE_BYTES / 2), [2, 2, 1], "as much text as may be");
        assert_eq!(counts(AT_ONCE_BYTES * 2), [1; 5], "one is always taken");
    }

    proptest::proptest! {
        #[test]
        fn rows_come_back_in_any_order(
            cells in proptest::collection::vec(proptest::collection::vec("\\PC{0,8}", 0..5), 1..10),
        ) {
            let row = |(at, cells): (usize, &Vec<String>)| RawRow {
                number: at as u64 + 2,
                cells: cells.clone(),
                faults: vec![(at, "cell.error".to_owned())],
            };
            let rows: Vec<RawRow> = cells.iter().enumerate().map(row).collect();
            let mut filling = Filling::new().expect("a file");
            rows.iter().for_each(|row| filling.push(row).expect("written"));
            let scratch = filling.finish().expect("finished");
            proptest::prop_assert_eq!(scratch.len(), rows.len());
            for (index, row) in rows.iter().enumerate().rev() {
                proptest::prop_assert_eq!(&scratch.row(index).expect("read"), row);
            }
        }
    }
}
