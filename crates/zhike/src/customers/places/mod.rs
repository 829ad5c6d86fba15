//! Where companies are (R3-1.1), for whoever is on the road: who is near, how far, in which direction. A position is
//! part of the address: whoever may not see the one does not see the other. It comes from a check-in at the customer's or
//! is set by hand; no map service is asked. Of persons none is kept, and where the asker stands is kept nowhere.
//!
//! To other rooms it offers [`service::distance`] and [`service::learn`].

pub mod http;
mod model;
mod rules;
pub mod service;
#[cfg(test)]
mod tests;

pub use rules::Point;
