//! The words every room shares: identifiers, time, errors, facts, and the vocabulary of permission.
//! The kernel knows the store's types and nothing of any room.

pub mod clock;
pub mod custom;
pub mod error;
pub mod fact;
pub mod fields;
pub mod id;
pub mod permission;

pub use clock::Clock;
pub use custom::CustomField;
pub use error::{Error, FieldError, Result};
pub use fact::{Fact, FactKind};
pub use id::Id;
pub use permission::{Action, Entity, FieldAccess, FieldClass, Permissions, Scope};
pub use store::list::{Cursor, Filter, List, Page, Sort};
