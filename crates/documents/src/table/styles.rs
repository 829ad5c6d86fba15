//! What the number formats of a workbook mean: whether a number is a date, a time, or padded with zeros.

use super::error::TableError;
use super::xml::{Name, Node, Xml, attribute};
use std::collections::HashMap;

/// Formats beyond this count are all alike; Excel itself stops at 65,490.
const MAX_FORMATS: usize = 65_536;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Shape {
    #[default]
    Number,
    Date,
    DateTime,
    /// Time of day without a date.
    Time,
    /// `000000`: whole numbers shown with at least so many digits.
    Padded(usize),
}

/// The shape of every cell style, by its index.
#[derive(Default)]
pub(crate) struct Styles(Vec<Shape>);

impl Styles {
    pub fn load(mut xml: Xml<'_>) -> Result<Self, TableError> {
        let mut custom: HashMap<u32, Shape> = HashMap::new();
        let mut shapes = Vec::new();
        let mut inside = false;
        loop {
            match xml.next()? {
                Node::Open(tag) | Node::Empty(tag) => match tag.local_name().into_inner() {
                    "numFmt" if custom.len() < MAX_FORMATS => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        let code = attribute(&tag, "formatCode");
                        if let (Some(id), Some(code)) = (id, code) {
                            custom.insert(id, shape_of(&code));
                        }
                    }
                    "cellXfs" => inside = true,
                    "xf" if inside && shapes.len() < MAX_FORMATS => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        shapes.push(custom.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Node::Close(Name::CellFormats) => inside = false,
                Node::End => return Ok(Styles(shapes)),
                _ => {}
            }
        }
    }

    pub fn shape(&self, style: usize) -> Shape {
        self.0.get(style).copied().unwrap_or_default()
    }
}

/// Formats that every workbook knows, with those that Chinese Excel adds (27 to 36 and 50 to 58).
fn built_in(id: u32) -> Shape {
    match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shape::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shape::Time,
        22 => Shape::DateTime,
        _ => Shape::Number,
    }
}

/// Reads the first section of a format code: quoted text, escaped characters and `[…]` say nothing, letters do.
fn shape_of(code: &str) -> Shape {
    let mut letters = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => drop(chars.by_ref().find(|&c| c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|&c| c != ']').collect();
                // [h] and [mm] count past a day: a span, not a time of day.
                if !inner.is_empty() && inner.chars().all(|c| "hmsHMS".contains(c)) {
                    return Shape::Number;
                }
            }
            ';' => break,
            other => letters.push(other.to_ascii_lowercase()),
        }
    }
    if !letters.is_empty() && letters.bytes().all(|b| b == b'0') {
        return if letters.len() > 1 { Shape::Padded(letters.len()) } else { Shape::Number };
    }
    if letters.contains("general") || letters.contains('#') || letters.contains("0.") {
        return Shape::Number;
    }
    let time = letters.contains(['h', 's']) || letters.contains("上午") || letters.contains("am/pm");
    let day = letters.contains(['y', 'd', 'e']) || (letters.contains('m') && !time);
    match (day, time) {
        (true, true) => Shape::DateTime,
        (true, false) => Shape::Date,
        (false, true) => Shape::Time,
        (false, false) => Shape::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes() {
        let cases = [
            ("yyyy-mm-dd", Shape::Date),
            ("yyyy\"年\"m\"月\"d\"日\";@", Shape::Date),
            ("[$-804]yyyy/m/d", Shape::Date),
            ("yyyy/m/d h:mm:ss", Shape::DateTime),
            ("h:mm AM/PM", Shape::Time),
            ("mm:ss.0", Shape::Time),
            ("[h]:mm", Shape::Number),
            ("General", Shape::Number),
            ("0.00", Shape::Number),
            ("#,##0.00\"元\"", Shape::Number),
            ("[Red]-0.0", Shape::Number),
            ("0.00E+00", Shape::Number),
            ("000000", Shape::Padded(6)),
            ("0", Shape::Number),
            ("@", Shape::Number),
            ("mmm-yy", Shape::Date),
        ];
        for (code, shape) in cases {
            assert_eq!(shape_of(code), shape, "{code}");
        }
    }
}
