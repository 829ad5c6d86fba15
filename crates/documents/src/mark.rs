//! What a file says of whoever took it out: a line that people see in the header and the foot of each page, and the code
//! in it once more where nobody looks, so that a file that turns up somewhere can be led back to its export.
//!
//! * Hidden in workbooks: the properties of the document, and a sheet that the program shows to nobody. Both stay when
//!   the workbook is edited and saved as a workbook.
//! * Hidden in forms: the properties of the document.
//! * Hidden in long texts of lists ([`hide`]): characters without width, which go along when cells are copied or the
//!   workbook is saved as text. Values that people compare (names, numbers, dates) are never touched, and the import of
//!   this program drops such characters.
//!
//! [`find`] looks for all of them, and for the code in plain sight. What is typed anew, photographed or printed has
//! nothing but the line that was seen on it.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use zip::ZipArchive;

/// Where a file came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Such as `DC-7K2M9-Q4XTB`.
    pub code: String,
    /// For people: the code, who, when.
    pub line: String,
}

const PREFIX: &str = "DC-";
/// Letters and digits that are not taken for each other.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LETTERS: usize = 10;
const BITS: usize = LETTERS * 5;
const CHECK_BITS: usize = 8;
/// Zero and one, without width. Programs drop neither when they copy.
const DIGITS: [char; 2] = ['\u{200B}', '\u{2060}'];
/// Shorter texts are compared and counted; only in longer ones is something hidden.
pub const LONG: usize = 12;
/// What comes from outside may hold any number of codes; ours has one, or a few where files were put together.
pub const CODES_MOST: usize = 100;
/// What is looked at of a file, unpacked.
const READ_MOST: u64 = 64 << 20;
const MEMBERS_MOST: usize = 5_000;

/// The code that these bits make; 50 of them count.
pub fn code(bits: u64) -> String {
    let letter = |nth: usize| char::from(ALPHABET[(bits >> (5 * nth)) as usize & 31]);
    let (first, second): (String, String) = ((0..5).map(letter).collect(), (5..LETTERS).map(letter).collect());
    format!("{PREFIX}{first}-{second}")
}

fn bits_of(code: &str) -> Option<u64> {
    let letters: Vec<u8> = code.strip_prefix(PREFIX)?.bytes().filter(|byte| *byte != b'-').collect();
    if letters.len() != LETTERS {
        return None;
    }
    let mut bits = 0;
    for (nth, letter) in letters.iter().enumerate() {
        let value = ALPHABET.iter().position(|known| known == letter)?;
        bits |= (value as u64) << (5 * nth);
    }
    Some(bits)
}

/// Tells a hidden code from characters that came along by chance.
fn check(bits: u64) -> u64 {
    let sum = bits.to_le_bytes().iter().fold(0x5A_u8, |sum, byte| (sum.rotate_left(3) ^ byte).wrapping_mul(167));
    u64::from(sum)
}

/// The text with the code in its middle, for nobody's eyes. Short texts stay as they are.
pub fn hide(text: &str, code: &str) -> String {
    let Some(bits) = bits_of(code).filter(|_| text.chars().count() >= LONG) else { return text.to_owned() };
    let all = bits | check(bits) << BITS;
    let hidden = (0..BITS + CHECK_BITS).map(|nth| DIGITS[(all >> nth) as usize & 1]);
    let middle = text.char_indices().nth(LONG / 2).map_or(text.len(), |(at, _)| at);
    let (before, after) = text.split_at(middle);
    before.chars().chain(hidden).chain(after.chars()).collect()
}

/// The codes in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub codes: BTreeSet<String>,
    /// There are more than [`CODES_MOST`]; those that came first were taken.
    pub more: bool,
}

impl Found {
    fn add(&mut self, code: String) {
        match self.codes.len() < CODES_MOST {
            true => drop(self.codes.insert(code)),
            false => self.more |= !self.codes.contains(&code),
        }
    }

    /// Adds the codes in a text, hidden or in plain sight.
    fn add_text(&mut self, text: &str) {
        let mut run: Vec<u64> = Vec::new();
        for c in text.chars().chain(std::iter::once(' ')) {
            match DIGITS.iter().position(|digit| *digit == c) {
                Some(bit) => run.push(bit as u64),
                None if run.is_empty() => {}
                None => {
                    hidden(&run).into_iter().for_each(|code| self.add(code));
                    run.clear();
                }
            }
            if self.more {
                return;
            }
        }
        for (at, _) in text.match_indices(PREFIX) {
            plain(&text[at..]).into_iter().for_each(|code| self.add(code));
            if self.more {
                return;
            }
        }
    }
}

/// The code that a text begins with.
fn plain(text: &str) -> Option<String> {
    let candidate = text.get(..PREFIX.len() + LETTERS + 1)?;
    bits_of(candidate).map(code)
}

fn hidden(run: &[u64]) -> Option<String> {
    if run.len() != BITS + CHECK_BITS {
        return None;
    }
    let all = run.iter().enumerate().fold(0, |all, (nth, bit)| all | bit << nth);
    let bits = all & ((1 << BITS) - 1);
    (all >> BITS == check(bits)).then(|| code(bits))
}

