//! The rows of one sheet of a workbook, one at a time.

use super::cell::{Cell, Row};
use super::error::TableError;
use super::escape::unescape;
use super::limits::Limits;
use super::strings::{SharedStrings, check_length, rich_text};
use super::styles::{Shape, Styles};
use super::xml::{Name, Node, Xml, attribute};
use crate::clean;
use crate::serial::{self, Epoch};
use quick_xml::events::BytesStart;

const LAST_ROW: u64 = 1_048_576;

pub(crate) struct SheetRows<'a> {
    pub xml: Xml<'a>,
    pub strings: &'a mut SharedStrings,
    pub styles: &'a Styles,
    pub epoch: Epoch,
    pub limits: Limits,
    pub count: Counts,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub row: u64,
    pub cells: u64,
    pub text: u64,
    /// Reading is inside the element that holds the rows.
    pub inside: bool,
}

/// What the tag of a cell says.
struct Head {
    column: usize,
    style: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Date,
}

impl SheetRows<'_> {
    /// The next row that holds something.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        while let Some(full) = self.next_tag()? {
            if !full {
                continue;
            }
            let mut row = self.read_row().map_err(|error| error.at(self.count.row))?;
            if row.trim() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Goes to the next row, takes its number and says whether it has content; `None` after the last.
    fn next_tag(&mut self) -> Result<Option<bool>, TableError> {
        loop {
            let (number, full) = match self.xml.next()? {
                Node::Open(tag) if self.count.inside && named(&tag, Name::Row) => (row_number(&tag), true),
                Node::Empty(tag) if self.count.inside && named(&tag, Name::Row) => (row_number(&tag), false),
                Node::Open(tag) if named(&tag, Name::SheetData) => {
                    self.count.inside = true;
                    continue;
                }
                Node::Close(Name::SheetData) => {
                    self.xml.finish()?;
                    return Ok(None);
                }
                Node::End => return Ok(None),
                _ => continue,
            };
            self.count.row = number.unwrap_or(self.count.row + 1);
            if !(1..=LAST_ROW).contains(&self.count.row) {
                return Err(TableError::damaged(format!("row {} does not exist", self.count.row)));
            }
            return Ok(Some(full));
        }
    }

    fn read_row(&mut self) -> Result<Row, TableError> {
        let mut row = Row { number: self.count.row, ..Row::default() };
        let (mut next, mut bytes) = (0, 0);
        loop {
            match self.xml.next()? {
                Node::Open(tag) if named(&tag, Name::Cell) => {
                    let head = head(&tag, next)?;
                    next = head.column + 1;
                    self.count_cell()?;
                    bytes += self.read_cell(&head, &mut row)?;
                    if bytes > self.limits.row_bytes {
                        return Err(TableError::too_large("row_bytes", self.limits.row_bytes));
                    }
                }
                // A blank cell, there for its format only.
                Node::Empty(tag) if named(&tag, Name::Cell) => {
                    next = head(&tag, next)?.column + 1;
                    self.count_cell()?;
                }
                Node::Close(Name::Row) => break,
                Node::End => return Err(TableError::damaged("the file ends too early")),
                _ => {}
            }
        }
        self.count.text += bytes;
        if self.count.text > self.limits.text_bytes {
            return Err(TableError::too_large("text_bytes", self.limits.text_bytes));
        }
        Ok(row)
    }

    fn count_cell(&mut self) -> Result<(), TableError> {
        self.count.cells += 1;
        if self.count.cells > self.limits.cells {
            return Err(TableError::too_large("cells", self.limits.cells));
        }
        Ok(())
    }

    /// Puts one cell into its row and says how much text it holds.
    fn read_cell(&mut self, head: &Head, row: &mut Row) -> Result<u64, TableError> {
        let (raw, formula) = self.read_value()?;
        if raw.is_empty() {
            if formula && head.kind == Kind::Number && (head.column as u64) < self.limits.columns {
                row.problem(head.column, "cell.no_result");
            }
            return Ok(0);
        }
        let (cell, problem) = self.interpret(head, raw)?;
        let bytes = match &cell {
            Cell::Empty => return Ok(0),
            Cell::Text(text) => text.len() as u64,
            _ => 16,
        };
        if head.column as u64 >= self.limits.columns {
            if cell.is_blank() {
                return Ok(0);
            }
            return Err(TableError::too_large("columns", self.limits.columns));
        }
        row.put(head.column, cell);
        if let Some(code) = problem {
            row.problem(head.column, code);
        }
        Ok(bytes)
    }

    /// The stored value of the cell that was just opened, up to its closing tag, and whether a formula made it. A
    /// formula counts by its last result.
    fn read_value(&mut self) -> Result<(String, bool), TableError> {
        let mut text = String::new();
        let (mut inside, mut formula) = (false, false);
        loop {
            match self.xml.next()? {
                Node::Open(tag) => match Name::of(tag.local_name().into_inner()) {
                    Name::Value => inside = true,
                    Name::Formula => formula = true,
                    Name::Inline => rich_text(&mut self.xml, Name::Inline, &self.limits, &mut text)?,
                    _ => {}
                },
                Node::Text(piece) if inside => {
                    text.push_str(&piece);
                    check_length(&text, &self.limits)?;
                }
                Node::Close(Name::Value) => inside = false,
                Node::Close(Name::Cell) => return Ok((text, formula)),
                Node::End => return Err(TableError::damaged("the file ends too early")),
                _ => {}
            }
        }
    }

    fn interpret(&mut self, head: &Head, raw: String) -> Result<(Cell, Option<&'static str>), TableError> {
        let bad = |raw: String| (Cell::Text(raw), Some("cell.bad_value"));
        Ok(match head.kind {
            Kind::Shared => match raw.trim().parse().ok().map(|index| self.strings.get(index)).transpose()?.flatten() {
                Some(text) => (text_cell(text), None),
                None => return Err(TableError::damaged("a cell refers to a text that the workbook does not hold")),
            },
            Kind::Text if raw.contains("_x") => (text_cell(unescape(&raw).into_owned()), None),
            Kind::Text => (Cell::Text(raw), None),
            Kind::Bool => (Cell::Bool(matches!(raw.trim(), "1" | "true")), None),
            Kind::Error => (Cell::Text(raw), Some("cell.error")),
            Kind::Date => match clean::moment(&raw) {
                Ok(clean::Moment::Date(date)) => (Cell::Date(date), None),
                Ok(clean::Moment::DateTime(at)) => (Cell::DateTime(at), None),
                _ => bad(raw),
            },
            Kind::Number => match raw.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => (self.number(value, raw.trim(), head.style), None),
                _ => bad(raw),
            },
        })
    }

    fn number(&self, value: f64, raw: &str, style: usize) -> Cell {
        let shape = self.styles.shape(style);
        let civil = || serial::to_civil(value, self.epoch);
        match shape {
            Shape::Date | Shape::DateTime => match civil() {
                Some(at) if shape == Shape::Date && value.fract() == 0.0 => Cell::Date(at.date()),
                Some(at) => Cell::DateTime(at),
                None => Cell::Number { value, shown: plain_digits(value, raw) },
            },
            Shape::Time if (0.0..1.0).contains(&value) => {
                // Any day will do: only the time of it is shown.
                let at = serial::to_civil(value + 100.0, Epoch::Y1900);
                Cell::Text(at.map(|at| at.time().strftime("%H:%M:%S").to_string()).unwrap_or_default())
            }
            Shape::Time => civil().map_or(Cell::Number { value, shown: plain_digits(value, raw) }, Cell::DateTime),
            Shape::Padded(width) => {
                let digits = plain_digits(value, raw);
                Cell::Number { value, shown: format!("{digits:0>width$}") }
            }
            Shape::Number => Cell::Number { value, shown: plain_digits(value, raw) },
        }
    }
}

