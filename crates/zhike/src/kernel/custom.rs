//! Fields that a company adds itself. What a role may say of them, and how they are shown, follows the same classes as
//! the fields that come with the product ([`super::fields`]).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::permission::{Entity, FieldAccess, FieldClass};

store::text_enum! {
    /// What a custom field holds.
    #[derive(ToSchema)]
    pub enum CustomKind {
        Text = "text", Number = "number", Money = "money", Date = "date", Choice = "choice", Multi = "multi",
        Person = "person", File = "file",
    }
}

/// One of the answers that a field offers. A retired one is kept where it stands and offered no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomChoice)]
pub struct Choice {
    /// Given out once per field; 0 asks for a new one.
    #[serde(default)]
    pub id: i64,
    pub zh: String,
    #[serde(default)]
    pub en: String,
    #[serde(default)]
    pub retired: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    pub number: i64,
    /// What the API, saved views and roles call it: x7.
    pub key: &'static str,
    pub entity: Entity,
    pub kind: CustomKind,
    pub class: FieldClass,
    pub zh: String,
    pub en: String,
    pub help: Option<String>,
    pub required: bool,
    pub searchable: bool,
    pub choices: Vec<Choice>,
}

/// A company that has added this many, also removed ones, has other needs than more of them.
pub const NUMBERS_MOST: i64 = 999;

/// The names of all fields that there can be: a name lives as long as the program, like those of its own fields.
static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| (0..=NUMBERS_MOST).map(|number| format!("x{number}")).collect());

/// The key of that number.
pub fn key(number: i64) -> &'static str {
    usize::try_from(number).ok().and_then(|at| KEYS.get(at)).map_or("", String::as_str)
}

/// The number that a key names, whether there is such a field or not.
pub fn number_of(key: &str) -> Option<i64> {
    let number = key.strip_prefix('x')?.parse().ok()?;
    (number > 0 && self::key(number) == key).then_some(number)
}

/// Whether a role speaks of a custom field: `customer.x7`.
pub fn is_full_name(name: &str) -> bool {
    name.split_once('.').is_some_and(|(entity, key)| Entity::from_word(entity).is_some() && number_of(key).is_some())
}

impl CustomField {
    /// The name that roles use: `customer.x7`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.entity.word(), self.key)
    }

    pub fn is_sealed(&self) -> bool {
        self.class != FieldClass::Ordinary
    }

    /// The least that a role may leave of it: what the search finds cannot be hidden.
    pub fn least(&self) -> FieldAccess {
        if self.searchable { FieldAccess::Read } else { FieldAccess::Hidden }
    }

    /// Whether a role may say this of it.
    pub fn allows(&self, access: FieldAccess) -> bool {
        access >= self.least() && (access != FieldAccess::Masked || self.is_sealed())
    }

    pub fn choice(&self, id: i64) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_number() {
        assert_eq!((key(7), number_of("x7")), ("x7", Some(7)));
        for bad in ["x", "x0", "x07", "7", "x-1", "x1000", "xx1", "x 1"] {
            assert_eq!(number_of(bad), None, "{bad}");
        }
        assert!(is_full_name("customer.x7") && !is_full_name("customer.phone") && !is_full_name("moon.x7"));
    }
}
