//! A bounded reader of the zip container of a workbook.
//!
//! Only what a workbook needs: the central directory, stored and deflated members, zip64 sizes. Sizes that the
//! directory declares are checked before a byte is unpacked, and again against what really comes out, so a file that
//! lies is caught at the first byte too many.

use super::error::{Code, TableError};
use super::limits::Limits;
use super::source::Source;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::io::{self, BufRead, BufReader, Read, SeekFrom};

const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// Below this an extreme ratio is harmless, and common: an empty sheet repeats itself.
const RATIO_FROM: u64 = 8 << 20;

pub(crate) struct Member {
    pub name: String,
    method: u16,
    encrypted: bool,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

pub(crate) struct Archive {
    members: Vec<Member>,
    /// What may still be unpacked of this file.
    budget: u64,
    ratio: u64,
}

impl Archive {
    pub fn open(source: &mut dyn Source, length: u64, limits: &Limits) -> Result<Archive, TableError> {
        let directory = find_directory(source, length)?;
        if directory.entries > limits.members || directory.size > limits.members.saturating_mul(512) {
            return Err(TableError::too_large("members", limits.members));
        }
        let bytes = read_at(source, directory.offset, directory.size, length)?;
        let members = read_entries(&bytes, directory.entries)?;
        Ok(Archive { members, budget: limits.unpacked_bytes, ratio: limits.ratio })
    }

    /// Grants a fresh budget: every reading of a sheet may unpack as much as the first.
    pub fn allow(&mut self, bytes: u64) {
        self.budget = bytes;
    }

    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Part names are compared without case, as the format asks.
    fn find(&self, name: &str) -> Option<&Member> {
        let name = name.trim_start_matches('/');
        self.members.iter().find(|m| m.name.eq_ignore_ascii_case(name))
    }

    /// Opens a part for reading; `None` if there is none of that name.
    pub fn read<'a>(&mut self, source: &'a mut dyn Source, name: &str) -> Result<Option<Unpacked<'a>>, TableError> {
        let Some(member) = self.find(name) else { return Ok(None) };
        let (size, unpacked) = (member.size, self.check(member)?);
        let reader = unpacked.start(source)?;
        self.budget -= size;
        Ok(Some(reader))
    }

    /// Unpacks every part to nowhere: all of it together stays within the budget, and is what the directory declares.
    pub fn prove(&mut self, source: &mut dyn Source) -> Result<(), TableError> {
        let mut buffer = vec![0; 64 << 10];
        for at in 0..self.members.len() {
            let member = self.check(&self.members[at])?;
            let size = member.size;
            let mut unpacked = member.start(source)?;
            while unpacked.read(&mut buffer)? > 0 {}
            self.budget -= size;
        }
        Ok(())
    }

    fn check<'m>(&self, member: &'m Member) -> Result<&'m Member, TableError> {
        if member.encrypted {
            return Err(TableError::new(Code::Encrypted, "the file is protected by a password"));
        }
        if member.size > RATIO_FROM && member.size / member.packed.max(1) > self.ratio {
            return Err(TableError::bomb(format!("{} unpacks to {} times its size", member.name, self.ratio)));
        }
        if member.size > self.budget {
            return Err(TableError::too_large("unpacked_bytes", self.budget));
        }
        Ok(member)
    }
}

impl Member {
    fn start<'a>(&self, source: &'a mut dyn Source) -> Result<Unpacked<'a>, TableError> {
        source.seek(SeekFrom::Start(self.offset))?;
        let mut head = [0; 30];
        source.read_exact(&mut head)?;
        if &head[..4] != LOCAL {
            return Err(TableError::damaged(format!("{} is not where the directory says", self.name)));
        }
        let skip = i64::from(u16_at(&head, 26)) + i64::from(u16_at(&head, 28));
        source.seek(SeekFrom::Current(skip))?;
        let packed = BufReader::with_capacity(32 << 10, source.take(self.packed));
        let inner = match self.method {
            0 => Inner::Stored(packed),
            8 => Inner::Deflated(DeflateDecoder::new(packed)),
            _ => return Err(TableError::damaged(format!("{} is packed in an unknown way", self.name))),
        };
        Ok(Unpacked { inner, crc: Crc::new(), size: self.size, seen: 0, sum: self.crc })
    }
}

enum Inner<'a> {
    Stored(BufReader<io::Take<&'a mut dyn Source>>),
    Deflated(DeflateDecoder<BufReader<io::Take<&'a mut dyn Source>>>),
}

/// The content of a part, checked against its declared size and checksum.
pub(crate) struct Unpacked<'a> {
    inner: Inner<'a>,
    crc: Crc,
    size: u64,
    seen: u64,
    sum: u32,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = match &mut self.inner {
            Inner::Stored(reader) => reader.read(buffer)?,
            Inner::Deflated(reader) => reader.read(buffer)?,
        };
        self.seen += count as u64;
        if self.seen > self.size {
            return Err(TableError::bomb("a part unpacks to more than the file declares").into_io());
        }
        self.crc.update(&buffer[..count]);
        if count == 0 && (self.seen != self.size || self.crc.sum() != self.sum) {
            return Err(TableError::damaged("a part is truncated or its checksum is wrong").into_io());
        }
        Ok(count)
    }
}

