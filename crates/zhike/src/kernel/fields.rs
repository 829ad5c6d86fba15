//! The fields that a role may speak of: one table, by which roles are judged, views and cards are emptied, filters and
//! searches refused, changes refused, and the audit is told. A field that is not in it is shown to whoever sees the
//! record. A room adds its fields here, and empties them in its view (the test over all routes finds what it forgot).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::permission::{Entity, FieldAccess, FieldClass};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub entity: Entity,
    pub name: &'static str,
    pub class: FieldClass,
    /// A record cannot be shown, found or ordered without some of its fields: those can be locked but not hidden.
    pub least: FieldAccess,
    /// It tells of records of this kind: shown to whoever sees those of every record that they see.
    pub tells_of: Option<Entity>,
}

impl Field {
    const fn ordinary(entity: Entity, name: &'static str) -> Self {
        Self { entity, name, class: FieldClass::Ordinary, least: FieldAccess::Hidden, tells_of: None }
    }

    const fn always_read(entity: Entity, name: &'static str) -> Self {
        Self { least: FieldAccess::Read, ..Self::ordinary(entity, name) }
    }

    const fn telling_of(entity: Entity, name: &'static str, other: Entity) -> Self {
        Self { tells_of: Some(other), ..Self::ordinary(entity, name) }
    }

    const fn personal(entity: Entity, name: &'static str) -> Self {
        Self { class: FieldClass::Personal, ..Self::ordinary(entity, name) }
    }

    const fn sensitive(entity: Entity, name: &'static str) -> Self {
        Self { class: FieldClass::Sensitive, ..Self::ordinary(entity, name) }
    }

    /// The name that roles and the console use: `customer.phone`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.entity.word(), self.name)
    }

    /// Whether a role may say this of the field: only what is personal has a masked form.
    pub fn allows(&self, access: FieldAccess) -> bool {
        access >= self.least && (access != FieldAccess::Masked || self.class != FieldClass::Ordinary)
    }
}

use Entity::{Case, Contact, Cooperation, Customer};

pub const FIELDS: &[Field] = &[
    Field::always_read(Customer, "kind"),
    Field::always_read(Customer, "name"),
    Field::always_read(Customer, "short_name"),
    Field::always_read(Customer, "grade"),
    Field::ordinary(Customer, "credit_code"),
    Field::ordinary(Customer, "industry"),
    Field::ordinary(Customer, "region"),
    Field::ordinary(Customer, "address"),
    Field::ordinary(Customer, "website"),
    Field::personal(Customer, "phone"),
    Field::personal(Customer, "email"),
    Field::personal(Customer, "wechat"),
    Field::sensitive(Customer, "id_number"),
    Field::ordinary(Customer, "staff_count"),
    Field::ordinary(Customer, "annual_revenue_fen"),
    Field::ordinary(Customer, "founded_on"),
    Field::ordinary(Customer, "main_business"),
    Field::ordinary(Customer, "organisation"),
    Field::ordinary(Customer, "source"),
    Field::ordinary(Customer, "tags"),
    // The first deal fills it.
    Field::telling_of(Customer, "cooperation_since", Cooperation),
    Field::ordinary(Customer, "preferences"),
    Field::ordinary(Customer, "core_need"),
    Field::ordinary(Customer, "notes"),
    Field::always_read(Contact, "name"),
    Field::always_read(Contact, "decision_maker"),
    Field::ordinary(Contact, "salutation"),
    Field::ordinary(Contact, "position"),
    Field::ordinary(Contact, "department"),
    Field::personal(Contact, "phone"),
    Field::personal(Contact, "email"),
    Field::personal(Contact, "wechat"),
    Field::always_read(Contact, "authority"),
    Field::ordinary(Contact, "birthday"),
    Field::ordinary(Contact, "preferences"),
    Field::ordinary(Contact, "attitude"),
    Field::ordinary(Contact, "influence"),
    Field::ordinary(Cooperation, "items"),
    Field::ordinary(Cooperation, "amount_fen"),
    Field::ordinary(Cooperation, "problems"),
    // What was said, by the customer and to them.
    Field::ordinary(Case, "content"),
    Field::personal(Case, "caller_phone"),
    Field::personal(Case, "caller_email"),
];

/// Each field by what it is called within its record, with its full name: every record that is shown asks for many.
static NAMED: LazyLock<ByName> =
    LazyLock::new(|| FIELDS.iter().map(|field| ((field.entity, field.name), (field, field.full_name()))).collect());

type ByName = HashMap<(Entity, &'static str), (&'static Field, String)>;

/// The field of a record by its own name, with its full name.
pub fn named(entity: Entity, name: &str) -> Option<(&Field, &str)> {
    NAMED.get(&(entity, name)).map(|(field, full_name)| (*field, full_name.as_str()))
}

/// The field of that full name.
pub fn find(full_name: &str) -> Option<&'static Field> {
    let (entity, name) = full_name.split_once('.')?;
    FIELDS.iter().find(|field| field.entity.word() == entity && field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_stands_once() {
        for field in FIELDS {
            assert_eq!(find(&field.full_name()), Some(field), "{}", field.full_name());
        }
        assert_eq!(find("customer.spaceship"), None);
    }
}
