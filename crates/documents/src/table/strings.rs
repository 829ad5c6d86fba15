//! The shared strings of a workbook. A sheet refers to them in any order, so they must all be at hand: their text
//! stays in memory while it is small, the rest waits in an unnamed temporary file that vanishes with the process.

use super::error::TableError;
use super::escape::unescape;
use super::limits::Limits;
use super::xml::{Name, Node, Xml};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

const BLOCK: usize = 1 << 16;
const WINDOW: usize = 16 << 10;

#[derive(Default)]
pub(crate) struct SharedStrings {
    /// The end of each string in the whole text, in blocks so that growing never copies.
    ends: Vec<Vec<u32>>,
    count: usize,
    memory: Vec<u8>,
    total: u64,
    spill: Option<Spill>,
}

struct Spill {
    writer: BufWriter<File>,
    window: Vec<u8>,
    /// Where the window begins in the file.
    at: u64,
}

impl SharedStrings {
    pub fn load(mut xml: Xml<'_>, limits: &Limits) -> Result<Self, TableError> {
        let mut strings = SharedStrings::default();
        let mut text = String::new();
        loop {
            match xml.next()? {
                Node::Open(tag) if tag.local_name().into_inner() == "si" => {
                    text.clear();
                    rich_text(&mut xml, Name::Item, limits, &mut text)?;
                    strings.push(&unescape(&text), limits)?;
                }
                Node::Empty(tag) if tag.local_name().into_inner() == "si" => strings.push("", limits)?,
                Node::End => break,
                _ => {}
            }
        }
        strings.seal()?;
        Ok(strings)
    }

    fn push(&mut self, text: &str, limits: &Limits) -> Result<(), TableError> {
        if self.count as u64 >= limits.strings {
            return Err(TableError::too_large("shared_strings", limits.strings));
        }
        self.total += text.len() as u64;
        let end = u32::try_from(self.total).map_err(|_| TableError::too_large("shared_strings", limits.strings))?;
        if self.spill.is_none() && self.total <= limits.string_memory {
            self.memory.extend_from_slice(text.as_bytes());
        } else {
            self.spilling()?.writer.write_all(text.as_bytes())?;
        }
        if self.count.is_multiple_of(BLOCK) {
            self.ends.push(Vec::with_capacity(BLOCK));
        }
        self.ends[self.count / BLOCK].push(end);
        self.count += 1;
        Ok(())
    }

    fn spilling(&mut self) -> Result<&mut Spill, TableError> {
        if self.spill.is_none() {
            let writer = BufWriter::with_capacity(BLOCK, tempfile::tempfile()?);
            self.spill = Some(Spill { writer, window: Vec::new(), at: 0 });
        }
        self.spill.as_mut().ok_or_else(|| TableError::damaged("no room for shared strings"))
    }

    fn seal(&mut self) -> Result<(), TableError> {
        if let Some(spill) = &mut self.spill {
            spill.writer.flush()?;
        }
        Ok(())
    }

    /// The string of an index, or `None` if the workbook has no such string.
    pub fn get(&mut self, index: usize) -> Result<Option<String>, TableError> {
        let Some(end) = self.end(index) else { return Ok(None) };
        let start = index.checked_sub(1).and_then(|before| self.end(before)).unwrap_or(0);
        let length = end - start;
        let bytes = match (start.checked_sub(self.memory.len()), &mut self.spill) {
            (Some(at), Some(spill)) => spill.read(at as u64, length)?,
            _ => self.memory.get(start..end).unwrap_or_default(),
        };
        Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
    }

    fn end(&self, index: usize) -> Option<usize> {
        self.ends.get(index / BLOCK)?.get(index % BLOCK).map(|end| *end as usize)
    }
}

impl Spill {
    /// Sheets mostly refer to strings in the order of the file, so a window ahead serves many calls.
    fn read(&mut self, at: u64, length: usize) -> Result<&[u8], TableError> {
        let held = self.at..self.at + self.window.len() as u64;
        if !(held.contains(&at) && held.end >= at + length as u64) {
            let file = self.writer.get_mut();
            file.seek(SeekFrom::Start(at))?;
            self.window.clear();
            self.at = at;
            file.take(length.max(WINDOW) as u64).read_to_end(&mut self.window)?;
        }
        let from = (at - self.at) as usize;
        Ok(self.window.get(from..from + length).unwrap_or_default())
    }
}

/// Adds up the text of an element up to its closing tag, leaving out phonetic guides (`rPh`).
pub(crate) fn rich_text(xml: &mut Xml<'_>, until: Name, limits: &Limits, text: &mut String) -> Result<(), TableError> {
    let (mut inside, mut phonetic) = (false, false);
    loop {
        match xml.next()? {
            Node::Open(tag) => match Name::of(tag.local_name().into_inner()) {
                Name::Text => inside = true,
                Name::Phonetic => phonetic = true,
                _ => {}
            },
            Node::Text(piece) if inside && !phonetic => {
                text.push_str(&piece);
                check_length(text, limits)?;
            }
            Node::Close(name) if name == until => return Ok(()),
            Node::Close(Name::Text) => inside = false,
            Node::Close(Name::Phonetic) => phonetic = false,
            Node::End => return Err(TableError::damaged("the file ends too early")),
            _ => {}
        }
    }
}

/// Each stored character may take seven (`_xHHHH_`), so the exact count is taken only of text that is long in bytes.
pub(crate) fn check_length(text: &str, limits: &Limits) -> Result<(), TableError> {
    let limit = limits.cell_chars as usize;
    if text.len() > limit && (text.len() > limit * 7 || unescape(text).chars().count() > limit) {
        return Err(TableError::too_large("cell_chars", limits.cell_chars));
    }
    Ok(())
}
