//! Major events of a customer (大事记, R3-1.5): financing, a change of strategy or of leadership, a move, a merger. The
//! clock of 24 hours runs from when somebody learned of it to when it was recorded; both are told as facts.

pub mod http;
mod model;
pub mod service;

pub use model::{EventKind, MajorEvent};
pub use service::{EventView, NewEvent, timeline};
