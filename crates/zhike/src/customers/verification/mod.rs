//! The quarterly round in which the archive is confirmed with the customer (R3-1.5): field by field confirmed, changed
//! (the new value is applied in the same transaction), or not to be reached. [`round`] adds the answers of a quarter up.

pub mod http;
mod model;
pub mod round;
pub mod service;

pub use model::{Item, ItemResult, Verification};
pub use service::{AnswerItem, NewVerification, timeline};
