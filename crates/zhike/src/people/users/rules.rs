//! Decisions about people, without a database.

use crate::kernel::{Action, Entity, FieldError, Scope};
use crate::platform::access::roles::Rights;

const LOGIN_MOST: usize = 64;

/// What is wrong with a login: it must be typable and tellable in a log.
pub fn judge_login(login: &str) -> Option<FieldError> {
    let fault = |code: &str| Some(FieldError { field: "login".to_owned(), code: code.to_owned(), message: None });
    match login.chars().count() {
        0 => return fault("required"),
        length if length > LOGIN_MOST => return fault("too_long"),
        _ => {}
    }
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if login.chars().all(fine) { None } else { fault("malformed") }
}

/// Without anyone who may help people in, and anyone who may give rights, nobody could be helped.
pub fn runs(rights: &Rights) -> bool {
    has(rights, Entity::User, Action::Update)
}

pub fn grants(rights: &Rights) -> bool {
    has(rights, Entity::Role, Action::Manage)
}

fn has(rights: &Rights, entity: Entity, action: Action) -> bool {
    rights.permissions.get(&entity).and_then(|actions| actions.get(&action)) == Some(&Scope::All)
}

/// Built-in roles that one person must not hold together: who runs the system does not audit it (C37).
pub fn exclusive(keys: &[&str]) -> bool {
    keys.contains(&"administrator") && keys.contains(&"auditor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_plain_words() {
        for fine in ["li", "li.si", "李四", "li@example.com", "a-b_c+d"] {
            assert_eq!(judge_login(fine), None, "{fine}");
        }
        for bad in ["", "li si", "a\nb", "<li>", "a/b", &"x".repeat(65)] {
            assert!(judge_login(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn nobody_audits_what_they_run() {
        assert!(exclusive(&["administrator", "auditor"]));
        assert!(!exclusive(&["administrator", "manager"]));
    }
}
