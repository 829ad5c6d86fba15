//! A picture without what a camera or a program wrote beside it: where and when it was taken, with which device, by whom, an
//! earlier small picture of it. The points of the picture stay byte for byte as they are; so does how it is to be turned,
//! and in which colours it is seen. Whatever is not known to be needed for that is left out, also what stands behind the
//! end of the picture.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use image::metadata::Orientation;

use super::{Kind, Refused, heic};
use crate::table::Source;

const DAMAGED: Refused = Refused("attachment.damaged");
/// The largest Exif of a camera; only its orientation is looked for.
const EXIF_MOST: u64 = 1 << 20;

/// Whether pictures of this kind are written anew without what stands beside them.
pub fn is_made_plain(kind: Kind) -> bool {
    matches!(kind, Kind::Jpeg | Kind::Png | Kind::Webp | Kind::Heic)
}

/// Writes the picture alone.
///
/// # Errors
/// `attachment.damaged` where the picture is not built as its kind asks for.
pub fn plain(source: &mut dyn Source, kind: Kind, to: &mut (impl Write + Seek)) -> Result<(), Refused> {
    let beside = if kind == Kind::Heic { heic::told(source).map_err(refused)? } else { Vec::new() };
    source.seek(SeekFrom::Start(0))?;
    let from = &mut BufReader::new(source);
    let to = &mut BufWriter::new(to);
    let written = match kind {
        Kind::Jpeg => jpeg(from, to),
        Kind::Png => png(from, to),
        Kind::Webp => webp(from, to),
        // What is named by its place must stay at it, so what stands beside the picture is written over.
        _ => io::copy(from, to).and_then(|length| beside.iter().try_for_each(|part| blank(to, part, length))),
    };
    written.and_then(|()| to.flush()).map_err(refused)
}

fn refused(error: io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => DAMAGED,
        _ => error.into(),
    }
}

