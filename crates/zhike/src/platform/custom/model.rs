use jiff::Timestamp;
use serde_json::Value as Json;

use crate::kernel::custom::{Choice, CustomField, CustomKind, key};
use crate::kernel::{Entity, Error, FieldClass, Result};

store::entity! {
    pub struct Row: "custom_field" {
        pub number: i64,
        pub entity: String,
        pub kind: CustomKind,
        pub class: FieldClass,
        pub zh: String,
        pub en: String,
        pub help: Option<String>,
        pub required: bool,
        pub searchable: bool,
        pub position: i64,
        pub choices: Json,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub removed_at: Option<Timestamp>,
    }
}

impl Row {
    pub fn entity(&self) -> Result<Entity> {
        Entity::from_word(&self.entity).ok_or_else(|| Error::internal("a custom field of an unknown entity"))
    }

    pub fn choices(&self) -> Result<Vec<Choice>> {
        Ok(serde_json::from_value(self.choices.clone())?)
    }

    pub fn field(&self) -> Result<CustomField> {
        Ok(CustomField {
            number: self.number,
            key: key(self.number),
            entity: self.entity()?,
            kind: self.kind,
            class: self.class,
            zh: self.zh.clone(),
            en: self.en.clone(),
            help: self.help.clone(),
            required: self.required,
            searchable: self.searchable,
            choices: self.choices()?,
        })
    }
}
