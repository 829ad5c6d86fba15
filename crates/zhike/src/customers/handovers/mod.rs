//! Customers that change hands (交接; R1-2.1, R0-6.1): when an owner changes, a record is opened of who hands over what to
//! whom, with a checklist that the receiver goes through, for each customer where it matters. Both may note what the
//! other should know. That it is accepted in time is a duty of the receiver, as the company's regulation says.
//!
//! * [`follow`] opens it, in the transaction that changes the owner; customers that go from the same to the same
//!   person within a day are one hand-over, so a change of many makes one and not many.
//! * [`counts`] keeps what is done for how many of the customers.
//! * [`service`] lists, ticks, notes and accepts; [`template`] is the checklist as the company wants it. An empty one
//!   means that no hand-overs are opened.

mod counts;
pub mod follow;
pub mod http;
mod model;
pub mod service;
pub mod template;
#[cfg(test)]
mod tests;

pub use counts::around;
pub use model::Handover;
