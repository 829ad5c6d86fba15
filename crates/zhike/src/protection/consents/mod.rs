//! Consent (R4-5): for each purpose that the company names, in words that have versions, what a person answered, by
//! which way, with which proof, and who wrote it down. The history is only added to; the latest answer holds. A person is
//! a contact, or a customer who is a person.
//!
//! To other rooms it offers [`may`].

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
