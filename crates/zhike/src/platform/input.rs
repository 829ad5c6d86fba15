//! Input as rooms take it: fields of a change can be left out (`None`), emptied (`Some(None)`) or set, texts have no blanks
//! around them, and instants are kept in whole microseconds.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use crate::kernel::FieldError;

/// The instant as it is stored.
pub fn micros(at: Timestamp) -> Timestamp {
    at.round(TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Floor)).unwrap_or(at)
}

/// Puts what was given into the field.
pub fn put<T: Clone>(given: &Option<Option<T>>, field: &mut Option<T>) {
    if let Some(value) = given {
        field.clone_from(value);
    }
}

/// Text without blanks around it; nothing if nothing is left.
pub fn cleaned(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// What is wrong with a text that must be there.
pub fn text_fault(field: &str, text: &str, most: usize) -> Option<FieldError> {
    let code = match text.chars().count() {
        0 => "required",
        length if length > most => "too_long",
        _ => return text.contains('\0').then(|| fault(field, "invalid")),
    };
    Some(fault(field, code))
}

pub fn fault(field: &str, code: &str) -> FieldError {
    FieldError { field: field.to_owned(), code: code.to_owned(), message: None }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::platform::http::present;

    #[derive(Deserialize)]
    struct Change {
        #[serde(default, deserialize_with = "present")]
        note: Option<Option<String>>,
    }

    fn after(json: &str) -> Option<String> {
        let mut note = Some("old".to_owned());
        put(&serde_json::from_str::<Change>(json).unwrap().note, &mut note);
        note
    }

    #[test]
    fn instants_lose_what_the_database_would_drop() {
        let at: Timestamp = "2026-11-23T01:30:00.123456789Z".parse().unwrap();
        assert_eq!(micros(at).to_string(), "2026-11-23T01:30:00.123456Z");
        assert_eq!(micros(at).as_microsecond(), at.as_microsecond());
    }

    #[test]
    fn left_out_emptied_and_set_are_told_apart() {
        assert_eq!(after("{}"), Some("old".to_owned()));
        assert_eq!(after(r#"{"note":null}"#), None);
        assert_eq!(after(r#"{"note":"new"}"#), Some("new".to_owned()));
    }
}
