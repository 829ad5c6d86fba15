//! Consent (R4-5): for each purpose that the company names, in words that have versions, what a person answered, by
//! which way, with which proof, and who wrote it down. The history is only added to; the latest answer holds. A person is
//! a contact, or a customer who is a person.
//!
//! To other rooms it offers [`may`]; for the customers' room it keeps on what basis people are entered ([`keeper`]).

mod entry;
pub mod http;
mod model;
pub mod purposes;
mod rules;
pub mod service;
#[cfg(test)]
mod tests;

pub use model::{Basis, Channel, Consent, Decision};
pub use rules::Standing;
pub use service::{Person, may, withdraw_all};

use crate::customers::basis::Keeper;

/// On what basis people were entered is an answer like any other.
pub fn keeper() -> Keeper {
    Keeper { check: entry::check, keep: entry::keep, known: entry::known }
}