fn blank(to: &mut (impl Write + Seek), part: &Range<u64>, length: u64) -> io::Result<()> {
    let ends = part.end.min(length);
    to.seek(SeekFrom::Start(part.start))?;
    copy(&mut io::repeat(0), to, ends.saturating_sub(part.start))
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

fn bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The next bytes, at most as many as an Exif may have; the rest of them is passed over.
fn some(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    from.take(length.min(EXIF_MOST)).read_to_end(&mut kept)?;
    skip(from, length - length.min(EXIF_MOST))?;
    Ok(kept)
}

fn skip(from: &mut impl Read, length: u64) -> io::Result<()> {
    copy(from, &mut io::sink(), length)
}

fn copy(from: &mut impl Read, to: &mut impl Write, length: u64) -> io::Result<()> {
    match io::copy(&mut from.take(length), to)? == length {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// An Exif that says how the picture is to be turned and nothing else; nothing where it stands upright.
fn turned(exif: &[u8]) -> Option<Vec<u8>> {
    let orientation = Orientation::from_exif_chunk(exif)?;
    let mut said = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    said.extend([orientation.to_exif(), 0, 0, 0, 0, 0, 0]);
    (orientation != Orientation::NoTransforms).then_some(said)
}

const EXIF: &[u8] = b"Exif\0\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const ADOBE: &[u8] = b"Adobe";
const JFIF: &[u8] = b"JFIF\0";
/// Version, density and its unit; what follows is an earlier small picture.
const JFIF_HEAD: usize = 12;

fn jpeg(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    if bytes(from)? != [0xff, 0xd8] {
        return Err(damaged());
    }
    to.write_all(&[0xff, 0xd8])?;
    let mut mark = marker(from)?;
    loop {
        match mark {
            // A camera that was cut short leaves no end; whoever shows the picture shows what is there.
            0xd9 => return to.write_all(&[0xff, 0xd9]),
            0x01 | 0xd0..=0xd8 => return Err(damaged()),
            _ => {}
        }
        let length = u64::from(u16::from_be_bytes(bytes(from)?)).checked_sub(2).ok_or_else(damaged)?;
        match mark {
            0xe0..=0xef | 0xfe => application(mark, &some(from, length)?, to)?,
            _ => {
                to.write_all(&[0xff, mark])?;
                to.write_all(&(length as u16 + 2).to_be_bytes())?;
                copy(from, to, length)?;
            }
        }
        mark = if mark == 0xda { points(from, to)? } else { marker(from)? };
    }
}

/// The mark of the next segment; any number of `ff` may stand before it.
fn marker(from: &mut impl Read) -> io::Result<u8> {
    if bytes(from)? != [0xff] {
        return Err(damaged());
    }
    loop {
        match bytes(from)? {
            [0xff] => {}
            [mark] => return Ok(mark),
        }
    }
}

/// What programs say in segments of their own; kept of it is what the colours need.
fn application(mark: u8, said: &[u8], to: &mut impl Write) -> io::Result<()> {
    let turned = said.strip_prefix(EXIF).filter(|_| mark == 0xe1).and_then(turned).map(|said| [EXIF, &said].concat());
    let head = said.get(..JFIF_HEAD).filter(|head| mark == 0xe0 && head.starts_with(JFIF));
    let jfif = head.map(|head| [head, &[0, 0]].concat());
    let colours = (mark == 0xe2 && said.starts_with(ICC)) || (mark == 0xee && said.starts_with(ADOBE));
    let Some(kept) = turned.or(jfif).or_else(|| colours.then(|| said.to_vec())) else { return Ok(()) };
    to.write_all(&[0xff, mark])?;
    to.write_all(&(kept.len() as u16 + 2).to_be_bytes())?;
    to.write_all(&kept)
}

/// The points of one scan, up to the mark behind them.
fn points(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<u8> {
    let mut escaped = false;
    for byte in from.bytes() {
        let byte = byte?;
        match (escaped, byte) {
            (true, 0x00 | 0xd0..=0xd7) => to.write_all(&[0xff, byte])?,
            // Filling.
            (true, 0xff) => continue,
            (true, mark) => return Ok(mark),
            (false, 0xff) => {}
            (false, byte) => to.write_all(&[byte])?,
        }
        escaped = !escaped && byte == 0xff;
    }
    Ok(0xd9)
}

/// What a PNG needs to be seen, moving pictures too.
const CHUNKS: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"hIST",
    b"pHYs", b"sPLT", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
];

fn png(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    to.write_all(&bytes::<8>(from)?)?;
    loop {
        let length = u32::from_be_bytes(bytes(from)?);
        let kind: [u8; 4] = bytes(from)?;
        if CHUNKS.contains(&&kind) {
            to.write_all(&length.to_be_bytes())?;
            to.write_all(&kind)?;
            // With the sum over it.
            copy(from, to, u64::from(length) + 4)?;
        } else {
            let said = some(from, u64::from(length))?;
            skip(from, 4)?;
            if let Some(said) = turned(&said).filter(|_| &kind == b"eXIf") {
                let mut sum = flate2::Crc::new();
                sum.update(&kind);
                sum.update(&said);
                to.write_all(&(said.len() as u32).to_be_bytes())?;
                to.write_all(&kind)?;
                to.write_all(&said)?;
                to.write_all(&sum.sum().to_be_bytes())?;
            }
        }
        if &kind == b"IEND" {
            return Ok(());
        }
    }
}

/// What stands in the head of a WebP: that there is an Exif, that there is an XMP.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

fn webp(from: &mut impl Read, to: &mut (impl Write + Seek)) -> io::Result<()> {
    let head: [u8; 12] = bytes(from)?;
    let mut left = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]])).saturating_sub(4);
    to.write_all(&head)?;
    // Where the head of the picture says what is there, and what it says.
    let (mut written, mut flags) = (4_u32, None);
    while left >= 8 {
        let kind: [u8; 4] = bytes(from)?;
        let length = u32::from_le_bytes(bytes(from)?);
        // A chunk of odd length is filled up.
        let whole = u64::from(length) + u64::from(length % 2);
        left = left.checked_sub(8 + whole).ok_or_else(damaged)?;
        let kept = match &kind {
            b"VP8X" if length >= 1 => {
                let mut said = some(from, whole)?;
                said[0] &= !(HAS_EXIF | HAS_XMP);
                flags = Some((u64::from(written) + 16, said[0]));
                said
            }
            b"EXIF" => {
                let said = some(from, whole)?;
                let said = turned(said.strip_prefix(EXIF).unwrap_or(&said));
                let Some((said, (at, flags))) = said.zip(flags) else { continue };
                let back = to.stream_position()?;
                to.seek(SeekFrom::Start(at))?;
                to.write_all(&[flags | HAS_EXIF])?;
                to.seek(SeekFrom::Start(back))?;
                said
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP" => {
                to.write_all(&kind)?;
                to.write_all(&length.to_le_bytes())?;
                copy(from, to, whole)?;
                written += 8 + whole as u32;
                continue;
            }
            _ => {
                skip(from, whole)?;
                continue;
            }
        };
        to.write_all(&kind)?;
        to.write_all(&(kept.len() as u32).to_le_bytes())?;
        to.write_all(&kept)?;
        written += 8 + kept.len() as u32;
    }
    to.seek(SeekFrom::Start(4))?;
    to.write_all(&written.to_le_bytes())
}
