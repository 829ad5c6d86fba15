//! What kind of file this is, by its content. Names and declared types are never trusted.

use super::error::{Code, TableError};
use super::source::Source;
use std::io::{Read, SeekFrom};

pub(crate) enum Kind {
    Zip,
    Text,
}

pub(crate) fn recognise(source: &mut dyn Source) -> Result<Kind, TableError> {
    let head = head(source, 4 << 10)?;
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Zip);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(compound(source)?);
    }
    let known = [&b"%PDF-"[..], b"PK\x05\x06", b"{\\rtf", b"\x1F\x8B", b"Rar!", b"7z\xBC\xAF", b"\x89PNG", b"GIF8"];
    if known.iter().any(|magic| head.starts_with(magic)) {
        return Err(TableError::new(Code::NotATable, "neither a workbook nor a text file"));
    }
    refuse_markup(&head)?;
    let bare = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
    if head.len() < 4 << 10 && bare.trim_ascii().is_empty() {
        return Err(TableError::new(Code::Empty, "the file is empty"));
    }
    Ok(Kind::Text)
}

fn head(source: &mut dyn Source, length: u64) -> Result<Vec<u8>, TableError> {
    let mut head = Vec::new();
    source.seek(SeekFrom::Start(0))?;
    source.take(length).read_to_end(&mut head)?;
    Ok(head)
}

/// Old systems offer HTML pages or XML documents under the name `.xls`; Excel opens them, so people believe in them.
fn refuse_markup(head: &[u8]) -> Result<(), TableError> {
    let bare = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let start = bare[..bare.len().min(16)].to_ascii_lowercase();
    let markup: [&[u8]; 8] =
        [b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"mime-version:"];
    if markup.iter().any(|tag| start.starts_with(tag)) {
        let detail = "this is a web page or XML document; open it in Excel or WPS and save it as .xlsx";
        return Err(TableError::new(Code::Unsupported, detail).what("markup"));
    }
    if start.starts_with(b"{\"") || start.starts_with(b"[{") {
        return Err(TableError::new(Code::NotATable, "this is a JSON document"));
    }
    Ok(())
}

/// An OLE compound file is an old `.xls`, or a new workbook locked with a password, told apart by the names in it.
fn compound(source: &mut dyn Source) -> Result<TableError, TableError> {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    source.seek(SeekFrom::Start(0))?;
    let mut window = Vec::new();
    loop {
        let kept = window.len().saturating_sub(encrypted.len());
        window.drain(..kept);
        let count = Read::take(&mut *source, 64 << 10).read_to_end(&mut window)?;
        if window.windows(encrypted.len()).any(|part| part == encrypted) {
            return Ok(TableError::new(
                Code::Encrypted,
                "the file is protected by a password; remove it and try again",
            ));
        }
        if count == 0 {
            let detail = "this is an old binary workbook (.xls); save it as .xlsx or .csv and try again";
            return Ok(TableError::new(Code::OldXls, detail));
        }
    }
}
