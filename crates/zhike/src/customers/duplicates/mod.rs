//! Whether two customers are one (疑似重复; R2-2.3, R4-4): by credit code, by name but for its legal form and region, by
//! how the name is read, by phone, by the domain of e-mail addresses. What each weighs is in
//! [`likeness`](super::rules::likeness), the one rule; this folder looks for what is to be compared.
//!
//! * [`find`]: customers like one in hand, along the indexes. * [`check`]: what somebody who is about to create one is
//!   told; what they may not see only as being there, with nothing of what it is. * [`known`]: all of them in memory,
//!   for an import.
//! * [`pairs`]: pairs that people are to judge, kept up to date with every change. * [`scan`]: all customers at once.
//! * [`service`], [`http`]: the list of pairs, and what is decided of them.

mod check;
mod find;
pub mod http;
mod known;
mod pairs;
mod scan;
mod service;
#[cfg(test)]
mod tests;

pub use check::{Duplicate, DuplicateQuery, check};
pub use find::{Probe, find_before_writing};
pub use known::Known;
pub use pairs::{forget, merged, parted, watch};
pub use scan::{after_import, register};
pub(in crate::customers) use service::recognises;
