//! What an uploaded file really is. Its name and the type that a browser gives it are claims: a file is taken in only if
//! its content is of a kind on the list and its name agrees with that. Archives (Office files are such) are unpacked to
//! nowhere within a budget, pictures are measured before anybody decodes them.

mod heic;
mod kind;
mod picture;
mod plain;
#[cfg(test)]
mod tests;

use std::io::SeekFrom;

pub use kind::Kind;
pub use picture::{draw, thumbnail};
pub use plain::{is_made_plain, plain};

use crate::table::archive::Archive;
use crate::table::{Code, Limits, Source, TableError};

/// What an archive may hold, unpacked.
const UNPACKED_MOST: u64 = 256 << 20;
const MEMBERS_MOST: u64 = 4_000;
/// A picture with more pixels than this is no photograph but a trap for whoever opens it.
pub const PIXELS_MOST: u64 = 100_000_000;
const HEAD: usize = 4096;

/// Why a file is not taken in: a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub &'static str);

impl From<TableError> for Refused {
    fn from(error: TableError) -> Self {
        match error.code {
            Code::TooLarge | Code::Bomb => Self("attachment.bomb"),
            Code::Encrypted => Self("attachment.encrypted"),
            Code::Unreadable => Self("attachment.unreadable"),
            _ => Self("attachment.damaged"),
        }
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        TableError::from(error).into()
    }
}

/// Looks at all of a file that is called `name`.
///
/// # Errors
/// `attachment.empty`; `attachment.kind_not_taken` for a kind that is not on the list; `attachment.kind_differs` when the name says another
/// kind than the content; `attachment.macros`, `attachment.encrypted`, `attachment.bomb`, `attachment.pixels`, `attachment.damaged`.
pub fn inspect(source: &mut dyn Source, name: &str) -> Result<Kind, Refused> {
    let length = source.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Err(Refused("attachment.empty"));
    }
    let named = Kind::named(name).ok_or(Refused("attachment.kind_not_taken"))?;
    let head = head(source)?;
    if !named.begins_like(&head) {
        return Err(Refused("attachment.kind_differs"));
    }
    if named.is_archive() {
        check_archive(source, length, named)?;
    }
    if let Some(format) = named.picture() {
        let pixels = picture::pixels(source, format).ok_or(Refused("attachment.damaged"))?;
        if pixels > PIXELS_MOST {
            return Err(Refused("attachment.pixels"));
        }
    }
    Ok(named)
}

fn head(source: &mut dyn Source) -> Result<Vec<u8>, Refused> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = vec![0; HEAD];
    let mut filled = 0;
    while filled < HEAD {
        match source.read(&mut head[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    head.truncate(filled);
    Ok(head)
}

fn check_archive(source: &mut dyn Source, length: u64, kind: Kind) -> Result<(), Refused> {
    let limits = Limits { unpacked_bytes: UNPACKED_MOST, members: MEMBERS_MOST, ..Limits::default() };
    let mut archive = Archive::open(source, length, &limits)?;
    if kind.parts().iter().any(|part| !archive.has(part)) {
        return Err(Refused("attachment.kind_differs"));
    }
    let macros = ["word/vbaProject.bin", "xl/vbaProject.bin", "ppt/vbaProject.bin"];
    if kind != Kind::Zip && macros.iter().any(|part| archive.has(part)) {
        return Err(Refused("attachment.macros"));
    }
    Ok(archive.prove(source)?)
}
