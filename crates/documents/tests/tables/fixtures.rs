//! Makes the files of the tests: honest workbooks, messy sheets as people send them, and lies.

use documents::table::{Limits, Row, TableError, TableInfo, TableSource};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::{Cursor, Write};

/// One member of a zip file. `size` is what the directory declares, the truth unless someone lies.
pub struct Part {
    pub name: String,
    packed: Vec<u8>,
    size: u32,
    sum: u32,
    flags: u16,
}

impl Part {
    pub fn new(name: &str, content: &[u8]) -> Part {
        Part::generated(name, |write| write.write_all(content).unwrap())
    }

    /// Content that need not fit into memory.
    pub fn generated(name: &str, fill: impl FnOnce(&mut dyn Write)) -> Part {
        let mut out = Summing { out: DeflateEncoder::new(Vec::new(), Compression::fast()), crc: flate2::Crc::new() };
        fill(&mut out);
        let (size, sum) = (out.crc.amount(), out.crc.sum());
        Part { name: name.to_owned(), packed: out.out.finish().unwrap(), size, sum, flags: 0 }
    }

    /// `before`, then `chunk` many times, without packing it every time: the same packed bytes are repeated.
    pub fn repeated(name: &str, before: &str, chunk: &[u8], times: u32) -> Part {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
        out.write_all(before.as_bytes()).unwrap();
        out.flush().unwrap();
        let mut packed = std::mem::take(out.get_mut());
        // A full flush ends on a byte; what follows must not refer to what came before.
        let mut once = DeflateEncoder::new(Vec::new(), Compression::best());
        once.write_all(chunk).unwrap();
        once.flush().unwrap();
        let repeated = once.get_ref().clone();
        (0..times).for_each(|_| packed.extend_from_slice(&repeated));
        let size = before.len() as u64 + chunk.len() as u64 * u64::from(times);
        let size = u32::try_from(size).unwrap_or(u32::MAX - 1);
        Part { name: name.to_owned(), packed, size, sum: 0, flags: 0 }
    }

    pub fn declaring(mut self, size: u32) -> Part {
        self.size = size;
        self
    }

    pub fn with_sum(mut self, sum: u32) -> Part {
        self.sum = sum;
        self
    }

    pub fn encrypted(mut self) -> Part {
        self.flags = 1;
        self
    }
}

struct Summing {
    out: DeflateEncoder<Vec<u8>>,
    crc: flate2::Crc,
}

impl Write for Summing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.crc.update(bytes);
        self.out.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let offset = file.len() as u32;
        let mut common = Vec::new();
        for field in [20, part.flags, 8, 0, 0x5A21] {
            common.extend(u16::to_le_bytes(field));
        }
        for field in [part.sum, part.packed.len() as u32, part.size] {
            common.extend(field.to_le_bytes());
        }
        common.extend((part.name.len() as u16).to_le_bytes());
        common.extend([0; 2]);
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(part.name.as_bytes());
        file.extend(&part.packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(part.name.as_bytes());
    }
    let offset = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        file.extend((parts.len() as u16).to_le_bytes());
    }
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(offset.to_le_bytes());
    file.extend([0; 2]);
    file
}

pub const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
pub const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts around the rows, for one sheet.
pub fn frame() -> Vec<Part> {
    let rels = format!(
        r#"{HEAD}<Relationships><Relationship Id="rId1" Type="{KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(
        r#"{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{KIND}"><sheets><sheet name="客户" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let book_rels = format!(
        r#"{HEAD}<Relationships><Relationship Id="rId1" Type="{KIND}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{KIND}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="{KIND}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>"#
    );
    let styles = format!(
        r#"{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="000000"/><numFmt numFmtId="166" formatCode="h:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>"#
    );
    vec![
        Part::new("[Content_Types].xml", b"<Types/>"),
        Part::new("_rels/.rels", rels.as_bytes()),
        Part::new("xl/workbook.xml", book.as_bytes()),
        Part::new("xl/_rels/workbook.xml.rels", book_rels.as_bytes()),
        Part::new("xl/styles.xml", styles.as_bytes()),
    ]
}

pub fn sheet_part(rows: &str) -> Part {
    let xml = format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
    Part::new("xl/worksheets/sheet1.xml", xml.as_bytes())
}

pub fn strings_part(items: &str) -> Part {
    Part::new("xl/sharedStrings.xml", format!(r#"{HEAD}<sst xmlns="{MAIN}">{items}</sst>"#).as_bytes())
}

/// A workbook of one sheet.
pub fn workbook(rows: &str, strings: &str) -> Vec<u8> {
    let mut parts = frame();
    parts.push(sheet_part(rows));
    parts.push(strings_part(strings));
    zip(&parts)
}

pub fn open(bytes: impl Into<Vec<u8>>) -> Result<TableSource, TableError> {
    TableSource::open(Cursor::new(bytes.into()), Limits::default())
}

pub fn read(bytes: impl Into<Vec<u8>>) -> Result<(TableInfo, Vec<Row>), TableError> {
    let mut source = open(bytes)?;
    let rows = source.rows()?.collect::<Result<_, _>>()?;
    Ok((source.info().clone(), rows))
}

pub fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| cell.text().into_owned()).collect()
}

/// A small deterministic source of chance (SplitMix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
