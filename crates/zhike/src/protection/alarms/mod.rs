//! Alarms on unusual reading and taking out (R2-7.1, R1-4.2): somebody opened many more customers, was shown many
//! more in lists, looked at many more full numbers, or took out many more rows on a day than they usually do.
//!
//! An alarm says that a day was unusual, and nothing about why: whoever answers for security looks, asks, and writes down
//! what it was. There is one for a person and a kind at a time, which grows while nobody has answered it and tells
//! its readers again each time it has doubled, and nobody answers their own.
//!
//! * [`rules`]: what is unusual, against a person's own weeks and a bound for everybody. * [`job`]: counts the days.
//! * [`service`], [`http`]: the list, the answers, the bounds.

pub mod http;
mod job;
mod model;
mod rules;
pub mod service;
#[cfg(test)]
mod tests;

pub use job::{look, register};
pub(super) use service::erase;
