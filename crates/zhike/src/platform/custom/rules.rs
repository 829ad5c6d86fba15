//! What a definition must be like. Pure.

use crate::kernel::custom::{Choice, CustomKind};
use crate::kernel::{FieldClass, FieldError};

/// Fields of one kind of record. More is another table that wants to be built.
pub const FIELDS_MOST: usize = 50;
pub const CHOICES_MOST: usize = 100;
const LABEL_MOST: usize = 40;
const HELP_MOST: usize = 200;

pub fn label(field: &str, text: &str, faults: &mut Vec<FieldError>) -> String {
    let text = text.trim();
    let code = match text.chars().count() {
        0 => "required",
        length if length > LABEL_MOST => "too_long",
        _ if text.chars().any(char::is_control) => "control_characters",
        _ => return text.to_owned(),
    };
    faults.push(fault(field, code));
    text.to_owned()
}

pub fn help(text: Option<&str>, faults: &mut Vec<FieldError>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    if text.chars().count() > HELP_MOST {
        faults.push(fault("help", "too_long"));
    }
    Some(text.to_owned())
}

/// The search finds texts that everybody may read who sees the record, and nothing else.
pub fn may_be_found(kind: CustomKind, class: FieldClass) -> bool {
    kind == CustomKind::Text && class == FieldClass::Ordinary
}

pub fn takes_choices(kind: CustomKind) -> bool {
    matches!(kind, CustomKind::Choice | CustomKind::Multi)
}

/// The choices as they are from now on: those known keep their ids, new ones get the next, and none is lost: one that
/// is no longer named is retired.
pub fn choices(old: &[Choice], new: &[Choice], faults: &mut Vec<FieldError>) -> Vec<Choice> {
    let mut next = old.iter().map(|choice| choice.id).max().unwrap_or(0);
    let mut all: Vec<Choice> = Vec::with_capacity(new.len());
    for (at, given) in new.iter().enumerate() {
        let zh = label(&format!("choices[{at}].zh"), &given.zh, faults);
        let en = given.en.trim().chars().take(LABEL_MOST).collect();
        let known = old.iter().any(|choice| choice.id == given.id) && all.iter().all(|choice| choice.id != given.id);
        if given.id != 0 && !known {
            faults.push(fault(&format!("choices[{at}]"), "choice.unknown"));
            continue;
        }
        if all.iter().any(|choice| choice.zh == zh) {
            faults.push(fault(&format!("choices[{at}].zh"), "taken"));
        }
        let id = if given.id == 0 { next + 1 } else { given.id };
        next = next.max(id);
        all.push(Choice { id, zh, en, retired: given.retired });
    }
    let gone = old.iter().filter(|choice| all.iter().all(|kept| kept.id != choice.id));
    let gone: Vec<Choice> = gone.map(|choice| Choice { retired: true, ..choice.clone() }).collect();
    all.extend(gone);
    if all.iter().all(|choice| choice.retired) {
        faults.push(fault("choices", "required"));
    }
    if all.len() > CHOICES_MOST {
        faults.push(fault("choices", "too_many"));
    }
    all
}

pub fn fault(field: &str, code: &str) -> FieldError {
    FieldError { field: field.to_owned(), code: code.to_owned(), message: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(id: i64, zh: &str) -> Choice {
        Choice { id, zh: zh.to_owned(), en: String::new(), retired: false }
    }

    #[test]
    fn choices_keep_their_ids_and_are_never_lost() {
        let mut faults = Vec::new();
        let first = choices(&[], &[choice(0, "甲"), choice(0, "乙")], &mut faults);
        assert_eq!((first[0].id, first[1].id), (1, 2));
        let second = choices(&first, &[choice(2, "乙类"), choice(0, "丙")], &mut faults);
        let told: Vec<_> = second.iter().map(|one| (one.id, one.zh.as_str(), one.retired)).collect();
        assert_eq!(told, [(2, "乙类", false), (3, "丙", false), (1, "甲", true)]);
        assert!(faults.is_empty());
    }

    #[test]
    fn choices_that_cannot_be_are_refused() {
        for new in [vec![], vec![choice(0, " ")], vec![choice(0, "甲"), choice(0, "甲")], vec![choice(9, "甲")]] {
            let mut faults = Vec::new();
            choices(&[], &new, &mut faults);
            assert!(!faults.is_empty(), "{new:?}");
        }
    }
}