/// The codes in a file: a workbook, a document, an archive of them, or text.
pub fn find(file: &mut (impl Read + Seek)) -> std::io::Result<Found> {
    let (mut budget, mut found) = (READ_MOST, Found::default());
    file.rewind()?;
    let mut first = [0; 4];
    let is_packed = file.read_exact(&mut first).is_ok() && first == *b"PK\x03\x04";
    file.rewind()?;
    match is_packed {
        true => in_archive(file, &mut budget, true, &mut found)?,
        false => found.add_text(&text_of(file, &mut budget)?),
    }
    Ok(found)
}

fn text_of(file: &mut impl Read, budget: &mut u64) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.take(*budget).read_to_end(&mut bytes)?;
    *budget -= bytes.len() as u64;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn in_archive(file: &mut (impl Read + Seek), budget: &mut u64, deeper: bool, found: &mut Found) -> std::io::Result<()> {
    let mut archive = ZipArchive::new(file)?;
    for at in 0..archive.len().min(MEMBERS_MOST) {
        let mut member = archive.by_index(at)?;
        let mut bytes = Vec::new();
        (&mut member).take(*budget).read_to_end(&mut bytes)?;
        *budget -= bytes.len() as u64;
        if deeper && bytes.starts_with(b"PK\x03\x04") {
            in_archive(&mut std::io::Cursor::new(bytes), budget, false, found)?;
        } else {
            found.add_text(&String::from_utf8_lossy(&bytes));
        }
        if found.more {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Format, Out, TableWriter};
    use std::io::Cursor;

    const CODE: &str = "DC-7K2M9-Q4XTB";

    fn found(bytes: Vec<u8>) -> Vec<String> {
        find(&mut Cursor::new(bytes)).expect("a file").codes.into_iter().collect()
    }

    fn in_text(text: &str) -> Vec<String> {
        found(text.as_bytes().to_vec())
    }

    #[test]
    fn of_a_file_full_of_codes_the_first_are_taken() {
        let codes: Vec<String> = (0..1_000_000).map(code).collect();
        let found = find(&mut Cursor::new(codes.join(" ").into_bytes())).expect("a file");
        assert_eq!((found.codes.len(), found.more), (CODES_MOST, true));
        let few = find(&mut Cursor::new(codes[..CODES_MOST].join(" ").repeat(2).into_bytes())).expect("a file");
        assert_eq!((few.codes.len(), few.more), (CODES_MOST, false));
        // What is hidden comes before what somebody may have written over it.
        let hidden = hide("主营机床与自动化产线的设计制造", CODE);
        let found =
            find(&mut Cursor::new(format!("{} {hidden}", codes[..500].join(" ")).into_bytes())).expect("a file");
        assert!(found.more && found.codes.contains(CODE));
    }

    #[test]
    fn a_code_is_its_bits() {
        assert_eq!(bits_of(CODE).map(code).as_deref(), Some(CODE));
        assert_eq!(code(u64::MAX), code((1 << BITS) - 1), "fifty count");
        for bad in ["DC-7K2M9-Q4XT", "DC-7K2M9-Q4XTO", "XX-7K2M9-Q4XTB", "DC-"] {
            assert_eq!(bits_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_hidden_is_found_and_not_seen() {
        let text = "主营机床与自动化产线的设计制造";
        let hidden = hide(text, CODE);
        assert_ne!(hidden, text);
        assert_eq!(crate::clean::text(&hidden), text, "the import drops it");
        assert_eq!(in_text(&hidden), [CODE]);
        assert_eq!(hide("华盛机械有限公司", CODE), "华盛机械有限公司", "what is short stays as it is");
    }

    #[test]
    fn what_is_there_by_chance_is_no_code() {
        let run: String = std::iter::repeat_n(DIGITS[0], BITS + CHECK_BITS).collect();
        assert!(in_text(&format!("文{run}字")).is_empty(), "the check does not fit");
        for bit in 0..BITS {
            assert_ne!(check(1 << bit), check(0), "a bit that is turned is noticed");
        }
        let hidden = hide("主营机床与自动化产线的设计制造", CODE);
        let cut: String = hidden.chars().enumerate().filter(|(at, _)| *at != 20).map(|(_, c)| c).collect();
        assert!(in_text(&cut).is_empty(), "a digit is missing");
    }

    #[test]
    fn a_workbook_says_where_it_came_from() {
        let mark = Mark { code: CODE.to_owned(), line: format!("{CODE} 李雷 2026-11-23 09:30") };
        let write = |format| {
            let columns = [Column::new("客户")];
            let mut table = TableWriter::new(format, Cursor::new(Vec::new()), &columns).expect("a table").marked(&mark);
            table.row(&[Out::Text("华盛机械")]).expect("a row");
            table.finish().expect("a file").0.into_inner()
        };
        assert_eq!(found(write(Format::Xlsx)), [CODE]);
        assert!(found(write(Format::Csv)).is_empty(), "a text file has no place for it");
    }
}
