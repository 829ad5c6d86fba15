use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::platform::vault::{Column, Vault, hex};

/// Which fields changed, from what to what: `{"name": {"from": "old", "to": "new"}}`. A personal value is named by a keyed digest:
/// that it changed, and whether two entries speak of the same value, can be seen; the value cannot, so erasing it from
/// the records erases it altogether.
#[derive(Clone, Debug, Default)]
pub struct Changes(Map<String, Value>);

impl Changes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes an ordinary field if it changed.
    pub fn field<T: Serialize + PartialEq>(&mut self, name: &str, old: &T, new: &T) -> &mut Self {
        if old != new {
            self.0.insert(name.to_owned(), json!({ "from": old, "to": new }));
        }
        self
    }

    /// Notes an ordinary field of a new record.
    pub fn set(&mut self, name: &str, new: impl Serialize) -> &mut Self {
        self.0.insert(name.to_owned(), json!({ "from": null, "to": new }));
        self
    }

    /// Notes a personal field if it changed.
    pub fn personal(&mut self, vault: &Vault, column: &Column, old: Option<&str>, new: Option<&str>) -> &mut Self {
        self.sealed(vault, column.field, column.name, old, new)
    }

    /// The same for a field that is no column: `field` is its name among all, `name` what the entry calls it.
    pub fn sealed(
        &mut self,
        vault: &Vault,
        field: &str,
        name: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) -> &mut Self {
        if old != new {
            let change = json!({ "from": digest(vault, field, old), "to": digest(vault, field, new) });
            self.0.insert(name.to_owned(), change);
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl From<Changes> for Value {
    fn from(changes: Changes) -> Self {
        Self::Object(changes.0)
    }
}

fn digest(vault: &Vault, field: &str, value: Option<&str>) -> Value {
    match value {
        None => Value::Null,
        Some(value) => {
            let digest = vault.digest("audit", format!("{field}\0{value}").as_bytes());
            json!({ "digest": hex(&digest[..8]) })
        }
    }
}
