//! What a role may say.

use crate::kernel::{Entity, FieldError};
use crate::platform::access::roles::Rights;

const FIELD_MOST: usize = 100;

/// What is wrong with the rights of a role: fields are `entity.field` of an entity that exists. Entities and actions
/// are known by their types.
pub fn judge(rights: &Rights) -> Vec<FieldError> {
    let unknown = rights.fields.keys().filter(|name| !is_field(name));
    unknown.map(|name| fault(name)).collect()
}

fn is_field(name: &str) -> bool {
    name.len() <= FIELD_MOST
        && name.split_once('.').is_some_and(|(entity, field)| Entity::from_word(entity).is_some() && is_word(field))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn fault(name: &str) -> FieldError {
    let name: String = name.chars().take(FIELD_MOST).collect();
    FieldError { field: format!("fields.{name}"), code: "unknown".to_owned(), message: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::FieldAccess;

    #[test]
    fn fields_belong_to_an_entity() {
        let with = |name: &str| {
            let mut rights = Rights::default();
            rights.fields.insert(name.to_owned(), FieldAccess::Masked);
            judge(&rights).len()
        };
        assert_eq!(with("customer.phone"), 0);
        for bad in ["phone", "spaceship.phone", "customer.", "customer.Phone", "customer.phone.more"] {
            assert_eq!(with(bad), 1, "{bad}");
        }
    }
}
