//! The data-quality board (R2-2.3, R4-4): which archives are incomplete, unverified, untouched for long, likely doubled,
//! without owner or successor, and where mail comes back and numbers do not exist.
//!
//! * What is wrong with a customer is a row per flaw ([`model::Flaw`], judged by [`rules`]). Work takes it away in the
//!   transaction in which it is done ([`found::judge`]); what comes with time or from other customers is found when all
//!   archives are looked at, once a day ([`job`]). Lists are filtered by these rows (the field `flaws` of customers).
//! * How many there are per department and owner is counted on the same way, so that nobody counts a million rows for a
//!   page: the board ([`service`]) shows the numbers of that moment and says so; a list shows what is left.

mod found;
pub mod http;
mod job;
mod model;
mod rules;
pub mod service;
#[cfg(test)]
mod tests;

pub use found::{done, doubled, judge};
pub use job::{after_import, look_at_all, register};
pub use model::Flaw;
pub use service::{LEAD, is_told};
