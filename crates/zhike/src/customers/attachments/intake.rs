//! A file on its way in: looked at, sealed, made small, asked about. Outside any transaction, since it takes a while.

use std::fs::File;
use std::io::{Seek, Write};

use documents::content::{self, Kind};

use super::model::State;
use crate::kernel::{Error, Result};
use crate::platform::files::{Blob, Files};
use crate::platform::heavy;
use crate::platform::scan::{self, Verdict};
use crate::platform::vault::{ContentId, Vault, seal_content};

/// A file that has been taken in.
#[derive(Clone, Debug)]
pub struct Taken {
    pub media_type: &'static str,
    pub bytes: i64,
    pub content: (Blob, ContentId),
    pub small: Option<(Blob, ContentId)>,
    pub state: State,
    pub finding: Option<String>,
}

/// Takes in a file that is called `name`.
pub fn take(vault: &Vault, files: &Files, scanner: Option<&str>, name: &str, mut file: File) -> Result<Taken> {
    let kind = content::inspect(&mut file, name).map_err(refused)?;
    if content::is_made_plain(kind) {
        file = plain(&mut file, kind)?;
    }
    let bytes = file.metadata().map_err(Error::internal)?.len() as i64;
    let (state, finding) = asked(scanner, &mut file)?;
    if state == State::Infected {
        return Err(Error::invalid("attachment.refused_infected"));
    }
    let content = keep(vault, files, &mut file)?;
    let small = match smaller(&mut file, kind)? {
        Some(mut picture) => Some(keep(vault, files, &mut picture)?),
        None => None,
    };
    Ok(Taken { media_type: kind.media_type(), bytes, content, small, state, finding })
}

/// A photograph says where and when it was taken, and with what; that is nobody's business here and is not kept.
fn plain(file: &mut File, kind: Kind) -> Result<File> {
    let mut plain = tempfile::tempfile().map_err(Error::internal)?;
    content::plain(file, kind, &mut plain).map_err(refused)?;
    Ok(plain)
}

fn refused(error: content::Refused) -> Error {
    Error::invalid(error.0).field("file", error.0)
}

/// What the scanner says. While it cannot be reached the file waits.
pub fn asked(scanner: Option<&str>, file: &mut (impl std::io::Read + Seek)) -> Result<(State, Option<String>)> {
    let Some(address) = scanner else { return Ok((State::Fine, None)) };
    file.rewind().map_err(Error::internal)?;
    Ok(told(scan::scan(address, file)))
}

pub fn told(answer: std::io::Result<Verdict>) -> (State, Option<String>) {
    match answer {
        Ok(Verdict::Clean) => (State::Fine, None),
        Ok(Verdict::Infected(name)) => (State::Infected, Some(name)),
        Ok(Verdict::Refused(words)) => (State::Unchecked, Some(words)),
        Err(error) => {
            tracing::warn!(%error, "the virus scanner did not answer; a file waits");
            (State::Unchecked, None)
        }
    }
}

fn keep(vault: &Vault, files: &Files, content: &mut (impl std::io::Read + Seek)) -> Result<(Blob, ContentId)> {
    content.rewind().map_err(Error::internal)?;
    let id = ContentId::of(vault, content)?;
    content.rewind().map_err(Error::internal)?;
    let blob = files.put_with(|file| seal_content(vault, &id, content, file))?;
    Ok((blob, id))
}

fn smaller(file: &mut File, kind: Kind) -> Result<Option<File>> {
    let _place = heavy::place_here()?;
    let Some(picture) = content::thumbnail(file, kind) else { return Ok(None) };
    let mut small = tempfile::tempfile().map_err(Error::internal)?;
    small.write_all(&picture).map_err(Error::internal)?;
    Ok(Some(small))
}
