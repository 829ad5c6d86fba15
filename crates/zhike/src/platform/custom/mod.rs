//! Fields that the company adds itself (R3-1.1, R3-1.4): defined by an administrator, filled, shown, filtered, sorted,
//! imported and exported like those that come with the product, without a change of the schema (docs/decisions/0005).
//!
//! * [`service`] keeps the definitions; they travel with the rights of whoever acts ([`crate::kernel::Permissions`]),
//!   so that no request has to ask for them.
//! * [`held`] is what can stand in a field: read from what people send, and said in words.
//! * [`values`] keeps it: [`values::take`] judges a change, [`values::write`] stores it, [`values::shown`] is what
//!   somebody sees of it. What is personal or sensitive is sealed, masked, and only revealed.
//! * [`carrying`] takes it over to a record that takes another one's place, and back.
//! * [`list`] turns filters and sorting by such fields into what the store understands.
//!
//! A kind of record joins by its line in [`ENTITIES`], and by calling `take`, `write` and `shown` where it is changed
//! and seen. Changes of what counts or is found are told as [`CHANGED`], so that its room can settle what follows.

pub mod carrying;
pub mod held;
pub mod http;
pub mod list;
mod model;
pub mod rules;
mod service;
pub mod values;

pub use held::Held;
pub use service::{New as NewField, create, definitions};
pub use values::{Kept, Values};

use crate::kernel::Entity;

/// The kinds of records that have custom fields.
pub const ENTITIES: &[Entity] = &[Entity::Customer, Entity::Contact];

/// A field came, went, or is needed or found otherwise than before: `entity` is an attribute.
pub const CHANGED: &str = "custom_fields_changed";
