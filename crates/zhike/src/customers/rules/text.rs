//! Free text as it is kept.

use crate::kernel::FieldError;

/// Trims, and refuses what is too long or cannot be stored. Empty counts as missing.
pub fn clean(value: &str, most: usize, one_line: bool) -> Result<Option<String>, &'static str> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    if value.chars().count() > most {
        return Err("too_long");
    }
    let allowed = |c: char| !c.is_control() || (!one_line && matches!(c, '\n' | '\t' | '\r'));
    if value.chars().all(allowed) { Ok(Some(value.to_owned())) } else { Err("control_characters") }
}

/// Collects what is wrong with a form, so that people see all of it at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    pub fn add(&mut self, field: &str, code: &str) {
        self.0.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: None });
    }

    /// The value, or `None` and a fault noted.
    pub fn take<T>(&mut self, field: &str, result: Result<T, &'static str>) -> Option<T> {
        result.map_err(|code| self.add(field, code)).ok()
    }

    pub fn extend(&mut self, more: Vec<FieldError>) {
        self.0.extend(more);
    }

    pub fn into_fields(self) -> Vec<FieldError> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded() {
        assert_eq!(clean("  华盛 ", 10, true), Ok(Some("华盛".into())));
        assert_eq!(clean(" \u{3000} ", 10, true), Ok(None));
        assert_eq!(clean("华盛机械", 3, true), Err("too_long"));
        assert_eq!(clean("a\0b", 10, false), Err("control_characters"));
        assert_eq!(clean("a\nb", 10, true), Err("control_characters"));
        assert_eq!(clean("a\nb", 10, false), Ok(Some("a\nb".into())));
    }
}
