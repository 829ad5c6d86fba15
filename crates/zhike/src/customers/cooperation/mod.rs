//! Cooperation history (合作记录, R3-1.3): what a customer ordered, signed and renewed, for how much, and what went wrong.
//!
//! It is written by hand, comes in by sheets ([`import`]), or is sent by other systems with an API token
//! (`POST /cooperation`); the rooms for sales and contracts will write through the same [`service::take`] once they exist.
//! What has a name at its source is brought up to date when it arrives again, and is never doubled.
//!
//! What all of it adds up to ([`rules::add_up`]) is written in the transaction of the change ([`totals`]): a row per
//! customer for its page, and two columns of the customer that lists are filtered and sorted by. The first deal fills
//! `cooperation_since` of an archive that has none.

pub mod find;
pub mod http;
pub mod import;
mod input;
mod model;
pub mod rules;
pub mod service;
#[cfg(test)]
mod tests;
mod timeline;
pub mod totals;

pub use input::{CooperationPatch, NewCooperation};
pub use model::{Cooperation, CooperationKind, CooperationState};
pub use timeline::timeline;
