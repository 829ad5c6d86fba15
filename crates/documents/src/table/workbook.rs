//! The parts of an `.xlsx` workbook: which sheets there are, and where their rows, styles and strings are kept.

use super::archive::Archive;
use super::error::{Code, TableError};
use super::limits::Limits;
use super::source::Source;
use super::strings::SharedStrings;
use super::styles::Styles;
use super::xml::{Node, Xml, attribute};
use crate::serial::Epoch;
use std::collections::HashMap;

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    /// Hidden by its author; shown to nobody by default.
    pub hidden: bool,
}

pub(crate) struct Workbook {
    pub archive: Archive,
    pub sheets: Vec<Sheet>,
    pub epoch: Epoch,
    pub styles: Styles,
    parts: Vec<String>,
    strings_part: Option<String>,
    strings: Option<SharedStrings>,
}

/// The relations of one part: id → (kind, target).
type Relations = HashMap<String, (String, String)>;

impl Workbook {
    pub fn open(source: &mut dyn Source, length: u64, limits: &Limits) -> Result<Workbook, TableError> {
        let mut archive = Archive::open(source, length, limits)?;
        refuse_other_formats(&archive)?;
        let main = main_part(&mut archive, source, limits)?;
        let relations = relations(&mut archive, source, &main, limits)?;
        let (entries, epoch) = sheet_entries(&mut archive, source, &main, limits)?;
        let styles = match target_of(&relations, "/styles", &main).map(|part| archive.read(source, &part)) {
            Some(part) => part?.map(|part| Styles::load(Xml::new(part))).transpose()?.unwrap_or_default(),
            None => Styles::default(),
        };
        let strings_part = target_of(&relations, "/sharedStrings", &main);
        let (mut sheets, mut parts) = (Vec::new(), Vec::new());
        for entry in entries {
            // Chart sheets have a relation of another kind and no rows.
            let Some((kind, target)) = relations.get(&entry.relation) else { continue };
            if kind.ends_with("/worksheet") {
                sheets.push(entry.sheet);
                parts.push(resolve(&main, target));
            }
        }
        if sheets.is_empty() {
            return Err(TableError::new(Code::Empty, "the workbook has no sheet with rows"));
        }
        Ok(Workbook { archive, sheets, epoch, styles, parts, strings_part, strings: None })
    }

    /// The sheet that a person sees first.
    pub fn first_visible(&self) -> usize {
        self.sheets.iter().position(|sheet| !sheet.hidden).unwrap_or(0)
    }

    /// Opens the rows of a sheet, with everything its cells refer to.
    pub fn sheet<'a>(
        &'a mut self,
        source: &'a mut dyn Source,
        index: usize,
        limits: &Limits,
    ) -> Result<(Xml<'a>, &'a mut SharedStrings, &'a Styles), TableError> {
        let part = self.parts.get(index).ok_or_else(|| TableError::new(Code::NoSuchSheet, "no such sheet"))?;
        if self.strings.is_none() {
            let shared = match &self.strings_part {
                Some(part) => self.archive.read(source, part)?,
                None => None,
            };
            let loaded = shared.map(|shared| SharedStrings::load(Xml::new(shared), limits)).transpose()?;
            self.strings = Some(loaded.unwrap_or_default());
        }
        let rows = self.archive.read(source, part)?;
        let rows = rows.ok_or_else(|| TableError::damaged("the workbook lists a sheet that it does not hold"))?;
        Ok((Xml::new(rows), self.strings.get_or_insert_default(), &self.styles))
    }
}

fn refuse_other_formats(archive: &Archive) -> Result<(), TableError> {
    let other = |what, name: &str| {
        let detail = format!("this is {name}; save it as .xlsx or .csv and try again");
        Err(TableError::new(Code::Unsupported, detail).what(what))
    };
    if archive.has("xl/workbook.bin") {
        return other("xlsb", "a binary Excel workbook (.xlsb)");
    }
    if archive.has("content.xml") && archive.has("mimetype") {
        return other("ods", "an OpenDocument file");
    }
    if !archive.has("_rels/.rels") {
        return Err(TableError::new(Code::NotATable, "a zip file, but not an Excel workbook"));
    }
    Ok(())
}

fn main_part(archive: &mut Archive, source: &mut dyn Source, limits: &Limits) -> Result<String, TableError> {
    let relations = relations(archive, source, "", limits)?;
    target_of(&relations, "/officeDocument", "")
        .filter(|part| archive.has(part) && part.to_ascii_lowercase().contains("workbook"))
        .ok_or_else(|| TableError::new(Code::NotATable, "an Office file, but not an Excel workbook"))
}

/// Reads `folder/_rels/name.rels` of a part; a part without relations has none.
fn relations(
    archive: &mut Archive,
    source: &mut dyn Source,
    part: &str,
    limits: &Limits,
) -> Result<Relations, TableError> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let path = format!("{folder}/_rels/{name}.rels");
    let mut relations = Relations::new();
    let Some(content) = archive.read(source, &path)? else { return Ok(relations) };
    let mut xml = Xml::new(content);
    loop {
        match xml.next()? {
            Node::Open(tag) | Node::Empty(tag) if tag.local_name().into_inner() == "Relationship" => {
                if relations.len() as u64 >= limits.members {
                    return Err(TableError::too_large("members", limits.members));
                }
                let value = |name| attribute(&tag, name).map(|v| v.into_owned()).unwrap_or_default();
                relations.insert(value("Id"), (value("Type"), value("Target")));
            }
            Node::End => return Ok(relations),
            _ => {}
        }
    }
}

fn target_of(relations: &Relations, kind: &str, from: &str) -> Option<String> {
    relations.values().find(|(k, _)| k.ends_with(kind)).map(|(_, target)| resolve(from, target))
}

/// A target is relative to the folder of the part, or absolute with a leading slash.
fn resolve(from: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = from.split('/').collect();
    steps.pop();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            name => steps.push(name),
        }
    }
    steps.join("/")
}

struct Entry {
    sheet: Sheet,
    relation: String,
}

fn sheet_entries(
    archive: &mut Archive,
    source: &mut dyn Source,
    main: &str,
    limits: &Limits,
) -> Result<(Vec<Entry>, Epoch), TableError> {
    let part = archive.read(source, main)?.ok_or_else(|| TableError::damaged("the workbook part is missing"))?;
    let mut xml = Xml::new(part);
    let (mut entries, mut epoch) = (Vec::new(), Epoch::Y1900);
    loop {
        match xml.next()? {
            Node::Open(tag) | Node::Empty(tag) => match tag.local_name().into_inner() {
                "workbookPr" if attribute(&tag, "date1904").is_some_and(|v| v == "1" || v == "true") => {
                    epoch = Epoch::Y1904;
                }
                "sheet" if entries.len() as u64 >= limits.sheets => {
                    return Err(TableError::too_large("sheets", limits.sheets));
                }
                "sheet" => {
                    let value = |name| attribute(&tag, name).map(|v| v.into_owned()).unwrap_or_default();
                    let hidden = matches!(value("state").as_str(), "hidden" | "veryHidden");
                    entries.push(Entry { sheet: Sheet { name: value("name"), hidden }, relation: value("id") });
                }
                _ => {}
            },
            Node::End => return Ok((entries, epoch)),
            _ => {}
        }
    }
}
