//! Which characters the bytes of a text file mean.
//!
//! A byte order mark decides. Without one, text that is UTF-8 is UTF-8, and everything else is taken for GB18030, which
//! includes GBK and GB2312. A UTF-8 file with a few broken bytes stays UTF-8: the broken cells are reported.

use super::error::{Code, TableError};
use super::source::Source;
use encoding_rs::{Decoder, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::io::{self, Read, SeekFrom};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    Gb18030,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf8Bom => "utf-8-bom",
            Encoding::Gb18030 => "gb18030",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
        }
    }

    fn bom_length(self) -> u64 {
        match self {
            Encoding::Utf8 | Encoding::Gb18030 => 0,
            Encoding::Utf8Bom => 3,
            Encoding::Utf16Le | Encoding::Utf16Be => 2,
        }
    }

    /// The content after the mark, as UTF-8 or GB18030: in both, no byte of a hanzi looks like a comma, a quote or a
    /// line end, so the file can be cut into cells first and each cell decoded for itself.
    pub(crate) fn start(self, source: &mut dyn Source) -> Result<TextBytes<'_>, TableError> {
        source.seek(SeekFrom::Start(self.bom_length()))?;
        let decoder = match self {
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
            _ => None,
        };
        Ok(TextBytes { source, decoder, held: Vec::new(), ended: false })
    }

    /// Decodes one cell; true if some bytes made no sense and became U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> (String, bool) {
        if let Ok(text) = std::str::from_utf8(bytes)
            && (self != Encoding::Gb18030 || text.is_ascii())
        {
            return (text.to_owned(), false);
        }
        match self {
            Encoding::Gb18030 => {
                let (text, bad) = GB18030.decode_without_bom_handling(bytes);
                (text.into_owned(), bad)
            }
            _ => {
                let text = String::from_utf8_lossy(bytes);
                let bad = matches!(text, Cow::Owned(_));
                (text.into_owned(), bad)
            }
        }
    }
}

/// A reader of text bytes; UTF-16 comes out as UTF-8.
pub(crate) struct TextBytes<'a> {
    source: &'a mut dyn Source,
    decoder: Option<Decoder>,
    held: Vec<u8>,
    /// The decoder has seen the end and must not be called again.
    ended: bool,
}

impl TextBytes<'_> {
    /// Fills the buffer with what comes next; 0 at the end of the file.
    pub fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            buffer.resize(buffer.capacity().max(64 << 10), 0);
            let count = read_some(self.source, buffer)?;
            buffer.truncate(count);
            return Ok(count);
        };
        buffer.clear();
        while !self.ended {
            self.held.resize(32 << 10, 0);
            let count = read_some(self.source, &mut self.held)?;
            self.ended = count == 0;
            let mut text = String::with_capacity((32 << 10) * 3 + 16);
            let _ = decoder.decode_to_string(&self.held[..count], &mut text, self.ended);
            buffer.extend_from_slice(text.as_bytes());
            if !buffer.is_empty() {
                break;
            }
        }
        Ok(buffer.len())
    }
}

fn read_some(source: &mut dyn Source, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Looks through the whole file once.
pub(crate) fn detect(source: &mut dyn Source) -> Result<Encoding, TableError> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.take(256 << 10).read_to_end(&mut head)?;
    match head.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => return Ok(Encoding::Utf8Bom),
        [0xFF, 0xFE, ..] => return Ok(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => return Ok(Encoding::Utf16Be),
        _ => {}
    }
    refuse_binary(&head)?;
    source.seek(SeekFrom::Start(0))?;
    let census = count_utf8(source)?;
    // A single stray byte does not make a UTF-8 file Chinese; GB18030 text hardly ever passes for UTF-8 by chance.
    if census.broken == 0 || census.sound > census.broken * 4 {
        return Ok(Encoding::Utf8);
    }
    let (text, _) = GB18030.decode_without_bom_handling(&head);
    let (broken, all) = (text.chars().filter(|&c| c == '\u{FFFD}').count(), text.chars().count());
    if broken * 4 > all || (broken > 8 && broken * 20 > all) {
        return Err(TableError::new(Code::NotATable, "neither UTF-8 nor GB18030 text"));
    }
    Ok(Encoding::Gb18030)
}

/// Text has no NUL and hardly any control characters.
fn refuse_binary(head: &[u8]) -> Result<(), TableError> {
    let control = |b: &&u8| **b < 0x20 && !matches!(**b, b'\t' | b'\r' | b'\n' | 0x0B | 0x0C) || **b == 0x7F;
    let controls = head.iter().filter(control).count();
    if head.contains(&0) || controls * 50 > head.len() {
        return Err(TableError::new(Code::NotATable, "not a text file and not a workbook"));
    }
    Ok(())
}

#[derive(Default)]
struct Census {
    /// Characters of two or more bytes.
    sound: u64,
    broken: u64,
}

fn count_utf8(source: &mut dyn Source) -> Result<Census, TableError> {
    let mut census = Census::default();
    let mut buffer = vec![0; 128 << 10];
    let mut held = 0;
    loop {
        let count = read_some(source, &mut buffer[held..])?;
        let end = held + count;
        let used = census.add(&buffer[..end], count == 0);
        buffer.copy_within(used..end, 0);
        held = end - used;
        if count == 0 {
            return Ok(census);
        }
    }
}

impl Census {
    /// Counts what can be judged and says how many bytes that was; a character cut by the end of the buffer waits.
    fn add(&mut self, bytes: &[u8], last: bool) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            let (sound, error) = match std::str::from_utf8(&bytes[at..]) {
                Ok(text) => (text.len(), None),
                Err(error) => (error.valid_up_to(), Some(error.error_len())),
            };
            self.sound += bytes[at..at + sound].iter().filter(|b| **b >= 0xC0).count() as u64;
            at += sound;
            // Neighbouring broken bytes are one wound: a damaged hanzi leaves up to three of them.
            let apart = sound > 0 || self.broken == 0;
            match error {
                None => return at,
                Some(None) if !last => return at,
                Some(length) => {
                    self.broken += u64::from(apart);
                    at += length.unwrap_or(bytes.len() - at);
                }
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn detected(bytes: &[u8]) -> Result<Encoding, Code> {
        detect(&mut Cursor::new(bytes.to_vec())).map_err(|error| error.code)
    }

    #[test]
    fn encodings() {
        let text = "客户名称,联系人\n上海华盛有限公司,王先生\n";
        assert_eq!(detected(text.as_bytes()), Ok(Encoding::Utf8));
        assert_eq!(detected(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), Ok(Encoding::Utf8Bom));
        assert_eq!(detected(&GB18030.encode(text).0), Ok(Encoding::Gb18030));
        assert_eq!(detected(&GB18030.encode("联通").0), Ok(Encoding::Gb18030));
        assert_eq!(detected(b"name,phone\nSmith,1\n"), Ok(Encoding::Utf8));
        assert_eq!(detected(&[text.as_bytes(), b"bad \xC4 byte"].concat()), Ok(Encoding::Utf8));
        assert_eq!(detected(b"\x00\x01\x02"), Err(Code::NotATable));
        assert_eq!(detected(&[0xFF; 100]), Err(Code::NotATable));
    }

    #[test]
    fn characters_cut_by_the_buffer_are_not_broken() {
        let text = format!("a{}", "华盛".repeat(200_000));
        assert_eq!(detected(text.as_bytes()), Ok(Encoding::Utf8));
        let census = count_utf8(&mut Cursor::new(text.into_bytes())).unwrap();
        assert_eq!((census.sound, census.broken), (400_000, 0));
    }
}
