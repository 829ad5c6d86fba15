//! Where a HEIC file keeps what a camera wrote beside the picture (ISO/IEC 14496-12 and 23008-12): as items of their own,
//! which the head of the file names. How the picture is to be turned stands elsewhere, with the picture.

use std::io::{self, Read, SeekFrom};
use std::ops::Range;

use crate::table::Source;

/// A head that is larger describes no photograph.
const HEAD_MOST: u64 = 4 << 20;

/// The bytes of the file that hold Exif and XMP.
pub fn told(source: &mut dyn Source) -> io::Result<Vec<Range<u64>>> {
    let length = source.seek(SeekFrom::End(0))?;
    let mut at = 0;
    while at + 8 <= length {
        source.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        source.read_exact(&mut head[..8])?;
        let mut size = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let mut begins = at + 8;
        if size == 1 {
            source.read_exact(&mut head[8..])?;
            size = number(&head, 8, 8).unwrap_or_default();
            begins = at + 16;
        }
        let ends = if size == 0 { length } else { at.checked_add(size).ok_or_else(damaged)? };
        if ends <= at || ends > length || ends < begins {
            return Err(damaged());
        }
        if &head[4..8] == b"meta" {
            if ends - begins > HEAD_MOST {
                return Err(damaged());
            }
            let mut meta = Vec::new();
            source.take(ends - begins).read_to_end(&mut meta)?;
            return items(&meta, begins).ok_or_else(damaged);
        }
        at = ends;
    }
    Err(damaged())
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(width)?)?;
    Some(part.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// Its kind, where its content begins, and the content.
type Part<'a> = ([u8; 4], usize, &'a [u8]);

/// The boxes that stand one after the other.
fn boxes(bytes: &[u8]) -> Option<Vec<Part<'_>>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at + 8 <= bytes.len() {
        let size = number(bytes, at, 4)? as usize;
        let kind: [u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let ends = if size == 0 { bytes.len() } else { at.checked_add(size)? };
        found.push((kind, at + 8, bytes.get(at + 8..ends)?));
        at = ends;
    }
    Some(found)
}

fn items(meta: &[u8], begins: u64) -> Option<Vec<Range<u64>>> {
    // Version and flags stand before the boxes.
    let parts = boxes(meta.get(4..)?)?;
    let part = |kind: &[u8; 4]| parts.iter().find(|(found, ..)| found == kind);
    let (Some((_, _, names)), Some((_, _, places))) = (part(b"iinf"), part(b"iloc")) else { return Some(Vec::new()) };
    let inside = part(b"idat").map(|(_, at, _)| begins + 4 + *at as u64);
    let wanted = named(names)?;
    located(places, &wanted, inside)
}

/// The numbers of the items that are no part of the picture.
fn named(names: &[u8]) -> Option<Vec<u64>> {
    let count = if *names.first()? == 0 { 2 } else { 4 };
    let mut wanted = Vec::new();
    for (_, _, entry) in boxes(names.get(4 + count..)?)?.iter().filter(|(kind, ..)| kind == b"infe") {
        let width = match *entry.first()? {
            0 | 1 => continue,
            2 => 2,
            _ => 4,
        };
        let kind = entry.get(6 + width..10 + width)?;
        if kind == b"Exif" || kind == b"mime" || kind == b"uri " {
            wanted.push(number(entry, 4, width)?);
        }
    }
    Some(wanted)
}

fn located(places: &[u8], wanted: &[u64], inside: Option<u64>) -> Option<Vec<Range<u64>>> {
    let version = *places.first()?;
    let nibble =
        |at: usize, high: bool| Some(usize::from(if high { *places.get(at)? >> 4 } else { *places.get(at)? & 15 }));
    let (offset, length, base) = (nibble(4, true)?, nibble(4, false)?, nibble(5, true)?);
    let index = if version == 0 { 0 } else { nibble(5, false)? };
    let wide = if version < 2 { 2 } else { 4 };
    let mut at = 6;
    let mut take = |width: usize| {
        let taken = number(places, at, width)?;
        at += width;
        Some(taken)
    };
    let mut found = Vec::new();
    for _ in 0..take(wide)? {
        let item = take(wide)?;
        let way = if version == 0 { 0 } else { take(2)? & 15 };
        take(2)?;
        let from = take(base)?;
        for _ in 0..take(2)? {
            take(index)?;
            let (begins, bytes) = (from.checked_add(take(offset)?)?, take(length)?);
            if !wanted.contains(&item) {
                continue;
            }
            let begins = match way {
                0 => begins,
                1 => begins.checked_add(inside?)?,
                // Made of other items: there is nothing of its own.
                _ => continue,
            };
            found.push(begins..begins.checked_add(bytes)?);
        }
    }
    Some(found)
}
