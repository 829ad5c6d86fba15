//! XML events within bounds: no document type (so no entities to multiply), little depth, no endless tag or text.

use super::archive::{Unpacked, drain};
use super::error::TableError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

const MAX_DEPTH: u32 = 64;
/// Longest single tag or piece of text. A full cell of 32,767 characters takes at most 128 KiB.
const MAX_EVENT: usize = 256 << 10;

/// What the readers of parts look at.
pub(crate) enum Node<'a> {
    Open(BytesStart<'a>),
    /// An element without content, which has no closing tag.
    Empty(BytesStart<'a>),
    Close(Name),
    Text(Cow<'a, str>),
    /// Comments, declarations: nothing to see.
    Other,
    End,
}

/// The closing tags that anyone waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Row,
    Cell,
    Value,
    Formula,
    Text,
    Inline,
    Item,
    Phonetic,
    SheetData,
    CellFormats,
    Other,
}

impl Name {
    pub fn of(name: &str) -> Name {
        match name {
            "row" => Name::Row,
            "c" => Name::Cell,
            "v" => Name::Value,
            "f" => Name::Formula,
            "t" => Name::Text,
            "is" => Name::Inline,
            "si" => Name::Item,
            "rPh" => Name::Phonetic,
            "sheetData" => Name::SheetData,
            "cellXfs" => Name::CellFormats,
            _ => Name::Other,
        }
    }
}

pub(crate) struct Xml<'a> {
    reader: Reader<Guard<Unpacked<'a>>>,
    buffer: Vec<u8>,
    depth: u32,
}

impl<'a> Xml<'a> {
    pub fn new(part: Unpacked<'a>) -> Self {
        let reader = Reader::from_reader(Guard { inner: BufReader::with_capacity(32 << 10, part), used: 0 });
        Xml { reader, buffer: Vec::new(), depth: 0 }
    }

    pub fn next(&mut self) -> Result<Node<'_>, TableError> {
        self.buffer.clear();
        self.reader.get_mut().used = 0;
        match self.reader.read_event_into(&mut self.buffer)? {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(TableError::bomb("XML elements are nested too deep"));
                }
                Ok(Node::Open(tag))
            }
            Event::Empty(tag) => Ok(Node::Empty(tag)),
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Node::Close(Name::of(tag.local_name().into_inner())))
            }
            Event::Text(text) => Ok(Node::Text(text.into_inner())),
            Event::CData(text) => Ok(Node::Text(text.into_inner())),
            Event::GeneralRef(name) => entity(&name.into_inner()).map(Node::Text),
            Event::DocType(_) => Err(TableError::bomb("the workbook declares its own XML entities")),
            Event::Eof if self.depth > 0 => Err(TableError::damaged("the file ends too early (inside an element)")),
            Event::Eof => Ok(Node::End),
            _ => Ok(Node::Other),
        }
    }

    /// Verifies the rest of the part without parsing it.
    pub fn finish(&mut self) -> Result<(), TableError> {
        drain(&mut self.reader.get_mut().inner)
    }
}

/// The value of an attribute, by its name without prefix.
pub(crate) fn attribute<'t>(tag: &'t BytesStart<'_>, name: &str) -> Option<Cow<'t, str>> {
    let mut all = tag.attributes();
    let found = all.with_checks(false).flatten().find(|a| a.key.local_name().into_inner() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()
}

fn entity(name: &str) -> Result<Cow<'static, str>, TableError> {
    let text = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        other => return character(other).map(|c| Cow::Owned(c.to_string())),
    };
    Ok(Cow::Borrowed(text))
}

fn character(name: &str) -> Result<char, TableError> {
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        },
        None => None,
    };
    number.and_then(char::from_u32).ok_or_else(|| TableError::damaged(format!("unknown XML entity &{name};")))
}

/// Stops a single event from growing without bound: the XML reader would collect it all before saying anything.
struct Guard<R> {
    inner: BufReader<R>,
    used: usize,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: Read> BufRead for Guard<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used > MAX_EVENT {
            return Err(TableError::bomb("an XML tag or text is endless").into_io());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.used += count;
        self.inner.consume(count);
    }
}
