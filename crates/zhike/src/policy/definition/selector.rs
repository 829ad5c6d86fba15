//! Which facts a rule reads: a kind of fact, optionally with conditions on its attributes.

use super::Conditions;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// `"visit_made"`, or `{ fact = "visit_made", where = { channel = ["on_site"] } }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    pub fact: String,
    pub conditions: Conditions,
}

impl Selector {
    pub fn of(fact: &str) -> Selector {
        Selector { fact: fact.to_owned(), conditions: Conditions::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    fact: String,
    #[serde(rename = "where", default)]
    conditions: Conditions,
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Selector, D::Error> {
        deserializer.deserialize_any(SelectorVisitor)
    }
}

struct SelectorVisitor;

impl<'de> Visitor<'de> for SelectorVisitor {
    type Value = Selector;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind of fact, or a table with `fact` and `where`")
    }

    fn visit_str<E>(self, fact: &str) -> Result<Selector, E> {
        Ok(Selector::of(fact))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Selector, A::Error> {
        let Long { fact, conditions } = Long::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Selector { fact, conditions })
    }
}

impl Serialize for Selector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.conditions.is_empty() {
            return serializer.serialize_str(&self.fact);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("fact", &self.fact)?;
        map.serialize_entry("where", &self.conditions)?;
        map.end()
    }
}
