//! Who saw a customer (C41, R2-7.1, R1-4.2): the answer when a customer asks, or when something has leaked.
//!
//! * That somebody opened a customer's page is noted in memory ([`Seen`]; no query for a request) and written every
//!   few seconds, one row for a person, a customer and a day. What is in memory when a machine loses power was opened
//!   within those seconds and is not known; all else that discloses (personal values, files, prints, exports of one
//!   customer) is in the audit in the transaction that discloses it.
//! * [`service`] puts both together. Lines of lists, which show masked values at most, are not noted one by one: of
//!   them it is kept about how many different customers somebody was shown on a day ([`sketch`]), for the alarms.

pub mod http;
mod job;
mod memory;
mod service;
mod sketch;
#[cfg(test)]
mod tests;

pub use job::register;
pub use memory::{Seen, opened};
pub use service::{listed_on, of_day};