fn row_number(tag: &BytesStart<'_>) -> Option<u64> {
    attribute(tag, "r")?.parse().ok()
}

fn named(tag: &BytesStart<'_>, name: Name) -> bool {
    Name::of(tag.local_name().into_inner()) == name
}

fn text_cell(text: String) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// The number as a person would write it. Whole numbers keep every digit that the file holds (an 18-digit identity
/// number does not fit into a float); others are shown with 15 digits, as Excel does, so 0.1 + 0.2 is 0.3.
fn plain_digits(value: f64, raw: &str) -> String {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return raw.to_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e18 {
        return format!("{value:.0}");
    }
    let rounded = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded.abs() < 1e18 && (rounded.abs() >= 1e-9 || rounded == 0.0) {
        return format!("{rounded}");
    }
    format!("{rounded:e}")
}

fn head(tag: &BytesStart<'_>, next: usize) -> Result<Head, TableError> {
    let mut head = Head { column: next, style: 0, kind: Kind::Number };
    for attribute in tag.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => head.column = column(&attribute.value)?,
            "s" => head.style = attribute.value.parse().unwrap_or(0),
            "t" => head.kind = kind(&attribute.value),
            _ => {}
        }
    }
    Ok(head)
}

fn kind(name: &str) -> Kind {
    match name {
        "s" => Kind::Shared,
        "str" | "inlineStr" => Kind::Text,
        "b" => Kind::Bool,
        "e" => Kind::Error,
        "d" => Kind::Date,
        _ => Kind::Number,
    }
}

/// `C7` → 2. Excel's last column is XFD, the 16,384th.
fn column(reference: &str) -> Result<usize, TableError> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |n, b| n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1);
    if (1..=16_384).contains(&number) {
        return Ok(number - 1);
    }
    let shown: String = reference.chars().take(20).collect();
    Err(TableError::damaged(format!("cell {shown} does not exist")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns() {
        assert_eq!(column("A1").unwrap(), 0);
        assert_eq!(column("AA10").unwrap(), 26);
        assert_eq!(column("XFD1048576").unwrap(), 16_383);
        assert!(column("XFE1").is_err() && column("7").is_err() && column("AAAAAAAA1").is_err());
    }

    #[test]
    fn digits_as_people_write_them() {
        let shown = |raw: &str| plain_digits(raw.parse().unwrap(), raw);
        assert_eq!(shown("13800138000"), "13800138000");
        assert_eq!(shown("1.38E+10"), "13800000000");
        assert_eq!(shown("13800138000.0"), "13800138000");
        assert_eq!(shown("110101199001011234"), "110101199001011234");
        assert_eq!(shown("0.30000000000000004"), "0.3");
        assert_eq!(shown("-12.50"), "-12.5");
        assert_eq!(shown("1e300"), "1e300");
        assert_eq!(shown("-0"), "-0");
    }
}
