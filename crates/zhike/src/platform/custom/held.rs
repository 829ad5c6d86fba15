//! What can stand in a custom field: read from JSON as the API has it, or from text as people write it, and said again.
//! Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::kernel::CustomField;
use crate::kernel::custom::{Choice, CustomKind};

const TEXT_MOST: usize = 2_000;
/// Numbers are kept in ten-thousandths, so that they are compared exactly.
pub const SCALE: i64 = 10_000;
const NUMBER_MOST: f64 = 900_000_000_000.0;
/// A thousand billion yuan.
const MONEY_MOST: i64 = 100_000_000_000_000;

/// A value. Choices of a field that takes one are a list of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    Text(String),
    Number(i64),
    Fen(i64),
    Date(Date),
    Choices(Vec<i64>),
    Person(Uuid),
    /// One of the files of the record.
    File {
        id: Uuid,
        name: String,
    },
}

/// Reads what was sent; nothing, an empty text and an empty list empty the field. A retired choice may stay where it
/// is, and is given to nobody else.
pub fn read(field: &CustomField, sent: &Json, before: Option<&Held>) -> Result<Option<Held>, &'static str> {
    let empty = sent.is_null() || sent.as_str().is_some_and(|text| text.trim().is_empty());
    if empty || sent.as_array().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let text = || sent.as_str().map(str::trim).ok_or("invalid");
    Ok(Some(match field.kind {
        CustomKind::Text => Held::Text(plain(text()?)?),
        CustomKind::Number => Held::Number(scaled(sent).ok_or("number.invalid")?),
        CustomKind::Money => {
            let fen = sent.as_i64().ok_or("money.invalid")?;
            if !(-MONEY_MOST..=MONEY_MOST).contains(&fen) {
                return Err("number.out_of_range");
            }
            Held::Fen(fen)
        }
        CustomKind::Date => {
            let date: Date = text()?.parse().map_err(|_| "date.invalid")?;
            if !(1000..=9999).contains(&date.year()) {
                return Err("date.out_of_range");
            }
            Held::Date(date)
        }
        CustomKind::Choice => Held::Choices(vec![chosen(field, sent, before)?]),
        CustomKind::Multi => {
            let all = sent.as_array().ok_or("invalid")?;
            let mut ids = all.iter().map(|one| chosen(field, one, before)).collect::<Result<Vec<_>, _>>()?;
            ids.sort_unstable();
            ids.dedup();
            Held::Choices(ids)
        }
        CustomKind::Person => Held::Person(text()?.parse().map_err(|_| "user.unknown")?),
        CustomKind::File => {
            let part = |name: &str| sent.get(name).and_then(Json::as_str).ok_or("file.unknown");
            Held::File { id: part("id")?.parse().map_err(|_| "file.unknown")?, name: plain(part("name")?)? }
        }
    }))
}

fn plain(text: &str) -> Result<String, &'static str> {
    if text.chars().count() > TEXT_MOST {
        return Err("too_long");
    }
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t' | '\r');
    if text.chars().all(allowed) { Ok(text.to_owned()) } else { Err("control_characters") }
}

/// A number in ten-thousandths.
pub fn scaled(sent: &Json) -> Option<i64> {
    let number = sent.as_f64().filter(|number| number.abs() <= NUMBER_MOST)?;
    Some((number * SCALE as f64).round() as i64)
}

/// A date as it is kept and compared: 20261123.
pub fn day_number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

pub fn day_of(number: i64) -> Option<Date> {
    let part = |of: i64| i8::try_from(of).ok();
    Date::new(i16::try_from(number / 10_000).ok()?, part(number / 100 % 100)?, part(number % 100)?).ok()
}

fn chosen(field: &CustomField, sent: &Json, before: Option<&Held>) -> Result<i64, &'static str> {
    let choice = sent.as_i64().and_then(|id| field.choice(id)).ok_or("choice.unknown")?;
    let held = matches!(before, Some(Held::Choices(ids)) if ids.contains(&choice.id));
    if choice.retired && !held { Err("choice.retired") } else { Ok(choice.id) }
}

/// The choice that people mean by a word, in either language.
pub fn choice_named<'a>(field: &'a CustomField, word: &str) -> Option<&'a Choice> {
    let named = |choice: &&Choice| choice.zh == word || choice.en.eq_ignore_ascii_case(word);
    field.choices.iter().filter(|choice| !choice.retired).find(named)
}

impl Held {
    /// As the API has it. A person is an id here; whoever shows it adds the name.
    pub fn json(&self, kind: CustomKind) -> Json {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(scaled) if scaled % SCALE == 0 => json!(scaled / SCALE),
            Self::Number(scaled) => json!(*scaled as f64 / SCALE as f64),
            Self::Fen(fen) => json!(fen),
            Self::Date(date) => json!(date.to_string()),
            Self::Choices(ids) if kind == CustomKind::Choice => json!(ids.first()),
            Self::Choices(ids) => json!(ids),
            Self::Person(id) => json!(id),
            Self::File { id, name } => json!({ "id": id, "name": name }),
        }
    }

    /// In words, for the audit and for sheets: choices by their labels. A person stays an id.
    pub fn words(&self, field: &CustomField, english: bool) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(scaled) => decimal(*scaled, SCALE),
            Self::Fen(fen) => decimal(*fen, 100),
            Self::Date(date) => date.to_string(),
            Self::Choices(ids) => {
                let label = |choice: &Choice| match english && !choice.en.is_empty() {
                    true => choice.en.clone(),
                    false => choice.zh.clone(),
                };
                let labels: Vec<String> = ids.iter().filter_map(|id| field.choice(*id)).map(label).collect();
                labels.join(if english { ", " } else { "、" })
            }
            Self::Person(id) => id.to_string(),
            Self::File { name, .. } => name.clone(),
        }
    }
}

/// A whole number of parts, written as a decimal without zeros at its end.
fn decimal(parts: i64, scale: i64) -> String {
    let (whole, rest) = (parts.abs() / scale, parts.abs() % scale);
    let sign = if parts < 0 { "-" } else { "" };
    let width = scale.ilog10() as usize;
    match rest {
        0 => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{}", format!("{rest:0width$}").trim_end_matches('0')),
    }
}