/// Reads to the end without looking, so that size and checksum are verified.
pub(crate) fn drain(reader: &mut impl BufRead) -> Result<(), TableError> {
    loop {
        let count = reader.fill_buf()?.len();
        if count == 0 {
            return Ok(());
        }
        reader.consume(count);
    }
}

struct Directory {
    entries: u64,
    size: u64,
    offset: u64,
}

fn find_directory(source: &mut dyn Source, length: u64) -> Result<Directory, TableError> {
    let tail_length = length.min(22 + 0xFFFF);
    let tail = read_at(source, length - tail_length, tail_length, length)?;
    let at = end_record(&tail).ok_or_else(|| TableError::damaged("the file ends too early (no zip directory)"))?;
    let end = &tail[at..];
    let directory = Directory {
        entries: u64::from(u16_at(end, 10)),
        size: u64::from(u32_at(end, 12)),
        offset: u64::from(u32_at(end, 16)),
    };
    let extended = directory.entries == 0xFFFF || directory.size == 0xFFFF_FFFF || directory.offset == 0xFFFF_FFFF;
    match at.checked_sub(20).map(|start| &tail[start..at]) {
        Some(locator) if extended && locator.starts_with(LOCATOR_64) => directory_64(source, locator, length),
        _ => Ok(directory),
    }
}

/// The end record is the last one whose comment reaches exactly to the end of the file.
fn end_record(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(22)?;
    (0..=last)
        .rev()
        .find(|&at| tail[at..].starts_with(END_RECORD) && at + 22 + usize::from(u16_at(tail, at + 20)) == tail.len())
}

fn directory_64(source: &mut dyn Source, locator: &[u8], length: u64) -> Result<Directory, TableError> {
    let record = read_at(source, u64_at(locator, 8), 56, length)?;
    if !record.starts_with(END_RECORD_64) {
        return Err(TableError::damaged("the zip64 directory is not where the file says"));
    }
    Ok(Directory { entries: u64_at(&record, 32), size: u64_at(&record, 40), offset: u64_at(&record, 48) })
}

fn read_entries(bytes: &[u8], count: u64) -> Result<Vec<Member>, TableError> {
    let mut rest = bytes;
    let mut members: Vec<Member> = Vec::new();
    for _ in 0..count {
        let (member, used) = read_entry(rest).ok_or_else(|| TableError::damaged("the zip directory is corrupt"))?;
        // Two parts of one name: what one program shows would not be what we read.
        if members.iter().any(|other| other.name.eq_ignore_ascii_case(&member.name)) {
            return Err(TableError::damaged(format!("the file holds {} twice", member.name)));
        }
        members.push(member);
        rest = &rest[used..];
    }
    Ok(members)
}

fn read_entry(bytes: &[u8]) -> Option<(Member, usize)> {
    let head = bytes.get(..46).filter(|head| head.starts_with(ENTRY))?;
    let name_end = 46 + usize::from(u16_at(head, 28));
    let extra_end = name_end + usize::from(u16_at(head, 30));
    let end = extra_end + usize::from(u16_at(head, 32));
    let name = String::from_utf8_lossy(bytes.get(46..name_end)?).replace('\\', "/");
    let mut member = Member {
        name: name.trim_start_matches('/').to_owned(),
        encrypted: u16_at(head, 8) & 1 == 1,
        method: u16_at(head, 10),
        crc: u32_at(head, 16),
        packed: u64::from(u32_at(head, 20)),
        size: u64::from(u32_at(head, 24)),
        offset: u64::from(u32_at(head, 42)),
    };
    widen(&mut member, bytes.get(name_end..extra_end)?);
    (bytes.len() >= end).then_some((member, end))
}

/// Replaces the fields that did not fit into 32 bits by those of the zip64 extra field, which come in this order.
fn widen(member: &mut Member, extra: &[u8]) {
    let Some(mut values) = extra_field(extra, 1) else { return };
    for field in [&mut member.size, &mut member.packed, &mut member.offset] {
        if *field == 0xFFFF_FFFF
            && let Some((value, rest)) = values.split_first_chunk::<8>()
        {
            *field = u64::from_le_bytes(*value);
            values = rest;
        }
    }
}

fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2));
        let content = extra.get(4..4 + length)?;
        if u16_at(extra, 0) == wanted {
            return Some(content);
        }
        extra = &extra[4 + length..];
    }
    None
}

fn read_at(source: &mut dyn Source, offset: u64, size: u64, length: u64) -> Result<Vec<u8>, TableError> {
    if offset.checked_add(size).is_none_or(|end| end > length) {
        return Err(TableError::damaged("the file points beyond its own end"));
    }
    source.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; size as usize];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
