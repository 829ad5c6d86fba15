//! What a role may say.

use crate::kernel::custom::is_full_name;
use crate::kernel::{CustomField, FieldAccess, FieldError, fields};
use crate::platform::access::roles::Rights;

const FIELD_MOST: usize = 100;

/// What is wrong with the rights of a role: each field is one that there is, with an access that it can have. Entities
/// and actions are known by their types.
pub fn judge(rights: &Rights, custom: &[CustomField]) -> Vec<FieldError> {
    rights.fields.iter().filter_map(|(name, access)| fault(name, *access, custom)).collect()
}

fn fault(name: &str, access: FieldAccess, custom: &[CustomField]) -> Option<FieldError> {
    let added = || custom.iter().find(|field| field.full_name() == *name).map(|field| field.allows(access));
    let code = match fields::find(name).map(|field| field.allows(access)).or_else(added) {
        Some(true) => return None,
        Some(false) => "not_allowed",
        // A removed field may come back, and what was said of it with it.
        None if is_full_name(name) => return None,
        None => "unknown",
    };
    let name: String = name.chars().take(FIELD_MOST).collect();
    Some(FieldError { field: format!("fields.{name}"), code: code.to_owned(), message: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, access: FieldAccess) -> Option<String> {
        fault(name, access, &[]).map(|fault| fault.code)
    }

    #[test]
    fn a_role_speaks_of_fields_that_there_are() {
        assert_eq!(code("customer.phone", FieldAccess::Masked), None);
        for bad in ["phone", "spaceship.phone", "customer.", "customer.Phone", "customer.phone.more", "duty.state"] {
            assert_eq!(code(bad, FieldAccess::Hidden).as_deref(), Some("unknown"), "{bad}");
        }
    }

    #[test]
    fn what_a_record_is_known_by_is_locked_at_most() {
        assert_eq!(code("customer.grade", FieldAccess::Read), None);
        assert_eq!(code("customer.grade", FieldAccess::Hidden).as_deref(), Some("not_allowed"));
        assert_eq!(code("customer.notes", FieldAccess::Hidden), None);
        assert_eq!(code("customer.notes", FieldAccess::Masked).as_deref(), Some("not_allowed"));
    }
}
