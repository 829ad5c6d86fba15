//! What customers are to each other (R3-1.1, 客户关系): groups and their subsidiaries, without a limit of size, suppliers
//! and buyers, partners, affiliates. Of a customer that somebody may not see, no relation tells anything, not even that
//! it is there, with one exception: that a customer can be in no second group is told (`relation.not_possible`), and from
//! it whoever sees no group can infer that there is one. A second group above it would be worse.

pub mod http;
mod model;
pub mod service;

pub use model::{Relation, RelationKind};
